"""The judge a second time, with the eyes of those who know some of the numbers: a unit knows its own.

A practice, a cluster, a municipality or a hospital knows every count of its own people, shown or not; two units that
put their numbers together know those of both. What an insider knows need not be protected from it; what is left must
be: no insider may narrow down a small count of others.

A hidden count is safe from an insider when it can still move by the protection width while the insider's own counts
stay where they are. One such move answers for every insider whom it does not touch. So a short move is looked for
first, then one that leaves all those alone whom the first one touched; only where there is none is each insider asked
for on its own, exactly.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from indicators.disclosure.audit import fold_unknown, subtract
from indicators.disclosure.bounds import connected_parts
from indicators.disclosure.one_equation import OneEquation
from indicators.disclosure.part import Part
from indicators.disclosure.swaps import Swaps
from indicators.disclosure.system import EXACT, NOBODY, System


@dataclass(frozen=True)
class InsiderFindings:
    """What units can work out of others that outsiders cannot.

    Attributes:
        small: The small counts, as numbers of variables.
        safe: Small counts by insiders: whether the insider cannot narrow the count down. Its own are safe from it.
        below: Small counts by insiders: how far below its true value the count could be, where it is not safe.
        width: The smallest distance met between the lowest and highest value that an insider must think possible, where
            it is not safe; else infinity.
        exact: How many pairs of an insider and a count leave no choice at all.
    """

    small: NDArray[np.int64]
    safe: NDArray[np.bool_]
    below: NDArray[np.float64]
    width: float
    exact: int

    @property
    def is_safe(self) -> bool:
        """True when no insider can work anything out."""
        return bool(self.safe.all())

    @property
    def narrow(self) -> int:
        """How many pairs of an insider and a count are not safe."""
        return int((~self.safe).sum())


def audit_insiders(
    system: System,
    hidden: NDArray[np.bool_],
    width: int,
    knows: NDArray[np.bool_],
    earlier: NDArray[np.bool_] | None,
) -> InsiderFindings:
    """Return what insiders can work out of a period in which outsiders can work out nothing.

    Args:
        system: The period's counts and equations.
        hidden: Which cells are hidden; the audit with an outsider's eyes finds nothing.
        width: Smallest allowed distance between the lowest and highest possible value of a small count.
        knows: By unit (the last row is nobody) and insider, whether the insider knows the unit's counts.
        earlier: What was safe when fewer cells were hidden, and is so still.
    """
    small = np.flatnonzero(system.small)
    safe = knows[system.holder[small]]
    safe |= OneEquation(system, width, knows).told_by_own_numbers()[small].toarray() if earlier is None else earlier
    if safe.all():
        return InsiderFindings(small, safe, np.zeros(safe.shape), float(np.inf), 0)
    below = np.zeros(safe.shape)
    widths = np.full(safe.shape, np.inf)
    known, _ = subtract(system, system.visible(hidden))
    safe |= _proved_by_swaps(system, ~known, small, ~safe, knows, width)
    free = np.flatnonzero(~known)
    together = fold_unknown(system, free, width)
    place = np.searchsorted(free, small)
    leader, sign = together.leader[place], together.sign[place]
    holds = _holds(together.leader, system.holder[free], knows)
    is_bound = np.bincount(together.equations.indices, minlength=free.size) > 0
    asked = ~safe
    safe |= ~holds[leader].toarray() & ~is_bound[leader][:, None]
    for rows, columns in connected_parts(
        together.equations, np.flatnonzero(is_bound), np.unique(leader[asked.any(axis=1)])
    ):
        known_here = holds[columns].toarray()
        near = np.flatnonzero(known_here.any(axis=0))
        known_here = known_here[:, near]
        inside = np.flatnonzero(np.isin(leader, columns))
        where = np.searchsorted(columns, leader[inside])
        wanted = np.zeros_like(known_here)
        np.logical_or.at(wanted, where, asked[np.ix_(inside, near)])
        part = Part(
            together.equations[rows][:, columns], together.low[columns], together.high[columns], known_here, width
        )
        part.settle(wanted)
        at = np.ix_(inside, near)
        is_safe = safe[at] | (part.is_wide[where, :-1] & ~known_here[where])
        safe[inside] = True
        safe[at] = is_safe
        low, high = part.low[where, :-1], part.high[where, :-1]
        widths[at] = np.where(is_safe, np.inf, high - low)
        below[at] = np.where(sign[inside, None] > 0, -low, high)
    widths[asked & ~safe & ~is_bound[leader][:, None]] = 0.0
    return InsiderFindings(small, safe, below, float(widths.min(initial=np.inf)), int((widths < EXACT).sum()))


def _proved_by_swaps(
    system: System,
    unknown: NDArray[np.bool_],
    small: NDArray[np.int64],
    asked: NDArray[np.bool_],
    knows: NDArray[np.bool_],
    width: int,
) -> NDArray[np.bool_]:
    """Return, of some pairs of a count and an insider, those of which swaps prove that they are safe."""
    if not system.grid:
        return np.zeros_like(asked)
    of_all = np.column_stack([asked, np.zeros(small.size, dtype=bool)])
    return Swaps(system, system.grid, unknown, knows).prove(small, of_all, width)[:, :-1]


def _holds(leader: NDArray[np.int64], holder: NDArray[np.int64], knows: NDArray[np.bool_]) -> sparse.csr_matrix:
    """Return, by leader and insider, whether the insider knows the leader or a count that moves with it."""
    size, units = leader.size, knows.shape[0]
    held = np.where(holder == NOBODY, units - 1, holder)
    by_unit = sparse.csr_matrix((np.ones(size, dtype=np.int32), (leader, held)), shape=(size, units))
    return (by_unit @ sparse.csr_matrix(knows.astype(np.int32))).astype(bool)
