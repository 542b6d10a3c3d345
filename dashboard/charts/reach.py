"""How far a value axis reaches: all that is drawn, and the target unless that would flatten the rest."""

from collections.abc import Iterable
from dataclasses import dataclass

from dashboard import colours
from dashboard.charts.sheet import Sign
from dashboard.presenters.drawn import Dot, Scale
from dashboard.wording import Wording

# With less of the axis than this left for the values, their course could no longer be read.
_LEAST_PART = 0.25
# A smaller range would make chance look like a change: percentage points.
_LEAST_SPAN = 4.0
_AIR = 0.08
# Room beyond 0 and 100, as a part of the range, so that a dot there is drawn whole.
_EDGE = 0.02


@dataclass(frozen=True)
class Reach:
    """The ends of a value axis.

    Attributes:
        low: Lower end, on the printed scale.
        high: Upper end.
        target: The target when it lies between the ends, else None.
    """

    low: float
    high: float
    target: float | None


def reach(drawn: Iterable[float | None], scale: Scale) -> Reach:
    """Return the ends of the axis for what is drawn on it, with air, and hardly outside what can occur.

    Args:
        drawn: Values and the ends of their intervals, None where there is none.
        scale: Of the indicator; its target is taken along when that leaves the values enough room.
    """
    ends = [end for end in drawn if end is not None]
    if not ends:
        ends = [0.0, 100.0 if scale.is_share else 1.0]
    lowest, highest = min(ends), max(ends)
    if scale.is_share and highest - lowest < _LEAST_SPAN:
        middle = (lowest + highest) / 2
        lowest, highest = max(middle - _LEAST_SPAN / 2, 0.0), min(middle + _LEAST_SPAN / 2, 100.0)
    target = scale.target
    if target is not None:
        low, high = min(lowest, target), max(highest, target)
        if highest - lowest >= _LEAST_PART * (high - low):
            lowest, highest = low, high
        else:
            target = None
    span = highest - lowest
    air = max(span * _AIR, 0.05)
    top = min(highest + air, 100.0 + _EDGE * span) if scale.is_share else highest + air
    return Reach(max(lowest - air, -_EDGE * span), top, target)


def ends_of(dots: Iterable[Dot]) -> list[float | None]:
    """Return what dots need of an axis: their values and the ends of their intervals."""
    return [end for dot in dots for end in (dot.low, dot.high, dot.value)]


def target_sign(scale: Scale, ends: Reach, words: Wording) -> list[Sign]:
    """Return the key's entry for the target; it says so when the target lies outside the picture."""
    if scale.target is None:
        return []
    if ends.target is None:
        return [Sign("", colours.TARGET, words("chart.target_outside", target=scale.target_text))]
    return [Sign(colours.SIGN_DOTS, colours.TARGET, words("chart.target", target=scale.target_text))]
