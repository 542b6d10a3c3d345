"""What a unit's number would be if its people had the ages of a named standard: direct standardisation.

Each age group keeps the unit's own share or rate and gets the weight it has in the standard. Rates have the gamma
interval of Fay and Feuer (Stat Med 1997;16:791), which is exact where there is one group. Shares put the groups' own
Wilson intervals together by square-and-add, as the comparison of two shares does (MOVER: Zou, Huang and Zhang, Comput
Stat Data Anal 2009;53:1080). Everything is worked out from published cells, so it tells nothing that they do not; where
an age group that the standard has is hidden, or is without anybody, nothing can be said.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from scipy.special import chdtri

from dashboard.chance.intervals import TAIL
from dashboard.comparison import Measure

PATIENT_YEARS = 1000


@dataclass(frozen=True)
class Standardised:
    """A standardised number with its 95 % interval, on the scale of the indicator."""

    value: float
    low: float
    high: float


def standardised(ages: Mapping[str, Measure], weights: Mapping[str, float]) -> Standardised | None:
    """Return the number that a standard's ages give, None when that cannot be told from what is shown.

    Args:
        ages: The unit's age groups.
        weights: Size of each age group in the standard, above 0.
    """
    total = sum(weights.values())
    found = [(ages.get(band), weight / total) for band, weight in weights.items()]
    groups = [(group, weight) for group, weight in found if group is not None and group.is_shown]
    if not groups or len(groups) < len(found):
        return None
    is_rate = [group.patient_years is not None for group, _ in groups]
    if all(is_rate):
        return _rate(groups)
    return None if any(is_rate) else _share(groups)


def _share(groups: list[tuple[Measure, float]]) -> Standardised | None:
    value = below = above = 0.0
    for group, weight in groups:
        if group.value is None or group.low is None or group.high is None:
            return None
        value += weight * group.value
        below += (weight * (group.value - group.low)) ** 2
        above += (weight * (group.high - group.value)) ** 2
    return Standardised(value, max(value - math.sqrt(below), 0.0), min(value + math.sqrt(above), 1.0))


def _rate(groups: list[tuple[Measure, float]]) -> Standardised | None:
    value = variance = largest = 0.0
    for group, weight in groups:
        if group.numerator is None or not group.patient_years:
            return None
        each = weight * PATIENT_YEARS / group.patient_years
        value += each * group.numerator
        variance += each**2 * group.numerator
        largest = max(largest, each)
    low = 0.0 if value == 0 else variance / (2 * value) * float(chdtri(2 * value**2 / variance, 1 - TAIL))
    more, spread = value + largest, variance + largest**2
    return Standardised(value, low, spread / (2 * more) * float(chdtri(2 * more**2 / spread, TAIL)))
