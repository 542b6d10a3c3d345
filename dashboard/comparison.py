"""Is a difference more than chance? Decided by intervals, in one place.

Two values differ when the 95 % interval of their difference does not hold zero. The interval is put together from the
two values' own intervals (the square-and-add method, MOVER: Donner and Zou, Stat Methods Med Res 2012; for two Wilson
intervals it is Newcombe's hybrid score interval, Stat Med 1998). It serves shares, rates and medians alike.
A unit is itself a part of the larger group it is compared with, which makes the verdict slightly cautious.
"""

import math
from dataclasses import dataclass
from datetime import date
from typing import Literal

Difference = Literal["higher", "lower", "similar", "unknown"]
Judgement = Literal["better", "worse", "different", "similar", "unknown"]
TargetState = Literal["met", "met_uncertain", "acceptable", "not_met_uncertain", "not_met", "none"]


HIDDEN = frozenset({"suppressed", "withheld", "left_out"})


@dataclass(frozen=True)
class Measure:
    """One cell of the release. All numbers are None unless the state is `shown`.

    Attributes:
        value: Share 0–1, rate per 1,000 patient-years, or median in its unit.
        low: Lower end of the 95 % interval.
        high: Upper end of the 95 % interval.
        completeness: Share 0–1 of those who belong in the denominator for whom the value is known.
    """

    state: str
    value: float | None = None
    low: float | None = None
    high: float | None = None
    numerator: int | None = None
    denominator: int | None = None
    patient_years: float | None = None
    completeness: float | None = None
    period_start: date | None = None
    period_end: date | None = None

    @property
    def is_shown(self) -> bool:
        """Whether there is a number to show."""
        return self.state == "shown" and self.value is not None

    @property
    def is_hidden(self) -> bool:
        """Whether there is a number that is not shown, to protect privacy."""
        return self.state in HIDDEN


def difference(own: Measure, other: Measure) -> Difference:
    """Return whether one value is higher or lower than another by more than chance.

    `unknown` when either is not shown or has no interval.
    """
    limits = interval_of_difference(own, other)
    if limits is None:
        return "unknown"
    if limits[0] > 0:
        return "higher"
    return "lower" if limits[1] < 0 else "similar"


def interval_of_difference(own: Measure, other: Measure) -> tuple[float, float] | None:
    """Return the 95 % interval of one value minus another; None when either has no value or interval."""
    stated = (own.value, own.low, own.high, other.value, other.low, other.high)
    ends = [end for end in stated if end is not None and math.isfinite(end)]
    if len(ends) < len(stated) or not (own.is_shown and other.is_shown):
        return None
    value, low, high, other_value, other_low, other_high = ends
    gap = value - other_value
    return gap - math.hypot(value - low, other_high - other_value), gap + math.hypot(
        high - value, other_value - other_low
    )


def judge(found: Difference, direction: str) -> Judgement:
    """Return what a difference means for quality, given the direction of the indicator."""
    if found in {"unknown", "similar"}:
        return "unknown" if found == "unknown" else "similar"
    if direction == "neither":
        return "different"
    return "better" if (found == "higher") == (direction == "higher_is_better") else "worse"


def against_target(
    own: Measure, target: float | None, direction: str, *, is_strict: bool = False, acceptable: float | None = None
) -> TargetState:
    """Return whether the value reaches the target, and whether its interval leaves that open.

    The target itself counts as reached, unless the target is strict. A value that misses the target and reaches the
    acceptable level is acceptable, however sure that is.
    """
    if target is None or direction == "neither" or own.value is None or not own.is_shown:
        return "none"
    is_higher_better = direction == "higher_is_better"
    is_met = _reaches(own.value, target, is_higher_better=is_higher_better, is_strict=is_strict)
    is_open = own.low is not None and own.high is not None and own.low <= target <= own.high
    if is_met:
        return "met_uncertain" if is_open else "met"
    if acceptable is not None and _reaches(own.value, acceptable, is_higher_better=is_higher_better, is_strict=False):
        return "acceptable"
    return "not_met_uncertain" if is_open else "not_met"


def _reaches(value: float, level: float, *, is_higher_better: bool, is_strict: bool) -> bool:
    is_better = value > level if is_higher_better else value < level
    return is_better or (value == level and not is_strict)
