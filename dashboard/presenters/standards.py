"""Numbers beside what they would be with the ages of a standard population, in words."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dashboard.catalogue import Definition
from dashboard.chance.standardised import standardised
from dashboard.comparison import Measure
from dashboard.presenters import measures
from dashboard.presenters.measures import Split
from dashboard.presenters.units import Unit, name
from dashboard.wording import Wording

OWN = "own"
LEVEL = "municipality"


@dataclass(frozen=True)
class Standard:
    """A standard population.

    Attributes:
        key: Its name in the address.
        name: Its name for the reader.
        weights: The size of each age band.
        source: Where it comes from, empty for the area's own people.
    """

    key: str
    name: str
    weights: Mapping[str, float]
    source: str


def standards(whole: Mapping[str, Measure], named: str, words: Wording) -> dict[str, Standard]:
    """Return the standards that a reader can choose: the area's own people first, then those that the pack names.

    Args:
        whole: The age groups of the whole area; they are no standard where one of them is not shown.
        named: The pack's standards as the release carries them.
        words: The reader's language.
    """
    found = []
    sizes = {band: size for band, group in whole.items() if (size := _size(group))}
    if sizes and len(sizes) == len(whole):
        found.append(Standard(OWN, words("standards.own"), sizes, ""))
    found += [
        Standard(each["id"], words.text(each["name"]), each["weights"], each["source"]["title"])
        for each in json.loads(named or "[]")
    ]
    return {each.key: each for each in found}


def rows(
    units: Sequence[Unit], cells: Split, standard: Standard, definition: Definition, words: Wording
) -> list[tuple[str, ...]]:
    """Return each unit's name, its own number, and its standardised one, each with interval; none without any.

    Args:
        units: The whole area and the municipalities.
        cells: Their cells by unit, sex and age group.
        standard: The standard population.
        definition: The indicator; a median cannot be standardised so.
        words: The reader's language.
    """
    found: list[tuple[str, ...]] = []
    is_any = False
    for unit in units:
        own = cells.get((unit.unit_id, "all", "all"), measures.ABSENT)
        made = standardised(ages_of(unit, cells), standard.weights)
        is_any |= made is not None
        shown = Measure("suppressed") if made is None else Measure("shown", made.value, made.low, made.high)
        found.append(
            (name(unit, words), with_interval(own, definition, words), with_interval(shown, definition, words))
        )
    return found if is_any else []


def with_interval(shown: Measure, definition: Definition, words: Wording) -> str:
    """Return a number with its interval, or the short word for why there is none."""
    limits = measures.interval(shown, definition, words)
    return words.joined(measures.value(shown, definition, words), limits)


def ages_of(unit: Unit, cells: Split) -> dict[str, Measure]:
    """Return the age groups of a unit."""
    return {
        band: cell
        for (owner, sex, band), cell in cells.items()
        if (owner, sex) == (unit.unit_id, "all") and band != "all"
    }


def _size(group: Measure) -> float | None:
    return group.patient_years if group.patient_years is not None else group.denominator
