"""Navigation only: which pages there are, in the reader's language."""

from pathlib import Path

import streamlit as st

from dashboard import address, frame

PAGES = ("overview", "municipality", "practice", "indicator", "data_quality", "about")
FOLDER = Path(__file__).parent / "pages"

words = frame.reader_words()
address.keep()
pages = [
    st.Page(FOLDER / f"{page}.py", title=words(f"page.{page}"), url_path=page, default=page == PAGES[0])
    for page in PAGES
]
st.navigation(pages, position="top").run()
