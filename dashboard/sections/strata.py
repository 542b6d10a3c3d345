"""The chosen indicator by the groups of each stratifier that the country declares, for the whole area."""

import streamlit as st

from dashboard import frame, shown
from dashboard.frame import View
from dashboard.parts import rows
from dashboard.parts.prose import sentences
from dashboard.presenters import measures, strata
from dashboard.presenters.units import name


def draw(view: View) -> None:
    """Draw a table of groups for each stratifier that has a number."""
    words, definition, day = view.words, view.definition, view.reporting_date
    release, everybody = view.content.release, view.content.units.everybody
    key = definition.indicator_id
    for stratifier in strata.stratifiers(view.content.meta.get("stratifiers", "")):
        by_group = measures.by(release.of_indicator(key, stratifier.level, day), "unit_id")
        cells = release.of_indicator(key, everybody.level, day).filter(sex="all", age_band="all")
        whole = measures.by(cells, "unit_id").get(everybody.unit_id, measures.ABSENT)
        found = strata.groups(stratifier, by_group, whole, definition, words)
        if not found:
            continue
        title = words.text(stratifier.title)
        heading = words.joined(title, name(everybody, words), words.short_date(day))
        frame.subheading(title, words.text(stratifier.about), words("strata.note"))
        st.html(sentences(strata.told(found, words)))
        header = [words("table.group"), words("table.value"), words("inequality.verdict")]
        caption = words.joined(words.text(definition.title), heading)
        shown.sheet_of(view, caption, header, rows.of_strata(found, words), f"{stratifier.level}-{key}")
