"""The judge calls a count fixed only where the equations fix it, not where a random movement happens to be tiny."""

import numpy as np
from scipy import sparse

from indicators.disclosure.audit import fixed
from indicators.disclosure.system import System

PAIRS = 1_500_000


def many_free_pairs_and_one_fixed_count() -> System:
    """Return counts that are free to move in pairs, and a last one that its own equation fixes."""
    first = np.arange(PAIRS)
    rows = np.concatenate([first, first, [PAIRS]])
    columns = np.concatenate([first, first + PAIRS, [2 * PAIRS]])
    signs = np.concatenate([np.ones(PAIRS), -np.ones(PAIRS), [1.0]]).astype(np.int8)
    size = 2 * PAIRS + 1
    equations = sparse.csr_matrix((signs, (rows, columns)), shape=(PAIRS + 1, size))
    nothing = sparse.csr_matrix((1, size), dtype=np.int8)
    return System(
        truth=np.zeros(size, dtype=np.int64),
        equations=equations,
        enough=equations,
        shows=nothing,
        own=nothing,
        cost=np.ones(1),
        small=np.ones(size, dtype=bool),
    )


def test_only_what_the_equations_fix_is_fixed_among_millions_of_counts() -> None:
    system = many_free_pairs_and_one_fixed_count()
    assert np.flatnonzero(fixed(system, np.zeros(system.truth.size, dtype=bool))).tolist() == [2 * PAIRS]
