"""The tables of the warehouse, and which version of them this program can read."""

import importlib.resources
import re
from functools import cache
from pathlib import Path

import duckdb

from tvaers.errors import WarehouseError


@cache
def schema_statements() -> str:
    """Return the statements that create every table (generated from `data_contracts/core`)."""
    return importlib.resources.files("warehouse").joinpath("schema.sql").read_text(encoding="utf-8")


@cache
def schema_version() -> int:
    """Return the version of the tables that this program writes and reads."""
    found = re.search(r"INSERT INTO meta\.version VALUES \((\d+)\)", schema_statements())
    if found is None:
        raise WarehouseError(
            "The schema does not name its version.",
            where="warehouse/schema.sql",
            what_to_do="python -m data_contracts.generate",
        )
    return int(found.group(1))


@cache
def _without_comments() -> str:
    return "\n".join(line for line in schema_statements().splitlines() if not line.startswith("COMMENT ON "))


def create_schema(con: duckdb.DuckDBPyConnection, *, with_comments: bool = True) -> None:
    """Create every table in the empty default catalog of a connection that is in no transaction.

    All in one transaction: each statement alone would wait for the disk, hundreds of times.

    Args:
        con: The connection.
        with_comments: Also say what each table and column holds, for whoever opens the file; it takes most of the time.
    """
    con.begin()
    con.execute(schema_statements() if with_comments else _without_comments())
    con.commit()


def refuse_other_version(con: duckdb.DuckDBPyConnection, path: Path) -> None:
    """Refuse a warehouse whose tables this program does not know.

    Raises:
        WarehouseError: The file has no version, an older one or a newer one.
    """
    try:
        row = con.execute("SELECT max(schema_version) FROM meta.version").fetchone()
    except duckdb.CatalogException:
        row = None
    found = row[0] if row else None
    if found == schema_version():
        return
    if found is None:
        raise WarehouseError(
            "This database is not a warehouse, or its first ingest never finished.",
            where=str(path),
            what_to_do="Move the file away and ingest again.",
        )
    newer = found > schema_version()
    again = (
        "Move the file to another folder, keep the key file, and ingest all deliveries again: everybody keeps their "
        "pseudonym, and whoever objected stays out."
    )
    raise WarehouseError(
        f"The warehouse was written by {'a newer' if newer else 'an older'} version of this program.",
        where=str(path),
        how_much=f"The file has schema version {found}; this program reads version {schema_version()}.",
        what_to_do="Install the newer version of tvaers." if newer else again,
    )
