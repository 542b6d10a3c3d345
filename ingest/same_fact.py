"""Facts that are told twice: which row stays in the core tables, and which one is dropped or parked.

The tables are those of the warehouse being built; each core table there has one more column, `row_number`: the
delivered row that a core row of the present delivery came from.
"""

from collections.abc import Sequence
from typing import NamedTuple

import duckdb

from data_contracts.warehouse_tables import Table, load_tables
from ingest.delivered_as import (
    DELIVERED_AS,
    find_rows_under_two_numbers,
    keeps_delivered_as,
    own_number_first,
)
from ingest.standing import before, listed
from packs.mapping import Target

REPEATED = ":repeated"


def core_columns(table: str) -> tuple[str, ...]:
    """Return the columns of a core table, `batch_id` last."""
    return tuple(column.name for column in _core_table(table).columns)


def _core_table(name: str) -> Table:
    return next(each for each in load_tables() if each.schema == "core" and each.name == name)


def drop_and_park(con: duckdb.DuckDBPyConnection, target: Target, batch_id: int) -> int:
    """Of a delivery's rows in one core table, take out those that tell a fact told before.

    A row that repeats another one of the same delivery is dropped; it is parked when the two came under different
    identifiers of one person. One that repeats a row of a delivery that stands before this one is parked: it comes back
    when that delivery is replaced.

    Returns:
        The number of delivered rows of which nothing stayed in this table.
    """
    table = target.table
    lost = _repeats_within(con, target, batch_id)
    if lost:
        con.execute(f"DELETE FROM core.{table} WHERE rowid IN (SELECT id FROM within_delivery)")
    doubled = find_rows_under_two_numbers(con, target, batch_id)
    if doubled:
        move(con, table, "core", "parked", "under_two_numbers")
    parked = repeats_of_others(con, target, [batch_id], before(con, batch_id))
    if parked:
        move(con, table, "core", "parked", "among_others")
    if not (lost or doubled or parked):
        return 0
    gone = " UNION ".join(
        f"SELECT row_number FROM {name}"
        for name, count in (("within_delivery", lost), ("under_two_numbers", doubled), ("among_others", parked))
        if count
    )
    row = con.execute(
        f"SELECT count(DISTINCT row_number) FROM ({gone}) AS gone WHERE row_number NOT IN "
        f"(SELECT row_number FROM core.{table} WHERE batch_id = ? AND row_number IS NOT NULL)",
        [batch_id],
    ).fetchone()
    return int(row[0]) if row else 0


def repeats_of_others(con: duckdb.DuckDBPyConnection, target: Target, own: list[int], others: list[int]) -> int:
    """Write the temporary table `among_others`: rows of some deliveries that repeat a core row of some others.

    Args:
        con: The warehouse being built.
        target: The target that filled the rows looked at.
        own: The deliveries they are of.
        others: The deliveries whose rows may tell the same.

    Returns:
        The number of rows found; the table is only there when there are any others.
    """
    table = target.table
    if not own or not others:
        return 0
    found = []
    for is_told in _ways_to_be_told(target):
        others_rows = f"core.{table} AS other WHERE other.batch_id IN {listed(others)}{is_told.among}"
        if con.execute(f"SELECT count(*) FROM {others_rows}").fetchone() != (0,):
            found.append(
                f"SELECT own.rowid AS id, own.row_number, own.batch_id FROM core.{table} AS own WHERE own.batch_id IN "
                f"{listed(own)} AND EXISTS (SELECT 1 FROM {others_rows} AND {is_told.same})"
            )
    if not found:
        return 0
    con.execute(f"CREATE OR REPLACE TEMP TABLE among_others AS {' UNION '.join(found)}")
    return _count(con, "among_others")


def restore(
    con: duckdb.DuckDBPyConnection, target: Target, first: Target, file_type: str, *, outdated: str = "", of: str = ""
) -> list[tuple[int, int]]:
    """Bring back the parked rows of a file type whose fact no row of a core table tells any more.

    Args:
        con: The warehouse being built.
        target: The target of the file type's mapping whose table is looked at.
        first: The first target of that mapping; rows that go with it come back with it only.
        file_type: The file type.
        outdated: Temporary table of parked rows (`id`) that are not to come back, if any.
        of: Temporary table of the people (`patient_id`) whose rows are looked at; all when empty.

    Returns:
        How many rows of which delivery were brought back: (batch_id, rows).
    """
    table, with_others = target.table, ""
    if tie := target.goes_with_first:
        with_others = f" AND (own.{tie}, own.batch_id) IN (SELECT {tie}, batch_id FROM core.{first.table})"
    if partner := target.partner:
        with_others += f" AND own.{partner.column} IN (SELECT {partner.key} FROM core.{partner.table})"
    if outdated:
        with_others += f" AND own.rowid NOT IN (SELECT id FROM {outdated})"
    if of:
        with_others += f" AND own.patient_id IN (SELECT patient_id FROM {of})"
    keys = ", ".join(f"own.{name}" for name in target.same_fact.columns)
    untold = [
        f"NOT EXISTS (SELECT 1 FROM core.{table} AS other WHERE {each.same}{each.among})"
        for each in _ways_to_be_told(target)
    ]
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE coming_back AS SELECT own.rowid AS id, own.batch_id FROM parked.{table} AS own "
        f"JOIN standing USING (batch_id) WHERE standing.file_type = ?{is_not_repeated(table)}{with_others} "
        f"AND {' AND '.join(untold)} "
        f"QUALIFY row_number() OVER (PARTITION BY {keys} ORDER BY standing.place, {own_number_first(table)}"
        "own.rowid) = 1",
        [file_type],
    )
    return move(con, table, "parked", "core", "coming_back")


def park_with_first(con: duckdb.DuckDBPyConnection, first: str, target: Target, batch_id: int) -> None:
    """Park a delivery's rows in a later target whose row in the first is not in use: their fact is told already."""
    tie = target.goes_with_first
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE with_first AS SELECT rowid AS id, batch_id FROM core.{target.table} "
        f"WHERE batch_id = $batch AND {tie} NOT IN (SELECT {tie} FROM core.{first} WHERE batch_id = $batch)",
        {"batch": batch_id},
    )
    move(con, target.table, "core", "parked", "with_first")


def types_with_parked_rows(con: duckdb.DuckDBPyConnection, table: str) -> list[str]:
    """Return the file types that have parked rows of a table, in the order in which they stand."""
    rows = con.execute(
        f"SELECT file_type FROM standing WHERE batch_id IN (SELECT batch_id FROM parked.{table}) "
        "GROUP BY file_type ORDER BY min(place)"
    ).fetchall()
    return [row[0] for row in rows]


def same_values(columns: Sequence[str], one: str, other: str) -> str:
    """Return SQL that is true when two rows have the same values in some columns; NULL equals NULL."""
    return " AND ".join(f"{one}.{name} IS NOT DISTINCT FROM {other}.{name}" for name in columns)


def same_core_values(table: str, columns: Sequence[str]) -> str:
    """Return `same_values` of the rows `own` and `other` of a core table.

    Columns that are never empty are compared plainly: only then does DuckDB skip the stored rows of other days.
    """
    required = {column.name for column in _core_table(table).columns if column.required}
    plain = [f"own.{name} = other.{name}" for name in columns if name in required]
    others = [name for name in columns if name not in required]
    return " AND ".join([*plain, *([same_values(others, "own", "other")] if others else [])])


def move(
    con: duckdb.DuckDBPyConnection, table: str, source: str, destination: str, found: str
) -> list[tuple[int, int]]:
    """Move the rows that a temporary table names (`id`, `batch_id`) from one schema to the other.

    Returns:
        How many rows of which delivery were moved: (batch_id, rows).
    """
    columns = ", ".join(core_columns(table))
    con.execute(
        f"INSERT INTO {destination}.{table} ({columns}) SELECT {columns} FROM {source}.{table} "
        f"WHERE rowid IN (SELECT id FROM {found})"
    )
    con.execute(f"DELETE FROM {source}.{table} WHERE rowid IN (SELECT id FROM {found})")
    return con.execute(f"SELECT batch_id, count(*) FROM {found} GROUP BY batch_id ORDER BY batch_id").fetchall()


def _repeats_within(con: duckdb.DuckDBPyConnection, target: Target, batch_id: int) -> int:
    """Find rows that repeat an earlier row of the same delivery; a hash first tells which ones can."""
    keys = ", ".join([*target.same_fact.columns, *([DELIVERED_AS] if keeps_delivered_as(target.table) else [])])
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


class _Told(NamedTuple):
    """SQL of the rows `own` and `other`: which sources the other may be of, and when it tells the same."""

    among: str
    same: str


def _ways_to_be_told(target: Target) -> list[_Told]:
    """Return the ways in which a row of another delivery can tell the same fact."""
    fact = target.same_fact
    ways = [_Told(among_systems(fact.among), same_core_values(target.table, fact.columns))]
    if fact.coarser:
        equal = " AND ".join(f"own.{name} = other.{name}" for name in fact.coarser.columns)
        ways.append(_Told(among_systems(fact.coarser.among), equal))
    return ways


def among_systems(sources: Sequence[str]) -> str:
    """Return SQL that narrows the rows `other` to those of some values of `source_system`; empty for all."""
    if not sources:
        return ""
    systems = ", ".join("'" + each.replace("'", "''") + "'" for each in sources)
    return f" AND other.source_system IN ({systems})"


def is_not_repeated(table: str) -> str:
    """Return SQL that leaves out the rows `own` that by design repeat another delivery."""
    return f" AND own.source_system NOT LIKE '%{REPEATED}'" if "source_system" in core_columns(table) else ""


def _count(con: duckdb.DuckDBPyConnection, table: str) -> int:
    row = con.execute(f"SELECT count(*) FROM {table}").fetchone()
    return int(row[0]) if row else 0
