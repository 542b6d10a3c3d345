"""Changed identifiers: every row carries its person's newest pseudonym, whichever number it was delivered under."""

import duckdb

from data_contracts.warehouse_tables import load_tables
from ingest.same_fact import core_columns, drop_and_park, park_with_first
from ingest.upsert import settle
from packs.mapping import Mapping, Target
from packs.pack import Pack
from warehouse.run_log import move_duplicates

_LONGEST_CHAIN = 50


def apply_aliases(con: duckdb.DuckDBPyConnection, pack: Pack) -> None:
    """Resolve chains of changes, rewrite existing rows to the newest pseudonym, and join what then tells the same fact.

    A change is followed by later changes only, so that a number that was taken back ends where it began.
    """
    _resolve_chains(con)
    for table in _patient_tables():
        con.execute(
            f"CREATE OR REPLACE TEMP TABLE renamed AS SELECT DISTINCT alias.old_patient_id, alias.patient_id "
            f"FROM core.person_alias AS alias WHERE alias.old_patient_id IN "
            f"(SELECT patient_id FROM core.{table} UNION SELECT patient_id FROM parked.{table})"
        )
        if con.execute("SELECT count(*) FROM renamed").fetchone() == (0,):
            continue
        for schema in ("core", "parked"):
            con.execute(
                f"UPDATE {schema}.{table} AS own SET patient_id = renamed.patient_id FROM renamed "
                "WHERE own.patient_id = renamed.old_patient_id"
            )
        _join_facts(con, pack, table)


def _resolve_chains(con: duckdb.DuckDBPyConnection) -> None:
    con.execute(
        "CREATE OR REPLACE TEMP TABLE chain AS WITH RECURSIVE step AS ("
        "SELECT old_patient_id, patient_id, changed_on, 1 AS depth FROM core.person_alias UNION ALL "
        "SELECT step.old_patient_id, later.patient_id, later.changed_on, depth + 1 FROM step "
        "JOIN core.person_alias AS later ON later.old_patient_id = step.patient_id "
        f"AND later.changed_on >= step.changed_on AND depth < {_LONGEST_CHAIN}) "
        "SELECT old_patient_id, arg_max(patient_id, depth) AS patient_id FROM step GROUP BY old_patient_id"
    )
    con.execute(
        "UPDATE core.person_alias AS own SET patient_id = chain.patient_id FROM chain "
        "WHERE own.old_patient_id = chain.old_patient_id AND own.patient_id <> chain.patient_id"
    )
    con.execute("DELETE FROM core.person_alias WHERE old_patient_id = patient_id")


def _join_facts(con: duckdb.DuckDBPyConnection, pack: Pack, table: str) -> None:
    """Treat the renamed people's rows of a table as if each delivery brought them now."""
    batches = con.execute(
        f"SELECT DISTINCT batch_id, file_type, place FROM core.{table} JOIN standing USING (batch_id) "
        "WHERE patient_id IN (SELECT patient_id FROM renamed) ORDER BY place"
    ).fetchall()
    for batch_id, file_type, _ in batches:
        mapping = pack.mapping(file_type)
        if (target := target_of(mapping, table)) is None:
            continue
        if target.upsert is None:
            _join_delivery(con, mapping, target, batch_id)
            continue
        keys = ", ".join(target.same_fact.columns)
        con.execute(
            f"CREATE OR REPLACE TEMP TABLE touched AS SELECT DISTINCT {keys} FROM core.{table} "
            "WHERE patient_id IN (SELECT patient_id FROM renamed)"
        )
        settle(con, target)


def _join_delivery(con: duckdb.DuckDBPyConnection, mapping: Mapping, target: Target, batch_id: int) -> None:
    """Drop and park what a delivery tells again, with what goes with it, and keep the delivery's numbers true."""
    before = _rows_of(con, target.table, batch_id)
    drop_and_park(con, target, batch_id)
    lost = before - _rows_of(con, target.table, batch_id)
    first = mapping.targets[0]
    if not lost or target is not first:
        return
    move_duplicates(con, batch_id, -lost)
    for later in mapping.targets[1:]:
        if later.goes_with_first:
            park_with_first(con, first.table, later, batch_id)


def _rows_of(con: duckdb.DuckDBPyConnection, table: str, batch_id: int) -> int:
    row = con.execute(f"SELECT count(*) FROM core.{table} WHERE batch_id = ?", [batch_id]).fetchone()
    return int(row[0]) if row else 0


def target_of(mapping: Mapping, table: str) -> Target | None:
    """Return the target of a mapping that fills a table, if there is one."""
    return next((target for target in mapping.targets if target.table == table), None)


def _patient_tables() -> list[str]:
    names = [table.name for table in load_tables() if table.schema == "core" and table.name != "person_alias"]
    return [name for name in names if "patient_id" in core_columns(name)]
