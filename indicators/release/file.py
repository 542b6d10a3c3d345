"""The release file: its tables, written in one go to a new DuckDB file that any reader can open."""

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path

import duckdb
import polars as pl

from indicators.release.ends_of_texts import blocks_of_long_texts, empty_ends

RELEASE_SCHEMA_VERSION = "3"

# Table by table: the columns in order, and the columns that sort the rows.
TABLES: dict[str, tuple[str, str]] = {
    "result": (
        "indicator_id VARCHAR NOT NULL, definition_version INTEGER NOT NULL, period_start DATE NOT NULL, "
        "period_end DATE NOT NULL, level VARCHAR NOT NULL, unit_id VARCHAR NOT NULL, sex VARCHAR NOT NULL, "
        "age_band VARCHAR NOT NULL, state VARCHAR NOT NULL, numerator BIGINT, denominator BIGINT, "
        "patient_years DOUBLE, eligible BIGINT, completeness DOUBLE, value DOUBLE, ci_low DOUBLE, ci_high DOUBLE",
        "indicator_id, period_end, level, unit_id, sex, age_band",
    ),
    "time_step": (
        "indicator_id VARCHAR NOT NULL, definition_version INTEGER NOT NULL, period_start DATE NOT NULL, "
        "period_end DATE NOT NULL, level VARCHAR NOT NULL, unit_id VARCHAR NOT NULL, day INTEGER NOT NULL, "
        "state VARCHAR NOT NULL, patients BIGINT, happened BIGINT, followed BIGINT, share DOUBLE, ci_low DOUBLE, "
        "ci_high DOUBLE",
        "indicator_id, period_end, level, unit_id, day",
    ),
    "time_percentile": (
        "indicator_id VARCHAR NOT NULL, definition_version INTEGER NOT NULL, period_start DATE NOT NULL, "
        "period_end DATE NOT NULL, level VARCHAR NOT NULL, unit_id VARCHAR NOT NULL, share DOUBLE NOT NULL, "
        "state VARCHAR NOT NULL, days DOUBLE, ci_low DOUBLE, ci_high DOUBLE",
        "indicator_id, period_end, level, unit_id, share",
    ),
    "case_mix": (
        "indicator_id VARCHAR NOT NULL, definition_version INTEGER NOT NULL, period_start DATE NOT NULL, "
        "period_end DATE NOT NULL, level VARCHAR NOT NULL, unit_id VARCHAR NOT NULL, state VARCHAR NOT NULL, "
        "expected DOUBLE, ratio DOUBLE, ratio_low DOUBLE, ratio_high DOUBLE, adjusted DOUBLE, adjusted_low DOUBLE, "
        "adjusted_high DOUBLE",
        "indicator_id, period_end, level, unit_id",
    ),
    "unit": (
        "level VARCHAR NOT NULL, unit_id VARCHAR NOT NULL, name VARCHAR NOT NULL, cluster_id VARCHAR, "
        "municipality_id VARCHAR",
        "level, unit_id",
    ),
    "place": (
        "unit_id VARCHAR NOT NULL, name VARCHAR NOT NULL, short_name VARCHAR NOT NULL, across DOUBLE NOT NULL, "
        "down DOUBLE NOT NULL, outline JSON",
        "unit_id",
    ),
    "indicator": (
        "indicator_id VARCHAR NOT NULL, definition_version INTEGER NOT NULL, position INTEGER NOT NULL, "
        "definition JSON NOT NULL",
        "position",
    ),
    "delivery": (
        "sector VARCHAR NOT NULL, file_type VARCHAR NOT NULL, file_name VARCHAR NOT NULL, delivered_on DATE, "
        "covers_until DATE, rows_in BIGINT, rows_loaded BIGINT, rows_quarantined BIGINT, rows_duplicate BIGINT, "
        "state VARCHAR NOT NULL, fresh_within_days INTEGER, followed_by VARCHAR",
        "sector, file_type, delivered_on, file_name",
    ),
    "quarantine": (
        "sector VARCHAR NOT NULL, file_type VARCHAR NOT NULL, rule VARCHAR NOT NULL, description VARCHAR, rows BIGINT, "
        "state VARCHAR NOT NULL",
        "sector, file_type, rule",
    ),
    "completeness": (
        "sector VARCHAR NOT NULL, month DATE NOT NULL, rows BIGINT, state VARCHAR NOT NULL",
        "sector, month",
    ),
    "policy": ("key VARCHAR NOT NULL, value VARCHAR NOT NULL, explanation VARCHAR", "key"),
    "meta": ("key VARCHAR NOT NULL, value VARCHAR NOT NULL", "key"),
}


def write_release(path: Path, tables: Mapping[str, pl.DataFrame]) -> str:
    """Write a release to a path that does not exist yet; the same content gives the same file, byte for byte.

    Args:
        path: The new file.
        tables: One frame per table of `TABLES`; columns are matched by name, and a table that is not given is empty.
            `meta` gains `release_id` (a hash of all
            other content, so that the same content has the same id) and `schema_version`.
    """
    with duckdb.connect() as release:
        # Under a name of its own, since the file holds the name it was opened by.
        release.execute(f"ATTACH '{str(path).replace(chr(39), chr(39) * 2)}' AS anonymous")
        release.execute("USE anonymous")
        digest = hashlib.sha256()
        for name, (columns, order) in TABLES.items():
            release.execute(f"CREATE TABLE {name} ({plain(columns)})")
            if name in tables:
                release.register("delivered", emptied(tables[name]))
                release.execute(f"INSERT INTO {name} BY NAME SELECT * FROM delivered ORDER BY {order}")
                release.unregister("delivered")
            digest.update(release.table(name).pl().write_csv().encode())
        identity = [("release_id", digest.hexdigest()[:12]), ("schema_version", RELEASE_SCHEMA_VERSION)]
        release.executemany("INSERT INTO meta VALUES (?, ?)", identity)
        release.execute("CHECKPOINT")
        blocks, size = blocks_of_long_texts(release, tuple(TABLES))
        release.execute("USE memory")
        release.execute("DETACH anonymous")
    empty_ends(path, blocks, size)
    return identity[0][1]


def emptied(frame: pl.DataFrame) -> pl.DataFrame:
    """Return a frame in whose memory a hidden number is a zero.

    A null is a mark beside a number that stays in memory, and from there it could reach the file.
    """
    numbers = [name for name, kind in frame.schema.items() if kind.is_numeric()]
    filled = frame.with_columns(pl.col(numbers).fill_null(0))
    return filled.with_columns(
        pl.when(frame[name].is_null()).then(None).otherwise(pl.col(name)).alias(name) for name in numbers
    )


def plain(columns: str) -> str:
    """Return columns of which the numbers are stored as they are.

    Where numbers are packed, the place of a null holds what happened to lie in memory.
    """
    return re.sub(r"\b(BIGINT|DOUBLE|INTEGER|DATE)\b", r"\1 USING COMPRESSION uncompressed", columns)
