"""Medians and their rank intervals per unit and breakdown, from one value per patient and period.

Values are counted: how often each occurs in each unit. Counting up from the lowest, the median is the value at which
half are counted, and few different values, as measurements have, are counted in one pass without sorting.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from indicators.counting.adding_up import KEYS, NAMES
from indicators.counting.cells import CELL, UNIT_COLUMN
from indicators.counting.statistics import median_ranks
from indicators.definitions.definition import LEVELS, Level
from indicators.definitions.population import Breakdowns, Split

Numbers = NDArray[np.int64]
# A count for each value in each unit, also those that do not occur, as long as there are no more.
MOST_COUNTS = 10_000_000
PEOPLE = "people"


@dataclass(frozen=True)
class Coded:
    """A column as places among its different values.

    Attributes:
        places: The place of each row's value.
        values: How many different values there are.
    """

    places: Numbers
    values: int


def medians(values: pl.DataFrame, breakdowns: Breakdowns, levels: Collection[Level] = LEVELS) -> pl.DataFrame:
    """Return the medians of one indicator with their intervals: key columns, value, ci_low, ci_high.

    Args:
        values: One row per patient and period with the columns of a cell and the value; or one row per value, with the
            number of `people` who have it, and those columns of a cell that the wanted levels are split by.
        breakdowns: How units are split.
        levels: The levels whose units are wanted.
    """
    distinct = np.sort(values["value"].unique().to_numpy())
    value = Coded(np.searchsorted(distinct, values["value"].to_numpy()), len(distinct))
    columns = {column: coded(values[column]) for column in CELL if column in values.columns}
    people = values[PEOPLE].to_numpy().astype(np.int64) if PEOPLE in values.columns else None
    parts = [
        medians_of_split(values.select(list(columns)), columns, value, distinct, people, level, splits)
        for level, breakdown in breakdowns.levels.items()
        if level in levels
        for splits in breakdown
    ]
    return pl.concat(parts)


def coded(column: pl.Series) -> Coded:
    """Return dates or categories as places, in an order of no meaning; NULL, which no row has, is not foreseen."""
    numbers = column.to_physical().to_numpy().astype(np.int64)
    lowest = numbers.min(initial=0)
    is_there = np.zeros(numbers.max(initial=0) - lowest + 1, dtype=np.bool_)
    is_there[numbers - lowest] = True
    return Coded((np.cumsum(is_there) - 1)[numbers - lowest], int(np.count_nonzero(is_there)))


def medians_of_split(
    cells: pl.DataFrame,
    columns: Mapping[str, Coded],
    value: Coded,
    distinct: NDArray[np.float64],
    people: Numbers | None,
    level: Level,
    splits: Sequence[Split],
) -> pl.DataFrame:
    """Return the medians of the units of one level under one breakdown.

    Args:
        cells: The columns of a cell, row by row.
        columns: The same as places.
        value: The values as places.
        distinct: The values that occur, in order.
        people: How many people each row stands for; None where it is one.
        level: The level of the units.
        splits: The columns by which they are split.
    """
    names = ["period_end", *([UNIT_COLUMN[level]] if level != "all" else []), *splits]
    group = placed_together([columns[name] for name in names])
    occurring, times = occurrences(placed_together([group, value]), people)
    starts = np.flatnonzero(np.diff(occurring // value.values, prepend=-1))
    row_of_group = np.empty(group.values, dtype=np.int64)
    row_of_group[group.places] = np.arange(len(group.places))
    groups = cells.select(names)[row_of_group[occurring[starts] // value.values]]
    up_to = np.cumsum(times)
    before = (up_to - times)[starts]
    sizes = np.diff(before, append=times.sum())
    found, of_size = np.unique(sizes, return_inverse=True)
    ranks = {name: rank[of_size] for name, rank in median_ranks(found).items()}

    def at(rank: Numbers) -> NDArray[np.float64]:
        place = np.searchsorted(up_to, before + np.maximum(rank, 1) - 1, side="right")
        return distinct[occurring[place] % value.values]

    unit = pl.lit("all") if level == "all" else pl.col(UNIT_COLUMN[level]).cast(pl.String)
    has_interval = pl.Series(ranks["low"] > 0)
    return groups.select(
        "period_end",
        pl.lit(level).alias("level"),
        unit.alias("unit_id"),
        *((pl.col(name).cast(pl.String) if name in splits else pl.lit("all").alias(name)) for name in NAMES[2:]),
        pl.Series("value", (at(ranks["lower"]) + at(ranks["upper"])) / 2),
        pl.when(has_interval).then(pl.Series(at(ranks["low"]))).alias("ci_low"),
        pl.when(has_interval).then(pl.Series(at(ranks["high"]))).alias("ci_high"),
    ).select(*KEYS, "value", "ci_low", "ci_high")


def placed_together(columns: Sequence[Coded]) -> Coded:
    """Return several columns as one, whose places are in the order of the first, then the second and so on."""
    places, values = columns[0].places, columns[0].values
    for column in columns[1:]:
        places, values = places * column.values + column.places, values * column.values
    return Coded(places, values)


def occurrences(column: Coded, people: Numbers | None = None) -> tuple[Numbers, Numbers]:
    """Return the places that occur, in order, and how many people each has; one a row when nothing else is said."""
    if column.values > MOST_COUNTS:
        occurring, of_rows = np.unique(column.places, return_inverse=True)
        return occurring, _counted(of_rows, people, len(occurring))
    times = _counted(column.places, people, column.values)
    occurring = np.flatnonzero(times)
    return occurring, times[occurring]


def _counted(places: Numbers, people: Numbers | None, size: int) -> Numbers:
    """Return how many people each place has; whole numbers of 53 binary digits are exact in floating point."""
    return np.bincount(places, people, minlength=size).astype(np.int64)
