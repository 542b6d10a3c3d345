"""Proofs without a linear programme: people swapped between places that stand alike.

Two practices of a cluster stand in the same totals: one more here and one fewer there changes none. So do women and men
of one municipality beside women and men of another. What a place can take over from all that stand like it together is
a sum, and what is left of the sum without the places of one unit is what that unit cannot rule out.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from indicators.disclosure.moves import Moves
from indicators.disclosure.one_equation import entries
from indicators.disclosure.slices import TINY, Grid
from indicators.disclosure.system import System

SEED = 20261122
# How often steps of quantities are chosen anew for the counts that are still open: first steps that suit most places
# of a quantity, then steps that suit one of them, drawn.
ROUNDS = 4
FOR_MOST_PLACES = 2
# How often places are set apart anew where the members of a family share some.
TIMES_SET_APART = 3
# Numbers held at the same time.
AT_ONCE = 5_000_000


@dataclass(frozen=True)
class Family:
    """Groups of places that stand alike: a step in one can be taken back in any other. No two share a place.

    Attributes:
        places: Members by one or two places.
        sign: Which way a place goes when its member goes up; the same for all members.
    """

    places: NDArray[np.int64]
    sign: NDArray[np.int64]


def families(grid: Grid) -> list[Family]:
    """Return the families of single places, and those of two places that stand in a total together."""
    columns = grid.over_places.astype(np.int64)
    weight = np.random.default_rng(SEED).integers(1, 2**40, columns.shape[0])
    stands = np.asarray(columns.T @ weight)
    together = sparse.triu(columns.T @ columns, 1, format="csr")
    together.sort_indices()
    one, other = together.nonzero()
    tied = together.data[together.data != 0]
    found = _alike(stands, np.arange(stands.size)[:, None], np.array([1]))
    for sign in (-1, 1):
        chosen = tied * sign < 0
        first, second = one[chosen], other[chosen]
        sums = stands[first] + sign * stands[second]
        pairs = np.column_stack([first, second])
        if sign < 0:
            pairs[sums < 0] = pairs[sums < 0, ::-1]
        found += _alike(abs(sums), pairs, np.array([1, sign]), stands)
    return found


def _alike(
    stands: NDArray[np.int64],
    places: NDArray[np.int64],
    sign: NDArray[np.int64],
    alone: NDArray[np.int64] | None = None,
) -> list[Family]:
    """Return the families among some groups of places; not those whose places stand alike one by one."""
    order = np.argsort(stands, kind="stable")
    ends = np.flatnonzero(np.diff(stands[order], prepend=-1, append=-1))
    found = []
    for start, end in pairwise(ends):
        members = places[order[start:end]]
        if alone is not None and bool(np.all(alone[members] == alone[members[0]])):
            continue
        for _ in range(TIMES_SET_APART):
            apart = _apart(members)
            if apart.sum() < 2:
                break
            found.append(Family(members[apart], sign))
            members = members[~apart]
    return found


def _apart(members: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return which members to take, one after the other, so that no two share a place."""
    taken: set[int] = set()
    apart = np.zeros(len(members), dtype=bool)
    for number, member in enumerate(members.tolist()):
        if taken.isdisjoint(member):
            apart[number] = True
            taken.update(member)
    return apart


class Swaps:
    """What swaps along some steps of quantities prove of the counts of one period."""

    def __init__(self, system: System, grid: Grid, unknown: NDArray[np.bool_], knows: NDArray[np.bool_]) -> None:
        """Take which counts are unknown, and which units' counts each insider knows (the last row is nobody)."""
        self.unknown = unknown.reshape(grid.shape)
        self.truth = system.truth.reshape(grid.shape).astype(float)
        holder = system.holder.reshape(grid.shape)[0]
        self.knows: NDArray[np.bool_] = knows[holder]
        self.families = families(grid)
        self.beside = self._beside()
        size = np.full(grid.shape[0], np.inf)
        self.steps = Moves(grid.over_quantities, size, size)

    def _beside(self) -> sparse.csr_matrix:
        """Return, by place and insider, whether the insider knows a place that stands in a family with it."""
        pairs = [
            (np.repeat(of, near.size), np.tile(near, of.size))
            for family in self.families
            for near in [np.flatnonzero(self.knows[family.places.ravel()].any(axis=0))]
            for of in [family.places.ravel()]
        ]
        place, insider = np.hstack(pairs) if pairs else np.zeros((2, 0), dtype=np.int64)
        beside = sparse.csr_matrix((np.ones(place.size, dtype=bool), (place, insider)), shape=self.knows.shape)
        beside.sort_indices()
        return beside

    def prove(self, counts: NDArray[np.int64], asked: NDArray[np.bool_], width: int) -> NDArray[np.bool_]:
        """Return which counts can certainly move by the width while an insider's own stay.

        Args:
            counts: The counts, as numbers of variables.
            asked: Counts by insiders; the last insider is an outsider, who knows no count. What an insider knows is not
                asked for it.
            width: Distance that the lowest and highest possible value should have.
        """
        proved = np.zeros_like(asked)
        tried: set[bytes] = set()
        rng = np.random.default_rng(SEED)
        at_once = max(1, AT_ONCE // (self.truth.shape[1] + self.beside.nnz))
        for number in range(ROUNDS):
            is_open = np.zeros(self.truth.size, dtype=bool)
            is_open[counts] = (asked & ~proved).any(axis=1)
            steps = self._steps(is_open.reshape(self.truth.shape), tried, None if number < FOR_MOST_PLACES else rng)
            for start in range(0, len(steps), at_once):
                self._along(np.array(steps[start : start + at_once]), width, counts, proved)
        return proved & asked

    def _steps(
        self, is_open: NDArray[np.bool_], tried: set[bytes], rng: np.random.Generator | None
    ) -> list[NDArray[np.float64]]:
        """Return, for each quantity with open counts, a step of quantities that are unknown where they are open.

        Args:
            is_open: Quantities by places: what is still open.
            tried: Steps that were returned before; these are added.
            rng: Draws one of the open places, for which the step is made; None for a step that suits most of them.
        """
        steps = []
        for quantity in np.flatnonzero(is_open.any(axis=1)):
            places = is_open[quantity] if rng is None else rng.choice(np.flatnonzero(is_open[quantity]), size=1)
            known = (~self.unknown[:, places]).mean(axis=1)
            nobody = (self.truth[:, places] == 0).mean(axis=1)
            price = 0.1 + 3.0 * known + 0.5 * nobody
            if rng is not None:
                price *= rng.uniform(0.3, 1.5, price.size)
            step = self.steps.cheapest(price, int(quantity), 1.0)
            if step is not None:
                step[abs(step) < TINY] = 0.0
                step *= np.sign(step[np.flatnonzero(step)[0]])
                if step.tobytes() not in tried:
                    tried.add(step.tobytes())
                    steps.append(step)
        return steps

    def _along(
        self, steps: NDArray[np.float64], width: int, counts: NDArray[np.int64], proved: NDArray[np.bool_]
    ) -> None:
        """Note which counts can move by the width along each of some steps."""
        reach, reach_beside = self._reach(steps)
        quantity, place = np.divmod(counts, self.truth.shape[1])
        for step, far, beside in zip(steps, reach, reach_beside, strict=True):
            concerned = np.flatnonzero(step[quantity])
            size = abs(step[quantity[concerned]])
            of_row, pair = entries(self.beside, place[concerned])
            far_enough = np.repeat((far[place[concerned]] * size >= width - TINY)[:, None], proved.shape[1], axis=1)
            far_enough[of_row, self.beside.indices[pair]] = beside[pair] * size[of_row] >= width - TINY
            proved[concerned] |= far_enough

    def _reach(self, steps: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return how far each place can go along each step, down and up together: for all, and for those beside it.

        The first is by place and holds for whoever knows nothing of its families; the second is by pair of `beside`.
        """
        up, down = self._room(steps)
        shapes = (2, len(steps), self.truth.shape[1]), (2, len(steps), self.beside.nnz)
        reach, reach_beside = np.zeros(shapes[0]), np.zeros(shapes[1])
        for family in self.families:
            upwards = [down if sign < 0 else up for sign in family.sign]
            downwards = [up if sign < 0 else down for sign in family.sign]
            high = np.min([room[:, of] for room, of in zip(upwards, family.places.T, strict=True)], axis=0)
            low = np.min([room[:, of] for room, of in zip(downwards, family.places.T, strict=True)], axis=0)
            knows = np.any(self.knows[family.places], axis=1)
            near = np.flatnonzero(knows.any(axis=0))
            # The last column is somebody who knows none of the family.
            known = np.column_stack([knows[:, near], np.zeros(len(knows), dtype=bool)])
            for places, sign in zip(family.places.T, family.sign, strict=True):
                member, pair = entries(self.beside, places)
                insider = self.beside.indices[pair]
                who = np.searchsorted(near, insider)
                who[~np.isin(insider, near)] = near.size
                for towards, own, others in ((sign, high, low), (-sign, low, high)):
                    way = int(towards > 0)
                    left = others.sum(axis=1, keepdims=True) - others
                    reach[way][:, places] = np.maximum(reach[way][:, places], np.minimum(own, left))
                    without = left[:, member] - (others @ known)[:, who]
                    own_beside = np.where(known[member, who], 0.0, np.minimum(own[:, member], without))
                    reach_beside[way][:, pair] = np.maximum(reach_beside[way][:, pair], own_beside)
        return reach.sum(axis=0), reach_beside.sum(axis=0)

    def _room(self, steps: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return how far up and down each place can go along each step before a count is below zero, or is known."""
        shape = (len(steps), self.truth.shape[1])
        up, down = np.full(shape, np.inf), np.full(shape, np.inf)
        for number, step in enumerate(steps):
            for quantity in np.flatnonzero(step):
                room = np.where(self.unknown[quantity], self.truth[quantity] / abs(step[quantity]), 0.0)
                free = np.where(self.unknown[quantity], np.inf, 0.0)
                up[number] = np.minimum(up[number], free if step[quantity] > 0 else room)
                down[number] = np.minimum(down[number], room if step[quantity] > 0 else free)
        largest = float(self.truth.max(initial=1.0))
        return np.minimum(up, largest), np.minimum(down, largest)
