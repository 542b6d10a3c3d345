"""Linear programming over all unknown counts that hang together: which of them must be a few people.

A count is proved to be small when every solution of the equations without a negative count puts it between one and a
few. One solution with nobody, or with more, settles it for good, and a solution found for one count is one for all the
others of its group. So a few programmes answer for hundreds of counts, and none has to be left out to save time.
"""

import highspy
import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.linalg import lsmr

SLACK = 1e-6
# A joint programme that settles fewer counts than this is the last one.
WORTH_ANOTHER = 3
RANDOM_MOVES = 3
STAYS = 1e-7
LONGEST_IN_WHOLE_PEOPLE = 30.0


class Programme:
    """All solutions of the equations of one connected group of unknown counts."""

    def __init__(
        self, matrix: NDArray[np.float64], right: NDArray[np.float64], few: int, *, whole: bool = False
    ) -> None:
        """Take the equations of the counts.

        Args:
            matrix: The left side of `matrix @ counts = right`.
            right: The right side.
            few: From how many people a group is not small.
            whole: Whether only solutions in whole people count. All questions together are then given up after
                `LONGEST_IN_WHOLE_PEOPLE` seconds and each after a third of that; what they leave open is not answered.
        """
        rows = sparse.csr_matrix(matrix)
        self.few, self.size = few, rows.shape[1]
        model = highspy.HighsLp()
        model.num_col_, model.num_row_ = self.size, rows.shape[0]
        model.col_cost_ = np.zeros(self.size)
        model.col_lower_, model.col_upper_ = np.zeros(self.size), np.full(self.size, highspy.kHighsInf)
        model.row_lower_ = model.row_upper_ = right.astype(float)
        model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        model.a_matrix_.start_ = rows.indptr.astype(np.int32)
        model.a_matrix_.index_ = rows.indices.astype(np.int32)
        model.a_matrix_.value_ = rows.data.astype(float)
        self.solver = highspy.Highs()
        self.solver.setOptionValue("output_flag", False)
        self.solver.setOptionValue("threads", 1)
        self.solver.passModel(model)
        self.whole = whole
        if whole:
            every = np.arange(self.size, dtype=np.int32)
            self.solver.changeColsIntegrality(self.size, every, np.full(self.size, highspy.HighsVarType.kInteger))
            self.solver.setOptionValue("mip_rel_gap", 0.0)
        self.low, self.high = np.full(self.size, np.inf), np.full(self.size, -np.inf)

    def small(self, asked: NDArray[np.int64]) -> tuple[dict[int, float], NDArray[np.int64]]:
        """Return the highest value of each count that is proved to be small, and the counts that got no answer.

        Args:
            asked: Numbers of the counts.
        """
        # The first solution puts every count that is still open afterwards below the cap, so the cap rules nothing out.
        if not self._go(asked[:0], upwards=False):
            return {}, asked
        open_ones = self._open(asked)
        while open_ones.size and self._go(open_ones, upwards=True):
            before, open_ones = open_ones.size, self._open(open_ones)
            if before - open_ones.size < WORTH_ANOTHER:
                break
        proved: dict[int, float] = {}
        unanswered: list[int] = []
        for count in open_ones.tolist():
            one = np.array([count])
            answers = [not self._open(one).size or self._go(one, upwards=upwards) for upwards in (True, False)]
            if not all(answers):
                unanswered.append(count)
            elif self._open(one).size:
                proved[count] = float(self.high[count])
        return proved, np.array(unanswered, dtype=np.int64)

    def ends(self, count: int) -> tuple[float, float]:
        """Return the lowest and the highest value of one count; infinite where there is no end to it."""
        found = []
        for sign in (1.0, -1.0):
            self.solver.changeColCost(count, sign)
            self.solver.run()
            is_found = self.solver.getModelStatus() == highspy.HighsModelStatus.kOptimal
            found.append(sign * self.solver.getInfo().objective_function_value if is_found else np.inf)
        self.solver.changeColCost(count, 0.0)
        return found[0], found[1]

    def _open(self, counts: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the counts that no solution so far puts at nobody, or at more than a few."""
        is_settled = (self.low[counts] < 1 - SLACK) & np.isfinite(self.low[counts])
        return counts[~(is_settled | (self.high[counts] > self.few - 1 + SLACK))]

    def _go(self, counts: NDArray[np.int64], *, upwards: bool) -> bool:
        """Look for a solution with these counts as high (no higher than a few) or as low as can be; False for none."""
        if self.whole:
            left = LONGEST_IN_WHOLE_PEOPLE - self.solver.getRunTime()
            if left <= 0:
                return False
            self.solver.setOptionValue("time_limit", min(left, LONGEST_IN_WHOLE_PEOPLE / 3))
        columns = counts.astype(np.int32)
        cost, cap = np.full(counts.size, -1.0 if upwards else 1.0), np.full(counts.size, float(self.few))
        none, endless = np.zeros(counts.size), np.full(counts.size, highspy.kHighsInf)
        self.solver.changeColsCost(columns.size, columns, cost)
        if upwards:
            self.solver.changeColsBounds(columns.size, columns, none, cap)
        self.solver.run()
        is_found = self.solver.getModelStatus() == highspy.HighsModelStatus.kOptimal
        solution = self.solver.getSolution()
        # A programme in whole people that was given up may have found a solution all the same.
        if is_found or (solution.value_valid and self._is_possible()):
            reached = np.asarray(solution.col_value)
            np.minimum(self.low, reached, out=self.low)
            np.maximum(self.high, reached, out=self.high)
        self.solver.changeColsBounds(columns.size, columns, none, endless)
        self.solver.changeColsCost(columns.size, columns, none)
        return is_found

    def _is_possible(self) -> bool:
        """Return whether the solution at hand meets every equation."""
        status = self.solver.getInfo().primal_solution_status
        return bool(status == highspy.SolutionStatus.kSolutionStatusFeasible)


def fixed_in_all(matrix: NDArray[np.float64], right: NDArray[np.float64]) -> dict[int, float]:
    """Return the counts that have the same value in all solutions, negative ones included, and that value.

    Counts that move in one of a few random moves along the solutions are free; the others are fixed.
    """
    rows = sparse.csr_matrix(matrix)
    turned = rows.T.tocsr()
    rng = np.random.default_rng(1)
    stays = np.ones(rows.shape[1], dtype=bool)
    for _ in range(RANDOM_MOVES):
        start = rng.normal(size=stays.size)
        move = start - turned @ lsmr(turned, start, atol=1e-13, btol=1e-13, maxiter=20 * stays.size)[0]
        stays &= abs(move) < STAYS
    fixed = np.flatnonzero(stays)
    if not fixed.size:
        return {}
    solution = lsmr(rows, right, atol=1e-13, btol=1e-13, maxiter=20 * stays.size)[0]
    return {int(place): float(solution[place]) for place in fixed}
