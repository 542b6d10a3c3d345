"""Medians and their rank intervals per unit and breakdown, from one value per patient and period.

Each value is the number of its unit and, below that, its place among all values; sorting these numbers once puts every
unit's values side by side in order, where the median is the one in the middle.
"""

from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from indicators.adding_up import KEYS, NAMES
from indicators.cells import UNIT_COLUMN
from indicators.counting import numbered
from indicators.definition import Level
from indicators.population import Breakdowns, Split
from indicators.statistics import median_ranks

Numbers = NDArray[np.int64]


def medians(values: pl.DataFrame, breakdowns: Breakdowns) -> pl.DataFrame:
    """Return the medians of one indicator with their intervals: key columns, value, ci_low, ci_high.

    Args:
        values: One row per patient and period with the columns of a cell and the value.
        breakdowns: How units are split.
    """
    distinct = np.sort(values["value"].unique().to_numpy())
    places = np.searchsorted(distinct, values["value"].to_numpy())
    parts = [
        medians_of_split(values, distinct, places, level, splits)
        for level, breakdown in breakdowns.levels.items()
        for splits in breakdown
    ]
    return pl.concat(parts)


def medians_of_split(
    values: pl.DataFrame, distinct: NDArray[np.float64], places: Numbers, level: Level, splits: Sequence[Split]
) -> pl.DataFrame:
    """Return the medians of the units of one level under one breakdown.

    Args:
        values: As for `medians`.
        distinct: The values that occur, in order.
        places: Each row's place among them.
        level: The level of the units.
        splits: The columns by which they are split.
    """
    columns = ["period_end", *([UNIT_COLUMN[level]] if level != "all" else []), *splits]
    groups = values.select(columns).unique()
    groups = groups[np.argsort(numbered(groups, values))]
    ordered = np.sort(numbered(values.select(columns), values) * len(distinct) + places)
    starts = np.flatnonzero(np.diff(ordered // len(distinct), prepend=-1))
    sizes = np.diff(starts, append=len(ordered))
    found, of_size = np.unique(sizes, return_inverse=True)
    ranks = {name: rank[of_size] for name, rank in median_ranks(found).items()}

    def at(rank: Numbers) -> NDArray[np.float64]:
        return distinct[ordered[starts + np.maximum(rank, 1) - 1] % len(distinct)]

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
