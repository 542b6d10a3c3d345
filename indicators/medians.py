"""Medians and their rank intervals per unit and breakdown, from one value per patient and period."""

from collections.abc import Sequence

import duckdb
import numpy as np
import polars as pl

from indicators.cells import KEYS, split_columns
from indicators.dialect import create_table, store
from indicators.population import Breakdowns
from indicators.statistics import median_ranks

MEDIANS = f"""
    SELECT
        {", ".join(KEYS)}, tag,
        (min(CASE WHEN up_to >= lower THEN value END) + min(CASE WHEN up_to >= upper THEN value END)) / 2 AS value,
        min(CASE WHEN up_to >= low AND low > 0 THEN value END) AS ci_low,
        min(CASE WHEN up_to >= high AND high > 0 THEN value END) AS ci_high
    FROM (
        SELECT
            *,
            sum(value_count) OVER (PARTITION BY {", ".join(KEYS)}, tag ORDER BY value) AS up_to,
            sum(value_count) OVER (PARTITION BY {", ".join(KEYS)}, tag) AS value_total
        FROM counted_value
    ) AS ranked
    JOIN median_rank ON median_rank.value_number = ranked.value_total
    GROUP BY {", ".join(KEYS)}, tag
"""


def counted_values_sql(breakdowns: Breakdowns, tags: Sequence[str]) -> str:
    """Return the SELECT of how many patients have each value, per unit and breakdown."""
    parts = []
    for level, breakdown in breakdowns.levels.items():
        for splits in breakdown:
            items, grouped = split_columns(level, splits)
            parts.append(
                f"SELECT {items}, tag, value, count(*) AS value_count FROM median_value "
                f"WHERE tag IN ({', '.join(tags)}) GROUP BY {grouped}, tag, value"
            )
    return " UNION ALL ".join(parts)


def medians(con: duckdb.DuckDBPyConnection, breakdowns: Breakdowns, tags: Sequence[str]) -> pl.DataFrame:
    """Return the median of each indicator with its interval: key columns, tag, value, ci_low, ci_high.

    Args:
        con: A connection with the filled table `median_value`.
        breakdowns: How units are split.
        tags: Places of the indicators in the catalogue.
    """
    row = con.execute(
        "SELECT coalesce(max(n), 0) FROM (SELECT count(*) AS n FROM median_value GROUP BY tag, period_end)"
    ).fetchone()
    numbers = np.arange(1, (row[0] if row else 0) + 1, dtype=np.int64)
    ranks = median_ranks(numbers)
    store(con, "median_rank", pl.DataFrame({"value_number": ranks.pop("values"), **ranks}))
    create_table(con, "counted_value", counted_values_sql(breakdowns, tags))
    return con.execute(MEDIANS).pl()
