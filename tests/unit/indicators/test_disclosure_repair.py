"""The repair hides the cheapest cells that let a count move, and folding equations changes no answer."""

import numpy as np
from scipy import sparse

from indicators.disclosure.condensed import condense
from indicators.disclosure.repair import Repair
from indicators.disclosure.system import System


def table(cost: list[float]) -> System:
    """Return a table of two rows and three columns whose margins are no cells: one cell per variable."""
    equations = sparse.csr_matrix(
        [[1, 1, 1, 0, 0, 0], [0, 0, 0, 1, 1, 1], [1, 0, 0, 1, 0, 0], [0, 1, 0, 0, 1, 0], [0, 0, 1, 0, 0, 1]],
        dtype=np.int8,
    )
    each = sparse.identity(6, dtype=np.int32, format="csr")
    truth = np.array([2, 30, 30, 30, 30, 30])
    return System(truth, equations, equations, each, each, np.array(cost), (truth > 0) & (truth < 5))


def hidden_for(cost: list[float]) -> list[bool]:
    hidden = np.array([True, *[False] * 5])
    assert Repair(table(cost)).let_move(hidden, {0: 3.0}) is not None
    return hidden.tolist()


def test_the_cheaper_of_two_rectangles_is_hidden() -> None:
    assert hidden_for([1, 9, 1, 1, 9, 1]) == [True, False, True, True, False, True]
    assert hidden_for([1, 1, 9, 1, 1, 9]) == [True, True, False, True, True, False]


def test_a_count_that_nothing_lets_move_is_said() -> None:
    alone = table([1.0] * 6)
    fixes_it = sparse.csr_matrix([[1, 0, 0, 0, 0, 0]], dtype=np.int8)
    stuck = System(**{**vars(alone), "equations": fixes_it, "enough": fixes_it})
    assert Repair(stuck).let_move(np.array([True, *[False] * 5]), {0: 3.0}) is None


def test_counts_that_can_only_move_together_are_folded_into_one() -> None:
    met_and_not_met = sparse.csr_matrix([[1, 1, 0, 0], [0, 0, 1, 1], [1, 0, 1, 0], [0, 1, 0, 1]], dtype=np.int8)
    folded = condense(met_and_not_met, met_and_not_met, np.array([2, 30, 40, 7]), 100.0)
    assert folded.equations.shape[0] == 0
    assert folded.leader.tolist() == [0, 0, 0, 0]
    assert folded.sign.tolist() == [1, -1, -1, 1]
    assert (folded.low[0], folded.high[0]) == (-2.0, 30.0)
