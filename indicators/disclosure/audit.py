"""The judge: what somebody who has the whole release, and knows how its cells add up, can work out about hidden cells.

Three attacks of rising strength. *Subtraction* closes all equations one unknown at a time. *Linear algebra* finds
every variable that the equations fix, however many are combined. *Bounds* uses that no count is below zero: linear
programming gives the lowest and highest possible value of every small count.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.linalg import lsmr

from indicators.disclosure.bounds import spread
from indicators.disclosure.condensed import Condensed, condense
from indicators.disclosure.system import EXACT, System

RANDOM_MOVES = 3
SEED = 20261122


@dataclass(frozen=True)
class Findings:
    """What an attacker can work out.

    Attributes:
        exact: Protected variables that are fixed.
        narrow: Small variables whose lowest and highest possible value lie closer than the policy allows.
        width: Lower bound of the distance between lowest and highest value, for small unknown variables; else infinity.
        below: How far below its true value each small unknown variable could be.
    """

    exact: NDArray[np.bool_]
    narrow: NDArray[np.bool_]
    width: NDArray[np.float64]
    below: NDArray[np.float64]

    @property
    def is_safe(self) -> bool:
        """True when nothing protected is fixed or narrow."""
        return not (self.exact.any() or self.narrow.any())


def subtract(system: System, known: NDArray[np.bool_]) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
    """Return what is known after closing all equations with one unknown, and the equation that told each variable.

    Args:
        system: The period's counts and equations.
        known: Variables known at the start. (An insider knows more than the shown cells.)
    """
    known = known.copy()
    told_by = np.full(known.size, -1, dtype=np.int64)
    index = np.arange(known.size)
    while True:
        unknown = (~known).astype(np.int64)
        solvable = np.flatnonzero(np.asarray(system.pattern @ unknown) == 1)
        if not solvable.size:
            return known, told_by
        variables = np.asarray(system.pattern[solvable] @ (unknown * index))
        variables, first = np.unique(variables, return_index=True)
        known[variables] = True
        told_by[variables] = solvable[first]


def fixed(system: System, known: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return which unknown variables all equations together fix, whatever the bounds."""
    result = np.zeros(known.size, dtype=bool)
    free = np.flatnonzero(~known)
    if free.size:
        together = fold_unknown(system, free, width=1)
        result[free] = _fixed(together.equations, np.unique(together.leader))[together.leader]
    return result


def _fixed(equations: sparse.csr_matrix, asked: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return which of the movements that are asked for are none in every solution of the equations.

    A random solution moves every count that is free and no count that is fixed. One that hardly moves by chance is free
    all the same, so only what several solutions leave in place counts as fixed.
    """
    stays = np.zeros(equations.shape[1], dtype=bool)
    stays[asked] = np.bincount(equations.indices, minlength=stays.size)[asked] > 0
    matrix = equations.astype(np.float64).T.tocsr()
    rng = np.random.default_rng(SEED)
    for _ in range(RANDOM_MOVES):
        if not stays.any():
            break
        start = rng.normal(size=stays.size)
        fitted = lsmr(matrix, start, atol=1e-13, btol=1e-13, maxiter=20 * stays.size)[0]
        stays &= abs(start - matrix @ fitted) < EXACT
    return stays


def fold_unknown(system: System, free: NDArray[np.int64], width: int) -> Condensed:
    """Return the equations between unknown counts in fewer unknowns."""
    ceiling = 2.0 * float(system.truth.max(initial=1)) + width
    return condense(system.equations[:, free].tocsr(), system.enough[:, free].tocsr(), system.truth[free], ceiling)


def audit(
    system: System,
    hidden: NDArray[np.bool_],
    width: int,
    *,
    also_known: NDArray[np.bool_] | None = None,
    earlier: NDArray[np.float64] | None = None,
) -> Findings:
    """Return what can be worked out when the given cells are hidden.

    Args:
        system: The period's counts and equations.
        hidden: Which cells are hidden.
        width: Smallest allowed distance between the lowest and highest possible value of a small count.
        also_known: Variables the attacker knows besides the shown cells (an insider's own), or None.
        earlier: Widths found when fewer cells were hidden; what could move that far then can do so now.
    """
    seen = system.visible(hidden)
    protected = system.protected(hidden)
    if also_known is not None:
        protected = protected & ~also_known
        seen = seen | also_known
    known, _ = subtract(system, seen)
    exact = protected & known
    ranges = np.full(known.size, np.inf) if earlier is None else earlier.copy()
    below = np.zeros(known.size)
    if exact.any():
        return Findings(exact=exact, narrow=ranges < width - EXACT, width=ranges, below=below)
    free = np.flatnonzero(~known)
    together = fold_unknown(system, free, width)
    leaders = np.unique(together.leader[protected[free]])
    exact[free] = protected[free] & _fixed(together.equations, leaders)[together.leader]
    if not exact.any():
        wanted = protected & system.small
        if earlier is not None:
            wanted &= ~((earlier >= width - EXACT) & np.isfinite(earlier))
        place = np.searchsorted(free, np.flatnonzero(wanted))
        own = together.leader[place]
        low, high = spread(together, np.unique(own), width)
        ranges[wanted] = high[own] - low[own]
        below[wanted] = np.where(together.sign[place] > 0, -low[own], high[own])
    return Findings(exact=exact, narrow=ranges < width - EXACT, width=ranges, below=below)
