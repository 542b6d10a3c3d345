"""Moves of a few people that keep every total and sum by their form: the same step of some quantities at some places.

If a step of quantities keeps every sum between quantities (one more in the numerator, one fewer in the complement), and
a step of places keeps every total (one more in one practice of a cluster, one fewer in another), then doing the one at
each place of the other keeps all of them. With the quantities chosen, the places are a linear programme of a hundred
unknowns instead of twenty thousand.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from indicators.disclosure.moves import Moves

TINY = 1e-9


@dataclass(frozen=True)
class Grid:
    """How the counts of a period are laid out: every quantity at every place, one quantity after the other.

    Attributes:
        over_places: Equations between places, whatever the quantity; those of a system are among them.
        over_quantities: Equations between quantities, whatever the place.
    """

    over_places: sparse.csr_matrix
    over_quantities: sparse.csr_matrix

    @property
    def shape(self) -> tuple[int, int]:
        """Number of quantities and of places."""
        return self.over_quantities.shape[1], self.over_places.shape[1]


class Slices:
    """The cheapest moves of this form."""

    def __init__(self, grid: Grid, truth: NDArray[np.int64]) -> None:
        """Take the layout and the true value of every count."""
        quantities, places = grid.shape
        self.truth = truth.reshape(quantities, places).astype(float)
        self.steps = Moves(grid.over_quantities, np.full(quantities, np.inf), np.full(quantities, np.inf))
        self.places = Moves(grid.over_places, np.zeros(places), np.zeros(places))

    def cheapest(
        self, price: NDArray[np.float64], count: int, far: float, still: NDArray[np.bool_] | None
    ) -> NDArray[np.float64] | None:
        """Return a cheap move in which one count goes exactly that far; None when none of this form is found.

        Args:
            price: What a step of each count costs.
            count: The count.
            far: How far it goes; below zero for down.
            still: Counts that do not move, all those of a place or none.
        """
        prices = price.reshape(self.truth.shape)
        quantity, place = divmod(count, self.truth.shape[1])
        stays = None if still is None else still.reshape(self.truth.shape)[quantity]
        best, least = None, np.inf
        for of_step in (prices[:, place], prices.mean(axis=1)):
            step = self.steps.cheapest(of_step + prices.mean(), quantity, 1.0)
            if step is None:
                return None
            chosen = np.flatnonzero(abs(step) > TINY)
            self._bound(chosen, step[chosen])
            if not -self.places.down[place] <= far <= self.places.up[place]:
                continue
            along = self.places.cheapest(abs(step[chosen]) @ prices[chosen] + TINY, place, far, stays)
            if along is not None and (cost := float((abs(np.outer(step, along)) * prices).sum())) < least:
                best, least = np.outer(step, along).ravel(), cost
        return best

    def _bound(self, chosen: NDArray[np.int64], step: NDArray[np.float64]) -> None:
        """Let no count of the chosen quantities fall below zero."""
        room = self.truth[chosen] / abs(step)[:, None]
        unbounded = np.full(room.shape[1], np.inf)
        self.places.down = room[step > 0].min(axis=0, initial=np.inf) if (step > 0).any() else unbounded
        self.places.up = room[step < 0].min(axis=0, initial=np.inf) if (step < 0).any() else unbounded
