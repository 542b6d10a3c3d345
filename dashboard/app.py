"""Navigation only: which pages there are, in the reader's language.

The folder is not called `pages`: Streamlit would run a file there without this one for a reader who follows a link.
"""

import logging
from pathlib import Path

import streamlit as st

from dashboard import address, frame
from dashboard.access.entrance import Visitor, visitor
from dashboard.access.roles import ADMITTED

FOLDER = Path(__file__).parent / "screens"

st.logo(FOLDER.parent / "logo.svg", size="large")
words = frame.reader_words()
address.keep()
who = visitor()
shown = who.pages if isinstance(who, Visitor) else []
first = shown[0] if shown else next(iter(ADMITTED))
# A page that is not shown is there all the same: whoever comes by its address is told why it is not theirs.
pages = [
    st.Page(
        FOLDER / f"{page}.py",
        title=words(f"page.{page}"),
        url_path="start" if page == first else page,
        default=page == first,
        visibility="visible" if page in shown else "hidden",
    )
    for page in sorted(ADMITTED, key=lambda page: page != first)
]


def to_the_first() -> None:
    """Show the first page to those who ask for it by its name: Streamlit knows it by the root address alone."""
    st.switch_page(pages[0])


named = st.Page(to_the_first, title=words(f"page.{first}"), url_path=first, visibility="hidden")
try:
    st.navigation([*pages, named], position="top").run()
except Exception:
    logging.getLogger(__name__).exception("A page could not be drawn.")
    st.error(words("fault.unexpected"), icon=":material/error:")
