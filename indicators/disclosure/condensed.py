"""The equations between unknown counts in fewer unknowns: counts that can only move together are one.

Numerators and complements of a known denominator, and a group and the rest of a known total, rise and fall together.
Their equations say the same many times over. Folding them changes nothing that can be worked out, only the time it
takes.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse import csgraph

SEED = 20261122


@dataclass(frozen=True)
class Condensed:
    """Equations between movements: by how much the counts could differ from their true values.

    Attributes:
        equations: Every row is a sum of movements that is zero.
        leader: The count with which each moves.
        sign: +1 when it moves as its leader does, -1 when it moves the other way.
        low: How far down each leader can move before it or a follower is below zero or above the ceiling (0 or less).
        high: How far up each leader can move (0 or more).
    """

    equations: sparse.csr_matrix
    leader: NDArray[np.int64]
    sign: NDArray[np.int64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]


def condense(
    equations: sparse.csr_matrix, enough: sparse.csr_matrix, truth: NDArray[np.int64], ceiling: float
) -> Condensed:
    """Fold unknown counts that can only move together.

    Args:
        equations: Coefficients of the unknown counts; every row, with the known counts put in, adds up.
        enough: Fewer of them, from which the others follow.
        truth: True value of each unknown count.
        ceiling: A value that no count exceeds.
    """
    size = truth.size
    leader, sign = np.arange(size), np.ones(size, dtype=np.int64)
    folded = _distinct(equations.astype(np.int64))
    while True:
        pairs = folded[np.diff(folded.indptr) == 2]
        pairs = pairs[abs(pairs.data).reshape(-1, 2).max(axis=1) == 1] if pairs.shape[0] else pairs
        if not pairs.shape[0]:
            break
        ahead, turned = _follow(pairs, size)
        sign = sign * turned[leader]
        leader = ahead[leader]
        folded = _distinct(folded @ sparse.csr_matrix((turned, (np.arange(size), ahead)), shape=(size, size)))
    move = sparse.csr_matrix((sign, (np.arange(size), leader)), shape=(size, size))
    up = np.where(sign > 0, ceiling - truth, truth)
    down = np.where(sign > 0, truth, ceiling - truth)
    high, low = np.full(size, np.inf), np.full(size, np.inf)
    np.minimum.at(high, leader, up)
    np.minimum.at(low, leader, down)
    return Condensed(_distinct(enough.astype(np.int64) @ move), leader, sign, -low, high)


def _distinct(equations: sparse.csr_matrix) -> sparse.csr_matrix:
    """Return the equations that say something, each once; the same equation with all signs turned is the same."""
    equations = equations.tocsr()
    equations.eliminate_zeros()
    equations.sort_indices()
    equations = equations[np.diff(equations.indptr) > 0]
    if not equations.shape[0]:
        return equations
    weight = np.random.default_rng(SEED).integers(1, 2**62, equations.shape[1], dtype=np.uint64)
    shadow = np.add.reduceat(equations.data.astype(np.uint64) * weight[equations.indices], equations.indptr[:-1])
    _, first = np.unique(np.minimum(shadow, np.uint64(0) - shadow), return_index=True)
    return equations[np.sort(first)]


def _follow(pairs: sparse.csr_matrix, size: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return, for each unknown, whom it follows by equations of two unknowns, and whether it moves the same way.

    Every unknown stands in a graph twice, going up and going down. What is connected moves together; who goes up as the
    first of them goes down moves the other way.
    """
    one, other = pairs.indices.reshape(-1, 2).T
    turns = pairs.data.reshape(-1, 2).prod(axis=1) > 0
    ends = np.concatenate([one, one + size]), np.concatenate([other + size * turns, other + size * ~turns])
    graph = sparse.csr_matrix((np.ones(ends[0].size, np.int8), ends), shape=(2 * size, 2 * size))
    number, label = csgraph.connected_components(graph, directed=False)
    up, down = label[:size], label[size:]
    first = np.full(number, size)
    np.minimum.at(first, np.minimum(up, down), np.arange(size))
    leader = first[np.minimum(up, down)]
    return leader, np.where(up == up[leader], 1, -1)
