"""Take people out of a warehouse that is being written anew: every row of theirs, and what leans on these rows.

Rows that are taken out count as rows not in use, with those that repeat another delivery: rows in = loaded +
quarantined + not in use stays true, and no table tells how few people of a file objected.
"""

from collections.abc import Iterator

import duckdb
import polars as pl

from data_contracts.contract import load_contracts
from data_contracts.warehouse_tables import Table, load_tables
from ingest.life.objections import Objections
from packs.pack import Pack
from warehouse.run_log import move_duplicates

_ALIAS_TABLES = ("core.person_alias", "parked.person_alias")
_PEOPLE, _RECORDS = "objecting", "their_records"


def purge(con: duckdb.DuckDBPyConnection, pack: Pack, objections: Objections) -> tuple[Objections, int]:
    """Take out everything about people who objected, under every number that they had.

    Args:
        con: The working copy of the warehouse, as the default catalogue.
        pack: The country pack.
        objections: The list.

    Returns:
        The list with the other numbers and the contacts that were found, and how many rows were taken out.
    """
    if not objections.people:
        return objections, 0
    _list(con, _PEOPLE, "person UUID", objections.people)
    _list(con, _RECORDS, "record VARCHAR", objections.records)
    _follow_changed_numbers(con)
    for partner, keys in _partners(pack):
        for schema in ("core", "parked"):
            con.execute(
                f"INSERT INTO {_RECORDS} SELECT DISTINCT {keys} FROM {schema}.{partner} "
                f"WHERE {_is_theirs(_own(partner))} AND {keys} IS NOT NULL"
            )
    taken = _purge_told_rows(con, pack)
    for table in (each for each in load_tables() if each.schema == "core"):
        for schema in ("core", "parked"):
            taken += _purge_table(con, pack, table, schema)
    con.execute(f"DELETE FROM meta.waiting WHERE key IN (SELECT record FROM {_RECORDS})")
    people = con.execute(f"SELECT DISTINCT replace(CAST(person AS VARCHAR), '-', '') FROM {_PEOPLE}").fetchall()
    records = con.execute(f"SELECT DISTINCT record FROM {_RECORDS}").fetchall()
    con.execute(f"DROP TABLE temp.{_PEOPLE}")
    con.execute(f"DROP TABLE temp.{_RECORDS}")
    return Objections(frozenset(each for (each,) in people), frozenset(each for (each,) in records)), taken


def _list(con: duckdb.DuckDBPyConnection, name: str, column: str, values: frozenset[str]) -> None:
    con.execute(f"CREATE OR REPLACE TEMP TABLE {name} ({column})")
    con.register("listed", pl.DataFrame({"value": sorted(values)}, schema={"value": pl.String}).to_arrow())
    con.execute(f"INSERT INTO {name} SELECT CAST(value AS {column.split()[1]}) FROM listed")
    con.unregister("listed")


def _follow_changed_numbers(con: duckdb.DuckDBPyConnection) -> None:
    """Add every number that a change of numbers joins to one of theirs, in both directions."""
    numbers = "unnest([old_patient_id, patient_id, delivered_as])"
    found = -1
    while found:
        before = _count(con, _PEOPLE)
        for table in _ALIAS_TABLES:
            con.execute(
                f"INSERT INTO {_PEOPLE} SELECT DISTINCT person FROM (SELECT {numbers} AS person FROM {table} "
                f"WHERE {_is_theirs(_own('person_alias'))}) "
                f"WHERE person IS NOT NULL AND person NOT IN (SELECT person FROM {_PEOPLE})"
            )
        found = _count(con, _PEOPLE) - before


def _purge_table(con: duckdb.DuckDBPyConnection, pack: Pack, table: Table, schema: str) -> int:
    """Take out their rows of one table, and rows that wait for one of their contacts and name nobody."""
    of_whom = [column.name for column in table.columns if column.hashed == "pseudonym"]
    leaning = [column.name for column in table.columns if column.hashed == "record_key"]
    if not of_whom:
        return 0
    nobody = " AND ".join(f"{column} IS NULL" for column in of_whom)
    leans = " OR ".join(f"{column} IN (SELECT record FROM {_RECORDS})" for column in leaning)
    theirs = _is_theirs(of_whom) + (f" OR (({nobody}) AND ({leans}))" if leaning else "")
    name = f"{schema}.{table.name}"
    if schema == "core":
        counted = con.execute(
            f"SELECT batch_id, file_type, count(*), count(DISTINCT row_number) FROM {name} "
            f"JOIN meta.batch USING (batch_id) WHERE {theirs} GROUP BY ALL"
        ).fetchall()
        for batch_id, file_type, rows, delivered in counted:
            mapping = pack.mappings.get(file_type)
            if mapping and not mapping.from_all_deliveries and mapping.targets[0].table == table.name:
                move_duplicates(con, batch_id, -(delivered or rows))
    return _deleted(con, f"DELETE FROM {name} WHERE {theirs}")


def _purge_told_rows(con: duckdb.DuckDBPyConnection, pack: Pack) -> int:
    """Take out their kept rows, and rows that name nobody but a record that only their rows name."""
    taken = 0
    for mapping in (each for each in pack.mappings.values() if each.from_all_deliveries):
        contract = load_contracts([mapping.file_type])[mapping.file_type]
        of_whom = [f"told ->> '$.{each.name}'" for each in contract.columns if each.type == "identifier"]
        keys = [f"told ->> '$.{each.name}'" for each in contract.columns if each.privacy == "record_key"]
        named = f"coalesce({', '.join(of_whom)})"
        is_theirs = " OR ".join(f"CAST({each} AS UUID) IN (SELECT person FROM {_PEOPLE})" for each in of_whom)
        con.execute(
            "CREATE OR REPLACE TEMP TABLE of_this_type AS SELECT batch_id, row_number, "
            f"({is_theirs}) IS TRUE AS is_theirs, {named} AS named, [{', '.join(keys)}] AS keys "
            "FROM meta.told_row JOIN meta.batch USING (batch_id) WHERE file_type = ?",
            [mapping.file_type],
        )
        con.execute(
            "UPDATE of_this_type SET is_theirs = true WHERE named IS NULL AND list_has_any(keys, coalesce((SELECT "
            "list(key) FROM (SELECT key FROM (SELECT unnest(keys) AS key, is_theirs FROM of_this_type "
            "WHERE named IS NOT NULL) WHERE key IS NOT NULL GROUP BY key HAVING bool_and(is_theirs))), []))"
        )
        counted = con.execute(
            "SELECT batch_id, count(*) FROM of_this_type WHERE is_theirs GROUP BY batch_id"
        ).fetchall()
        for batch_id, rows in counted:
            move_duplicates(con, batch_id, -rows)
        taken += _deleted(
            con,
            "DELETE FROM meta.told_row AS own USING of_this_type AS gone WHERE gone.is_theirs "
            "AND own.batch_id = gone.batch_id AND own.row_number = gone.row_number",
        )
        con.execute("DROP TABLE of_this_type")
    return taken


def _partners(pack: Pack) -> Iterator[tuple[str, str]]:
    """Yield the tables that rows of other deliveries lean on, with the column of their key."""
    partners = (mapping.targets[0].partner for mapping in pack.mappings.values())
    yield from sorted({(each.table, each.key) for each in partners if each})


def _own(table: str) -> list[str]:
    """Return the columns of a core table that hold pseudonyms."""
    (found,) = (each for each in load_tables() if (each.schema, each.name) == ("core", table))
    return [column.name for column in found.columns if column.hashed == "pseudonym"]


def _is_theirs(columns: list[str]) -> str:
    return " OR ".join(f"{column} IN (SELECT person FROM {_PEOPLE})" for column in columns).join("()")


def _deleted(con: duckdb.DuckDBPyConnection, statement: str) -> int:
    row = con.execute(statement).fetchone()
    return int(row[0]) if row else 0


def _count(con: duckdb.DuckDBPyConnection, table: str) -> int:
    row = con.execute(f"SELECT count(*) FROM {table}").fetchone()
    return int(row[0]) if row else 0
