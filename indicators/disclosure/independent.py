"""Which equations of a period hold, and which of them follow from the others.

An attacker who closes equations one by one needs all of them. Whoever combines them gains nothing from those that
follow from others, and they cost most of the time: if two counts add up to a third at every place, and each of the two
adds up over the places, then so does the third.
"""

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from indicators.disclosure.places import ABSENT, Totals

# Products of two numbers below it fit into 64 bits.
PRIME = 2**31 - 1


def complete_totals(values: NDArray[np.int64], totals: Totals) -> NDArray[np.bool_]:
    """Return, by quantity and total, whether the quantity is known at the total and at every part."""
    return _everywhere(values != ABSENT, totals)


def complete_sums(values: NDArray[np.int64], sums: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return, by sum of quantities and place, whether all three quantities are known at the place."""
    known = values != ABSENT
    return known[sums[:, 0]] & known[sums[:, 1]] & known[sums[:, 2]]


def follows_from_its_parts(
    quantities: int, sums: NDArray[np.int64], totals: Totals, of_sums: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Return, by quantity and total, whether the equation follows from those of two quantities that add up to it.

    The two are smaller than their sum, so that no equation follows from itself.

    Args:
        quantities: How many quantities there are.
        sums: Quantities that add up, as rows (part, part, sum); no part is nothing.
        totals: Equations between places.
        of_sums: By sum and place, whether the sum is known to hold there.
    """
    follows = np.zeros((quantities, totals.number), dtype=bool)
    np.logical_or.at(follows, sums[:, 2], _everywhere(of_sums, totals))
    return follows


def _everywhere(holds: NDArray[np.bool_], totals: Totals) -> NDArray[np.bool_]:
    """Return, by row and total, whether something holds at the total and at every part."""
    entries = (np.ones(totals.place.size, np.int64), (totals.place, totals.equation))
    inside = sparse.csr_matrix(entries, shape=(holds.shape[1], totals.number))
    return np.asarray(holds.astype(np.int64) @ inside) == np.asarray(inside.sum(axis=0)).ravel()


def independent_sums(sums: NDArray[np.int64], of_sums: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return, by sum and place, whether the sum is one of those from which the others at the place follow."""
    chosen = np.zeros_like(of_sums)
    if not sums.size:
        return chosen
    coefficients = np.zeros((len(sums), int(sums.max()) + 1), dtype=np.int64)
    np.add.at(coefficients, (np.repeat(np.arange(len(sums)), 3), sums.ravel()), np.tile([1, 1, -1], len(sums)))
    patterns, pattern_of = np.unique(of_sums, axis=1, return_inverse=True)
    for number, pattern in enumerate(patterns.T):
        rows = np.flatnonzero(pattern)
        if rows.size:
            chosen[np.ix_(rows[_independent(coefficients[rows])], np.ravel(pattern_of) == number)] = True
    return chosen


def _independent(rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return rows from which all others follow, by elimination in whole numbers modulo a prime."""
    left = rows % PRIME
    chosen = []
    for number in range(len(left)):
        entries = np.flatnonzero(left[number])
        if entries.size:
            chosen.append(number)
            column = entries[0]
            scaled = left[number] * pow(int(left[number, column]), -1, PRIME) % PRIME
            below = number + 1 + np.flatnonzero(left[number + 1 :, column])
            left[below] = (left[below] - left[below, column, None] * scaled) % PRIME
    return np.array(chosen, dtype=np.int64)
