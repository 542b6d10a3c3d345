"""Code lists of a country pack, expanded to the codes that occur, so that facts are joined to them by equality."""

import re
from collections.abc import Collection, Iterable
from functools import cache
from pathlib import Path

import duckdb
import polars as pl

from indicators.definitions.of_country import pages_of_country
from indicators.dialect import create_table, store
from tvaers.errors import DefinitionError

LIST_NAME = re.compile(r"'([a-z][a-z0-9_]+)'")
LISTS = re.compile(r"\blist\s*(?:=|IN)\s*\(?((?:\s*'\w+'\s*,?)+)")
"""How a variable names the code lists it reads: `list = 'a'` or `list IN ('a', 'b')`."""
COLUMNS = ("system", "code", "label", "from", "to", "source")

# Where codes of each system occur.
OCCURRING = {
    "diagnosis": "SELECT DISTINCT code_system AS system, code FROM diagnosis",
    "procedure": "SELECT DISTINCT 'sks' AS system, code FROM procedure",
    "dispensing": "SELECT DISTINCT 'atc' AS system, atc_code AS code FROM dispensing",
    "indication": """
        SELECT DISTINCT 'indication' AS system, indication_code AS code FROM dispensing
        WHERE indication_code IS NOT NULL
    """,
    "service": "SELECT DISTINCT 'service' AS system, specialty_code || service_code AS code FROM service",
    "focus": "SELECT DISTINCT 'sks' AS system, focus_code AS code FROM municipal_course WHERE focus_code IS NOT NULL",
    "focus of practice": """
        SELECT DISTINCT 'icpc2' AS system, focus_code AS code FROM municipal_course WHERE focus_code IS NOT NULL
    """,
    "stop reason": """
        SELECT DISTINCT 'stop_reason' AS system, stop_reason_code AS code FROM municipal_course
        WHERE stop_reason_code IS NOT NULL
    """,
}
SYSTEMS = {"dispensing": "atc", "indication": "indication", "service": "service", "stop reason": "stop_reason"}

EXPANDED = """
    SELECT DISTINCT prefix.list, occurring.system, occurring.code
    FROM occurring_code AS occurring
    JOIN listed_code AS prefix ON prefix.system = occurring.system
    WHERE occurring.code LIKE prefix.code || '%'
"""


def load_codelists(pack_folder: Path, disease: str | None = None) -> pl.DataFrame:
    """Return all code lists of a pack, and those that a disease brings for it: list, system, code.

    A code stands for itself and all that begin with it.
    """
    empty = pl.DataFrame(schema={"list": pl.String, "system": pl.String, "code": pl.String})
    pages = load_codes(pack_folder, disease).items()
    return pl.concat([empty, *(page.select(pl.lit(name).alias("list"), "system", "code") for name, page in pages)])


def load_codes(pack_folder: Path, disease: str | None = None) -> dict[str, pl.DataFrame]:
    """Return the pages of those code lists by name, with all columns as text: what each code means, and whence."""
    return {path.stem: _read(path) for path in pages_of_country(pack_folder, disease, "codelists", ".csv")}


def _read(path: Path) -> pl.DataFrame:
    try:
        found = pl.read_csv(path, infer_schema=False)
    except (pl.exceptions.PolarsError, UnicodeDecodeError) as fault:
        raise DefinitionError(
            f"A code list cannot be read: {str(fault).splitlines()[0]}.",
            where=path.name,
            what_to_do=f"Write it as CSV in UTF-8, parted by commas, with the columns {', '.join(COLUMNS)}.",
        ) from None
    if missing := [column for column in COLUMNS if column not in found.columns]:
        raise DefinitionError(
            f"A code list lacks the column {', '.join(missing)}.",
            where=path.name,
            what_to_do=f"Part the columns by commas; the first line reads {','.join(COLUMNS)}.",
        )
    return found


@cache
def lists_named_in(sql: str) -> frozenset[str]:
    """Return the code lists that a variable reads."""
    return frozenset(name for names in LISTS.findall(sql) for name in re.findall(r"\w+", names))


def named_in(codelists: pl.DataFrame, statements: Iterable[str]) -> pl.DataFrame:
    """Return those code lists whose names some statements hold as text."""
    names = {name for statement in statements for name in LIST_NAME.findall(statement)}
    return codelists.filter(pl.col("list").is_in(names))


def create_codelist(con: duckdb.DuckDBPyConnection, codelists: pl.DataFrame) -> None:
    """Create the relation `codelist(list, system, code)` from the codes that occur in the core tables."""
    store(con, "listed_code", codelists)
    create_table(con, "occurring_code", occurring_sql(set(codelists["system"])))
    create_table(con, "codelist", EXPANDED)


def occurring_sql(systems: Collection[str]) -> str:
    """Return the SELECT of the codes of some systems that occur; tables that hold none of them are not read."""
    selects = [
        select
        for place, select in OCCURRING.items()
        if (SYSTEMS[place] in systems if place in SYSTEMS else set(systems) - set(SYSTEMS.values()))
    ]
    return " UNION ".join(selects or ["SELECT '' AS system, '' AS code WHERE FALSE"])
