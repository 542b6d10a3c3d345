"""All results of some indicators on drawn tables, as the warehouse would hold them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import duckdb
import polars as pl

from indicators.catalogue import Catalogue
from indicators.compute import compute_on
from indicators.definitions.definition import Indicator
from tests.lib.drawn_tables import warehouse_of
from tests.lib.evaluate import catalogue

FILE_TYPES = {1: "bef", 2: "praksis_undersoegelser", 3: "kl_gateway_140", 4: "labka", 5: "kommune_maalinger"}
# Somebody without diabetes whose records show that every extract was delivered throughout.
DELIVERED = """
    diabetes
    patient | diabetes_type
    999     | none

    measurement
    patient | analyte                  | taken_on   | value
    999     | hba1c                    | 2012-01-01 | 40
    999     | hba1c                    | 2030-01-01 | 40
    999     | ldl                      | 2012-01-01 | 3
    999     | ldl                      | 2030-01-01 | 3
"""


def catalogue_of(*indicators: str | Indicator) -> Catalogue:
    """Return the checkout's catalogue with only these indicators, by id or as made by a test."""
    found = catalogue()
    return replace(
        found, indicators=tuple(found.indicator(each) if isinstance(each, str) else each for each in indicators)
    )


def results(
    drawing: str | duckdb.DuckDBPyConnection,
    indicators: Sequence[str | Indicator],
    *reporting_dates: str,
    members_per_chunk: int = 40_000,
    delivered: str = DELIVERED,
) -> pl.DataFrame:
    """Return `indicator.result` for drawn tables.

    Args:
        drawing: Drawn tables, or a warehouse that holds them.
        indicators: Ids, or definitions made by a test.
        reporting_dates: At least one.
        members_per_chunk: How many people the engine works on at a time.
        delivered: A drawing that is added, so that extracts cover the period.
    """
    con = warehouse_of(drawing + delivered) if isinstance(drawing, str) else drawing
    compute_on(
        con,
        catalogue_of(*indicators),
        [date.fromisoformat(day) for day in reporting_dates],
        members_per_chunk=members_per_chunk,
        diabetes_definition="drawn",
    )
    return con.execute("SELECT * FROM indicator.result").pl()


def cell(
    frame: pl.DataFrame,
    level: str = "all",
    unit: str = "all",
    sex: str = "all",
    age_band: str = "all",
    indicator: str | None = None,
) -> dict:
    """Return the only result of a unit and part of a breakdown."""
    found = frame.filter(
        (pl.col("level") == level)
        & (pl.col("unit_id") == unit)
        & (pl.col("sex") == sex)
        & (pl.col("age_band") == age_band)
    )
    if indicator:
        found = found.filter(pl.col("indicator_id") == indicator)
    (row,) = found.to_dicts()
    return row


def delivered(drawing: str) -> duckdb.DuckDBPyConnection:
    """Return a warehouse with drawn tables, and the batches of `FILE_TYPES` that their rows may name."""
    con = warehouse_of(drawing)
    columns = [row[0] for row in con.execute("DESCRIBE meta.batch").fetchall()]
    for number, file_type in FILE_TYPES.items():
        values = {"batch_id": number, "file_type": file_type, "state": "loaded", "delivered_on": date(2026, 3, 1)}
        kinds = dict(con.execute("SELECT column_name, column_type FROM (DESCRIBE meta.batch)").fetchall())
        for column in columns:
            values.setdefault(column, {"VARCHAR": "x", "DATE": date(2026, 3, 1)}.get(kinds[column], 0))
            if kinds[column].startswith("TIMESTAMP"):
                values[column] = date(2026, 3, 1)
        marks = ", ".join("?" for _ in columns)
        con.execute(f"INSERT INTO meta.batch VALUES ({marks})", [values[column] for column in columns])
    return con
