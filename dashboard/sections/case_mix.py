"""The units of a level beside what patients like theirs let expect."""

import streamlit as st

from dashboard import frame, shown
from dashboard.comparison import Measure
from dashboard.frame import View
from dashboard.parts import rows
from dashboard.parts.prose import sentences
from dashboard.presenters import case_mix, measures


def draw(view: View, level: str) -> None:
    """Draw what was expected, or say why an indicator is not adjusted.

    Args:
        view: The reader's choices.
        level: The level whose units are compared.
    """
    words, definition, day, release = view.words, view.definition, view.reporting_date, view.content.release
    note = case_mix.note(definition, words)
    if not note:
        return
    key, title = definition.indicator_id, words.text(definition.title)
    frame.subheading(words("case_mix.title"), note)
    if definition.not_adjusted:
        return
    unit = view.unit
    if said := case_mix.told(unit, *_of(view, unit.level, unit.unit_id), definition, words):
        st.html(sentences(said))
    own = measures.by(release.of_indicator(key, level, day).filter(sex="all", age_band="all"), "unit_id")
    found = case_mix.by(release.case_mix_of_indicator(key, level, day), "unit_id")
    compared = case_mix.rows(view.content.units.of_level(level), own, found, definition, words)
    if not compared:
        st.info(words("case_mix.nothing"))
        return
    below = words("chart.subtitle", unit=words(f"level.{level}.many"), date=words.short_date(day))
    header = ("unit", "crude", "expected", "ratio", "adjusted", "verdict")
    shown.sheet_of(
        view,
        words.joined(title, words("case_mix.title"), below),
        [words(f"case_mix.column.{each}") for each in header],
        rows.of_bands(compared),
        f"case-mix-{level}-{key}",
    )


def _of(view: View, level: str, unit_id: str) -> tuple[Measure, case_mix.Expected | None]:
    """Return a unit's number as it is, and what was expected."""
    release, key, day = view.content.release, view.definition.indicator_id, view.reporting_date
    split = release.of_indicator(key, level, day).filter(unit_id=unit_id, sex="all", age_band="all")
    found = case_mix.by(release.case_mix_of_indicator(key, level, day), "unit_id")
    return measures.by(split, "unit_id").get(unit_id, measures.ABSENT), found.get(unit_id)
