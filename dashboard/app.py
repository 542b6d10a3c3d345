"""Navigation only: which pages there are, in the reader's language.

The folder is not called `pages`: Streamlit would run a file there without this one for a reader who follows a link.
"""

import logging
from pathlib import Path

import streamlit as st

from dashboard import address, frame

PAGES = ("overview", "municipality", "practice", "indicator", "data_quality", "about")
FOLDER = Path(__file__).parent / "screens"

st.logo(FOLDER.parent / "logo.svg", size="large")
words = frame.reader_words()
address.keep()
pages = [
    st.Page(FOLDER / f"{page}.py", title=words(f"page.{page}"), url_path=page, default=page == PAGES[0])
    for page in PAGES
]
try:
    st.navigation(pages, position="top").run()
except Exception:
    logging.getLogger(__name__).exception("A page could not be drawn.")
    st.error(words("fault.unexpected"), icon=":material/error:")
