"""Everything one period publishes, as one system of counts and equations.

A *quantity* is a count that every cell has: a numerator, a complement, a denominator, the number with a missing value,
the number eligible. Two indicators that give the same number in every cell share a quantity (the numerator of
"measured" is the denominator of "below 53"), so that what one shows, the other cannot hide. A *place* is a level, unit,
sex and age band. A variable is a quantity at a place; whoever reads a release knows the variables of the cells that are
shown, and all the equations between variables:

- totals: all = sum of municipalities, of clusters, of practices, of hospitals; cluster = sum of its practices; a place
  without a sex (or age band) = sum over the sexes (age bands);
- sums: numerator + complement = denominator, denominator + missing = eligible, and every other two quantities that add
  up to a third in every cell. People between two nested counts, or left by a partition, are quantities of their own.

Where the parts do not reach the total, the rest is a place of its own that is never shown.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import sparse

from indicators.disclosure.independent import complete_sums, complete_totals, follows_from_its_parts, independent_sums
from indicators.disclosure.nested import Nested
from indicators.disclosure.places import ABSENT, PLACE, Totals, find_totals, largest_left_out
from indicators.disclosure.policy import Policy
from indicators.disclosure.primary import is_nobody, is_small
from indicators.disclosure.quantities import FIELDS, Quantities, find_quantities, find_sums
from indicators.disclosure.related import Related
from indicators.disclosure.slices import Grid

LEAST_SLACK = 5
NOBODY = -1
# Where a linear programme is exact, up to its rounding.
EXACT = 1e-6


@dataclass(frozen=True)
class System:
    """The counts and equations of one period.

    Attributes:
        truth: True value of every variable, less what one unit knows to be its own though its table is left out.
        equations: Coefficients; every equation is a sum of variables that is zero (parts +1, total -1).
        enough: Fewer equations, from which all the others follow.
        shows: Cells by variables: 1 where the cell, when shown, tells the variable.
        own: Cells by variables: 1 for the variables that make out the cell's own result.
        cost: What it costs to hide each cell.
        small: Variables that count 1 to k-1 people, or events of too few people, met or not.
        units: The units whose numbers stand in the cells, as level and unit, in order; each knows its own counts.
        holder: Number of the unit that knows a variable besides the release; -1 when no unit does.
        grid: How the variables are laid out, where they are quantities at places.
        counts: Cells by `FIELDS`: the variable that the cell tells, or -1.
        told: Variables that are known whatever is hidden, because an earlier release told them; none where it is empty.
    """

    truth: NDArray[np.int64]
    equations: sparse.csr_matrix
    enough: sparse.csr_matrix
    shows: sparse.csr_matrix
    own: sparse.csr_matrix
    cost: NDArray[np.float64]
    small: NDArray[np.bool_]
    units: tuple[tuple[str, str], ...] = ()
    holder: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    grid: Grid | None = None
    counts: NDArray[np.int64] = field(default_factory=lambda: np.zeros((0, len(FIELDS)), dtype=np.int64))
    told: NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, dtype=bool))

    @cached_property
    def pattern(self) -> sparse.csr_matrix:
        """The equations with every coefficient 1."""
        return abs(self.equations).astype(np.int64).tocsr()

    @cached_property
    def by_variable(self) -> sparse.csc_matrix:
        """The equations, quick to look up by variable."""
        return self.pattern.tocsc()

    @cached_property
    def shown_by(self) -> sparse.csc_matrix:
        """The cells that show a variable, quick to look up by variable."""
        return self.shows.tocsc()

    def visible(self, hidden: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Return which variables the shown cells tell, or an earlier release told."""
        shown = np.asarray(self.shows.T @ (~hidden).astype(np.int32)) > 0
        return shown | self.told if self.told.size else shown

    def allows(self, move: NDArray[np.float64], hidden: NDArray[np.bool_], still: NDArray[np.bool_]) -> bool:
        """Return whether somebody who knows the shown cells and some variables cannot rule out a move of the others."""
        moves_known = abs(move[self.visible(hidden) | still]) > EXACT
        is_below_zero = self.truth + move < -EXACT
        return not (moves_known.any() or is_below_zero.any() or (abs(self.enough @ move) > EXACT).any())

    def protected(self, hidden: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Return which variables must not be found: all small ones, and the own results of hidden cells."""
        owned = np.asarray(self.own.T @ hidden.astype(np.int32)) > 0
        return self.small | (owned & ~self.visible(hidden))


def build_system(
    cells: pl.DataFrame,
    parents: pl.DataFrame,
    policy: Policy,
    nested: Sequence[Nested],
    related: Related,
    without: NDArray[np.bool_] | None = None,
) -> System:
    """Build the system of one period.

    Args:
        cells: The period's cells with the columns of `indicator.result` and `kind`.
        parents: Practices of the period and their cluster: `unit_id`, `cluster_id`.
        policy: Limits and the order in which cells are given up.
        nested: Counts that lie within each other.
        related: Partitions that are declared.
        without: Cells in which quantities and sums are looked for, but which are no part of the system: all cells of
            some places, or none.

    Raises:
        DisclosureError: The units of a level add up to more than the total, so the cells are not of one population.
    """
    places = cells.select(PLACE).unique().sort(PLACE)
    placed = cells.join(places.with_row_index("place"), on=PLACE, how="left", maintain_order="left")
    found = find_quantities(placed, places, nested, related)
    sums = find_sums(found.values)
    own = np.zeros_like(found.values)
    if without is not None and without.any():
        stays = np.zeros(places.height, dtype=bool)
        stays[placed["place"].filter(pl.Series(~without)).to_numpy()] = True
        own = largest_left_out(places, parents, found.values, stays, policy.insiders)[:, stays]
        cells, placed, places, found = _only(placed.filter(pl.Series(~without)), places, found)
    totals, values = find_totals(places, parents, found.values)
    of_totals, of_sums = complete_totals(values, totals), complete_sums(values, sums)
    grid = _grid(totals, sums, values.shape)
    equations = _equations(grid, of_totals, of_sums)
    follows = follows_from_its_parts(len(values), sums, totals, of_sums)
    is_enough = np.concatenate([~follows[of_totals], independent_sums(sums, of_sums)[of_sums]])
    counts, shows, results, small = _cells_and_variables(placed, found, values, policy)
    units, holder = _holders(places, values)
    of_units = np.pad(own, ((0, 0), (0, values.shape[1] - own.shape[1])))
    others = np.where(values == ABSENT, 0, values - of_units)
    small |= ((of_units > 0) & (others >= 1) & (others < policy.protection_width)).ravel()
    return System(
        truth=np.maximum(others, 0).ravel(),
        equations=equations,
        enough=equations[is_enough],
        shows=shows,
        own=results,
        cost=_cost(cells, policy),
        small=small,
        units=units,
        holder=holder,
        grid=grid,
        counts=counts,
    )


def _only(
    placed: pl.DataFrame, places: pl.DataFrame, found: Quantities
) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame, Quantities]:
    """Return cells, the same cells with their places numbered anew, their places, and the quantities there."""
    stay = placed["place"].unique().sort()
    cells, places = placed.drop("place"), places[stay]
    numbered = cells.join(places.with_row_index("place"), on=PLACE, how="left", maintain_order="left")
    return cells, numbered, places, replace(found, values=found.values[:, stay.to_numpy()])


def _grid(totals: Totals, sums: NDArray[np.int64], shape: tuple[int, int]) -> Grid:
    """Return the equations between places, and those between quantities."""
    quantities, spots = shape
    entries = (totals.sign, (totals.equation, totals.place))
    over_places = sparse.csr_matrix(entries, shape=(totals.number, spots), dtype=np.int8)
    number = len(sums)
    parts = (np.tile([1, 1, -1], number), (np.repeat(np.arange(number), 3), sums.ravel()))
    return Grid(over_places, sparse.csr_matrix(parts, shape=(number, quantities), dtype=np.int8))


def _equations(grid: Grid, of_totals: NDArray[np.bool_], of_sums: NDArray[np.bool_]) -> sparse.csr_matrix:
    """Return the equations that hold: those between places, by quantity and total, then those between quantities."""
    quantities, spots = grid.shape
    between_places = sparse.kron(sparse.identity(quantities, dtype=np.int8), grid.over_places, format="csr")
    between_quantities = sparse.kron(grid.over_quantities, sparse.identity(spots, dtype=np.int8), format="csr")
    return sparse.vstack([between_places[of_totals.ravel()], between_quantities[of_sums.ravel()]]).tocsr()


def _cells_and_variables(
    placed: pl.DataFrame, found: Quantities, values: NDArray[np.int64], policy: Policy
) -> tuple[NDArray[np.int64], sparse.csr_matrix, sparse.csr_matrix, NDArray[np.bool_]]:
    """Return the counts of each cell, what it shows, what its own result is, and which variables are small."""
    spots = values.shape[1]
    place = placed["place"].to_numpy().astype(np.int64)
    of_cell = found.number[placed["indicator_id"].replace_strict(found.indicators).to_numpy()]
    variable = np.where(of_cell >= 0, of_cell * spots + place[:, None], -1)
    variable[(placed["state"] != "computed").to_numpy()] = -1
    shown = variable >= 0
    is_empty = is_nobody(placed).to_numpy()
    shown[is_empty, FIELDS.index("missing") :] = False
    own = variable >= 0
    own[:, FIELDS.index("denominator") :] = False
    shape = (placed.height, values.size)

    def matrix(chosen: NDArray[np.bool_]) -> sparse.csr_matrix:
        cell, field = np.nonzero(chosen)
        return sparse.csr_matrix((np.ones(cell.size, np.int32), (cell, variable[cell, field])), shape=shape)

    small = ((values >= 1) & (values < policy.smallest_count)).ravel()
    for side in ("numerator", "complement"):
        few = placed.select(is_small(f"{side}_patients", policy.smallest_group_behind_events)).to_series()
        events = variable[few.to_numpy(), FIELDS.index(side)]
        small[events[events >= 0]] = True
    return variable, matrix(shown), matrix(own), small


def _holders(places: pl.DataFrame, values: NDArray[np.int64]) -> tuple[tuple[tuple[str, str], ...], NDArray[np.int64]]:
    """Return the units, and for each variable the one whose own people it counts.

    Nobody holds what is counted over everybody, those who belong to no unit, and the rest that no part reaches.
    """
    owned = places.select("level", "unit_id").rows()
    units = tuple(sorted({(level, unit) for level, unit in owned if level != "all" and unit != "none"}))
    number = {unit: place for place, unit in enumerate(units)}
    of_place = np.full(values.shape[1], NOBODY, dtype=np.int64)
    of_place[: places.height] = [number.get(unit, NOBODY) for unit in owned]
    return units, np.tile(of_place, len(values))


def _cost(cells: pl.DataFrame, policy: Policy) -> NDArray[np.float64]:
    """Return the cost of hiding each cell: higher levels and totals cost more, and among equals the larger group.

    A cell in which fewer than five people could be shifted between numerator and complement protects others badly, so
    it costs more than its neighbours.
    """
    ranks = {level: 2**place for place, level in enumerate(policy.hidden_first)}
    # Groups of a stratifier are no level of the policy: they are given up first.
    rank = pl.col("level").cast(pl.String).replace_strict(ranks, default=1)
    split = pl.when((pl.col("sex") == "all") & (pl.col("age_band") == "all")).then(4).otherwise(1)
    size = pl.max_horizontal("denominator", "patients").fill_null(0)
    slack = pl.min_horizontal("numerator", pl.col("denominator") - pl.col("numerator")).fill_null(LEAST_SLACK)
    stiff = pl.when(slack < LEAST_SLACK).then(1.5).otherwise(1.0)
    cost = rank * split * stiff * (1 + size / (1 + size.max()))
    return cells.select(cost.cast(pl.Float64).alias("cost"))["cost"].to_numpy()
