"""Turn accepted staged rows into rows of the core tables, as the country pack's mapping says."""

import re
from collections.abc import Mapping as Names

import duckdb
import polars as pl

from data_contracts.rules import PARTNER_UNKNOWN
from ingest.delivered_as import ALIAS
from ingest.stage import DELIVERED, FAILED
from packs.mapping import Join, Lookup, Mapping, Source, Target

WAITING = "waiting_rows"


def offer_codelists(con: duckdb.DuckDBPyConnection, lists: Names[str, pl.DataFrame]) -> None:
    """Put code lists where mappings can join them."""
    con.execute("CREATE SCHEMA IF NOT EXISTS memory.codelist")
    for name, frame in lists.items():
        con.register("list", frame.to_arrow(compat_level=pl.CompatLevel.oldest()))
        con.execute(f"CREATE OR REPLACE TABLE memory.codelist.{name} AS FROM list")
        con.unregister("list")


def offer_accepted_rows(con: duckdb.DuckDBPyConnection, mapping: Mapping) -> None:
    """Offer the accepted rows as `staged`, under the identifiers they came with, and the relations of the mapping.

    The rows that broke no other rule than that their partner is unknown are offered as `waiting_rows`.
    """
    rows = f"SELECT rows.* FROM {DELIVERED} AS rows"
    waiting = f"SELECT row_number FROM {FAILED} GROUP BY row_number HAVING bool_and(rule = '{PARTNER_UNKNOWN}')"
    con.execute(
        f"CREATE OR REPLACE TEMP VIEW staged AS {rows} WHERE rows.row_number NOT IN (SELECT row_number FROM {FAILED})"
    )
    con.execute(f"CREATE OR REPLACE TEMP VIEW {WAITING} AS {rows} WHERE rows.row_number IN ({waiting})")
    offer_relations(con, mapping)


def newest_pseudonyms(con: duckdb.DuckDBPyConnection, table: str, identifiers: tuple[str, ...]) -> str:
    """Return the SELECT of the rows of a table, called `rows`, under the newest pseudonyms."""
    has_aliases = con.execute(f"SELECT count(*) FROM {ALIAS}").fetchone() != (0,)
    renamed = identifiers if has_aliases else ()
    newest = ", ".join(f"coalesce({name}__alias.patient_id, rows.{name}) AS {name}" for name in renamed)
    joins = " ".join(
        f"LEFT JOIN {ALIAS} AS {name}__alias ON rows.{name} = {name}__alias.old_patient_id" for name in renamed
    )
    return f"SELECT rows.*{f' REPLACE ({newest})' if newest else ''} FROM {table} AS rows {joins}"


def offer_relations(con: duckdb.DuckDBPyConnection, mapping: Mapping) -> None:
    """Offer the relations of a mapping over the rows offered as `staged`."""
    for name, select in mapping.relations.items():
        con.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {select}")


def withdraw_relations(con: duckdb.DuckDBPyConnection, mapping: Mapping) -> None:
    """Remove what `offer_accepted_rows` offered."""
    for name in mapping.relations:
        con.execute(f"DROP TABLE IF EXISTS temp.{name}")
    for view in ("staged", WAITING):
        con.execute(f"DROP VIEW IF EXISTS temp.{view}")


def select_rows(target: Target, *, where: str | None = None, is_alone: bool = False, waiting: bool = False) -> str:
    """Return the SELECT that gives a target's rows: `row_number`, then the target's columns in their order.

    `row_number` is NULL when the rows come from a relation.

    Args:
        target: The target.
        where: A further condition on the staged row.
        is_alone: Give the rows whose partner is not in its core table, instead of those whose partner is; what they
            would take from it is NULL.
        waiting: Take the rows that wait instead of the accepted ones.
    """
    expressions = {name: _expression(source) for name, source in target.columns.items()}
    if is_alone and target.partner:
        expressions[target.partner.column] = target.partner.told_by
        where = " AND ".join([*([where] if where else []), _is_alone(target.joins[0])])
    row_number = "row_number" if target.rows == "staged" else "CAST(NULL AS BIGINT)"
    columns = ", ".join(f"{expression} AS {name}" for name, expression in expressions.items())
    rows = WAITING if waiting else target.rows
    if target.explode:
        rows = f"(SELECT *, unnest({target.explode.sql}) AS {target.explode.as_} FROM {rows})"
    used = " ".join([*expressions.values(), target.where or "", target.prefer or ""])
    joins = [_join(join, used, outer=is_alone) for join in target.joins]
    joins += [_lookup(lookup, used) for lookup in target.lookups]
    conditions = [f"({each})" for each in (target.where, where) if each]
    ranked = ""
    if target.one_per:
        partition = ", ".join(expressions[name] for name in target.one_per)
        ranked = f"QUALIFY row_number() OVER (PARTITION BY {partition} ORDER BY {target.prefer or 'row_number'}) = 1"
    condition = f"WHERE {' AND '.join(conditions)}" if conditions else ""
    return (
        f"SELECT {row_number} AS row_number, {columns} FROM {rows} AS told_rows {' '.join(joins)} {condition} {ranked}"
    )


def known_keys(mapping: Mapping, column: str) -> tuple[str, str]:
    """Return how a column that refers to another delivery is looked up: (SELECT of known keys, expression on the row).

    The keys of rows that were accepted but parked as duplicates are known too.
    """
    for target in mapping.targets:
        for join in target.joins:
            for core_column, expression in join.match.items():
                if re.search(rf"\b{column}\b", expression):
                    select = (
                        f"SELECT {core_column} AS key FROM core.{join.table} "
                        f"UNION ALL SELECT {core_column} FROM parked.{join.table}"
                    )
                    return select, expression
    return "SELECT NULL AS key", column


def _expression(source: Source) -> str:
    if source.sql is not None:
        return source.sql
    if source.from_ is not None:
        return source.from_
    if isinstance(source.value, str):
        return "'" + source.value.replace("'", "''") + "'"
    return str(source.value)


def _join(join: Join, used: str, *, outer: bool) -> str:
    return _joined(f"core.{join.table}", join.as_, join.match, used, outer=outer)


def _is_alone(join: Join) -> str:
    return f"{join.as_} IS NULL AND " + " AND ".join(f"({each}) IS NOT NULL" for each in join.match.values())


def _lookup(lookup: Lookup, used: str) -> str:
    return _joined(f"memory.codelist.{lookup.codelist}", lookup.as_, lookup.match, used, outer=True)


def _joined(table: str, name: str, match: Names[str, str], used: str, *, outer: bool) -> str:
    """Join a table so that only `<name>.<column>` is seen of it: no column of it can hide a staged one.

    Only the columns that are used are taken along.
    """
    columns = sorted(set(re.findall(rf"\b{name}\.(\w+)", used)))
    held = ", ".join(f"{column} := {column}" for column in columns) or "joined := true"
    keys = ", ".join(f"{column} AS {name}__{column}" for column in match)
    on = " AND ".join(f"{name}__row.{name}__{column} = {expression}" for column, expression in match.items())
    kind = "LEFT JOIN" if outer else "JOIN"
    return f"{kind} (SELECT {keys}, struct_pack({held}) AS {name} FROM {table}) AS {name}__row ON {on}"
