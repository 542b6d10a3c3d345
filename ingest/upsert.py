"""Facts that later deliveries know better: the newest version stays, and the earlier ones are parked.

What stays is worked out group by group: of the versions of one fact, or of all periods of one person. A version that
stays as it was told lies in the core table only; all others lie parked as they were told, so that taking a delivery
away leaves what the others told. The outcome follows from the versions, in whatever order they came.
"""

import duckdb

from ingest.delivered_as import DELIVERED_AS, keeps_delivered_as, own_number_first
from ingest.same_fact import core_columns, same_values
from packs.mapping import Periods, Target, Upsert

_NOT_TOLD = ("batch_id", DELIVERED_AS)


def admit(con: duckdb.DuckDBPyConnection, target: Target, select: str, columns: list[str], batch_id: int) -> int:
    """Add a delivery's rows of one target as versions of their facts.

    Args:
        con: The warehouse being built.
        target: A target with `upsert`.
        select: What gives the rows: `row_number` and the columns.
        columns: The core columns that it gives.
        batch_id: The delivery.

    Returns:
        The number of delivered rows of which nothing stayed: another row of the delivery, or one of a delivery that
        decides, tells the same fact.
    """
    table, filled = target.table, ", ".join(columns)
    con.execute(f"CREATE OR REPLACE TEMP TABLE candidate AS FROM core.{table} LIMIT 0")
    con.execute(
        f"INSERT INTO candidate (row_number, {filled}, batch_id) SELECT row_number, {filled}, ? FROM ({select})",
        [batch_id],
    )
    con.execute("CREATE OR REPLACE TEMP TABLE arrived AS SELECT DISTINCT row_number FROM candidate")
    _keep_one_per_fact(con, target)
    if _is_first(con, target):
        con.execute(f"INSERT INTO core.{table} BY NAME FROM candidate")
    else:
        _park_unchanged(con, target)
        con.execute(f"CREATE OR REPLACE TEMP TABLE touched AS SELECT DISTINCT {group_of(target)} FROM candidate")
        settle(con, target, candidates=True)
    row = con.execute(
        f"SELECT count(*) FROM arrived WHERE row_number NOT IN "
        f"(SELECT row_number FROM core.{table} WHERE batch_id = ? AND row_number IS NOT NULL)",
        [batch_id],
    ).fetchone()
    return int(row[0]) if row else 0


def group_of(target: Target) -> str:
    """Return the columns, as an SQL list, by which the temporary table `touched` names what is worked out together."""
    return ", ".join(_group(target))


def settle(con: duckdb.DuckDBPyConnection, target: Target, *, candidates: bool = False) -> None:
    """Work out anew what stays of the groups whose columns (`group_of`) lie in the temporary table `touched`.

    Args:
        con: The warehouse being built.
        target: A target with `upsert`.
        candidates: Also take the versions in the temporary table `candidate`.
    """
    table, columns = target.table, core_columns(target.table)
    listed = ", ".join(columns)
    touched = f"EXISTS (SELECT 1 FROM touched WHERE {same_values(_group(target), 'own', 'touched')})"
    new = f" UNION ALL SELECT row_number, {listed} FROM candidate" if candidates else ""
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE version AS SELECT row_number() OVER () AS id, told.*, place, age FROM ("
        f"SELECT CAST(NULL AS BIGINT) AS row_number, {listed} FROM parked.{table} AS own WHERE {touched} "
        f"UNION ALL SELECT row_number, {listed} FROM core.{table} AS own WHERE {touched} "
        f"AND NOT {is_altered(target)}{new}) AS told JOIN standing USING (batch_id)"
    )
    con.execute(f"DELETE FROM core.{table} AS own WHERE {touched}")
    con.execute(f"DELETE FROM parked.{table} AS own WHERE {touched}")
    told, periods = _told(target), _upsert(target).periods
    chosen = _told_anew(target, periods) if periods else _newest(target)
    con.execute(f"CREATE OR REPLACE TEMP TABLE chosen AS {chosen}")
    # A row that stays is the row of the delivery that told it first, unless nobody told it as it now is.
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE staying AS SELECT chosen.id AS origin, told.id FROM chosen "
        f"LEFT JOIN version AS told ON {same_values(told, 'chosen', 'told')} "
        f"QUALIFY row_number() OVER (PARTITION BY chosen.id ORDER BY told.place, {own_number_first(table, 'told')}"
        "told.id) = 1"
    )
    con.execute(
        f"INSERT INTO core.{table} ({listed}, row_number) SELECT {listed}, row_number FROM version "
        "WHERE id IN (SELECT id FROM staying)"
    )
    con.execute(
        f"INSERT INTO core.{table} ({listed}, row_number) SELECT {listed}, row_number FROM chosen "
        "WHERE id IN (SELECT origin FROM staying WHERE id IS NULL)"
    )
    con.execute(
        f"INSERT INTO parked.{table} ({listed}) SELECT {listed} FROM version "
        "WHERE id NOT IN (SELECT id FROM staying WHERE id IS NOT NULL)"
    )


def is_altered(target: Target, row: str = "own") -> str:
    """Return SQL that is true for a row of the core table that nobody told so: what was told lies parked."""
    names = [*target.same_fact.columns, *(each for each in _NOT_TOLD if each in core_columns(target.table))]
    return f"EXISTS (SELECT 1 FROM parked.{target.table} AS twin WHERE {same_values(names, row, 'twin')})"


def _newest(target: Target) -> str:
    """Return the SELECT of what follows from the versions of one fact: the newest, completed from its delivery."""
    upsert = _upsert(target)
    partition = ", ".join(f"own.{name}" for name in target.same_fact.columns)
    newest = f"own.{upsert.newest} DESC NULLS LAST, " if upsert.newest else ""
    order = f"{newest}own.age DESC, {_within_delivery(target)}"
    known = {name: f"first_value(own.{name} IGNORE NULLS) OVER delivery" for name in upsert.carry_within}
    values = ", ".join(f"{known.get(name, f'own.{name}')} AS {name}" for name in core_columns(target.table))
    return (
        f"SELECT own.id, {values}, own.row_number FROM version AS own "
        f"WINDOW delivery AS (PARTITION BY {partition}, own.batch_id ORDER BY {order} "
        "ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) "
        f"QUALIFY row_number() OVER (PARTITION BY {partition} ORDER BY {order}) = 1"
    )


def _told_anew(target: Target, periods: Periods) -> str:
    """Return the SELECT of what follows from the periods of one person: each delivery counts until a newer one begins.

    A period that goes on when a newer delivery begins ends the day before.
    """
    first, last = periods.first, periods.last
    group = ", ".join(f"own.{name}" for name in _group(target))
    facts = ", ".join(f"own.{name}" for name in target.same_fact.columns)
    ends = (
        f"CASE WHEN own.told_anew_from <= coalesce(own.{last}, DATE '9999-12-31') "
        f"THEN own.told_anew_from - 1 ELSE own.{last} END"
    )
    values = ", ".join(f"{ends} AS {name}" if name == last else f"own.{name}" for name in core_columns(target.table))
    return (
        f"SELECT own.id, {values}, own.row_number FROM (SELECT own.*, min(own.{first}) OVER (PARTITION BY {group} "
        "ORDER BY own.age DESC GROUPS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS told_anew_from "
        f"FROM version AS own) AS own WHERE own.told_anew_from IS NULL OR own.{first} < own.told_anew_from "
        f"QUALIFY row_number() OVER (PARTITION BY {facts} ORDER BY own.age DESC, {_within_delivery(target)}) = 1"
    )


def _is_first(con: duckdb.DuckDBPyConnection, target: Target) -> bool:
    """Tell whether the candidates are all there is: nothing was told before, nor under another identifier."""
    table = target.table
    others = f"(SELECT count(*) FROM core.{table}) + (SELECT count(*) FROM parked.{table})"
    joined = f"count({DELIVERED_AS})" if keeps_delivered_as(table) else "count(NULL)"
    return con.execute(f"SELECT {others} + (SELECT {joined} FROM candidate)").fetchone() == (0,)


def _keep_one_per_fact(con: duckdb.DuckDBPyConnection, target: Target) -> None:
    """Drop the candidates that tell a fact again that their delivery tells under the same identifier."""
    upsert, table = _upsert(target), target.table
    keys = [*target.same_fact.columns, *([DELIVERED_AS] if keeps_delivered_as(table) else [])]
    newest = f"own.{upsert.newest} DESC NULLS LAST, " if upsert.newest else ""
    con.execute(
        f"DELETE FROM candidate WHERE rowid IN (SELECT own.rowid FROM candidate AS own QUALIFY row_number() OVER "
        f"(PARTITION BY {', '.join(keys)} ORDER BY {newest}{_within_delivery(target)}, row_number) > 1)"
    )


def _park_unchanged(con: duckdb.DuckDBPyConnection, target: Target) -> None:
    """Park the candidates of groups that deliveries before told just so: then nothing has to be worked out anew."""
    table, group = target.table, group_of(target)
    own = ", ".join(f"own.{name}" for name in _group(target))
    listed = ", ".join(core_columns(table))
    earlier = (
        f"SELECT other.* FROM core.{table} AS other JOIN standing USING (batch_id) WHERE place < "
        "(SELECT place FROM standing WHERE batch_id = (SELECT min(batch_id) FROM candidate)) "
        f"AND NOT {is_altered(target, 'other')}"
    )
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE unchanged AS SELECT {group} FROM ("
        f"SELECT {own}, count(*) AS told, count(other.batch_id) AS told_before FROM candidate AS own "
        f"LEFT JOIN ({earlier}) AS other ON {same_values(_told(target), 'own', 'other')} GROUP BY {own}) "
        f"JOIN (SELECT {group}, count(*) AS known FROM core.{table} GROUP BY ALL) USING ({group}) "
        "WHERE told = told_before AND told = known"
    )
    equal = f"EXISTS (SELECT 1 FROM unchanged WHERE {same_values(_group(target), 'own', 'unchanged')})"
    con.execute(f"INSERT INTO parked.{table} ({listed}) SELECT {listed} FROM candidate AS own WHERE {equal}")
    con.execute(f"DELETE FROM candidate AS own WHERE {equal}")


def _within_delivery(target: Target) -> str:
    """Return an order of versions that one delivery told: the row under the newest identifier, then by contents."""
    contents = (f"own.{name} DESC NULLS LAST" for name in _told(target))
    return own_number_first(target.table) + ", ".join(contents)


def _group(target: Target) -> tuple[str, ...]:
    periods = _upsert(target).periods
    return periods.of if periods else target.same_fact.columns


def _told(target: Target) -> list[str]:
    return [name for name in core_columns(target.table) if name not in _NOT_TOLD]


def _upsert(target: Target) -> Upsert:
    return target.upsert or Upsert()
