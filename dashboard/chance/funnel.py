"""The funnel: how far a unit of a given size may lie from a level before it is more than chance.

Spiegelhalter, Funnel plots for comparing institutional performance, Stat Med 2005;24:1185. Where units differ from each
other by more than chance, their spread is put together with chance by square-and-add, on the scale on which chance is
alike at every level (arcsine of the root for shares, the root for rates). The limits then answer whether a unit differs
by more than such units do.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from statistics import NormalDist
from typing import Literal

import numpy as np

from dashboard.chance import limits
from dashboard.chance.hiding import FEWEST_UNITS, Kind, Numbers, are_never_hidden
from dashboard.chance.over_dispersion import OverDispersion, over_dispersion

Place = Literal["far_below", "below", "inside", "above", "far_above"]
INNER_TAIL, OUTER_TAIL = 0.025, 0.001
"""Beyond each limit at 95 % and at 99.8 %."""


@dataclass(frozen=True)
class Funnel:
    """Limits around a level for units of any size.

    Attributes:
        kind: Of shares 0–1, or of rates per unit of time.
        level: The centre.
        dispersion: How much the units differ beyond chance; None when that cannot be told, or around a target, which
            owes the units nothing. The limits then hold chance alone.
    """

    kind: Kind
    level: float
    dispersion: OverDispersion | None = None

    def limits(self, sizes: Numbers, tail: float) -> tuple[Numbers, Numbers]:
        """Return the lower and upper limits for units of so many cases, or so much time under observation."""
        exact = limits.of_shares if self.kind == "share" else limits.of_rates
        low, high = exact(self.level, sizes, tail)
        if self.dispersion is None or not self.dispersion.is_present:
            return low, high
        stretched = _stretch(self.kind)
        centre = stretched(np.array(self.level))
        beyond = NormalDist().inv_cdf(1 - tail) * self.dispersion.spread
        below = np.clip(centre - np.hypot(centre - stretched(low), beyond), 0.0, None)
        above = centre + np.hypot(stretched(high) - centre, beyond)
        if self.kind == "share":
            return np.sin(below) ** 2, np.sin(np.clip(above, None, np.pi / 2)) ** 2
        return below**2, above**2

    def places(self, values: Numbers, sizes: Numbers) -> list[Place]:
        """Return where units lie: inside, beyond the limits at 95 %, or far beyond, outside those at 99.8 %."""
        low, high = self.limits(sizes, INNER_TAIL)
        far_low, far_high = self.limits(sizes, OUTER_TAIL)
        steps = (values > high) * 1 + (values > far_high) * 1 - (values < low) * 1 - (values < far_low) * 1
        names: tuple[Place, ...] = ("far_below", "below", "inside", "above", "far_above")
        return [names[step + 2] for step in steps]


def around_everybody(kind: Kind, level: float, counts: Numbers, sizes: Numbers, smallest_count: int) -> Funnel | None:
    """Return the funnel around everybody's level, widened when many units lie outside by more than chance.

    A release hides small counts, so the units it shows are not a fair sample: of a rare event it shows units with none
    or with many. Their own mean and spread would mislead. The centre is therefore the level of everybody, hidden units
    included, and the spread is taken from units whose counts are too large to be hidden.

    Args:
        kind: Of shares or rates.
        level: Everybody's share or events per unit of time.
        counts: Cases that meet the indicator, or events, of each unit that is shown.
        sizes: Cases counted, or time under observation, above 0.
        smallest_count: Counts below it, except 0, are hidden.

    Returns:
        None when there are too few units, or when the level leaves no room for difference.
    """
    funnel = around_a_target(kind, level)
    if funnel is None or len(sizes) < FEWEST_UNITS:
        return None
    fair = are_never_hidden(kind, level, sizes, smallest_count)
    if fair.sum() < FEWEST_UNITS:
        return funnel
    stretched = _stretch(kind)
    deviations = stretched(counts[fair] / sizes[fair]) - stretched(np.array(level))
    dispersion = over_dispersion(deviations, 0.5 / np.sqrt(sizes[fair]))
    outside = sum(place != "inside" for place in funnel.places(counts / sizes, sizes))
    if outside <= expected_outside(len(sizes)):
        dispersion = replace(dispersion, spread=0.0)
    return replace(funnel, dispersion=dispersion)


def expected_outside(units: int) -> float:
    """Return how many of so many units lie outside the limits at 95 % by chance alone."""
    return 2 * INNER_TAIL * units


def around_a_target(kind: Kind, target: float) -> Funnel | None:
    """Return the funnel of chance alone around a target; None when it leaves no room on one side."""
    return Funnel(kind, target) if 0 < target < (1 if kind == "share" else np.inf) else None


def _stretch(kind: Kind) -> Callable[[Numbers], Numbers]:
    """Return the scale on which the standard error of chance is half the root of one over the size at every level."""
    return (lambda values: np.arcsin(np.sqrt(values))) if kind == "share" else np.sqrt
