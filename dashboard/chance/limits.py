"""Exact limits around an expected level: between them lie the counts that chance makes often enough.

A count lies beyond a limit when chance alone would bring so low, or so high, a count less often than the tail says.
The limits are those of the exact test (Clopper and Pearson 1934; Garwood 1936 for rates), continued between whole
counts by the incomplete beta and gamma functions. They are therefore smooth lines that no count crosses without the
exact test saying so, and a unit lies outside them just when its own exact interval leaves out the level.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.special import bdtrik, pdtrik

Numbers = NDArray[np.float64]


def of_shares(level: float, sizes: Numbers, tail: float) -> tuple[Numbers, Numbers]:
    """Return the lower and upper limits of shares of so many cases, both 0–1.

    Args:
        level: The expected share, above 0 and below 1.
        sizes: Cases behind each share, above 0.
        tail: Probability beyond each limit, for example 0.025 for limits at 95 %.
    """
    low = bdtrik(tail, sizes, level) / sizes
    high = 1 - bdtrik(tail, sizes, 1 - level) / sizes
    return np.clip(low, 0.0, level), np.clip(high, level, 1.0)


def of_rates(level: float, sizes: Numbers, tail: float) -> tuple[Numbers, Numbers]:
    """Return the lower and upper limits of rates over so much time under observation.

    Args:
        level: The expected events per unit of time, above 0.
        sizes: Time under observation behind each rate, above 0, in the same unit.
        tail: Probability beyond each limit.
    """
    expected = level * sizes
    return pdtrik(tail, expected) / sizes, (pdtrik(1 - tail, expected) + 1) / sizes
