"""How soon something happens: the curve of a unit beside everybody's, and its table."""

import streamlit as st

from dashboard import frame, shown
from dashboard.charts import curve as curve_chart
from dashboard.frame import View
from dashboard.parts import rows
from dashboard.parts.prose import sentences
from dashboard.presenters import times
from dashboard.presenters.units import Unit, name

LEVELS = ("all", "municipality")


def draw(view: View, unit: Unit) -> None:
    """Draw the times of the chosen indicator.

    Args:
        view: The reader's choices.
        unit: The whole area or a municipality: the units that have a curve.
    """
    words, release, everybody = view.words, view.content.release, view.content.units.everybody
    key, day, title = view.definition.indicator_id, view.reporting_date, words.text(view.definition.title)
    frame.subheading(words("times.title"), words("times.note"))
    curves = release.curves(key, day)
    own = times.curve(unit, curves, words)
    others = times.curve(everybody, curves, words) if unit != everybody else None
    if said := times.told(unit, release.percentiles(key, day), words):
        st.html(sentences(said))
    if not own.is_drawable:
        st.info(words("times.nothing"))
        return
    below = words("times.subtitle", unit=name(unit, words), date=words.short_date(day))
    picture = curve_chart.figure(own, others, shown.caption(view, title, below), words)
    shown.chart(view, picture, f"times-{key}", words("times.text", title=title, unit=name(unit, words)))
    header = [words("times.day"), words("times.happened"), words("times.followed"), own.name]
    header += [others.name] if others else []
    shown.sheet_of(
        view, words.joined(title, below), header, rows.of_bands(times.rows(own, others, words)), f"times-{key}"
    )
