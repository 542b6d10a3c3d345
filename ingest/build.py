"""Write the new warehouse: every table in its order, in a fresh file, so that nothing taken away is left in it."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from data_contracts.warehouse_tables import Table, load_tables
from ingest.load import prepare_core_tables
from tvaers.progress import track
from warehouse.connection import open_working_copy, write_result

# What DuckDB may use; reading and hashing take about as much again for a short while.
MEMORY_LIMIT = "3500MB"

# The working copy is thrown away, so what was added to it is written out only for want of memory.
CHECKPOINT_THRESHOLD = "1GB"

# Text of so many bytes fits in that memory, with its rows beside it: a new warehouse is then filled without a file.
MOST_BYTES_IN_MEMORY = 1_500_000_000
_TIMES_COMPRESSED = 5


@contextmanager
def open_work(path: Path, key: bytes, *, result: Path, coming: Iterable[Path]) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the working copy in which deliveries are added and taken away, and from which `result` can be written.

    Args:
        path: The copy; where there is none yet, a warehouse that will be small is begun in memory alone.
        key: The sub-key `encryption`.
        result: The file that can be written.
        coming: The files that will be added.
    """
    small = sum(map(_text_bytes, coming)) <= MOST_BYTES_IN_MEMORY
    with open_working_copy(path, key, result=result, memory_limit=MEMORY_LIMIT, in_memory=small) as con:
        prepare_core_tables(con)
        # Delivered rows carry their number, and the result is sorted: until then the order is of no account.
        con.execute("SET preserve_insertion_order = false")
        con.execute(f"SET checkpoint_threshold = '{CHECKPOINT_THRESHOLD}'")
        yield con


def write_sorted(con: duckdb.DuckDBPyConnection, path: Path, key: bytes, changed: set[str]) -> None:
    """Write the working copy into a fresh file.

    Core tables are sorted as their contract says (by person and date), so that a person's rows lie together and the
    order of delivery cannot be told from them.

    Args:
        con: The working copy.
        path: The fresh file.
        key: The sub-key `encryption`.
        changed: Core tables to sort; the others lie sorted already.
    """
    con.execute("SET preserve_insertion_order = true")
    tables = [table for table in load_tables() if table.name != "version"]
    with track("Writing the warehouse", len(tables)) as advance, write_result(con, path, key):
        for table in tables:
            columns = ", ".join(column.name for column in table.columns)
            order = _order(table) if table.schema == "meta" or table.name in changed else ""
            for schema in ("core", "parked") if table.schema == "core" else (table.schema,):
                name = f"{schema}.{table.name}"
                con.execute(f"INSERT INTO result.{name} ({columns}) SELECT {columns} FROM warehouse.{name} {order}")
            advance(1)


def _text_bytes(path: Path) -> int:
    """Return about how many bytes of text a delivered file holds."""
    return path.stat().st_size * (_TIMES_COMPRESSED if path.suffix == ".gz" else 1)


def _order(table: Table) -> str:
    return f"ORDER BY {', '.join(table.sorted_by)}" if table.sorted_by else ""
