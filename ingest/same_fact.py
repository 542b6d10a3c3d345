"""Facts that are told twice: which row stays in the core tables, and which one is dropped or parked.

The tables are those of the warehouse being built; each core table there has one more column, `row_number`: the
delivered row that a core row of the present delivery came from.
"""

from collections.abc import Sequence

import duckdb

from data_contracts.warehouse_tables import load_tables
from packs.mapping import Target

REPEATED = ":repeated"


def core_columns(table: str) -> tuple[str, ...]:
    """Return the columns of a core table, `batch_id` last."""
    found = next(each for each in load_tables() if each.schema == "core" and each.name == table)
    return tuple(column.name for column in found.columns)


def drop_and_park(con: duckdb.DuckDBPyConnection, target: Target, batch_id: int) -> int:
    """Of a delivery's rows in one core table, take out those that tell a fact told before.

    A row that repeats another one of the same delivery is dropped. One that repeats a row of another delivery is
    parked: it comes back when that delivery is replaced.

    Returns:
        The number of delivered rows of which nothing stayed in this table.
    """
    table = target.table
    lost = _repeats_within(con, target, batch_id)
    if lost:
        con.execute(f"DELETE FROM core.{table} WHERE rowid IN (SELECT id FROM within_delivery)")
    parked = _repeats_of_others(con, target, batch_id)
    if parked:
        _move(con, table, "core", "parked", "among_others")
    if not lost and not parked:
        return 0
    gone = " UNION ".join(
        f"SELECT row_number FROM {name}"
        for name, count in (("within_delivery", lost), ("among_others", parked))
        if count
    )
    row = con.execute(
        f"SELECT count(DISTINCT row_number) FROM ({gone}) AS gone WHERE row_number NOT IN "
        f"(SELECT row_number FROM core.{table} WHERE batch_id = ? AND row_number IS NOT NULL)",
        [batch_id],
    ).fetchone()
    return int(row[0]) if row else 0


def restore(con: duckdb.DuckDBPyConnection, target: Target, first: Target, batch_id: int) -> int:
    """Bring back a delivery's parked rows whose fact no row of a core table tells any more.

    Args:
        con: The warehouse being built.
        target: The target of the delivery's mapping whose table is looked at.
        first: The first target of that mapping; rows that go with it come back with it only.
        batch_id: The delivery.

    Returns:
        The number of rows brought back.
    """
    table, with_first = target.table, ""
    if tie := target.goes_with_first:
        with_first = f" AND own.{tie} IN (SELECT {tie} FROM core.{first.table} WHERE batch_id = own.batch_id)"
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE coming_back AS SELECT own.rowid AS id FROM parked.{table} AS own "
        f"WHERE own.batch_id = ?{_not_repeated(table)}{with_first} AND NOT EXISTS "
        f"(SELECT 1 FROM core.{table} AS other WHERE {_tells_same(target)})",
        [batch_id],
    )
    return _move(con, table, "parked", "core", "coming_back")


def park_with_first(con: duckdb.DuckDBPyConnection, first: str, target: Target, batch_id: int) -> None:
    """Park a delivery's rows in a later target whose row in the first target is parked: their fact is told already."""
    tie = target.goes_with_first
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE with_first AS SELECT rowid AS id FROM core.{target.table} "
        f"WHERE batch_id = $batch AND {tie} IN (SELECT {tie} FROM parked.{first} WHERE batch_id = $batch)",
        {"batch": batch_id},
    )
    _move(con, target.table, "core", "parked", "with_first")


def batches_with_parked_rows(con: duckdb.DuckDBPyConnection, table: str) -> list[tuple[int, str]]:
    """Return the deliveries that have parked rows of a table, oldest first: (batch_id, file type)."""
    return con.execute(
        f"SELECT DISTINCT batch_id, file_type FROM parked.{table} JOIN meta.batch USING (batch_id) "
        "WHERE state = 'loaded' ORDER BY batch_id"
    ).fetchall()


def same_values(columns: Sequence[str], one: str, other: str) -> str:
    """Return SQL that is true when two rows have the same values in some columns; NULL equals NULL."""
    return " AND ".join(f"{one}.{name} IS NOT DISTINCT FROM {other}.{name}" for name in columns)


def _repeats_within(con: duckdb.DuckDBPyConnection, target: Target, batch_id: int) -> int:
    """Find rows that repeat an earlier row of the same delivery; a hash first tells which ones can."""
    keys = ", ".join(target.same_fact.columns)
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE suspect AS SELECT hash({keys}) AS mark FROM core.{target.table} "
        "WHERE batch_id = ? GROUP BY mark HAVING count(*) > 1",
        [batch_id],
    )
    if con.execute("SELECT count(*) FROM suspect").fetchone() == (0,):
        return 0
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE within_delivery AS SELECT rowid AS id, row_number FROM core.{target.table} "
        f"WHERE batch_id = ? AND hash({keys}) IN (SELECT mark FROM suspect) "
        f"QUALIFY row_number() OVER (PARTITION BY {keys} ORDER BY row_number, rowid) > 1",
        [batch_id],
    )
    return _count(con, "within_delivery")


def _repeats_of_others(con: duckdb.DuckDBPyConnection, target: Target, batch_id: int) -> int:
    table = target.table
    others = con.execute(
        f"SELECT count(*) FROM core.{table} AS other WHERE other.batch_id <> ?{_among(target)}", [batch_id]
    ).fetchone()
    if others == (0,):
        return 0
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE among_others AS SELECT own.rowid AS id, own.row_number FROM core.{table} AS own "
        f"WHERE own.batch_id = $batch AND EXISTS (SELECT 1 FROM core.{table} AS other "
        f"WHERE other.batch_id <> $batch AND {_tells_same(target)})",
        {"batch": batch_id},
    )
    return _count(con, "among_others")


def _tells_same(target: Target) -> str:
    return same_values(target.same_fact.columns, "own", "other") + _among(target)


def _among(target: Target) -> str:
    if not target.same_fact.among:
        return ""
    systems = ", ".join("'" + each.replace("'", "''") + "'" for each in target.same_fact.among)
    return f" AND other.source_system IN ({systems})"


def _not_repeated(table: str) -> str:
    return f" AND own.source_system NOT LIKE '%{REPEATED}'" if "source_system" in core_columns(table) else ""


def _move(con: duckdb.DuckDBPyConnection, table: str, source: str, destination: str, ids: str) -> int:
    """Move the rows whose rowid is in a temporary table from one schema to the other."""
    columns = ", ".join(core_columns(table))
    con.execute(
        f"INSERT INTO {destination}.{table} ({columns}) SELECT {columns} FROM {source}.{table} "
        f"WHERE rowid IN (SELECT id FROM {ids})"
    )
    con.execute(f"DELETE FROM {source}.{table} WHERE rowid IN (SELECT id FROM {ids})")
    return _count(con, ids)


def _count(con: duckdb.DuckDBPyConnection, table: str) -> int:
    row = con.execute(f"SELECT count(*) FROM {table}").fetchone()
    return int(row[0]) if row else 0
