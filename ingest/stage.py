"""Build the staged table: every delivered row as text beside what the text was read as, in memory, pseudonymised."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import duckdb
import polars as pl
import pyarrow as pa

from data_contracts.contract import Contract
from ingest.looked_up import UNIT_FITS, Lookups, look_up, read_plainly
from ingest.pseudonymise import PseudonymisedBlock
from ingest.typing_sql import first_readings, typed_columns

# DuckDB reads the batches of a block at the same time.
_ROWS_PER_BATCH = 20_000

DELIVERED = "memory.main.delivered_rows"
FAILED = "memory.main.failed_rows"


@dataclass(frozen=True)
class StagedTables:
    """Where the rows of one file lie.

    Attributes:
        delivered: The staged table.
        failed: The table of failed rows.
    """

    delivered: str
    failed: str


PRESENT = StagedTables(DELIVERED, FAILED)
"""The file that is being loaded."""

COMING = StagedTables("memory.main.coming_rows", "memory.main.coming_failed_rows")
"""The file after it."""


def stage(
    con: duckdb.DuckDBPyConnection,
    contract: Contract,
    blocks: Iterable[PseudonymisedBlock],
    *,
    lookups: Lookups,
    delivered_on: date,
    tables: StagedTables = PRESENT,
) -> int:
    """Create the staged table of one file, and begin the table of failed rows with what only reading can find.

    Failed rows so far: `row_malformed`, and `identifier_in_text` (the text itself is already gone).

    Returns:
        The number of delivered rows, malformed ones included.
    """
    columns = ", ".join(f"{name} {kind}" for name, (kind, _) in _layout(contract, lookups).items())
    con.execute(f"DROP TABLE IF EXISTS {tables.delivered}")
    con.execute(f"CREATE TABLE {tables.delivered} ({columns})")
    con.execute(
        f"CREATE OR REPLACE TABLE {tables.failed} "
        "(row_number BIGINT, rule VARCHAR, column_name VARCHAR, severity VARCHAR)"
    )
    rows = 0
    for block in blocks:
        rows += block.frame.height + block.malformed.len()
        _fail(con, tables, block.malformed, "row_malformed", None)
        for column, row_numbers in block.identifier_in_text.items():
            _fail(con, tables, row_numbers, "identifier_in_text", column)
        if block.frame.height:
            _append(con, tables, contract, block.frame, lookups, delivered_on)
    return rows


def take_over(con: duckdb.DuckDBPyConnection) -> None:
    """Make the coming file the present one; the rows of the present one go."""
    for present, coming in ((PRESENT.delivered, COMING.delivered), (PRESENT.failed, COMING.failed)):
        con.execute(f"DROP TABLE IF EXISTS {present}")
        con.execute(f"ALTER TABLE IF EXISTS {coming} RENAME TO {present.rpartition('.')[2]}")


def staged_types(contract: Contract) -> dict[str, str]:
    """Return the staged columns of a contract that looks nothing up, with their DuckDB types."""
    return {name: kind for name, (kind, _) in _layout(contract, Lookups()).items()}


def _layout(contract: Contract, lookups: Lookups) -> dict[str, tuple[str, str]]:
    """Return the staged columns: name to (DuckDB type, expression over the pseudonymised block)."""
    columns = {"row_number": ("BIGINT", "row_number"), "delivered_on": ("DATE", "delivered_on")}
    units = {column.reading.unit for column in contract.columns if column.reading}
    for column in contract.columns:
        if column.is_dropped:
            continue
        name = column.name
        if column.type == "identifier":
            columns[name] = ("UUID", f"CAST({name} AS UUID)")
            columns[f"{name}__state"] = ("VARCHAR", f"{name}__state")
            columns[f"{name}__has_check_digit"] = ("BOOLEAN", f"{name}__has_check_digit")
            continue
        columns[name] = ("VARCHAR", name)
        columns |= typed_columns(column, lookups.codes.get(column.reading.words, ()) if column.reading else ())
        if name in units:
            kind = f"ENUM ({', '.join(map(repr, UNIT_FITS))})"
            columns[f"{name}__fit"] = (kind, f"CAST({name}__fit AS {kind})")
        if column.code_list:
            columns[f"{name}__normal"] = ("VARCHAR", f"{name}__normal")
            columns[f"{name}__known"] = ("BOOLEAN", f"{name}__known")
        elif column.refers_to:
            keys, expression = lookups.known_keys[name]
            is_known = f"EXISTS (SELECT 1 FROM ({keys}) AS {name}__keys WHERE {name}__keys.key = {expression})"
            columns[f"{name}__known"] = ("BOOLEAN", f"CASE WHEN {name} IS NOT NULL THEN {is_known} END")
    return columns


def _append(
    con: duckdb.DuckDBPyConnection,
    tables: StagedTables,
    contract: Contract,
    frame: pl.DataFrame,
    lookups: Lookups,
    delivered_on: date,
) -> None:
    absent = [
        pl.lit(None, dtype=pl.String).alias(column.name)
        for column in contract.columns
        if not column.is_dropped and column.name not in frame.columns
    ]
    complete = look_up(frame.with_columns(*absent, delivered_on=pl.lit(delivered_on)), contract, lookups)
    first = read_plainly(complete, contract)
    for column in contract.columns:
        first |= first_readings(column)
    table = complete.to_arrow(compat_level=pl.CompatLevel.oldest())
    con.register("block", pa.Table.from_batches(table.to_batches(_ROWS_PER_BATCH), table.schema))
    expressions = ", ".join(expression for _, expression in _layout(contract, lookups).values())
    read = ", ".join(f"{expression} AS {name}" for name, expression in first.items())
    source = f"(SELECT *, {read} FROM block) AS block" if read else "block"
    con.execute(f"INSERT INTO {tables.delivered} SELECT {expressions} FROM {source}")
    con.unregister("block")


def _fail(
    con: duckdb.DuckDBPyConnection, tables: StagedTables, row_numbers: pl.Series, rule: str, column: str | None
) -> None:
    if row_numbers.len():
        con.register("numbers", pl.DataFrame({"row_number": row_numbers}).to_arrow())
        con.execute(f"INSERT INTO {tables.failed} SELECT row_number, ?, ?, 'quarantine' FROM numbers", [rule, column])
        con.unregister("numbers")
