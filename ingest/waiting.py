"""Rows that were held back only because their contact had not come: they wait, and are used when it does.

What waits lies parked as the mapping conforms it, under the hashed key of the contact it names, and stays counted as
quarantined. When the contact arrives, the row is a duplicate like any other parked row, until it is brought back.
"""

import duckdb

from data_contracts.rules import PARTNER_UNKNOWN
from ingest.conform import WAITING, select_rows
from packs.mapping import Mapping, Target
from packs.pack import Pack


def let_wait(con: duckdb.DuckDBPyConnection, mapping: Mapping, batch_id: int) -> None:
    """Park the rows of the staged file that broke no other rule than that their partner is unknown, and list them.

    Args:
        con: The warehouse being built; `waiting_rows` offers these rows as `staged` offers the accepted ones.
        mapping: The mapping of the delivery's file type.
        batch_id: The delivery.
    """
    target = mapping.targets[0]
    partner = target.partner
    if partner is None or con.execute(f"SELECT count(*) FROM {WAITING}").fetchone() == (0,):
        return
    con.execute(
        "INSERT INTO meta.waiting (batch_id, row_number, partner, key) "
        f"SELECT $batch, row_number, $table, {partner.told_by} FROM {WAITING} WHERE {partner.told_by} IS NOT NULL",
        {"batch": batch_id, "table": partner.table},
    )
    where = f"({mapping.repeats}) IS NOT TRUE" if mapping.repeats else None
    park_alone(con, target, where, batch_id, waiting=True)


def park_alone(
    con: duckdb.DuckDBPyConnection, target: Target, where: str | None, batch_id: int, *, waiting: bool = False
) -> None:
    """Park the rows whose partner is not in use, one per fact; what they take from it is not known yet."""
    columns, facts = ", ".join(target.columns), ", ".join(target.same_fact.columns)
    con.execute(
        f"INSERT INTO parked.{target.table} ({columns}, batch_id) SELECT {columns}, ? "
        f"FROM ({select_rows(target, where=where, is_alone=True, waiting=waiting)}) "
        f"QUALIFY row_number() OVER (PARTITION BY {facts} ORDER BY row_number) = 1",
        [batch_id],
    )


def stop_waiting(con: duckdb.DuckDBPyConnection, pack: Pack) -> int:
    """Take the rows off the list whose partner is known now; they count as duplicates until they are brought back.

    Args:
        con: The warehouse being built, with `changed_partner`.
        pack: The country pack.

    Returns:
        The number of these rows.
    """
    if con.execute("SELECT count(*) FROM meta.waiting").fetchone() == (0,):
        return 0
    stopped = 0
    partners = (mapping.targets[0].partner for mapping in pack.mappings.values())
    for table, key in sorted({(each.table, each.key) for each in partners if each}):
        con.execute(
            "CREATE OR REPLACE TEMP TABLE no_longer_waiting AS SELECT batch_id, row_number FROM meta.waiting "
            "WHERE partner = $table AND key IN (SELECT key FROM changed_partner WHERE partner = $table) AND key IN "
            f"(SELECT {key} FROM core.{table} UNION ALL SELECT {key} FROM parked.{table})",
            {"table": table},
        )
        row = con.execute("SELECT count(*) FROM no_longer_waiting").fetchone()
        if row and row[0]:
            stopped += int(row[0])
            _count_as_duplicates(con)
    return stopped


def forget_waiting(con: duckdb.DuckDBPyConnection, batch_id: int) -> None:
    """Take the rows of a delivery that is being replaced off the list."""
    con.execute("DELETE FROM meta.waiting WHERE batch_id = ?", [batch_id])


def say_what_waits(con: duckdb.DuckDBPyConnection, batch_id: int) -> str:
    """Return what a steward should know of a delivery's waiting rows; empty when there are none."""
    row = con.execute("SELECT count(*) FROM meta.waiting WHERE batch_id = ?", [batch_id]).fetchone()
    if not row or not row[0]:
        return ""
    return f"{row[0]} of the quarantined rows wait for a contact that was not delivered; they are used when it comes."


def say_what_came(released: int) -> str:
    """Return what a steward should know of rows that waited for a delivery; empty when none did."""
    return f"{released} rows of earlier files waited for contacts of this one, and are no longer held back." * bool(
        released
    )


def _count_as_duplicates(con: duckdb.DuckDBPyConnection) -> None:
    con.execute(
        "UPDATE meta.batch AS own "
        "SET rows_quarantined = rows_quarantined - moved, rows_duplicate = rows_duplicate + moved "
        "FROM (SELECT batch_id, count(*) AS moved FROM no_longer_waiting GROUP BY batch_id) AS came "
        "WHERE own.batch_id = came.batch_id"
    )
    con.execute(
        "DELETE FROM meta.quarantine AS own USING no_longer_waiting AS came "
        "WHERE own.batch_id = came.batch_id AND own.row_number = came.row_number AND own.rule = ?",
        [PARTNER_UNKNOWN],
    )
    con.execute(
        "DELETE FROM meta.waiting AS own USING no_longer_waiting AS came "
        "WHERE own.batch_id = came.batch_id AND own.row_number = came.row_number"
    )
