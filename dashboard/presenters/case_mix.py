"""The number beside what patients like those of the unit let expect, in words and as table rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import polars as pl

from dashboard.catalogue import Definition
from dashboard.comparison import Measure, judge
from dashboard.presenters import measures
from dashboard.presenters.units import Unit, name
from dashboard.wording import Wording

Place = Literal["higher", "lower", "similar", "unknown"]
COLUMNS = ("state", "expected", "ratio", "ratio_low", "ratio_high", "adjusted", "adjusted_low", "adjusted_high")


@dataclass(frozen=True)
class Expected:
    """What was expected of a unit, as published.

    Attributes:
        state: `shown` or `suppressed`.
        expected: People who meet the indicator, or events.
        ratio: What was seen as a multiple of it, with its 95 % interval.
        adjusted: That multiple of the whole area's number, on the scale of the indicator.
    """

    state: str
    expected: float | None = None
    ratio: float | None = None
    ratio_low: float | None = None
    ratio_high: float | None = None
    adjusted: float | None = None
    adjusted_low: float | None = None
    adjusted_high: float | None = None

    @property
    def place(self) -> Place:
        """Where what was seen lies; `similar` when its interval holds what was expected."""
        if self.ratio_low is None or self.ratio_high is None:
            return "unknown"
        if self.ratio_low > 1:
            return "higher"
        return "lower" if self.ratio_high < 1 else "similar"


def by(frame: pl.DataFrame, *columns: str) -> dict[Any, Expected]:
    """Return what was expected, by one column's value of the release's rows, or by a tuple of several.

    Where it is not shown nothing but that is taken from the release, so that no page can tell more.
    """
    number, state = len(columns), COLUMNS.index("state")
    found = {}
    for row in frame.select(*columns, *COLUMNS).iter_rows():
        told = row[number:]
        one = Expected(*told) if told[state] == "shown" else Expected(told[state])
        found[row[0] if number == 1 else row[:number]] = one
    return found


def amount(own: Measure, found: Expected, definition: Definition, words: Wording) -> str:
    """Return the expected number on the scale of the indicator; empty where there is none to tell."""
    size = own.denominator if own.patient_years is None else own.patient_years / measures.PATIENT_YEARS
    return measures.amount(found.expected / size, definition, words) if found.expected and size else ""


def beside(own: Measure, found: Expected | None, definition: Definition, words: Wording) -> str:
    """Return a few words on what was expected, to stand below a number; empty where there is none to tell."""
    expected = amount(own, found, definition, words) if found else ""
    return words("case_mix.beside", expected=expected) if expected else ""


def note(definition: Definition, words: Wording) -> str:
    """Return what was adjusted for and what was not, or why nothing was; empty where there is nothing to say."""
    if definition.not_adjusted:
        return words("case_mix.without", reason=words.text(definition.not_adjusted))
    if not definition.adjusted_for:
        return ""
    return words("case_mix.note", factors=words.listed([words.text(each) for each in definition.adjusted_for]))


def told(unit: Unit, own: Measure, found: Expected | None, definition: Definition, words: Wording) -> list[str]:
    """Return a sentence on what was expected of a unit and how its number compares; none where there is no such number.

    Args:
        unit: The unit.
        own: Its number as it is.
        found: What was expected; None where nothing is published of it, as for the whole area.
        definition: The indicator.
        words: The reader's language.
    """
    if found is None:
        return []
    expected = amount(own, found, definition, words)
    if not expected or own.value is None:
        return [words("case_mix.hidden", unit=name(unit, words))]
    sentence = words(
        "case_mix.told",
        unit=name(unit, words),
        expected=expected,
        value=measures.amount(own.value, definition, words),
    )
    return [f"{sentence} {_verdict(found, definition, words)}."]


def rows(
    units: Sequence[Unit],
    own: Mapping[str, Measure],
    found: Mapping[str, Expected],
    definition: Definition,
    words: Wording,
) -> list[tuple[str, ...]]:
    """Return each unit's name, its number as it is, what was expected, ratio, adjusted number, and the verdict.

    Units of which nothing is shown are left out.
    """
    told_of = [unit for unit in units if unit.unit_id in found and own.get(unit.unit_id, measures.ABSENT).is_shown]
    return [_row(unit, own[unit.unit_id], found[unit.unit_id], definition, words) for unit in told_of]


def _row(unit: Unit, own: Measure, found: Expected, definition: Definition, words: Wording) -> tuple[str, ...]:
    crude = words.joined(measures.value(own, definition, words), measures.interval(own, definition, words))
    crude = words.joined(crude, measures.completeness(own, definition, words))
    if found.expected is None or found.ratio is None:
        return (name(unit, words), crude, words("state.suppressed.short"), "", "", "")
    ratio = words.number(found.ratio, 2)
    if found.ratio_low is not None and found.ratio_high is not None:
        ratio = words.joined(ratio, f"{words.number(found.ratio_low, 2)}–{words.number(found.ratio_high, 2)}")
    adjusted = Measure("shown", found.adjusted, found.adjusted_low, found.adjusted_high)
    shown = ""
    if found.adjusted is not None:
        shown = words.joined(
            measures.amount(found.adjusted, definition, words), measures.interval(adjusted, definition, words)
        )
    return (
        name(unit, words),
        crude,
        amount(own, found, definition, words),
        ratio,
        shown,
        _verdict(found, definition, words),
    )


def _verdict(found: Expected, definition: Definition, words: Wording) -> str:
    verdict = words(f"case_mix.{found.place}")
    judgement = judge(found.place, definition.direction)
    return words(f"judgement.{judgement}", sentence=verdict) if judgement in {"better", "worse"} else verdict
