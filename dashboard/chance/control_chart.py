"""The control chart: is a single value of a course farther from its level than chance makes likely?

Shewhart's three standard deviations as exact limits with the same probability beyond them: a p-chart for shares and a
u-chart for rates, right also near 0 and 1 where the usual formula leaves what can occur.
"""

from dataclasses import dataclass

from dashboard.chance import limits
from dashboard.chance.funnel import Kind, Numbers

TAIL = 0.00135
"""Of a normal distribution beyond three standard deviations on one side."""


@dataclass(frozen=True)
class Control:
    """The level of a course and the limits at each of its points, on the scale of the values."""

    level: float
    low: tuple[float, ...]
    high: tuple[float, ...]


def control(kind: Kind, counts: Numbers, sizes: Numbers) -> Control | None:
    """Return the control limits of a course.

    Args:
        kind: Of shares or rates.
        counts: Cases that meet the indicator, or events, at each point.
        sizes: Cases counted, or time under observation, above 0.

    Returns:
        None when the level leaves no room for difference, or there are no points.
    """
    level = float(counts.sum() / sizes.sum()) if len(sizes) else 0.0
    if level <= 0 or (kind == "share" and level >= 1):
        return None
    low, high = (limits.of_shares if kind == "share" else limits.of_rates)(level, sizes, TAIL)
    return Control(level, tuple(low.tolist()), tuple(high.tolist()))
