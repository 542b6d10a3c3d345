"""What one equation alone tells: to everybody, and to units that know their own numbers.

Where a total is known and what is left for its unknown parts is less than the protection width, each of them is narrow.
Whoever knows one part himself has less left; where all but one count are known to him, he is told that one. This finds
most of what the audit would find, in a few passes over all equations instead of a linear programme a count.
"""

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from indicators.disclosure.system import NOBODY, System


class OneEquation:
    """The equations of one period, looked at one by one."""

    def __init__(self, system: System, width: int, knows: NDArray[np.bool_]) -> None:
        """Take the period, the protection width, and what insiders know, as `knowledge.Knowledge.knows`."""
        self.system, self.width, self.insiders = system, width, knows.shape[1]
        self.who = sparse.csr_matrix(knows)
        # The last column is nobody.
        self.knows = np.column_stack([knows, np.zeros(len(knows), dtype=bool)])
        self.holder = np.where(system.holder == NOBODY, len(system.units), system.holder)
        self.is_total = system.equations.data < 0

    def binds(
        self, known: NDArray[np.bool_], rows: NDArray[np.int64] | None = None
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return small unknown counts that an equation tells somebody too narrowly, and the equation of each.

        What an insider's own numbers tell it without any release is not among them.

        Args:
            known: Counts that everybody knows or works out.
            rows: Equations to look at; None for all.
        """
        rows = np.arange(self.system.equations.shape[0]) if rows is None else rows
        row, entry = entries(self.system.equations, rows)
        unknown = ~known[self.system.equations.indices[entry]]
        row, entry = row[unknown], entry[unknown]
        count = self.system.equations.indices[entry]
        number, left, totals = self._sums(row, entry, rows.size)
        to_everybody = (totals == 0) & (left < self.width)

        held, of_insider = entries(self.who, self.holder[count])
        insider = self.who.indices[of_insider].astype(np.int64)
        pair, which = np.unique(row[held] * self.insiders + insider, return_inverse=True)
        at, insider = np.divmod(pair, max(self.insiders, 1))
        own_number, own_left, own_totals = self._sums(which, entry[held], pair.size)
        others = number[at] - own_number
        too_little = (totals[at] == own_totals) & (left[at] - own_left < self.width)
        is_told = (others > 0) & ((others == 1) | too_little)
        at, insider = at[is_told], insider[is_told]
        is_news = ~self._told_alone(rows[at], insider)
        at, insider = at[is_news], insider[is_news]

        # Of an equation that tells a single insider something, it is told the counts of others.
        tells = np.bincount(at, minlength=rows.size)
        whom = np.full(rows.size, NOBODY)
        whom[at] = insider
        is_others = (tells[row] > 1) | ((tells[row] == 1) & ~self.knows[self.holder[count], whom[row]])
        found = (to_everybody[row] | is_others) & self.system.small[count]
        return count[found], rows[row[found]]

    def told_by_own_numbers(self) -> sparse.csr_matrix:
        """Return, by count and insider, whether a total of the insider's own tells it, or leaves it too little room.

        A cluster with one case knows that each of its practices has one at most. No release can protect from that.
        """
        equations = self.system.equations
        row, entry = entries(equations, np.arange(equations.shape[0]))
        row, count = row[self.is_total], equations.indices[entry[self.is_total]]
        total, of_insider = entries(self.who, self.holder[count])
        equation, insider = row[total], self.who.indices[of_insider]
        alone = self._told_alone(equation, insider)
        equation, insider = equation[alone], insider[alone]
        at, entry = entries(equations, equation)
        count = equations.indices[entry]
        others = ~self.knows[self.holder[count], insider[at]]
        shape = (self.system.truth.size, self.insiders)
        told = (count[others], insider[at[others]])
        return sparse.csr_matrix((np.ones(told[0].size, dtype=bool), told), shape=shape, dtype=bool)

    def _told_alone(self, equation: NDArray[np.int64], insider: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Return of some pairs of equation and insider whether the insider's own counts tell enough of the others'."""
        at, entry = entries(self.system.equations, equation)
        others = ~self.knows[self.holder[self.system.equations.indices[entry]], insider[at]]
        number, left, totals = self._sums(at[others], entry[others], equation.size)
        return (number == 1) | ((number > 0) & (totals == 0) & (left < self.width))

    def _sums(
        self, group: NDArray[np.int64], entry: NDArray[np.int64], size: int
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        """Return by group of entries how many there are, how much the parts among them count, and how many totals."""
        total = self.is_total[entry]
        truth = self.system.truth[self.system.equations.indices[entry]]
        number = np.bincount(group, minlength=size)
        left = np.bincount(group, np.where(total, 0, truth), minlength=size).astype(np.int64)
        return number, left, np.bincount(group, total, minlength=size).astype(np.int64)


def entries(
    matrix: sparse.csr_matrix | sparse.csc_matrix, lines: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return, entry by entry of some rows (or, stored by column, columns), whose it is and where it is stored."""
    first = matrix.indptr[lines].astype(np.int64)
    number = matrix.indptr[lines + 1].astype(np.int64) - first if lines.size else first
    return np.repeat(np.arange(lines.size), number), (
        np.repeat(first - np.cumsum(number) + number, number) + np.arange(number.sum())
    )
