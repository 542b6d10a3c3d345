"""Write the new warehouse: every table in its order, in a fresh file, so that nothing taken away is left in it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from data_contracts.warehouse_tables import Table, load_tables
from ingest.load import prepare_core_tables
from tvaers.progress import track
from warehouse.connection import open_for_build

# What DuckDB may use; reading and hashing take about as much again for a short while.
MEMORY_LIMIT = "3500MB"


@contextmanager
def open_work(path: Path, key: bytes) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the working copy in which deliveries are added and taken away."""
    with open_for_build(path, key, memory_limit=MEMORY_LIMIT) as con:
        prepare_core_tables(con)
        yield con


def write_sorted(path: Path, work: Path, key: bytes, changed: set[str]) -> None:
    """Write the working copy into a fresh file.

    Core tables are sorted as their contract says (by person and date), so that a person's rows lie together and the
    order of delivery cannot be told from them.

    Args:
        path: The fresh file.
        work: The working copy.
        key: The sub-key `encryption`.
        changed: Core tables to sort; the others lie sorted already.
    """
    tables = [table for table in load_tables() if table.name != "version"]
    with (
        open_for_build(path, key, memory_limit=MEMORY_LIMIT, attach_also=work) as con,
        track("Writing the warehouse", len(tables)) as advance,
    ):
        for table in tables:
            columns = ", ".join(column.name for column in table.columns)
            order = _order(table) if table.schema == "meta" or table.name in changed else ""
            for schema in ("core", "parked") if table.schema == "core" else (table.schema,):
                con.execute(
                    f"INSERT INTO {schema}.{table.name} ({columns}) "
                    f"SELECT {columns} FROM live.{schema}.{table.name} {order}"
                )
            advance(1)


def _order(table: Table) -> str:
    return f"ORDER BY {', '.join(table.sorted_by)}" if table.sorted_by else ""
