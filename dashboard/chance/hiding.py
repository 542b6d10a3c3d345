"""Which units tell fairly of all: those so large that chance hardly ever makes a number that disclosure control hides.

A release hides small counts, so the units it shows are not a fair sample: of a rare event it shows units with none or
with many. Only the size of a unit may decide whether it counts, never its number.
"""

from typing import Literal

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
Kind = Literal["share", "rate"]
FEWEST_UNITS = 10
HIDDEN_AT_MOST = 0.01


def are_never_hidden(kind: Kind, level: float | Numbers, sizes: Numbers, smallest_count: int) -> NDArray[np.bool_]:
    """Return for each unit whether its count is hidden less often than in one of a hundred such units.

    Args:
        kind: Of shares or rates.
        level: Everybody's share or events per unit of time; one for all units, or one for each.
        sizes: Cases counted, or time under observation.
        smallest_count: Counts below it, except 0, are hidden; of shares also those of the cases that do not meet it.
    """
    if kind == "rate":
        expected = level * sizes
        return _few(np.exp(-expected), expected, np.zeros_like(sizes), smallest_count) < HIDDEN_AT_MOST
    cases, share = np.floor(sizes), np.broadcast_to(np.asarray(level, dtype=np.float64), sizes.shape)
    hidden = np.zeros_like(sizes)
    with np.errstate(divide="ignore", invalid="ignore"):
        for met in (share, 1 - share):
            odds = met / (1 - met)
            chance = _few((1 - met) ** cases, cases * odds, odds, smallest_count)
            hidden += np.where(met < 1, chance, (cases >= 1) & (cases < smallest_count))
    return hidden < HIDDEN_AT_MOST


def _few(none: Numbers, first: Numbers, fewer: Numbers, smallest_count: int) -> Numbers:
    """Return the chance of a count from 1 to below the smallest: each chance is the one before times a factor.

    Args:
        none: The chance of 0.
        first: What it is multiplied by to give the chance of 1.
        fewer: By how much the factor falls with each case that is met already; 0 for events.
        smallest_count: The first count that is left out.
    """
    term, total = none, np.zeros_like(none)
    for count in range(1, smallest_count):
        term = term * (first - (count - 1) * fewer) / count
        total = total + term
    return total
