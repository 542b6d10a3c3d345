"""Linear programming and algebra over counts that hang together, where the answer is known by hand."""

import numpy as np
import pytest
from scipy import linalg, optimize

from attacks import programming
from attacks.programming import Programme, fixed_in_all


def test_a_count_is_proved_small_only_where_every_solution_makes_it_so() -> None:
    # a + b = 3, b + c = 20, d - e = 2, f + g = 9, g = 6: only f is a few for certain.
    matrix = np.array(
        [[1, 1, 0, 0, 0, 0, 0], [0, 1, 1, 0, 0, 0, 0], [0, 0, 0, 1, -1, 0, 0], [0, 0, 0, 0, 0, 1, 1], [0] * 6 + [1]],
        dtype=float,
    )
    proved, unanswered = Programme(matrix, np.array([3, 20, 2, 9, 6.0]), 5).small(np.arange(7))
    assert proved == {5: pytest.approx(3)}
    assert not unanswered.size


def test_numbers_that_contradict_each_other_give_no_answer() -> None:
    proved, unanswered = Programme(np.array([[1, 1.0], [1, 1.0]]), np.array([3, 4.0]), 5).small(np.arange(2))
    assert proved == {}
    assert unanswered.tolist() == [0, 1]


@pytest.mark.parametrize("seed", range(20))
def test_it_finds_what_asking_for_both_ends_of_every_count_finds(seed: int) -> None:
    rng = np.random.default_rng(seed)
    matrix = rng.choice([0, 0, 1, 1, -1], size=(9, 12)).astype(float)
    right = matrix @ rng.integers(0, 6, 12)
    proved, unanswered = Programme(matrix, right, 5).small(np.arange(12))
    ends = np.full((12, 2), np.inf)
    for count in range(12):
        for at, sign in enumerate((1, -1)):
            towards = sign * (np.arange(12) == count)
            answer = optimize.linprog(towards, A_eq=matrix, b_eq=right, bounds=(0, None))
            ends[count, at] = sign * answer.fun if answer.status == 0 else np.inf
    assert set(proved) == set(np.flatnonzero((ends[:, 0] > 1 - 1e-6) & (ends[:, 1] < 4 + 1e-6)))
    assert not unanswered.size


def test_that_people_are_whole_proves_what_linear_programming_cannot() -> None:
    # a + b = 9, a - b = c, c + d = 1, c + e = 5: nine people do not part into equal halves, so c is 1 and e is 4.
    matrix = np.array([[1, 1, 0, 0, 0], [1, -1, -1, 0, 0], [0, 0, 1, 1, 0], [0, 0, 1, 0, 1]], dtype=float)
    right = np.array([9, 0, 1, 5.0])
    assert Programme(matrix, right, 5).small(np.arange(5))[0] == {}
    proved, unanswered = Programme(matrix, right, 5, whole=True).small(np.arange(5))
    assert proved == {1: pytest.approx(4), 2: pytest.approx(1), 4: pytest.approx(4)}
    assert not unanswered.size


@pytest.mark.parametrize("seed", range(12))
def test_it_finds_in_whole_people_what_trying_all_of_them_finds(seed: int) -> None:
    rng = np.random.default_rng(seed)
    people = rng.multinomial(9, np.full(6, 1 / 6))
    matrix = np.vstack([np.ones(6), rng.choice([0, 1, 2, -1], size=(3, 6))])
    tried = np.stack(np.meshgrid(*[np.arange(10)] * 6, indexing="ij"), axis=-1).reshape(-1, 6)
    possible = tried[(tried @ matrix.T == matrix @ people).all(axis=1)]
    are_few = (possible.min(axis=0) >= 1) & (possible.max(axis=0) <= 4)
    proved, unanswered = Programme(matrix, matrix @ people, 5, whole=True).small(np.arange(6))
    assert set(proved) == set(np.flatnonzero(are_few))
    assert not unanswered.size


def test_what_takes_too_long_in_whole_people_is_not_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(programming, "LONGEST_IN_WHOLE_PEOPLE", 0.0)
    proved, unanswered = Programme(np.array([[1.0, 1.0]]), np.array([3.0]), 5, whole=True).small(np.arange(2))
    assert proved == {}
    assert unanswered.tolist() == [0, 1]


@pytest.mark.parametrize("seed", range(5))
def test_random_solutions_find_the_counts_that_no_solution_moves(seed: int) -> None:
    rng = np.random.default_rng(seed)
    matrix = rng.choice([0, 0, 0, 1, -1], size=(12, 15)).astype(float)
    truth = rng.integers(0, 9, 15)
    found = fixed_in_all(matrix, matrix @ truth)
    free = linalg.null_space(matrix)
    assert set(found) == set(np.flatnonzero(abs(free).max(axis=1, initial=0) < 1e-9))
    assert all(value == pytest.approx(truth[place]) for place, value in found.items())
