"""How far a unit's groups are apart: women and men, and each age group from the others."""

import streamlit as st

from dashboard import frame, shown
from dashboard.charts import gaps
from dashboard.frame import View
from dashboard.parts import rows
from dashboard.parts.prose import sentences
from dashboard.presenters import inequality, measures
from dashboard.presenters.units import Unit, name


def draw(view: View, unit: Unit) -> None:
    """Draw the differences that can be told.

    Args:
        view: The reader's choices.
        unit: The whole area or a municipality: the units that are published by sex and age.
    """
    words, definition, day = view.words, view.definition, view.reporting_date
    key, title = definition.indicator_id, words.text(definition.title)
    split = view.content.release.of_indicator(key, unit.level, day).filter(unit_id=unit.unit_id)
    found = inequality.compared(unit, measures.by(split, "unit_id", "sex", "age_band"), definition, words)
    if not found:
        return
    frame.subheading(words("inequality.title"), words("inequality.note"))
    st.html(sentences(inequality.told(found, words)))
    whose = name(unit, words)
    unit_of = words("inequality.points") if definition.kind == "proportion" else measures.unit(definition, words)
    below = words("inequality.subtitle", unit=whose, date=words.short_date(day), unit_of=unit_of)
    picture = gaps.figure(found, shown.caption(view, title, below), words)
    shown.chart(view, picture, f"inequality-{key}", words("inequality.text", title=title, unit=whose))
    with st.expander(words("chart.as_table")):
        header = ("comparison", "own", "other", "difference", "ratio", "verdict")
        shown.sheet_of(
            view,
            words.joined(title, below),
            [words(f"inequality.{each}") for each in header],
            rows.of_bands(inequality.rows(found)),
            f"inequality-{key}",
        )
