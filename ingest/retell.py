"""Tell all rows of some people again, after changes of identifiers came or were withdrawn.

Everything that was ever delivered of them and is in use or parked is laid aside, brought under what is now the newest
pseudonym, and taken into use delivery by delivery, as if it had come only now. Two numbers that were joined by mistake
thus become two people again, with all that either of them had.
"""

import duckdb

from data_contracts.warehouse_tables import load_tables
from ingest.delivered_as import ALIAS, DELIVERED_AS, keeps_delivered_as, takes_person_from_partner
from ingest.newest import bring_back
from ingest.same_fact import move
from ingest.upsert import group_of, is_altered, settle
from ingest.used import move_used, used_rows
from packs.mapping import Target
from packs.pack import Pack


def retell(con: duckdb.DuckDBPyConnection, pack: Pack) -> None:
    """Tell the rows of the people in the temporary table `retold` (patient_id) again.

    Rows that lean on a row of another delivery are left parked for `ingest.partner.follow`, which is told of their
    partners; what follows from all deliveries of a file type is worked out anew by `ingest.derive`.
    """
    tables = [each.name for each in load_tables() if each.schema == "core" and keeps_delivered_as(each.name)]
    concerned = [name for name in tables if f"core.{name}" != ALIAS and _has_rows_of_them(con, name)]
    before = used_rows(con, pack)
    for table in concerned:
        _lay_aside(con, pack, table)
        _bring_under_newest(con, pack, table)
    for table in concerned:
        _note_partners(con, pack, table)
    for file_type, mapping in pack.mappings.items():
        for target in () if mapping.from_all_deliveries else mapping.targets:
            if target.table in concerned and not target.partner and not target.upsert:
                bring_back(con, target, mapping.targets[0], file_type, of="retold")
    for target in _upserts(pack):
        if target.table in concerned:
            con.execute(
                f"CREATE OR REPLACE TEMP TABLE touched AS SELECT DISTINCT {group_of(target)} "
                f"FROM parked.{target.table} WHERE patient_id IN (SELECT patient_id FROM retold)"
            )
            settle(con, target)
    move_used(con, before, used_rows(con, pack))


def _has_rows_of_them(con: duckdb.DuckDBPyConnection, table: str) -> bool:
    return con.execute(
        f"SELECT EXISTS (SELECT 1 FROM core.{table} WHERE patient_id IN (SELECT patient_id FROM retold)) "
        f"OR EXISTS (SELECT 1 FROM parked.{table} WHERE patient_id IN (SELECT patient_id FROM retold))"
    ).fetchone() == (True,)


def _lay_aside(con: duckdb.DuckDBPyConnection, pack: Pack, table: str) -> None:
    """Park the rows of these people as they were told."""
    theirs = "own.patient_id IN (SELECT patient_id FROM retold)"
    for target in _upserts(pack):
        if target.table == table:
            con.execute(f"DELETE FROM core.{table} AS own WHERE {theirs} AND {is_altered(target)}")
            break
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE laid_aside AS SELECT own.rowid AS id, own.batch_id FROM core.{table} AS own "
        f"WHERE {theirs} AND own.batch_id NOT IN (SELECT batch_id FROM standing WHERE file_type IN "
        "(SELECT unnest($derived)))",
        {"derived": [name for name, mapping in pack.mappings.items() if mapping.from_all_deliveries]},
    )
    move(con, table, "core", "parked", "laid_aside")


def _bring_under_newest(con: duckdb.DuckDBPyConnection, pack: Pack, table: str) -> None:
    """Let the parked rows of these people carry what is now the newest pseudonym of the number they came under."""
    leaning = [
        name
        for name, mapping in pack.mappings.items()
        if any(target.table == table and takes_person_from_partner(target) for target in mapping.targets)
    ]
    con.execute(
        f"UPDATE parked.{table} AS own SET patient_id = led.patient_id, {DELIVERED_AS} = "
        "CASE WHEN led.patient_id <> led.came_as THEN led.came_as END FROM ("
        f"SELECT told.rowid AS id, coalesce(told.{DELIVERED_AS}, told.patient_id) AS came_as, "
        f"coalesce(alias.patient_id, told.{DELIVERED_AS}, told.patient_id) AS patient_id FROM parked.{table} AS told "
        f"LEFT JOIN {ALIAS} AS alias ON alias.old_patient_id = coalesce(told.{DELIVERED_AS}, told.patient_id) "
        "WHERE told.patient_id IN (SELECT patient_id FROM retold) AND told.batch_id NOT IN "
        "(SELECT batch_id FROM standing WHERE file_type IN (SELECT unnest($leaning)))) AS led WHERE own.rowid = led.id",
        {"leaning": leaning},
    )


def _note_partners(con: duckdb.DuckDBPyConnection, pack: Pack, table: str) -> None:
    """Note the rows of these people that others can lean on, as `ingest.partner.note_changes` does for a delivery."""
    partners = (target.partner for mapping in pack.mappings.values() for target in mapping.targets)
    for key in {each.key for each in partners if each and each.table == table}:
        con.execute(
            f"INSERT INTO changed_partner SELECT DISTINCT $table, {key} FROM parked.{table} "
            f"WHERE patient_id IN (SELECT patient_id FROM retold) AND {key} IS NOT NULL",
            {"table": table},
        )


def _upserts(pack: Pack) -> list[Target]:
    """Return one target with `upsert` for each core table that any mapping fills so."""
    found = {each.table: each for mapping in pack.mappings.values() for each in mapping.targets if each.upsert}
    return list(found.values())
