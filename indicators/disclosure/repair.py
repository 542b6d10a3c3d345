"""The answer to the audit: the cheapest cells whose hiding lets a count move as far as the policy asks.

People are moved in thought: one more here, one fewer there, so that every total and sum still holds. Moving those whom
a shown cell tells costs that cell; moving what is unknown anyway is free. The cheapest such move is a linear programme,
and the shown cells that it touches are the ones to hide. It is looked for among the counts nearby first, since a cheap
move seldom goes far, and among all counts where nothing nearby will do.
"""

import highspy
import numpy as np
from numpy.typing import NDArray

from indicators.disclosure.system import System

TOUCHED = 1e-7
# Equations from a count to the farthest count nearby, and how many counts are few enough to be looked at apart.
NEARBY = 4
FEW = 4_000


class Repair:
    """The cheapest ways to move the counts of one period."""

    def __init__(self, system: System) -> None:
        self.system = system
        self.everywhere = np.arange(system.truth.size)
        self.models: dict[bytes, _Moves] = {}

    def let_move(self, hidden: NDArray[np.bool_], upwards: dict[int, float]) -> bool:
        """Hide the cheapest cells so that each count can be as much higher as asked; false when nothing lets one.

        Args:
            hidden: Which cells are hidden; more become so.
            upwards: How far each variable must be able to move.
        """
        done = np.zeros(self.system.truth.size)
        for count, far in upwards.items():
            if done[count] > far - TOUCHED:
                continue
            moved = self._cheapest_move(hidden, count, far)
            if moved is None:
                return False
            done = np.maximum(done, moved)
            touched = (abs(moved) > TOUCHED).astype(np.int32)
            hidden |= np.asarray(self.system.shows @ touched) > 0
        return True

    def _cheapest_move(self, hidden: NDArray[np.bool_], count: int, far: float) -> NDArray[np.float64] | None:
        """Return by how much each count moves when one moves that far up, at the lowest price; None when it cannot."""
        price = np.asarray(self.system.shows.T @ np.where(hidden, 0.0, self.system.cost))
        nearby = self._nearby(count)
        moved = self._among(nearby).cheapest(price, count, far) if nearby.size <= FEW else None
        return self._among(self.everywhere).cheapest(price, count, far) if moved is None else moved

    def _nearby(self, count: int) -> NDArray[np.int64]:
        """Return the counts that stand within a few equations of one."""
        pattern, by_variable = self.system.pattern, self.system.by_variable
        near = np.zeros(self.system.truth.size, dtype=bool)
        near[count] = True
        for _ in range(NEARBY):
            near[pattern[np.unique(by_variable[:, np.flatnonzero(near)].indices)].indices] = True
        return np.flatnonzero(near)

    def _among(self, counts: NDArray[np.int64]) -> "_Moves":
        """Return the moves of some counts; a set that was asked for before is not built again."""
        name = counts.tobytes()
        if name not in self.models:
            self.models[name] = _Moves(self.system, counts)
        return self.models[name]


class _Moves:
    """All moves in which only some counts move, there and back."""

    def __init__(self, system: System, counts: NDArray[np.int64]) -> None:
        self.counts, self.size, self.truth = counts, counts.size, system.truth
        equations = system.enough[:, counts].tocsr()
        equations = equations[np.diff(equations.indptr) > 0]
        self.columns = np.arange(2 * self.size, dtype=np.int32)
        model = highspy.HighsLp()
        model.num_col_, model.num_row_ = 2 * self.size, equations.shape[0]
        model.col_cost_ = np.zeros(2 * self.size)
        model.col_lower_ = np.zeros(2 * self.size)
        model.col_upper_ = np.concatenate([np.full(self.size, np.inf), system.truth[counts]])
        model.row_lower_ = model.row_upper_ = np.zeros(equations.shape[0])
        model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        model.a_matrix_.start_ = (2 * equations.indptr).astype(np.int32)
        twice = np.column_stack([equations.indices, equations.indices + self.size])
        there_and_back = np.column_stack([equations.data, -equations.data.astype(np.int64)])
        model.a_matrix_.index_ = twice.ravel().astype(np.int32)
        model.a_matrix_.value_ = there_and_back.ravel().astype(np.float64)
        self.solver = highspy.Highs()
        for option, value in (("output_flag", False), ("presolve", "off"), ("solver", "simplex"), ("threads", 1)):
            self.solver.setOptionValue(option, value)
        self.solver.passModel(model)

    def cheapest(self, price: NDArray[np.float64], count: int, far: float) -> NDArray[np.float64] | None:
        """Return the cheapest move in which one count goes that far up, over all counts; None when there is none."""
        own = int(np.searchsorted(self.counts, count))
        prices = price[self.counts]
        self.solver.clearSolver()
        self.solver.changeColsCost(self.columns.size, self.columns, np.concatenate([prices, prices]))
        self.solver.changeColBounds(own, far, far)
        self.solver.changeColBounds(self.size + own, 0.0, 0.0)
        self.solver.run()
        is_possible = self.solver.getModelStatus() == highspy.HighsModelStatus.kOptimal
        found = np.asarray(self.solver.getSolution().col_value)
        self.solver.changeColBounds(own, 0.0, np.inf)
        self.solver.changeColBounds(self.size + own, 0.0, float(self.truth[count]))
        moved = np.zeros(price.size)
        moved[self.counts] = found[: self.size] - found[self.size :]
        return moved if is_possible else None
