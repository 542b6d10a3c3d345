"""Improvement initiatives: a unit's own, the forms to write them down, and what worked elsewhere."""

import streamlit as st

from dashboard import frame, shown
from dashboard.access.entrance import require
from dashboard.initiatives import store
from dashboard.parts.initiatives import initiatives, rows
from dashboard.presenters.initiatives import present, what_worked_first
from dashboard.sections import initiative_forms

visitor = require("initiatives")
view = frame.open_page(visitor, "initiatives", ("unit", "date"))
words, content, day = view.words, view.content, view.reporting_date
frame.heading(words("initiative.title", unit=view.unit_name), words("initiative.subtitle"))
place = store.place()
if place is None:
    st.info(words("initiative.nowhere"))
    frame.close_page(view)
    st.stop()
try:
    found = store.read(place)
except store.InitiativesError:
    st.error(words("initiative.unreadable"), icon=":material/error:")
    frame.close_page(view)
    st.stop()

known = [content.units.by_key[key] for key in {each.unit for each in found} & content.units.by_key.keys()]
measured = {unit.key: content.histories(unit) for unit in known}
told = [present(each, content.units, content.definitions, measured, day, words) for each in found]
own = [each for each in told if each.unit == view.unit.key]
others = [each for each in told if each.unit != view.unit.key]

if own:
    st.html(initiatives(own, view.address, words("initiative.history")))
else:
    st.info(words("initiative.none", unit=view.unit_name))
if store.may_write(visitor, view.unit.key):
    mine = {each.initiative_id: each for each in found if each.unit == view.unit.key}
    initiative_forms.draw(view, place, mine)

frame.subheading(words("initiative.elsewhere"), words("initiative.elsewhere_note"))
if others:
    header = [words(f"initiative.column.{each}") for each in ("aim", "unit", "indicator", "start", "actions", "effect")]
    shown.sheet_of(
        view, words("initiative.elsewhere"), header, rows(what_worked_first(others), view.address), "initiatives"
    )
else:
    st.info(words("initiative.none_elsewhere"))
frame.close_page(view)
