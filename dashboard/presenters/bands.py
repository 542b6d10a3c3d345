"""A distribution in bands: the shares between the limits of several indicators that cut one scale.

Below 48, below 53, below 59, and 75 and above are four indicators; the people between two limits are the difference of
two shown numbers. Nothing else is published for it, and disclosure control has protected those differences as groups of
their own. Where a number is not shown, the bands on both sides of its limit are one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

from dashboard.catalogue import Definition
from dashboard.comparison import Measure
from dashboard.wording import Wording

CUTS = ("below", "at_least")
EN_DASH = "–"


@dataclass(frozen=True)
class Band:
    """One band of the scale.

    Attributes:
        label: Its limits with the unit: 48–53 mmol/mol. The lower limit belongs to it, the upper to the next.
        number: People in it.
        share: Their share of all with a value.
    """

    label: str
    number: int
    share: float


def bands(definition: Definition, known: Mapping[str, Definition], cells: Mapping[str, Measure]) -> list[Band]:
    """Return the bands of the distribution that an indicator is a cut of, none when it is of no distribution.

    Args:
        definition: The indicator.
        known: All definitions of the release.
        cells: The indicators of one unit on one reporting date.
    """
    below: dict[float, int] = {}
    people: set[int] = set()
    unit = ""
    for each in known.values():
        cell = cells.get(each.indicator_id)
        if not definition.distribution or each.distribution != definition.distribution or each.threshold is None:
            continue
        if each.threshold_relation not in CUTS or cell is None or not cell.is_shown:
            continue
        if cell.numerator is None or cell.denominator is None:
            continue
        is_below = each.threshold_relation == "below"
        below[each.threshold.value] = cell.numerator if is_below else cell.denominator - cell.numerator
        people.add(cell.denominator)
        unit = each.threshold.unit
    if len(below) < 2 or len(people) != 1:
        return []
    limits, total = sorted(below), people.pop()
    edges = [0, *(below[limit] for limit in limits), total]
    numbers = [high - low for low, high in pairwise(edges)]
    return [
        Band(_label(limits, place, unit), number, number / total) for place, number in enumerate(numbers) if total > 0
    ]


def _label(limits: list[float], place: int, unit: str) -> str:
    if place == 0:
        return f"< {limits[0]:g} {unit}"
    if place == len(limits):
        return f"≥ {limits[-1]:g} {unit}"
    return f"{limits[place - 1]:g}{EN_DASH}{limits[place]:g} {unit}"


def rows(own: list[Band], everybody: list[Band] | None, words: Wording) -> list[tuple[str, ...]]:
    """Return label, the unit's number and share, and the share of the whole area, one row per band of the unit.

    Args:
        own: The unit's bands.
        everybody: The bands of the whole area; None when the unit is the whole area, which has nothing beside it.
        words: The language.
    """
    shown = [(band.label, words.whole(band.number), words.share(band.share)) for band in own]
    if everybody is None:
        return [*shown]
    theirs = {band.label: words.share(band.share) for band in everybody}
    return [(*row, theirs.get(row[0], "")) for row in shown]
