"""Facts that later deliveries know better: the newest version stays, and the earlier ones are parked.

A fact with one version lies in the core table. A fact with several has all of them parked as they were told, and the
core table holds what follows from them, so that taking a delivery away leaves what the others told.
"""

import duckdb

from ingest.same_fact import core_columns, same_values
from packs.mapping import Target, Upsert


def admit(con: duckdb.DuckDBPyConnection, target: Target, select: str, batch_id: int) -> int:
    """Add a delivery's rows of one target as versions of their facts.

    Args:
        con: The warehouse being built.
        target: A target with `upsert`.
        select: What gives the rows (`ingest.conform.select_rows`).
        batch_id: The delivery.

    Returns:
        The number of delivered rows of which nothing stayed: another row of the delivery, or an equal one of an earlier
        delivery, tells the same fact.
    """
    table = target.table
    columns = core_columns(table)
    told = [name for name in columns if name != "batch_id"]
    filled = ", ".join(target.columns)
    con.execute(f"CREATE OR REPLACE TEMP TABLE candidate AS FROM core.{table} LIMIT 0")
    con.execute(
        f"INSERT INTO candidate (row_number, {filled}, batch_id) SELECT row_number, {filled}, ? FROM ({select})",
        [batch_id],
    )
    _park_unchanged(con, table, told)
    keys = ", ".join(target.same_fact.columns)
    con.execute(f"CREATE OR REPLACE TEMP TABLE touched AS SELECT DISTINCT {keys} FROM candidate")
    settle(con, target, candidates=True)
    row = con.execute(
        f"SELECT count(DISTINCT row_number) FROM (SELECT row_number FROM unchanged UNION ALL FROM "
        f"(SELECT row_number FROM candidate)) WHERE row_number NOT IN "
        f"(SELECT row_number FROM core.{table} WHERE batch_id = ? AND row_number IS NOT NULL)",
        [batch_id],
    ).fetchone()
    return int(row[0]) if row else 0


def settle(con: duckdb.DuckDBPyConnection, target: Target, *, candidates: bool = False) -> None:
    """Work out anew what stays of the facts whose keys lie in the temporary table `touched`.

    Args:
        con: The warehouse being built.
        target: A target with `upsert`.
        candidates: Also take the versions in the temporary table `candidate`.
    """
    table, keys = target.table, target.same_fact.columns
    columns = core_columns(table)
    listed, key_list = ", ".join(columns), ", ".join(keys)
    touched = f"EXISTS (SELECT 1 FROM touched WHERE {same_values(keys, 'own', 'touched')})"
    twin = same_values((*keys, "batch_id"), "own", "twin")
    new = f" UNION ALL SELECT row_number, {listed} FROM candidate" if candidates else ""
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE version AS "
        f"SELECT CAST(NULL AS BIGINT) AS row_number, {listed} FROM parked.{table} AS own WHERE {touched} "
        f"UNION ALL SELECT row_number, {listed} FROM core.{table} AS own WHERE {touched} "
        f"AND NOT EXISTS (SELECT 1 FROM parked.{table} AS twin WHERE {twin}){new}"
    )
    con.execute(f"DELETE FROM core.{table} AS own WHERE {touched}")
    con.execute(f"DELETE FROM parked.{table} AS own WHERE {touched}")
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE plural AS SELECT {key_list} FROM version GROUP BY ALL HAVING count(*) > 1"
    )
    is_plural = f"EXISTS (SELECT 1 FROM plural WHERE {same_values(keys, 'own', 'plural')})"
    con.execute(f"INSERT INTO parked.{table} ({listed}) SELECT {listed} FROM version AS own WHERE {is_plural}")
    con.execute(
        f"INSERT INTO core.{table} ({listed}, row_number) "
        f"SELECT {listed}, row_number FROM version AS own WHERE NOT {is_plural}"
    )
    con.execute(f"INSERT INTO core.{table} ({listed}, row_number) {_merged(target, columns, is_plural)}")


def _merged(target: Target, columns: tuple[str, ...], is_plural: str) -> str:
    """Return the SELECT of what follows from several versions: the newest, completed from the others."""
    upsert, keys = _upsert(target), target.same_fact.columns
    partition = ", ".join(f"own.{name}" for name in keys)
    newest = f"own.{upsert.newest} DESC NULLS LAST, " if upsert.newest else ""
    order = f"{newest}standing.age DESC, own.row_number DESC NULLS LAST"
    known = {name: f"first_value(own.{name} IGNORE NULLS) OVER delivery" for name in upsert.carry_within}
    values = ", ".join(f"{known.get(name, f'own.{name}')} AS {name}" for name in columns)
    return (
        f"SELECT {values}, own.row_number FROM version AS own JOIN standing USING (batch_id) "
        f"WHERE {is_plural} "
        f"WINDOW delivery AS (PARTITION BY {partition}, own.batch_id ORDER BY {order} "
        "ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) "
        f"QUALIFY row_number() OVER (PARTITION BY {partition} ORDER BY {order}) = 1"
    )


def _park_unchanged(con: duckdb.DuckDBPyConnection, table: str, told: list[str]) -> None:
    """Take out candidates that tell nothing new: drop those told twice by the delivery, park those the core knows."""
    listed = ", ".join(told)
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE unchanged AS SELECT rowid AS id, row_number, true AS is_within FROM candidate "
        f"QUALIFY row_number() OVER (PARTITION BY {listed} ORDER BY row_number) > 1"
    )
    con.execute("DELETE FROM candidate WHERE rowid IN (SELECT id FROM unchanged)")
    con.execute(
        f"INSERT INTO unchanged SELECT own.rowid, own.row_number, false FROM candidate AS own "
        f"WHERE EXISTS (SELECT 1 FROM core.{table} AS other WHERE {same_values(told, 'own', 'other')})"
    )
    equal = "rowid IN (SELECT id FROM unchanged WHERE NOT is_within)"
    con.execute(
        f"INSERT INTO parked.{table} ({listed}, batch_id) SELECT {listed}, batch_id FROM candidate WHERE {equal}"
    )
    con.execute(f"DELETE FROM candidate WHERE {equal}")


def _upsert(target: Target) -> Upsert:
    return target.upsert or Upsert()
