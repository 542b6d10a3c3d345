"""What cells count: the distinct quantities of a set of indicators, and which of them add up to which."""

from collections.abc import Mapping
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

NESTED = ((0, 0), (0, 1), (1, 0), (1, 1))
LooksAt = Mapping[str, frozenset[str]]


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


def find_quantities(placed: pl.DataFrame, places: pl.DataFrame, looks_at: LooksAt) -> Quantities:
    """Return the distinct quantities of all indicators, those between nested indicators included.

    A cell that is absent from a breakdown the indicator otherwise has counts nobody: everything in it is 0.

    Args:
        placed: Cells with their `place` number and `kind`.
        places: Distinct level, unit, sex and age band.
        looks_at: Which facts about a patient each indicator's numerator looks at.
    """
    names = placed["indicator_id"].unique().sort().to_list()
    indicators = {name: number for number, name in enumerate(names)}
    counted = placed.filter(pl.col("state") == "computed").with_columns(
        complement=pl.col("denominator") - pl.col("numerator"),
        missing=pl.col("eligible") - pl.col("denominator"),
    )
    row = counted["indicator_id"].replace_strict(indicators, return_dtype=pl.Int64).to_numpy()
    place = counted["place"].to_numpy()
    table = np.full((len(names), len(FIELDS), places.height), ABSENT, dtype=np.int64)
    kinds = dict(placed.select("indicator_id", "kind").unique().iter_rows())
    block = places.select(pl.struct("level", pl.col("sex") == "all", pl.col("age_band") == "all").rank("dense") - 1)
    split = block.to_series().to_numpy()
    has_split = np.zeros((len(names), int(split.max(initial=0)) + 1), dtype=bool)
    has_split[row, split[place]] = True
    for column, field in enumerate(FIELDS):
        is_told = np.array([field in TOLD_BY[kinds[name]] for name in names], dtype=bool)
        table[:, column][has_split[:, split] & is_told[:, None]] = 0
        known = is_told[row]
        table[row[known], column, place[known]] = counted[field].fill_null(0).to_numpy()[known]
    flat = table.reshape(-1, places.height)
    between = _between_nested(table, [looks_at.get(name, frozenset()) for name in names])
    values, number = np.unique(np.vstack([flat, *between]), axis=0, return_inverse=True)
    number = np.asarray(number).ravel()[: len(flat)].reshape(len(names), len(FIELDS))
    is_nothing = (values == ABSENT).all(axis=1)
    number[is_nothing[number]] = -1
    return Quantities(indicators=indicators, number=number, values=values)


def _between_nested(table: NDArray[np.int64], facts: list[frozenset[str]]) -> list[NDArray[np.int64]]:
    """Return the differences between nested counts with the same denominator: they are groups of people too.

    Two indicators that look at the same facts (below 53, below 59, 75 and above) may be nested either way round: one's
    numerator in the other's numerator or complement. One that looks at some of the other's facts (retinopathy, any
    complication) may be nested numerator in numerator.
    """
    differences = []
    denominator = FIELDS.index("denominator")
    for first in range(len(table)):
        for second in range(first + 1, len(table)):
            related = (
                facts[first] and facts[second] and (facts[first] <= facts[second] or facts[second] <= facts[first])
            )
            if not related or not np.array_equal(table[first, denominator], table[second, denominator]):
                continue
            for one, other in NESTED if facts[first] == facts[second] else NESTED[:1]:
                difference = table[second, other] - table[first, one]
                known = table[first, one] != ABSENT
                if (difference[known] >= 0).all() or (difference[known] <= 0).all():
                    differences.append(np.where(known, abs(difference), ABSENT))
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
