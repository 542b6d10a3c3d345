"""What cells count: the distinct quantities of a set of indicators, and which of them add up to which."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from indicators.disclosure.places import ABSENT

FIELDS = ["numerator", "complement", "denominator", "missing", "eligible"]
TOLD_BY = {
    "proportion": FIELDS,
    "median": ["denominator", "missing", "eligible"],
    "rate_per_1000_patient_years": ["numerator"],
}


@dataclass(frozen=True)
class Quantities:
    """The distinct quantities.

    Attributes:
        indicators: Row of `number` by indicator id.
        number: Indicators by `FIELDS`: which quantity it is, or -1 when the indicator does not tell it.
        values: Quantities by places; -1 where no indicator with that quantity has a cell.
    """

    indicators: dict[str, int]
    number: NDArray[np.int64]
    values: NDArray[np.int64]


def find_quantities(placed: pl.DataFrame, places: pl.DataFrame) -> Quantities:
    """Return the distinct quantities of all indicators, those between nested indicators included.

    A cell that is absent from a breakdown the indicator otherwise has counts nobody: everything in it is 0.

    Args:
        placed: Cells with their `place` number, `kind` and `family`.
        places: Distinct level, unit, sex and age band.
    """
    names = placed["indicator_id"].unique().sort().to_list()
    indicators = {name: number for number, name in enumerate(names)}
    split = places.select(
        (pl.col("level") + "|" + (pl.col("sex") != "all").cast(str) + (pl.col("age_band") != "all").cast(str)).alias(
            "split"
        )
    )
    block = split["split"].cast(pl.Categorical).to_physical().to_numpy()
    counted = placed.filter(pl.col("state") != "not_applicable").with_columns(
        complement=pl.col("denominator") - pl.col("numerator"),
        missing=pl.col("eligible") - pl.col("denominator"),
    )
    row = counted["indicator_id"].replace_strict(indicators).to_numpy()
    place = counted["place"].to_numpy()
    has_block = np.zeros((len(names), block.max() + 1), dtype=bool)
    has_block[row, block[place]] = True
    present = has_block[:, block]
    table = np.full((len(names), len(FIELDS), places.height), ABSENT, dtype=np.int64)
    kinds = dict(placed.select("indicator_id", "kind").unique().iter_rows())
    for column, field in enumerate(FIELDS):
        told = np.array([field in TOLD_BY[kinds[name]] for name in names])
        table[:, column][present & told[:, None]] = 0
        known = told[row]
        table[row[known], column, place[known]] = counted[field].fill_null(0).to_numpy()[known]
    flat = table.reshape(-1, places.height)
    families = dict(placed.select("indicator_id", "family").unique().iter_rows())
    between = _between_nested(table, [families[name] for name in names])
    values, number = np.unique(np.vstack([flat, *between]), axis=0, return_inverse=True)
    number = np.asarray(number).ravel()[: len(flat)].reshape(len(names), len(FIELDS))
    is_nothing = (values == ABSENT).all(axis=1)
    number[is_nothing[number]] = -1
    return Quantities(indicators=indicators, number=number, values=values)


def _between_nested(table: NDArray[np.int64], families: list[str | None]) -> list[NDArray[np.int64]]:
    """Return the differences between nested counts of one family and denominator: they are groups of people too."""
    differences = []
    denominator = FIELDS.index("denominator")
    for first in range(len(table)):
        for second in range(first + 1, len(table)):
            related = families[first] is not None and families[first] == families[second]
            if not related or not np.array_equal(table[first, denominator], table[second, denominator]):
                continue
            for one in table[first, :2]:
                for other in table[second, :2]:
                    difference = np.where(one == ABSENT, 0, other - one)
                    if (difference >= 0).all() or (difference <= 0).all():
                        differences.append(np.where(one == ABSENT, ABSENT, abs(difference)))
    return differences


def find_sums(values: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return every two quantities that add up to a third in all places, as rows (part, part, sum).

    Candidates are found by one random projection modulo 2^64 and then compared number by number.
    """
    weights = np.random.default_rng(20261122).integers(1, 2**62, values.shape[1], dtype=np.uint64)
    known = values != ABSENT
    counted = np.where(known, values, 0).astype(np.uint64)
    shadow = (counted * weights).sum(axis=1)
    used = np.flatnonzero((np.where(known, values, 0) > 0).any(axis=1))
    by_shadow = {int(shadow[quantity]): int(quantity) for quantity in used}
    first, second = np.triu_indices(used.size)
    pairs = shadow[used[first]] + shadow[used[second]]
    hits = np.flatnonzero(np.isin(pairs, shadow[used]))
    rows = []
    for hit in hits:
        one, other, total = used[first[hit]], used[second[hit]], by_shadow[int(pairs[hit])]
        same_places = (known[one] == known[total]).all() and (known[other] == known[total]).all()
        if one != other and same_places and np.array_equal(counted[one] + counted[other], counted[total]):
            rows.append((one, other, total))
    return np.array(rows, dtype=np.int64).reshape(-1, 3)
