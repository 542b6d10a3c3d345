"""What a unit's number would be if only the ages of its people told it from the whole area: indirect standardisation.

Each age group of the unit gets the share or rate of the same age group in the whole area; together they are what one
would expect of the unit. Everything is worked out from published cells, so it tells nothing that they do not; where an
age group is hidden, or was not counted, nothing is expected. The whole area is taken as known without error: it is the
standard, and the unit is a part of it, which makes the judgement slightly cautious.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from dashboard.comparison import Measure

Place = Literal["higher", "lower", "similar", "unknown"]


@dataclass(frozen=True)
class Expected:
    """What was expected of a unit, beside what was seen.

    Attributes:
        value: The expected share 0–1, or rate on the scale of the indicator.
        ratio: What was seen as a multiple of what was expected; None where nothing was expected.
        place: Where what was seen lies; `similar` when its 95 % interval holds what was expected.
    """

    value: float
    ratio: float | None
    place: Place


def expected(own: Measure, ages: Mapping[str, Measure], standard: Mapping[str, Measure]) -> Expected | None:
    """Return what the ages of a unit's people let expect, None when that cannot be told from what is shown.

    Args:
        own: The unit as a whole.
        ages: The unit's age groups; one without anybody in it has no data and counts nothing.
        standard: The same age groups of the whole area.
    """
    if not own.is_shown or own.value is None:
        return None
    people, sum_expected = 0.0, 0.0
    for band, group in ages.items():
        if group.state == "no_data":
            continue
        reference = standard.get(band)
        size = _size(group)
        if not group.is_shown or size is None or reference is None or not reference.is_shown or reference.value is None:
            return None
        people += size
        sum_expected += size * reference.value
    if people == 0:
        return None
    value = sum_expected / people
    return Expected(value, own.value / value if value else None, _place(own, value))


def _size(group: Measure) -> float | None:
    return group.patient_years if group.patient_years is not None else group.denominator


def _place(own: Measure, value: float) -> Place:
    if own.low is None or own.high is None:
        return "unknown"
    if own.low > value:
        return "higher"
    return "lower" if own.high < value else "similar"
