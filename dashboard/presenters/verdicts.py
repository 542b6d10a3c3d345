"""Judgements with the sentence that says them: against others, against a year ago, against the target."""

from dataclasses import dataclass
from datetime import date

from dashboard.catalogue import Definition
from dashboard.chance.run_chart import FEWEST_POINTS
from dashboard.comparison import Difference, Judgement, Measure, TargetState, difference, judge
from dashboard.presenters import measures
from dashboard.presenters.breaks import crossed
from dashboard.presenters.course import course, is_growing, points
from dashboard.presenters.history import History, year_before
from dashboard.wording import Wording


@dataclass(frozen=True)
class Verdict:
    """A judgement with the sentence that says it."""

    judgement: Judgement
    text: str


def compared(own: Measure, other: Measure | None, other_name: str, definition: Definition, words: Wording) -> Verdict:
    """Return how a unit compares with another, in words decided by the intervals; empty when nothing can be said."""
    if other is None or not own.is_shown:
        return Verdict("unknown", "")
    found = difference(own, other)
    judgement = judge(found, definition.direction)
    return Verdict(judgement, _said("comparison", found, judgement, words, other=other_name))


def changed(own: History, reporting_date: date, definition: Definition, words: Wording) -> Verdict:
    """Return how a value has changed in a year; empty without an earlier value.

    A change is told only when a rule of run charts or control charts finds more than chance in the whole course, and
    the value differs from the one a year before. The rule alone is not enough: periods that overlap share patients,
    and make long runs of chance. The year alone is not enough either: of many indicators one in twenty would seem to
    change.
    """
    earlier = year_before(reporting_date)
    before, now = own.get(earlier), own.get(reporting_date)
    if before is None or now is None or not (before.is_shown and now.is_shown):
        return Verdict("unknown", "")
    if is_growing(definition, earlier):
        return Verdict("unknown", words("trend.growing"))
    if broken := crossed(definition, before, now):
        return Verdict("unknown", words("trend.broken", month=words.month(broken[-1].from_on)))
    if len(points(own, reporting_date, definition)) < FEWEST_POINTS:
        return Verdict("unknown", words("trend.too_short"))
    change = difference(now, before)
    if change in {"higher", "lower"}:
        found = course(own, reporting_date, definition)
        change = change if found is not None and found.has_signal else "similar"
    judgement = judge(change, definition.direction)
    return Verdict(judgement, _said("trend", change, judgement, words, since=words.month(earlier)))


def target_text(state: TargetState, definition: Definition, words: Wording) -> str:
    """Return whether the target is reached, with the target itself; empty when there is none."""
    target = definition.target_value
    if state == "none" or target is None:
        return ""
    said = {"target": target_amount(target, definition, words)}
    if definition.acceptable_value is not None:
        said["acceptable"] = target_amount(definition.acceptable_value, definition, words, is_strict=False)
    return words(f"target.{state}", **said)


def target_amount(target: float, definition: Definition, words: Wording, *, is_strict: bool | None = None) -> str:
    """Return a target with its sign: ≥ 95 %, ≤ 20 %, or > 40 % when the target itself does not reach it."""
    if is_strict is None:
        is_strict = definition.target is not None and definition.target.is_strict
    signs = ("<", ">") if is_strict else ("≤", "≥")
    sign = signs[definition.direction != "lower_is_better"]
    number = words.share(target, 0) if definition.kind == "proportion" else measures.amount(target, definition, words)
    return f"{sign} {number}"


def _said(about: str, found: Difference, judgement: Judgement, words: Wording, **values: str) -> str:
    if found == "unknown":
        return ""
    sentence = words(f"{about}.{found}", **values)
    return words(f"judgement.{judgement}", sentence=sentence) if judgement in {"better", "worse"} else sentence
