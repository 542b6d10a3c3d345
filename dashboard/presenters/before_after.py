"""Two periods of a unit that share no day, one before a date and one after it, and what the rules let us say of them.

A change is claimed only when three things hold: a rule of run charts or control charts finds more than chance in the
whole course, the two periods differ by more than their intervals explain, and they lie on different sides of the
median. The rule alone may have been set off by something else at another time; two periods alone would seem to change
by chance in one of twenty indicators.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from dashboard.catalogue import Definition
from dashboard.comparison import Judgement, Measure, difference, judge
from dashboard.presenters import drawn, run_chart
from dashboard.presenters.course import Course, course, points
from dashboard.presenters.drawn import Dot
from dashboard.presenters.history import History
from dashboard.presenters.verdicts import Verdict
from dashboard.wording import Wording


@dataclass(frozen=True)
class Period:
    """One of the two periods: its first and last day, and its value on the printed scale."""

    start: date
    end: date
    dot: Dot


@dataclass(frozen=True)
class BeforeAfter:
    """What stands on the two sides of a date.

    Attributes:
        median: Of the whole course, on the printed scale.
        rules: What the rules say of the course, sentence by sentence.
        verdict: What is claimed of the change, or that nothing is.
    """

    at: date
    before: Period
    after: Period
    median: float
    rules: tuple[str, ...]
    verdict: Verdict


def dates(history: History, up_to: date, definition: Definition) -> list[date]:
    """Return the reporting dates that have a shown period on both sides, newest first."""
    return [day for day in sorted(history, reverse=True) if _sides(history, day, up_to, definition) is not None]


def present(history: History, at: date, up_to: date, definition: Definition, words: Wording) -> BeforeAfter | None:
    """Return the two periods around a date; None when one of them is missing or not shown.

    Args:
        history: A unit's measures of one indicator.
        at: The last day that counts as before.
        up_to: The reporting date that the reader looks at; nothing later counts.
        definition: The indicator.
        words: The reader's language.
    """
    sides = _sides(history, at, up_to, definition)
    found = course(history, up_to, definition)
    if sides is None or found is None:
        return None
    before, after = (
        _period(side, measure, definition, words) for side, measure in zip(("before", "after"), sides, strict=True)
    )
    return BeforeAfter(
        at=at,
        before=before,
        after=after,
        median=found.runs.median * drawn.factor(definition),
        rules=tuple(run_chart.rules(found, definition, words)),
        verdict=_verdict(found, *sides, definition, words),
    )


def told(found: BeforeAfter) -> list[str]:
    """Return the two periods, what the rules say, and the verdict, each as a line."""
    sides = [f"{each.dot.label}: {each.dot.text}." for each in (found.before, found.after)]
    return [*sides, " ".join(found.rules), found.verdict.text]


def _sides(history: History, at: date, up_to: date, definition: Definition) -> tuple[Measure, Measure] | None:
    shown = points(history, up_to, definition)
    before = [measure for day, measure in shown.items() if day <= at]
    after = [measure for measure in shown.values() if measure.period_start and measure.period_start > at]
    return (before[-1], after[-1]) if before and after and before[-1].period_start else None


def _period(side: str, measure: Measure, definition: Definition, words: Wording) -> Period:
    start, end = measure.period_start or date.min, measure.period_end or date.max
    stretch = words("before_after.period", start=words.short_date(start), end=words.short_date(end))
    label = words(f"before_after.{side}", period=stretch)
    return Period(start, end, drawn.dot(measure, label, definition, words))


def _verdict(found: Course, before: Measure, after: Measure, definition: Definition, words: Wording) -> Verdict:
    if not found.has_signal:
        return Verdict("unknown", words("before_after.no_signal"))
    change = difference(after, before)
    if change not in {"higher", "lower"} or not _cross(found.runs.median, (before.value, after.value)):
        return Verdict("unknown", words("before_after.not_here"))
    judgement: Judgement = judge(change, definition.direction)
    sentence = words(f"before_after.{change}")
    if judgement in {"better", "worse"}:
        sentence = words(f"judgement.{judgement}", sentence=sentence)
    return Verdict(judgement, words("before_after.claim", sentence=sentence))


def _cross(median: float, values: Sequence[float | None]) -> bool:
    low, high = sorted(value for value in values if value is not None)
    return low < median < high
