"""The number beside what the ages of a unit's people let expect, in words."""

from collections.abc import Mapping

from dashboard.catalogue import Definition
from dashboard.chance.expected import expected
from dashboard.comparison import Measure, judge
from dashboard.presenters import measures
from dashboard.presenters.units import Unit, name
from dashboard.wording import Wording

# The only level whose units are published by age.
LEVEL = "municipality"
Split = Mapping[tuple[str, str, str], Measure]


def told(
    unit: Unit, cells: Split, everybody: Unit, standard: Split, definition: Definition, words: Wording
) -> list[str]:
    """Return a sentence on what was expected and how the number compares, none where that cannot be told.

    Args:
        unit: The unit.
        cells: Its cells by unit, sex and age group.
        everybody: The whole area.
        standard: The whole area's cells.
        definition: The indicator; a median has no expectation.
        words: The reader's language.
    """
    if unit.level != LEVEL or definition.kind == "median":
        return []
    own = cells.get((unit.unit_id, "all", "all"), measures.ABSENT)
    found = expected(own, _by_age(unit, cells), _by_age(everybody, standard))
    if found is None or own.value is None:
        return []
    sentence = words(
        "expected.told",
        unit=name(unit, words),
        expected=measures.amount(found.value, definition, words),
        value=measures.amount(own.value, definition, words),
    )
    if found.place == "unknown":
        return [sentence]
    verdict = words(f"expected.{found.place}")
    judgement = judge(found.place, definition.direction)
    if judgement in {"better", "worse"}:
        verdict = words(f"judgement.{judgement}", sentence=verdict)
    return [f"{sentence} {verdict}."]


def _by_age(unit: Unit, cells: Split) -> dict[str, Measure]:
    return {
        band: cell
        for (owner, sex, band), cell in cells.items()
        if (owner, sex) == (unit.unit_id, "all") and band != "all"
    }
