"""The answer to the audit: the cheapest cells whose hiding lets a count move as far as the policy asks.

People are moved in thought: one more here, one fewer there, so that every total and sum still holds. Moving those whom
a shown cell tells costs that cell; moving what is unknown anyway is free. The cheapest such move is a linear programme,
and the shown cells that it touches are the ones to hide.
"""

import highspy
import numpy as np
from numpy.typing import NDArray

from indicators.disclosure.system import System

TOUCHED = 1e-7


class Repair:
    """The cheapest ways to move the counts of one period."""

    def __init__(self, system: System) -> None:
        self.system = system
        self.size = system.truth.size
        equations = system.equations
        self.columns = np.arange(2 * self.size, dtype=np.int32)
        model = highspy.HighsLp()
        model.num_col_, model.num_row_ = 2 * self.size, equations.shape[0]
        model.col_cost_ = np.zeros(2 * self.size)
        model.col_lower_, model.col_upper_ = (
            np.zeros(2 * self.size),
            np.concatenate([np.full(self.size, np.inf), system.truth]),
        )
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

    def let_move(self, hidden: NDArray[np.bool_], upwards: dict[int, float]) -> bool:
        """Hide the cheapest cells so that each count can be as much higher as asked; false when nothing lets one.

        Args:
            hidden: Which cells are hidden; more become so.
            upwards: How far each variable must be able to move.
        """
        done = np.zeros(self.size)
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
        self.solver.clearSolver()
        self.solver.changeColsCost(self.columns.size, self.columns, np.concatenate([price, price]))
        self.solver.changeColBounds(count, far, far)
        self.solver.changeColBounds(self.size + count, 0.0, 0.0)
        self.solver.run()
        is_possible = self.solver.getModelStatus() == highspy.HighsModelStatus.kOptimal
        moved = np.asarray(self.solver.getSolution().col_value)
        self.solver.changeColBounds(count, 0.0, np.inf)
        self.solver.changeColBounds(self.size + count, 0.0, float(self.system.truth[count]))
        return moved[: self.size] - moved[self.size :] if is_possible else None
