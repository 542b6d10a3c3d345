"""Who knows numbers besides the release: units their own, and drawn pairs of units the numbers of both."""

import numpy as np
from numpy.typing import NDArray

from indicators.disclosure.policy import Policy
from indicators.disclosure.system import System


def knowledge(system: System, policy: Policy) -> NDArray[np.bool_]:
    """Return, by unit and insider, whether the insider knows the unit's counts; the last row is nobody's counts.

    Each unit of the policy's levels is an insider. So are pairs of them, drawn anew for every number of units; the seed
    stands in the policy, so that the same input makes the same release and anybody can see which pairs were tried.
    """
    units = np.flatnonzero([level in policy.insiders for level, _ in system.units])
    alone = np.zeros((len(system.units) + 1, units.size), dtype=bool)
    alone[units, np.arange(units.size)] = True
    number = min(policy.insider_pairs, units.size * (units.size - 1) // 2)
    drawn = np.random.default_rng(policy.insider_pairs_seed).permutation(units.size * (units.size - 1) // 2)[:number]
    one, other = (side[np.sort(drawn)] for side in np.triu_indices(units.size, 1))
    return np.column_stack([alone, alone[:, one] | alone[:, other]])
