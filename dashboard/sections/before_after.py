"""An indicator of a unit before and after a date that the reader chooses."""

from datetime import date

import streamlit as st

from dashboard import address, frame, shown
from dashboard.catalogue import Definition
from dashboard.charts.before_after import figure
from dashboard.frame import View
from dashboard.parts import rows
from dashboard.parts.prose import sentences
from dashboard.presenters import drawn
from dashboard.presenters.before_after import dates, present, told
from dashboard.presenters.units import Unit, name


def draw(view: View, unit: Unit, definition: Definition) -> None:
    """Draw the choice of the date, what the rules say, the chart and its table."""
    words, day, key = view.words, view.reporting_date, definition.indicator_id
    own = view.content.histories(unit).get(key, {})
    frame.subheading(words("before_after.title"), words("before_after.note"))
    offered = dates(own, day, definition)
    if not offered:
        st.info(words("before_after.nothing", months=words.whole(definition.period_months)))
        return
    with st.container(key="choices-split"):
        at = address.choose(
            words("before_after.at"),
            "split",
            [each.isoformat() for each in offered],
            lambda each: words.date(date.fromisoformat(each)),
            offered[0].isoformat(),
        )
    found = present(own, date.fromisoformat(at), day, definition, words)
    if found is None:
        return
    title, whose, scale = words.text(definition.title), name(unit, words), drawn.scale(definition, words)
    st.html("".join(sentences([line]) for line in told(found)))
    days = [each for each in view.content.told_on(key) if each <= day]
    below = words("before_after.subtitle", unit=whose, scale=scale.unit, date=words.short_date(found.at))
    course = drawn.line(whose, own, days, definition, words)
    picture = figure(course, found, scale, shown.caption(view, title, below), words)
    described = words("before_after.text", title=title, unit=whose, date=words.date(found.at))
    shown.chart(view, picture, f"before-after-{key}", described)
    with st.expander(words("chart.as_table")):
        header = [words("table.group"), words("table.value")]
        periods = drawn.Panel("", (found.before.dot, found.after.dot))
        shown.sheet_of(
            view, words.joined(title, below), header, rows.of_panels([periods], words), f"before-after-{key}"
        )
