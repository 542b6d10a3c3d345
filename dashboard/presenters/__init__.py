"""Release rows into what a page shows: pure functions without Streamlit, SQL or figures."""
