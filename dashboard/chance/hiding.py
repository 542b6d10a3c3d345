"""Which units tell fairly of all: those so large that chance hardly ever makes a number that disclosure control hides.

A release hides small counts, so the units it shows are not a fair sample: of a rare event it shows units with none or
with many. Only the size of a unit may decide whether it counts, never its number.
"""

from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import bdtr, pdtr

Numbers = NDArray[np.float64]
Kind = Literal["share", "rate"]
FEWEST_UNITS = 10
HIDDEN_AT_MOST = 0.01


def are_never_hidden(kind: Kind, level: float, sizes: Numbers, smallest_count: int) -> NDArray[np.bool_]:
    """Return for each unit whether its count is hidden less often than in one of a hundred such units.

    Args:
        kind: Of shares or rates.
        level: Everybody's share or events per unit of time.
        sizes: Cases counted, or time under observation.
        smallest_count: Counts below it, except 0, are hidden; of shares also those of the cases that do not meet it.
    """
    largest_hidden = smallest_count - 1
    if kind == "rate":
        expected = level * sizes
        return pdtr(largest_hidden, expected) - pdtr(0, expected) < HIDDEN_AT_MOST
    hidden = sum(
        bdtr(largest_hidden, np.floor(sizes), share) - bdtr(0, np.floor(sizes), share) for share in (level, 1 - level)
    )
    return hidden < HIDDEN_AT_MOST
