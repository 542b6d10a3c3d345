"""How far apart two groups of a unit are: the gap and the ratio of two numbers, with intervals.

Both intervals are put together from the two numbers' own (MOVER: Donner and Zou, Stat Methods Med Res 2012;21:347): for
two shares the gap has Newcombe's hybrid score interval, and the ratio its counterpart. They are worked out from
published cells only, and the groups compared share nobody. What counts events of one person several times varies more
than these intervals say.
"""

import math
from dataclasses import dataclass

from dashboard.chance import intervals
from dashboard.comparison import Measure, interval_of_difference

PATIENT_YEARS = 1000


@dataclass(frozen=True)
class Apart:
    """By how much one number lies above another; an end is None where it has none."""

    value: float
    low: float | None
    high: float | None


def gap(own: Measure, other: Measure) -> Apart | None:
    """Return one number minus another, None when either is not shown."""
    limits = interval_of_difference(own, other)
    if limits is None or own.value is None or other.value is None:
        return None
    return Apart(own.value - other.value, *limits)


def ratio(own: Measure, other: Measure) -> Apart | None:
    """Return one number as a multiple of another, None when either is not shown or the other is 0."""
    stated = (own.value, own.low, own.high, other.value, other.low, other.high)
    numbers = [number for number in stated if number is not None]
    if len(numbers) < len(stated) or not (own.is_shown and other.is_shown) or not other.value:
        return None
    value, low, high, base, base_low, base_high = numbers
    product = value * base

    def end(part: float, against: float, sign: int) -> float | None:
        below = against * (2 * base - against)
        if below <= 0:
            return None
        root = max(product**2 - part * (2 * value - part) * below, 0.0)
        return (product + sign * math.sqrt(root)) / below

    return Apart(value / base, end(low, base_high, -1), end(high, base_low, 1))


def others_than(group: Measure, everybody: Measure) -> Measure | None:
    """Return all of a unit but one of its groups, None when either is not shown, does not add up, or nobody is left.

    Args:
        group: One group of the unit.
        everybody: The unit as a whole.
    """
    if not (group.is_shown and everybody.is_shown) or group.numerator is None or everybody.numerator is None:
        return None
    met = everybody.numerator - group.numerator
    if group.patient_years is not None and everybody.patient_years is not None:
        # Years are on a coarse grid, so that of a small rest nothing might be left.
        years = everybody.patient_years - group.patient_years
        if years <= 0 or met < 0:
            return None
        value, low, high = (PATIENT_YEARS * number / years for number in (met, *intervals.of_count(met)))
        return Measure("shown", value, low, high, met, None, years)
    size = (everybody.denominator or 0) - (group.denominator or 0)
    if size <= 0 or not 0 <= met <= size:
        return None
    return Measure("shown", met / size, *intervals.of_share(met, size), met, size)
