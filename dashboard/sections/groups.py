"""A unit by sex and age."""

import streamlit as st

from dashboard import shown
from dashboard.charts import dots
from dashboard.frame import View
from dashboard.parts import rows
from dashboard.presenters import measures
from dashboard.presenters.drawn import Scale
from dashboard.presenters.municipality import by_sex_and_age
from dashboard.presenters.units import Unit, name


def draw(view: View, unit: Unit, scale: Scale) -> None:
    """Draw the chosen indicator by sex and age.

    Args:
        view: The reader's choices.
        unit: The whole area or a municipality: the units that are published by sex and age.
        scale: How its numbers are printed.
    """
    words, release = view.words, view.content.release
    definition, day = view.definition, view.reporting_date
    key, title = definition.indicator_id, words.text(definition.title)
    split = release.of_indicator(key, unit.level, day).filter(unit_id=unit.unit_id)
    by_group = measures.by(split, "unit_id", "sex", "age_band")
    panels = by_sex_and_age([unit], by_group, definition, words)
    heading = words.joined(words("indicator.groups", unit=name(unit, words)), words.short_date(day))
    picture = dots.figure(panels[0].dots, None, scale, shown.caption(view, title, heading), words)
    spoken = words("indicator.groups_text", title=title, unit=name(unit, words))
    shown.chart(view, picture, f"groups-{key}", spoken)
    with st.expander(words("chart.as_table")):
        header = [words("table.group"), words("table.value")]
        shown.sheet_of(view, words.joined(title, heading), header, rows.of_panels(panels, words), f"groups-{key}")
