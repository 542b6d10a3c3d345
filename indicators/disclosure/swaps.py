"""Proofs without a linear programme: people swapped between places that stand alike.

Two practices of a cluster stand in the same totals: one more here and one fewer there changes none. So do women and men
of one municipality beside women and men of another. What a place can take over from all that stand like it together is
a sum, and what is left of the sum without the places of one unit is what that unit cannot rule out.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from indicators.disclosure.moves import Moves
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
    columns = grid.over_places.toarray().astype(np.int64)
    weight = np.random.default_rng(SEED).integers(1, 2**40, columns.shape[0])
    stands = weight @ columns
    together = columns.T @ columns
    one, other = np.triu_indices(columns.shape[1], 1)
    tied = together[one, other]
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
        self.knows: NDArray[np.bool_] = np.column_stack([knows[holder], np.zeros((holder.size, 1), bool)])
        self.families = families(grid)
        size = np.full(grid.shape[0], np.inf)
        self.steps = Moves(grid.over_quantities, size, size)

    def prove(self, asked: NDArray[np.bool_], width: int) -> NDArray[np.bool_]:
        """Return which counts can certainly move by the width while an insider's own stay.

        Args:
            asked: Quantities by places by insiders; the last insider is an outsider, who knows no count. What an
                insider knows is not asked for it.
            width: Distance that the lowest and highest possible value should have.
        """
        proved = np.zeros_like(asked)
        tried: set[bytes] = set()
        rng = np.random.default_rng(SEED)
        for number in range(ROUNDS):
            steps = self._steps(asked & ~proved, tried, None if number < FOR_MOST_PLACES else rng)
            at_once = max(1, AT_ONCE // asked[0].size)
            for start in range(0, len(steps), at_once):
                self._along(np.array(steps[start : start + at_once]), width, proved)
        return proved & asked

    def _steps(
        self, asked: NDArray[np.bool_], tried: set[bytes], rng: np.random.Generator | None
    ) -> list[NDArray[np.float64]]:
        """Return, for each quantity with open counts, a step of quantities that are unknown where they are open.

        Args:
            asked: What is still open.
            tried: Steps that were returned before; these are added.
            rng: Draws one of the open places, for which the step is made; None for a step that suits most of them.
        """
        is_open: NDArray[np.bool_] = np.any(asked, axis=2)
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

    def _along(self, steps: NDArray[np.float64], width: int, proved: NDArray[np.bool_]) -> None:
        """Note which counts can move by the width along each of some steps."""
        up, down = self._room(steps)
        shape = (len(steps), *proved.shape[1:])
        highest, lowest = np.zeros(shape), np.zeros(shape)
        for family in self.families:
            upwards = [down if sign < 0 else up for sign in family.sign]
            downwards = [up if sign < 0 else down for sign in family.sign]
            high = np.min([room[:, of] for room, of in zip(upwards, family.places.T, strict=True)], axis=0)
            low = np.min([room[:, of] for room, of in zip(downwards, family.places.T, strict=True)], axis=0)
            knows = np.any(self.knows[family.places], axis=1)
            near = np.flatnonzero(knows.any(axis=0))
            for places, sign in zip(family.places.T, family.sign, strict=True):
                for towards, own, others in ((sign, high, low), (-sign, low, high)):
                    reach = highest if towards > 0 else lowest
                    left = others.sum(axis=1, keepdims=True) - others
                    reach_of = np.repeat(np.minimum(own, left)[:, :, None], shape[2], axis=2)
                    without = left[:, :, None] - (others @ knows[:, near])[:, None, :]
                    reach_of[:, :, near] = np.where(knows[:, near], 0.0, np.minimum(own[:, :, None], without))
                    reach[:, places] = np.maximum(reach[:, places], reach_of)
        for step, far in zip(steps, highest + lowest, strict=True):
            for quantity in np.flatnonzero(step):
                proved[quantity] |= far * abs(step[quantity]) >= width - TINY

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
