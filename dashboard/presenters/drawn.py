"""What charts draw: points on the scale that is printed (shares as 0–100), with their words beside them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from dashboard.catalogue import Definition
from dashboard.comparison import HIDDEN, Judgement, Measure, difference, judge
from dashboard.presenters import measures
from dashboard.presenters.history import History
from dashboard.presenters.verdicts import target_amount
from dashboard.wording import Wording

Absence = Literal["hidden", "left_out", "no_data"]


@dataclass(frozen=True)
class Dot:
    """One value with its interval; all numbers are None when it is not shown.

    Attributes:
        label: The name on the axis.
        text: Everything about the point in one line, or why it is not shown.
        judgement: Compared with the reference of the chart.
        is_own: Whether it is the chosen unit.
        state: As in the release: `shown`, `suppressed`, `withheld`, `left_out`, `not_applicable` or `no_data`.
    """

    label: str
    value: float | None
    low: float | None
    high: float | None
    text: str
    judgement: Judgement = "unknown"
    is_own: bool = False
    state: str = "shown"

    @property
    def is_hidden(self) -> bool:
        """True when there is a number that is not shown, to protect privacy."""
        return self.state in HIDDEN


@dataclass(frozen=True)
class Line:
    """A unit's values through time."""

    name: str
    days: tuple[date, ...]
    dots: tuple[Dot, ...]


@dataclass(frozen=True)
class Panel:
    """A heading with dots below it."""

    heading: str
    dots: tuple[Dot, ...]


@dataclass(frozen=True)
class Scale:
    """How an indicator's numbers are printed on an axis.

    Attributes:
        unit: Axis title: the unit in words.
        suffix: Follows each number on the axis.
        is_share: Whether the scale ends at 0 and 100.
        target: The target on this scale.
        target_text: The target with its sign and unit.
    """

    unit: str
    suffix: str
    is_share: bool
    target: float | None
    target_text: str


def absence(state: str) -> Absence:
    """Return why there is no number: kept back to protect privacy, left out with its table, or never there."""
    if state == "left_out":
        return "left_out"
    return "hidden" if state in HIDDEN else "no_data"


def absence_in_words(found: Absence, words: Wording) -> str:
    """Return the short word for why there is no number."""
    return words(f"state.{'suppressed' if found == 'hidden' else found}.short")


def factor(definition: Definition) -> float:
    """Return what a value is multiplied by to be printed."""
    return 100.0 if definition.kind == "proportion" else 1.0


def scale(definition: Definition, words: Wording) -> Scale:
    """Return the scale of an indicator."""
    target = definition.target_value
    return Scale(
        unit=measures.unit(definition, words),
        suffix=words.percent_suffix() if definition.kind == "proportion" else "",
        is_share=definition.kind == "proportion",
        target=None if target is None else target * factor(definition),
        target_text="" if target is None else target_amount(target, definition, words),
    )


def without_target(found: Scale) -> Scale:
    """Return the scale of several indicators in one picture: a target would be that of one of them only."""
    return replace(found, target=None, target_text="")


def dot(
    shown: Measure,
    label: str,
    definition: Definition,
    words: Wording,
    *,
    reference: Measure | None = None,
    is_own: bool = False,
) -> Dot:
    """Return the dot of a measure, judged against a reference when there is one."""
    times = factor(definition)
    judgement: Judgement = "unknown"
    if reference is not None:
        judgement = judge(difference(shown, reference), definition.direction)
    return Dot(
        label=label,
        value=_times(shown.value if shown.is_shown else None, times),
        low=_times(shown.low if shown.is_shown else None, times),
        high=_times(shown.high if shown.is_shown else None, times),
        text=measures.in_one_line(shown, definition, words),
        judgement=judgement,
        is_own=is_own,
        state="shown" if shown.is_shown else shown.state,
    )


def line(name: str, history: History, days: Iterable[date], definition: Definition, words: Wording) -> Line:
    """Return a unit's line over the given reporting dates, oldest first."""
    ordered = tuple(sorted(days))
    dots = tuple(dot(history.get(day, measures.ABSENT), words.month(day), definition, words) for day in ordered)
    return Line(name, ordered, dots)


def panel(heading: str, found: Mapping[str, Measure], definition: Definition, words: Wording) -> Panel:
    """Return a panel of labelled measures in their given order."""
    return Panel(heading, tuple(dot(shown, label, definition, words) for label, shown in found.items()))


def _times(number: float | None, times: float) -> float | None:
    return None if number is None else number * times
