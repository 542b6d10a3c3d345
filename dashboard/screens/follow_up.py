"""The course of care across the sectors: its links as shares, and the times between them as curves."""

from dataclasses import replace

import streamlit as st

from dashboard import frame, shown
from dashboard.access.entrance import require
from dashboard.charts.care import figure
from dashboard.parts import rows
from dashboard.presenters import beside, care
from dashboard.sections import times

visitor = require("follow_up")
view = frame.open_page(visitor, "follow_up", ("unit", "with", "date"))
words, content, day = view.words, view.content, view.reporting_date
own, theirs = (content.measures(unit, day) if unit else None for unit in (view.unit, view.peer))

frame.heading(words("care.title", unit=view.unit_name), words("care.subtitle", date=words.date(day)))
courses = beside.courses(content.meta.get("pages", ""))
if not courses:
    st.info(words("care.none"))
for place, course in enumerate(courses):
    title = words.text(course.title)
    drawn = care.links(course, own or {}, theirs, (view.unit_name, view.peer_name), content.definitions, words)
    frame.subheading(title, *([words(f"care.{'sequence' if course.is_sequence else 'parts'}")] if drawn else []))
    if drawn:
        below = words("chart.subtitle", unit=view.unit_name, date=words.short_date(day))
        picture = figure(drawn, view.peer_name, shown.caption(view, title, below), words)
        shown.chart(view, picture, f"care-{place}", words("care.text", title=title, unit=view.unit_name))
        with st.expander(words("chart.as_table")):
            found = care.rows(course, own or {}, theirs, view.peer_spoken, content.definitions, words)
            header = beside.header(words("care.link_column"), found, view.peer_name, words)
            table = rows.beside_each_other(found, view.address, is_compared=view.peer is not None)
            shown.sheet_of(view, words.joined(title, below), header, table, f"care-{place}")
    whose = view.unit if view.unit.level in times.LEVELS else content.units.everybody
    for key in course.times:
        if key in content.definitions:
            times.draw(replace(view, definition=content.definitions[key]), whose)
frame.close_page(view)
