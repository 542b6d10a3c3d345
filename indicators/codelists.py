"""Code lists of a country pack, expanded to the codes that occur, so that facts are joined to them by equality."""

from pathlib import Path

import duckdb
import polars as pl

from indicators.dialect import create_table, store

COLUMNS = ("system", "code", "label", "from", "to", "source")

OCCURRING = """
    SELECT DISTINCT code_system AS system, code FROM diagnosis
    UNION
    SELECT DISTINCT 'sks' AS system, code FROM procedure
    UNION
    SELECT DISTINCT 'atc' AS system, atc_code AS code FROM dispensing
    UNION
    SELECT DISTINCT 'indication' AS system, indication_code AS code FROM dispensing WHERE indication_code IS NOT NULL
    UNION
    SELECT DISTINCT 'service' AS system, specialty_code || service_code AS code FROM service
    UNION
    SELECT DISTINCT 'sks' AS system, focus_code AS code FROM municipal_course WHERE focus_code IS NOT NULL
    UNION
    SELECT DISTINCT 'icpc2' AS system, focus_code AS code FROM municipal_course WHERE focus_code IS NOT NULL
"""

EXPANDED = """
    SELECT DISTINCT prefix.list, occurring.system, occurring.code
    FROM occurring_code AS occurring
    JOIN listed_code AS prefix ON prefix.system = occurring.system
    WHERE occurring.code LIKE prefix.code || '%'
"""


def load_codelists(pack_folder: Path) -> pl.DataFrame:
    """Return all code lists of a pack: list, system, code; a code stands for itself and all that begin with it."""
    frames = [
        pl.read_csv(path, infer_schema=False).select(pl.lit(path.stem).alias("list"), "system", "code")
        for path in sorted((pack_folder / "codelists").glob("*.csv"))
        if set(COLUMNS) <= set(pl.read_csv(path, n_rows=0).columns)
    ]
    empty = pl.DataFrame(schema={"list": pl.String, "system": pl.String, "code": pl.String})
    return pl.concat([empty, *frames])


def create_codelist(con: duckdb.DuckDBPyConnection, codelists: pl.DataFrame) -> None:
    """Create the relation `codelist(list, system, code)` from the codes that occur in the core tables."""
    store(con, "listed_code", codelists)
    create_table(con, "occurring_code", OCCURRING)
    create_table(con, "codelist", EXPANDED)
