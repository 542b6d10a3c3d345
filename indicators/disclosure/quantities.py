"""What cells count: the distinct quantities of a set of indicators, and which of them add up to which."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from indicators.disclosure.nested import Count, Nested, between
from indicators.disclosure.places import ABSENT
from indicators.disclosure.related import Related

FIELDS = ["numerator", "complement", "denominator", "missing", "eligible", "patients"]
TOLD_BY = {
    "proportion": ["numerator", "complement", "denominator", "missing", "eligible"],
    "median": ["denominator", "missing", "eligible"],
    # Patient-years tell roughly how many people they are of; they are guarded as if they told exactly how many.
    "rate_per_1000_patient_years": ["numerator", "patients"],
}

RATE = "rate_per_1000_patient_years"


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


def find_quantities(
    placed: pl.DataFrame, places: pl.DataFrame, nested: Sequence[Nested], related: Related
) -> Quantities:
    """Return the distinct quantities of all indicators, those between nested indicators included.

    A cell that is absent from a breakdown the indicator otherwise has counts nobody: everything in it is 0.

    Args:
        placed: Cells with their `place` number and `kind`.
        places: Distinct level, unit, sex and age band.
        nested: Counts that lie within each other.
        related: Partitions that are declared.
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
    counts = {
        Count(name, field): table[row, column]
        for name, row in indicators.items()
        for column, field in enumerate(FIELDS)
        if field in TOLD_BY[kinds[name]]
    }
    people_between = between(counts, nested)
    people_between += _between_rates(table[[kinds[name] == RATE for name in names], FIELDS.index("patients")])
    people_between += _of_partitions(table, indicators, related)
    values, number = np.unique(np.vstack([flat, *people_between]), axis=0, return_inverse=True)
    number = np.asarray(number).ravel()[: len(flat)].reshape(len(names), len(FIELDS))
    is_nothing = (values == ABSENT).all(axis=1)
    number[is_nothing[number]] = -1
    return Quantities(indicators=indicators, number=number, values=values)


def _between_rates(patients: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    """Return how many more people a broad rate follows than each within it, and each than a narrow one within it.

    A rate of new cases leaves out those who had it before: the patient-years of two rates tell how long they lived.
    Rates fall into families (of other populations or events) that do not lie within each other, so the broad ones are
    all that lie within no other, and the narrow ones all that hold no other.
    """
    rates = np.unique(patients, axis=0)
    rates = rates[(rates != ABSENT).any(axis=1)]
    both = (rates[:, None] != ABSENT) & (rates[None] != ABSENT)
    more = np.where(both, rates[:, None] - rates[None], 0)
    holds = np.asarray((more >= 0).all(axis=2) & (more > 0).any(axis=2))
    lies_in_none = np.flatnonzero(~holds.any(axis=0))
    holds_none = np.flatnonzero(~holds.any(axis=1))
    chosen = holds & np.isin(np.arange(len(rates)), holds_none)[None]
    chosen |= holds & np.isin(np.arange(len(rates)), lies_in_none)[:, None]
    pairs = zip(*np.nonzero(chosen), strict=True)
    return [np.where(both[outer, inner], more[outer, inner], ABSENT) for outer, inner in pairs]


def _of_partitions(table: NDArray[np.int64], indicators: dict[str, int], related: Related) -> list[NDArray[np.int64]]:
    """Return what declared partitions leave, with their sums on the way there."""
    found = []
    numerator, denominator = FIELDS.index("numerator"), FIELDS.index("denominator")
    for parts in related.partitions:
        rows = [indicators[name] for name in parts if name in indicators]
        if len(rows) == len(parts):
            known = (table[rows, numerator] != ABSENT).all(axis=0)
            sums = np.cumsum(table[rows, numerator], axis=0)
            found += [np.where(known, each, ABSENT) for each in (*sums[1:], table[rows[0], denominator] - sums[-1])]
    return found


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
