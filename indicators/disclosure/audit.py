"""The judge: what somebody who has the whole release, and knows how its cells add up, can work out about hidden cells.

Three attacks of rising strength. *Subtraction* closes all equations one unknown at a time. *Linear algebra* finds
every variable that the equations fix, however many are combined. *Bounds* uses that no count is below zero: linear
programming gives the lowest and highest possible value of every small count.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import highspy
import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse import csgraph
from scipy.sparse.linalg import lsmr

from indicators.disclosure.condensed import Condensed, condense
from indicators.disclosure.system import System

RANDOM_MOVES = 3
SEED = 20261122
DIRECTIONS = 40
WORTH_A_PUSH = 3
LARGE = 2000
EXACT = 1e-6


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


def tight(system: System, known: NDArray[np.bool_], width: int) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
    """Return the unknown small variables that one equation alone binds, and that equation.

    Where a total is known and all that is left for its unknown parts is less than the width, each of them is narrow.
    """
    unknown = (~known).astype(np.int64)
    number = np.asarray(system.pattern @ unknown)
    left = np.asarray(system.equations @ (unknown * system.truth))
    total_known = np.asarray((system.equations < 0).astype(np.int64) @ unknown) == 0
    binds = (number > 0) & total_known & (left < width)
    bound_by = np.full(known.size, -1, dtype=np.int64)
    for equation in np.flatnonzero(binds)[::-1]:
        bound_by[system.pattern.indices[system.pattern.indptr[equation] : system.pattern.indptr[equation + 1]]] = (
            equation
        )
    narrow = (bound_by >= 0) & ~known & system.small
    return narrow, np.where(narrow, bound_by, -1)


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
            wanted &= ~((earlier >= width) & np.isfinite(earlier))
        place = np.searchsorted(free, np.flatnonzero(wanted))
        own = together.leader[place]
        low, high = _spread(together.equations, together.low, together.high, np.unique(own), width)
        ranges[wanted] = high[own] - low[own]
        below[wanted] = np.where(together.sign[place] > 0, -low[own], high[own])
    return Findings(exact=exact, narrow=ranges < width - EXACT, width=ranges, below=below)


def _spread(
    equations: sparse.csr_matrix,
    least: NDArray[np.float64],
    most: NDArray[np.float64],
    targets: NDArray[np.int64],
    width: int,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return how far down and up counts were found to move, until each target has a range of `width` or has none.

    The range is exact where it is below `width`, else a lower bound.
    """
    low, high = np.zeros(least.size), np.zeros(least.size)
    is_bound = np.bincount(equations.indices, minlength=least.size) > 0
    low[~is_bound], high[~is_bound] = least[~is_bound], most[~is_bound]
    for rows, columns in connected_parts(equations, np.flatnonzero(is_bound), targets):
        polytope = _Polytope(equations[rows][:, columns], least[columns], most[columns])
        polytope.spread(np.flatnonzero(np.isin(columns, targets)), width)
        low[columns], high[columns] = polytope.low, polytope.high
    return low, high


def connected_parts(
    equations: sparse.csr_matrix, columns: NDArray[np.int64], targets: NDArray[np.int64]
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Return the rows and columns of each connected part of some columns in which there is a target."""
    links = abs(equations[:, columns])
    graph = sparse.bmat([[None, links], [links.T, None]], format="csr")
    _, label = csgraph.connected_components(graph, directed=False)
    of_row, of_column = label[: links.shape[0]], label[links.shape[0] :]
    for part in np.unique(of_column[np.isin(columns, targets)]):
        yield np.flatnonzero(of_row == part), columns[of_column == part]


class _Polytope:
    """All movements of counts that agree with the release, for one connected part of the unknowns."""

    def __init__(self, block: sparse.csr_matrix, least: NDArray[np.float64], most: NDArray[np.float64]) -> None:
        self.least, self.most = least, most
        self.size = least.size
        self.low, self.high = np.zeros(self.size), np.zeros(self.size)
        model = highspy.HighsLp()
        model.num_col_, model.num_row_ = self.size, block.shape[0]
        model.col_cost_ = np.zeros(self.size)
        model.col_lower_, model.col_upper_ = least, most
        model.row_lower_ = model.row_upper_ = np.zeros(block.shape[0])
        model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        model.a_matrix_.start_ = block.indptr.astype(np.int32)
        model.a_matrix_.index_ = block.indices.astype(np.int32)
        model.a_matrix_.value_ = block.data.astype(np.float64)
        self.solver = highspy.Highs()
        self.solver.setOptionValue("output_flag", False)
        self.solver.setOptionValue("threads", 1)
        self.solver.passModel(model)
        self.columns = np.arange(self.size, dtype=np.int32)

    def spread(self, targets: NDArray[np.int64], width: int) -> None:
        """Find how far down and up the targets can move, until each has a range of `width` or has none.

        First many targets are pushed up together, none further than it needs to go, so that they share what can move.
        Those that did not get far enough are then moved one by one.
        """
        self._solve_by(interior=self.size >= LARGE)
        rng = np.random.default_rng(SEED)
        still = self._still(targets, width)
        for _ in range(DIRECTIONS):
            if still.size <= 1:
                break
            towards = np.zeros(self.size)
            towards[still] = -rng.random(still.size)
            self._go(towards, still, width)
            before, still = still.size, self._still(still, width)
            if before - still.size < WORTH_A_PUSH:
                break
        self._solve_by(interior=False)
        for target in still:
            for sign in (-1.0, 1.0):
                if self.high[target] - self.low[target] < width - EXACT:
                    towards = np.zeros(self.size)
                    towards[target] = sign
                    self._go(towards, np.array([target]), width)

    def _solve_by(self, *, interior: bool) -> None:
        """Choose the method: from corner to corner for small parts, through the middle for many targets of large ones.

        A point from the middle is as good a proof that a count can vary as a corner is, and is found sooner.
        """
        method = ("ipm", "on", "off") if interior else ("simplex", "on" if self.size >= LARGE else "off", "on")
        for option, value in zip(("solver", "presolve", "run_crossover"), method, strict=True):
            self.solver.setOptionValue(option, value)

    def _still(self, targets: NDArray[np.int64], width: int) -> NDArray[np.int64]:
        return targets[self.high[targets] - self.low[targets] < width - EXACT]

    def _go(self, towards: NDArray[np.float64], still: NDArray[np.int64], width: int) -> None:
        """Go as far as possible in a direction, and remember how far every variable got."""
        columns = still.astype(np.int32)
        enough = np.minimum(self.most[still], np.maximum(self.low[still] + width, 0.0))
        self.solver.changeColsBounds(columns.size, columns, self.least[still], enough)
        self.solver.changeColsCost(self.size, self.columns, towards)
        self.solver.run()
        if self.solver.getModelStatus() == highspy.HighsModelStatus.kOptimal:
            reached = np.asarray(self.solver.getSolution().col_value)
            np.minimum(self.low, reached, out=self.low)
            np.maximum(self.high, reached, out=self.high)
        self.solver.changeColsBounds(columns.size, columns, self.least[still], self.most[still])
