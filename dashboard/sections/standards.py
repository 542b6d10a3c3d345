"""Municipalities with the ages of a standard population, beside their own numbers."""

from dashboard import address, frame, shown
from dashboard.comparison import Measure
from dashboard.frame import View
from dashboard.parts import rows
from dashboard.presenters import measures, standards


def draw(view: View) -> None:
    """Draw the table, where ages are published and add up.

    Args:
        view: The reader's choices.
    """
    words, content, everybody = view.words, view.content, view.content.units.everybody
    definition, day, release = view.definition, view.reporting_date, view.content.release
    if definition.kind == "median":
        return
    cells: dict[tuple[str, str, str], Measure] = {}
    for level in (everybody.level, standards.LEVEL):
        split = release.of_indicator(definition.indicator_id, level, day)
        cells |= measures.by(split, "unit_id", "sex", "age_band")
    known = standards.standards(standards.ages_of(everybody, cells), content.meta.get("standards", ""), words)
    if not known:
        return
    units = [everybody, *content.units.of_level(standards.LEVEL)]
    if not any(standards.rows(units, cells, each, definition, words) for each in known.values()):
        return
    frame.subheading(words("standards.title"), words("standards.note"))
    keys = list(known)
    key = address.choose_one(words("standards.choose"), "standard", keys, lambda each: known[each].name, keys[0])
    standard = known[key]
    title = words.text(definition.title)
    below = words.joined(words("standards.with_ages", standard=standard.name), words.short_date(day))
    if standard.source:
        below = words.joined(below, standard.source)
    header = [words("table.unit"), words("standards.crude"), words("standards.standardised")]
    found = standards.rows(units, cells, standard, definition, words)
    shown.sheet_of(
        view, words.joined(title, below), header, rows.of_bands(found), f"standards-{definition.indicator_id}"
    )
