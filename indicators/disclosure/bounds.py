"""How far counts can move, by linear programming: what bounds add to equations, since no count is below zero."""

from collections.abc import Iterator

import highspy
import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse import csgraph

from indicators.disclosure.condensed import Condensed
from indicators.disclosure.system import EXACT

SEED = 20261122
DIRECTIONS = 40
WORTH_A_PUSH = 3
# Counts from which on a programme is made smaller before it is solved.
LARGE = 2_000


def spread(
    together: Condensed, targets: NDArray[np.int64], width: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return how far down and up counts were found to move, until each target has a range of `width` or has none.

    The range is exact where it is below `width`, else a lower bound.
    """
    equations, least, most = together.equations, together.low, together.high
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
        self.solver.setOptionValue("solver", "simplex")
        self.solver.passModel(model)
        self.columns = np.arange(self.size, dtype=np.int32)

    def spread(self, targets: NDArray[np.int64], width: int) -> None:
        """Find how far down and up the targets can move, until each has a range of `width` or has none.

        First many targets are pushed up together, none further than it needs to go, so that they share what can move.
        Those that did not get far enough are then moved one by one.
        """
        self.solver.setOptionValue("presolve", "on" if self.size >= LARGE else "off")
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
        self.solver.setOptionValue("presolve", "off")
        for target in still:
            for sign in (-1.0, 1.0):
                if self.high[target] - self.low[target] < width - EXACT:
                    towards = np.zeros(self.size)
                    towards[target] = sign
                    self._go(towards, np.array([target]), width)

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
