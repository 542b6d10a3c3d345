"""The identifier under which a row was delivered, kept where the person has had another one since.

A change of identifiers can be withdrawn. So a row that carries its person's newest pseudonym also keeps the one it came
under, and no two rows that came under different ones are ever taken for one: the later is parked, not dropped.
"""

import duckdb

from data_contracts.warehouse_tables import load_tables
from packs.mapping import Target

ALIAS = "core.person_alias"
DELIVERED_AS = "delivered_as"


def keeps_delivered_as(table: str) -> bool:
    """Return whether rows of a core table keep the identifier under which they were delivered."""
    return any(
        column.name == DELIVERED_AS
        for each in load_tables()
        if each.schema == "core" and each.name == table
        for column in each.columns
    )


def takes_person_from_partner(target: Target) -> bool:
    """Return whether the rows of a target are those of whoever the row they lean on is of."""
    return target.partner is not None and "patient_id" in dict(target.partner.borrowed)


def under_newest(con: duckdb.DuckDBPyConnection, target: Target, select: str) -> tuple[list[str], str]:
    """Bring a target's rows under the newest pseudonyms.

    Args:
        con: The warehouse being built.
        target: The target.
        select: What gives its rows as they were delivered: `row_number`, then its columns.

    Returns:
        The core columns of the rows, and the SELECT that gives `row_number` and these columns.
    """
    columns = list(target.columns)
    if (
        f"core.{target.table}" == ALIAS
        or not keeps_delivered_as(target.table)
        or takes_person_from_partner(target)
        or con.execute(f"SELECT count(*) FROM {ALIAS}").fetchone() == (0,)
    ):
        return columns, select
    renamed = (
        "SELECT own.* REPLACE (coalesce(alias.patient_id, own.patient_id) AS patient_id), "
        f"CASE WHEN alias.patient_id <> own.patient_id THEN own.patient_id END AS {DELIVERED_AS} "
        f"FROM ({select}) AS own LEFT JOIN {ALIAS} AS alias ON alias.old_patient_id = own.patient_id"
    )
    return [*columns, DELIVERED_AS], renamed


def own_number_first(table: str, row: str = "own") -> str:
    """Return the beginning of an SQL order, comma included, that puts rows under the newest identifier first."""
    return f"{row}.{DELIVERED_AS} NULLS FIRST, " if keeps_delivered_as(table) else ""


def find_rows_under_two_numbers(con: duckdb.DuckDBPyConnection, target: Target, batch_id: int) -> int:
    """Find rows of a delivery that repeat one that it tells under a newer identifier of the same person.

    Returns:
        Their number; the temporary table `under_two_numbers` (id, row_number, batch_id) is there if any are.
    """
    table, keys = target.table, ", ".join(f"own.{name}" for name in target.same_fact.columns)
    if not keeps_delivered_as(table):
        return 0
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE under_older AS SELECT DISTINCT patient_id FROM core.{table} "
        f"WHERE batch_id = ? AND {DELIVERED_AS} IS NOT NULL",
        [batch_id],
    )
    if con.execute("SELECT count(*) FROM under_older").fetchone() == (0,):
        return 0
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE under_two_numbers AS SELECT own.rowid AS id, own.row_number, own.batch_id "
        f"FROM core.{table} AS own WHERE own.batch_id = ? AND own.patient_id IN (SELECT patient_id FROM under_older) "
        f"QUALIFY row_number() OVER (PARTITION BY {keys} ORDER BY {own_number_first(table)}own.row_number) > 1",
        [batch_id],
    )
    row = con.execute("SELECT count(*) FROM under_two_numbers").fetchone()
    return int(row[0]) if row else 0
