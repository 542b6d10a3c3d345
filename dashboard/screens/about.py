"""How the numbers are made and protected, and every definition."""

import streamlit as st

from dashboard import frame, shown
from dashboard.access.entrance import require
from dashboard.parts import rows
from dashboard.parts.prose import paragraphs
from dashboard.presenters import about

visitor = require("about")
view = frame.open_page(visitor, "about")
words, content = view.words, view.content

frame.heading(words("about.title"), words("about.subtitle"))
st.html(paragraphs(words("about.method"), about.method(words), is_wide=True))
frame.subheading(words("about.privacy"), words("about.privacy_note"))
shown.sheet_of(
    view,
    words("about.privacy"),
    [words("about.setting"), words("about.setting_value"), words("about.reason")],
    rows.policy(about.policy(content.release.policy(), words)),
    "policy",
)
frame.subheading(words("about.definitions"), words("about.definitions_note"))
shown.sheet_of(
    view,
    words("about.definitions"),
    [words("table.indicator"), words("about.question"), words("about.basis"), words("about.version")],
    rows.definitions(about.definitions(content.definitions, words), view.address, words),
    "definitions",
)
frame.subheading(words("about.release"))
st.html(paragraphs("", about.release(content.meta, words), is_wide=True))
frame.close_page(view)
