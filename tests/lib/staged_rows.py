"""Lay a few rows out as the staged table of `data_contracts.contract`, to try rules and mappings on them."""

import uuid
from collections.abc import Mapping, Sequence
from functools import cache

import duckdb
import polars as pl

from data_contracts.contract import Column, Contract
from ingest.looked_up import Lookups, look_up, lookups_of, read_plainly
from ingest.typing_sql import first_readings, typed_columns
from packs.pack import available_packs, load_pack

DELIVERED_ON = "2026-10-15"
Row = Mapping[str, str]


def clean_row(contract: Contract, **changes: str) -> dict[str, str]:
    """Return a row of the contract's first examples, with changes."""
    row = {each.name: each.examples[0] for each in contract.columns if not each.is_dropped}
    assert set(changes) <= set(row), sorted(set(changes) - set(row))
    return row | changes


def stage_rows(con: duckdb.DuckDBPyConnection, contract: Contract, rows: Sequence[Row]) -> None:
    """Create the table `staged`; codes, words and units are looked up in the lists of its pack.

    An identifier is told by a word: `missing`, `broken`, `replacement`, `zero_lost`, `odd` (usable, no check digit) or
    any other text for a usable one; equal texts are one person. A key that refers to another delivery is known unless
    it begins with `unknown`.
    """
    columns = [each for each in contract.columns if not each.is_dropped]
    drawn = [{each.name: row[each.name].strip() or None for each in columns} for row in rows]
    frame = pl.DataFrame(drawn, schema=dict.fromkeys((each.name for each in columns), pl.String))
    frame = look_up(frame.with_row_index("row_number", offset=1), contract, _lookups(contract))
    con.register("delivered", frame.to_arrow())
    parts = ["CAST(row_number AS BIGINT) AS row_number", f"DATE '{DELIVERED_ON}' AS delivered_on"]
    for each in columns:
        parts += _identifier(each) if each.type == "identifier" else _other(each, contract)
    first = read_plainly(frame, contract)
    for each in columns:
        first |= first_readings(each)
    readings = [f", {sql} AS {name}" for name, sql in first.items()]
    con.execute(
        f"CREATE OR REPLACE TABLE staged AS SELECT {', '.join(parts)} FROM "
        f"(SELECT *{''.join(readings)}, DATE '{DELIVERED_ON}' AS delivered_on FROM delivered)"
    )
    con.unregister("delivered")


@cache
def _lookups(contract: Contract) -> Lookups:
    (pack,) = (each for each in map(load_pack, available_packs()) if contract.file_type in each.contracts)
    return lookups_of(pack, contract, {})


def _identifier(column: Column) -> list[str]:
    name = column.name
    words = "'broken', 'replacement', 'zero_lost'"
    state = f"CASE WHEN {name} IS NULL THEN 'missing' WHEN {name} IN ({words}) THEN {name} ELSE 'ok' END"
    return [
        f"CASE WHEN {state} = 'ok' THEN CAST(md5({name}) AS UUID) END AS {name}",
        f"{state} AS {name}__state",
        f"{name} <> 'odd' AS {name}__has_check_digit",
    ]


def _other(column: Column, contract: Contract) -> list[str]:
    name = column.name
    words = _lookups(contract).codes[column.reading.words] if column.reading else ()
    parts = [name, *(f"{sql} AS {typed}" for typed, (_, sql) in typed_columns(column, words).items())]
    if column.code_list:
        parts += [f"{name}__normal", f"{name}__known"]
    if column.refers_to:
        parts.append(f"{name} NOT LIKE 'unknown%' AS {name}__known")
    if name in {each.reading.unit for each in contract.columns if each.reading}:
        parts.append(f"{name}__fit")
    return parts


def pseudonym(word: str) -> uuid.UUID:
    """Return the pseudonym that `stage_rows` gives a word."""
    row = duckdb.execute("SELECT CAST(md5(?) AS UUID)", [word]).fetchone()
    assert row is not None
    return uuid.UUID(str(row[0]))


def broken_rules(con: duckdb.DuckDBPyConnection, contract: Contract) -> list[set[str]]:
    """Return, for every staged row in order, the ids of the rules it breaks."""
    tests = ", ".join(f"(({rule.predicate}) IS FALSE)" for rule in contract.rules)
    found = con.execute(f"SELECT {tests} FROM staged ORDER BY row_number").fetchall()
    return [{rule.id for rule, is_broken in zip(contract.rules, row, strict=True) if is_broken} for row in found]
