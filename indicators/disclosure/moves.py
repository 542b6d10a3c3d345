"""The cheapest way to move one count: one more here, one fewer there, until every total and sum holds again.

A linear programme in which every count goes up or down at a price. Whoever asks says what a move costs: disclosure
control asks which shown cells would have to be hidden, the audit of insiders asks for a move that touches few units.
"""

import highspy
import numpy as np
from numpy.typing import NDArray
from scipy import sparse

# What a step of the wanted count is worth: more than any move costs that is paid by the count.
REWARD = 1e4


class Moves:
    """All moves of some counts by which a set of equations keeps holding."""

    def __init__(self, equations: sparse.csr_matrix, down: NDArray[np.float64], up: NDArray[np.float64]) -> None:
        """Take the equations, and how far each count can go down and up (both 0 or more)."""
        self.size, self.down, self.up = down.size, down, up
        self.columns = np.arange(2 * self.size, dtype=np.int32)
        model = highspy.HighsLp()
        model.num_col_, model.num_row_ = 2 * self.size, equations.shape[0]
        model.col_cost_ = np.zeros(2 * self.size)
        model.col_lower_ = np.zeros(2 * self.size)
        model.col_upper_ = np.concatenate([up, down])
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

    def cheapest(
        self, price: NDArray[np.float64], count: int, far: float, still: NDArray[np.bool_] | None = None
    ) -> NDArray[np.float64] | None:
        """Return the cheapest move in which one count goes exactly that far; None when there is none.

        Args:
            price: What a step of each count costs.
            count: The count.
            far: How far it goes; below zero for down.
            still: Counts that do not move.
        """
        self.solver.clearSolver()
        self.solver.changeColsCost(2 * self.size, self.columns, np.concatenate([price, price]))
        least, most = np.zeros(2 * self.size), np.concatenate([self.up, self.down])
        if still is not None:
            most[np.concatenate([still, still])] = 0.0
        there, back = (count, self.size + count) if far > 0 else (self.size + count, count)
        least[there] = most[there] = abs(far)
        most[back] = 0.0
        self.solver.changeColsBounds(2 * self.size, self.columns, least, most)
        self.solver.run()
        is_possible = self.solver.getModelStatus() == highspy.HighsModelStatus.kOptimal
        return self._moved() if is_possible else None

    def farthest(
        self, counts: NDArray[np.int64], far: NDArray[np.float64], still: NDArray[np.bool_], reward: float = REWARD
    ) -> NDArray[np.float64]:
        """Return short moves in which some counts go as far as they can together, but no farther than asked.

        Args:
            counts: The counts.
            far: How far each should go; below zero for down.
            still: Counts that do not move.
            reward: What a step of a count is worth, in steps of others.
        """
        goes_up = far > 0
        cost = np.ones(2 * self.size)
        cost[np.where(goes_up, counts, self.size + counts)] = -reward
        limit = np.concatenate([self.up, self.down])
        limit[np.concatenate([still, still])] = 0.0
        limit[counts] = np.where(goes_up, np.minimum(far, limit[counts]), 0.0)
        limit[self.size + counts] = np.where(goes_up, 0.0, np.minimum(-far, limit[self.size + counts]))
        self.solver.clearSolver()
        self.solver.changeColsCost(2 * self.size, self.columns, cost)
        self.solver.changeColsBounds(2 * self.size, self.columns, np.zeros(2 * self.size), limit)
        self.solver.run()
        return self._moved()

    def _moved(self) -> NDArray[np.float64]:
        found = np.asarray(self.solver.getSolution().col_value)
        return found[: self.size] - found[self.size :]
