"""Do units differ from each other by more than chance, and by how much?

Spiegelhalter, Handling over-dispersion of performance indicators, Qual Saf Health Care 2005;14:347. The standardised
deviations are winsorised, so that a few odd units do not decide how much the ordinary ones differ. Their mean square
gives the factor φ, and φ the spread τ between units (DerSimonian and Laird 1986). Beyond the publication, φ is divided
by what winsorising leaves of chance alone, 0.68: without that, φ and τ come out too small and too many units lie
outside.
"""

import math
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray
from scipy.special import chdtri

Numbers = NDArray[np.float64]
WINSORISED = 0.1
_END = -NormalDist().inv_cdf(WINSORISED)
LEFT_OF_CHANCE = 1 - 2 * WINSORISED - 2 * _END * NormalDist().pdf(_END) + 2 * WINSORISED * _END**2
"""The mean square of standard normal deviations after winsorising."""
# A correction is made when chance would make the units differ so much in less than this share of all cases.
SURPRISE = 0.01


@dataclass(frozen=True)
class OverDispersion:
    """How much units differ beyond chance.

    Attributes:
        factor: φ, how many times the mean square of the standardised deviations is what chance alone gives.
        spread: τ, the standard deviation between units on the scale of the deviations; 0 when chance explains them.
    """

    factor: float
    spread: float

    @property
    def is_present(self) -> bool:
        """Whether the units differ by more than chance explains."""
        return self.spread > 0


def over_dispersion(deviations: Numbers, errors: Numbers) -> OverDispersion:
    """Return how much units differ beyond chance.

    Args:
        deviations: Each unit's distance from the level, on a scale on which chance is alike at every level.
        errors: The standard error that chance gives each of them, above 0.
    """
    standardised = deviations / errors
    ends = np.quantile(standardised, (WINSORISED, 1 - WINSORISED))
    factor = float(np.mean(np.clip(standardised, *ends) ** 2)) / LEFT_OF_CHANCE
    units = len(standardised)
    if units * factor <= chdtri(units, SURPRISE):
        return OverDispersion(factor, 0.0)
    weights = errors**-2.0
    beyond_chance = (units * factor - (units - 1)) / (weights.sum() - (weights**2).sum() / weights.sum())
    return OverDispersion(factor, math.sqrt(max(float(beyond_chance), 0.0)))
