"""The answer to the audit: the cheapest cells whose hiding lets a count move as far as the policy asks.

People are moved in thought: one more here, one fewer there, so that every total and sum still holds. Moving those whom
a shown cell tells costs that cell; moving what is unknown anyway is free. The cheapest such move is a linear programme,
and the shown cells that it touches are the ones to hide. It is looked for among the counts nearby first, since a cheap
move seldom goes far, and among all counts where nothing nearby will do.
"""

import numpy as np
from numpy.typing import NDArray

from indicators.disclosure.moves import Moves
from indicators.disclosure.slices import Slices
from indicators.disclosure.system import System

TOUCHED = 1e-7
# Equations from a count to the farthest count nearby. Looking at those apart is worth it where they are few, or a small
# share of all: a whole country has half a million counts, and a programme of all of them takes ten times as long.
NEARBY = 4
FEW = 4_000
SMALL_SHARE = 1 / 8


class Repair:
    """The cheapest ways to move the counts of one period."""

    def __init__(self, system: System) -> None:
        self.system = system
        self.everywhere = np.arange(system.truth.size)
        self.models: dict[bytes, Moves] = {}
        self.slices = Slices(system.grid, system.truth) if system.grid else None

    def let_move(self, hidden: NDArray[np.bool_], upwards: dict[int, float]) -> NDArray[np.float64] | None:
        """Hide the cheapest cells so that each count can be as much higher as asked, and return how far each can go.

        There is no answer when nothing lets one of them.

        Args:
            hidden: Which cells are hidden; more become so.
            upwards: How far each variable must be able to move.
        """
        done, still = np.zeros(self.system.truth.size), np.zeros(self.system.truth.size, dtype=bool)
        for count, far in upwards.items():
            if done[count] > far - TOUCHED:
                continue
            moved = self._cheapest_move(hidden, count, far, None)
            if moved is None:
                return None
            self._hide(hidden, moved)
            if self.system.allows(moved, hidden, still):
                done = np.maximum(done, moved)
        return done

    def let_move_beside(
        self, hidden: NDArray[np.bool_], count: int, below: float, width: float, still: NDArray[np.bool_]
    ) -> list[NDArray[np.float64]]:
        """Hide the cheapest cells so that a count gets its width while some others stay, and return the moves.

        There are none when nothing lets the count have its width.

        Args:
            hidden: Which cells are hidden; more become so.
            count: The variable.
            below: How far it can go down already.
            width: Distance that its lowest and highest possible value must have.
            still: Variables that stay, since the one from whom the others are protected knows them.
        """
        moved = self._cheapest_move(hidden, count, width - below, still)
        if moved is not None:
            self._hide(hidden, moved)
            return [moved]
        everywhere = self._among(self.everywhere)
        if self.system.told.size:
            still = still | self.system.told
        down = everywhere.farthest(np.array([count]), np.array([-float(self.system.truth[count])]), still)[count]
        moves = [self._cheapest_move(hidden, count, far, still) for far in (down, down + width) if abs(far) > TOUCHED]
        possible = [moved for moved in moves if moved is not None]
        if len(possible) < len(moves):
            return []
        for moved in possible:
            self._hide(hidden, moved)
        return possible

    def _hide(self, hidden: NDArray[np.bool_], moved: NDArray[np.float64]) -> None:
        """Hide the shown cells that a move touches."""
        touched = (abs(moved) > TOUCHED).astype(np.int32)
        hidden |= np.asarray(self.system.shows @ touched) > 0

    def _cheapest_move(
        self, hidden: NDArray[np.bool_], count: int, far: float, still: NDArray[np.bool_] | None
    ) -> NDArray[np.float64] | None:
        """Return by how much each count moves when one moves that far, at the lowest price; None when it cannot."""
        price = np.asarray(self.system.shows.T @ np.where(hidden, 0.0, self.system.cost))
        if self.system.told.size:
            still = self.system.told if still is None else still | self.system.told
        # A cheap answer along a slice is found at once; the cheapest of all costs a programme of thousands of counts.
        # A slice keeps a whole place still or nothing, and what was told before lies scattered.
        if self.slices and not self.system.told.size:
            found = self.slices.cheapest(price, count, far, still)
            if found is not None:
                return found
        nearby = self._nearby(count)
        is_apart = nearby.size <= max(FEW, SMALL_SHARE * self.everywhere.size)
        for among in (nearby, self.everywhere) if is_apart else (self.everywhere,):
            stays = None if still is None else still[among]
            own = int(np.searchsorted(among, count))
            found = self._among(among).cheapest(price[among], own, far, stays)
            if found is not None:
                moved = np.zeros(price.size)
                moved[among] = found
                return moved
        return None

    def _nearby(self, count: int) -> NDArray[np.int64]:
        """Return the counts that stand within a few equations of one."""
        pattern, by_variable = self.system.pattern, self.system.by_variable
        near = np.zeros(self.system.truth.size, dtype=bool)
        near[count] = True
        for _ in range(NEARBY):
            near[pattern[np.unique(by_variable[:, np.flatnonzero(near)].indices)].indices] = True
        return np.flatnonzero(near)

    def _among(self, counts: NDArray[np.int64]) -> Moves:
        """Return the moves of some counts; a set that was asked for before is not built again."""
        name = counts.tobytes()
        if name not in self.models:
            equations = self.system.enough[:, counts].tocsr()
            equations = equations[np.diff(equations.indptr) > 0]
            self.models[name] = Moves(equations, self.system.truth[counts].astype(float), np.full(counts.size, np.inf))
        return self.models[name]
