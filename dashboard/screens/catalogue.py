"""The catalogue: all that is told of one indicator, with the same question as other countries ask it."""

import streamlit as st

from dashboard import frame, shown
from dashboard.access.entrance import require
from dashboard.parts import entry as parts
from dashboard.parts.prose import paragraphs, sentences
from dashboard.parts.tables import table
from dashboard.presenters.entry import BESIDE, CLAUSES, NUMBERS, VARIABLES, told

visitor = require("catalogue")
view = frame.open_page(visitor, "catalogue", ("indicator",))
words, content = view.words, view.content
found = told(view.definition, words, content.definitions)

frame.heading(found.title, found.question)
shown.catalogue_documents(view)
st.html(paragraphs(words("indicator.definition"), found.words, is_wide=True))
frame.subheading(words("catalogue.confirmed_what"))
st.html(sentences(found.confirmed))
for name, columns, sections, note in (
    ("exact", CLAUSES, parts.clauses(found), words("catalogue.exact_note")),
    ("variables", VARIABLES, parts.variables(found), words.joined(words("catalogue.variables_note"), found.in_english)),
    ("numbers", NUMBERS, parts.numbers(found), words("catalogue.numbers_note")),
    ("beside", BESIDE, parts.beside(found), words("catalogue.beside_note")),
):
    title = words(f"catalogue.{name}")
    if sections[0].rows:
        frame.subheading(title, note)
        st.html(table(words.joined(found.title, title), [words(f"catalogue.{each}") for each in columns], sections))
if not found.beside:
    frame.subheading(words("catalogue.beside"), words("catalogue.beside_none"))
if found.cases:
    frame.subheading(words("catalogue.cases"), words("catalogue.cases_note"))
    st.html(parts.in_english(found.in_english, found.cases))
frame.subheading(words("catalogue.versions"))
st.html(parts.versions(found))
frame.close_page(view)
