"""How far counts that hang together can move while one unit's own counts stay where they are.

Moves are sought that touch few counts, many in one linear programme: counts far apart do not disturb each other. A move
answers for every insider of whose counts it touches none, so most are answered after two moves. What is left is asked
one by one, and exactly.
"""

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from indicators.disclosure.moves import Moves
from indicators.disclosure.system import EXACT

# Equations of more counts than this (the total of all practices) tie together moves that are independent of each other.
SHORT = 20
# A step of a count is worth this many steps of others while many counts are moved at once.
SHORT_WAY = 40.0
# How often a count is moved together with others before it is moved alone.
PATIENCE = 2


class Part:
    """One connected part of the unknowns: how far each count was found to move while an insider's counts stay.

    Attributes:
        low: How far down, by count and insider (0 or less); the last column is an outsider, who knows no count.
        high: How far up (0 or more).
        is_wide: Where the two are far enough apart.
    """

    def __init__(
        self,
        equations: sparse.csr_matrix,
        least: NDArray[np.float64],
        most: NDArray[np.float64],
        known: NDArray[np.bool_],
        width: int,
    ) -> None:
        """Take the part.

        Args:
            equations: Every row is a sum of movements that is zero.
            least: How far down each count can move (0 or less).
            most: How far up.
            known: Counts by insiders: what an insider knows does not move.
            width: How far each count should move.
        """
        self.least, self.most, self.width = least, most, width
        self.moves = Moves(equations, -least, most)
        self.is_roomier_above = most >= -least
        self.is_short = np.diff(equations.indptr) <= SHORT
        by_count = equations.tocsc()
        self.starts, self.rows, self.values = by_count.indptr, by_count.indices.astype(np.int64), by_count.data
        self.known = np.column_stack([known, np.zeros(least.size, dtype=bool)])
        self.low, self.high = np.zeros((2, *self.known.shape))
        self.is_wide = np.zeros(self.known.shape, dtype=bool)

    def settle(self, asked: NDArray[np.bool_]) -> None:
        """Look for moves until each count moves far enough for each insider it is asked for, or cannot.

        Args:
            asked: Counts by insiders.
        """
        outsider = np.zeros_like(self.known)
        outsider[:, -1] = asked.any(axis=1)
        self._push(outsider)
        asked = np.column_stack([asked, np.zeros(len(asked), dtype=bool)]) & ~self.known
        self._push(asked)
        for count, insider in np.argwhere(asked & ~self.is_wide):
            self._push_one(count, insider)

    def _push(self, asked: NDArray[np.bool_]) -> None:
        """Move many counts at once that stand apart from each other, each while the insiders it is asked for stay."""
        tried = np.zeros(self.least.size, dtype=np.int64)
        rows = np.flatnonzero(asked.any(axis=1))
        while True:
            lacking = (asked[rows] & ~self.is_wide[rows]).any(axis=1)
            rows = rows[lacking & (tried[rows] < PATIENCE)]
            if not rows.size:
                return
            lacks = asked & ~self.is_wide
            counts, still = self._apart(rows[np.argsort(tried[rows], kind="stable")], lacks)
            low = np.where(lacks[counts], self.low[counts], -np.inf).max(axis=1)
            high = np.where(lacks[counts], self.high[counts], np.inf).min(axis=1)
            goes_up = self.is_roomier_above[counts] == (tried[counts] % 2 == 0)
            far = np.where(goes_up, low + self.width, high - self.width)
            tried[counts] += 1
            self._remember(self.moves.farthest(counts, far, still, SHORT_WAY))

    def _apart(
        self, waiting: NDArray[np.int64], lacks: NDArray[np.bool_]
    ) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """Return counts that share no short equation, and what must stay for those they are not safe from."""
        used = np.zeros(self.is_short.size, dtype=bool)
        still = np.zeros(self.least.size, dtype=bool)
        chosen: list[int] = []
        for count in waiting.tolist():
            equations = self.rows[self.starts[count] : self.starts[count + 1]]
            if still[count] or used[equations].any():
                continue
            known = np.asarray(self.known[:, lacks[count]].any(axis=1))
            if known[chosen].any():
                continue
            used[equations] = self.is_short[equations]
            still |= known
            chosen.append(count)
        return np.array(chosen, dtype=np.int64), still

    def _push_one(self, count: int, insider: int) -> None:
        """Find how far one count can move, exactly, while an insider's counts stay."""
        still = self.known[:, insider]
        first = self.is_roomier_above[count]
        for goes_up in (first, not first):
            if not self.is_wide[count, insider]:
                low, high = self.low[count, insider], self.high[count, insider]
                far = low + self.width if goes_up else high - self.width
                self._remember(self.moves.farthest(np.array([count]), np.array([far]), still))

    def _remember(self, moved: NDArray[np.float64]) -> None:
        """Note how far each move and its reverse take every count, for all insiders who know none of them."""
        for counts in self._split(moved):
            step, least, most = moved[counts], self.least[counts], self.most[counts]
            there = np.where(step > 0, most / step, least / step).min()
            back = np.where(step > 0, -least / step, -most / step).min()
            open_to = ~self.known[counts].any(axis=0)
            highest = np.where(open_to, np.maximum(step * there, -step * back)[:, None], 0.0)
            lowest = np.where(open_to, np.minimum(step * there, -step * back)[:, None], 0.0)
            self.high[counts] = high = np.maximum(self.high[counts], highest)
            self.low[counts] = low = np.minimum(self.low[counts], lowest)
            self.is_wide[counts] = high - low >= self.width - EXACT

    def _split(self, moved: NDArray[np.float64]) -> list[NDArray[np.int64]]:
        """Return the counts of each move of its own; what holds only together stays together."""
        touched = np.flatnonzero(abs(moved) > EXACT)
        if not touched.size:
            return []
        first, number = self.starts[touched], self.starts[touched + 1] - self.starts[touched]
        entry = np.repeat(first - np.cumsum(number) + number, number) + np.arange(number.sum())
        row, of_count = self.rows[entry], np.repeat(np.arange(touched.size), number)
        label = self._labels(row, of_count, touched.size)
        moves = np.unique(label)
        if moves.size == 1:
            return [touched]
        shift = self.values[entry] * moved[touched[of_count]]
        left = np.bincount(row * touched.size + label[of_count], shift, self.is_short.size * touched.size)
        tied = np.zeros(touched.size, dtype=bool)
        tied[np.flatnonzero(abs(left) > EXACT) % touched.size] = True
        alone = [touched[label == one] for one in moves[~tied[moves]]]
        rest = touched[tied[label]]
        return [*alone, rest] if rest.size else alone

    def _labels(self, row: NDArray[np.int64], of_count: NDArray[np.int64], counts: int) -> NDArray[np.int64]:
        """Return one number for all counts that short equations tie together."""
        short = self.is_short[row]
        row, of_count = row[short], of_count[short]
        label = np.arange(counts)
        while True:
            lowest = np.full(self.is_short.size, counts)
            np.minimum.at(lowest, row, label[of_count])
            lower = label.copy()
            np.minimum.at(lower, of_count, lowest[row])
            if np.array_equal(lower, label):
                return label
            label = lower
