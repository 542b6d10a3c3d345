"""Lay a few rows out as the staged table of `data_contracts.contract`, to try rules and mappings on them."""

import uuid
from collections.abc import Mapping, Sequence

import duckdb

from data_contracts.contract import Column, Contract
from ingest.typing_sql import first_readings, typed_columns

DELIVERED_ON = "2026-10-15"
Row = Mapping[str, str]


def clean_row(contract: Contract, **changes: str) -> dict[str, str]:
    """Return a row of the contract's first examples, with changes."""
    row = {each.name: each.examples[0] for each in contract.columns if not each.is_dropped}
    assert set(changes) <= set(row), sorted(set(changes) - set(row))
    return row | changes


def stage_rows(
    con: duckdb.DuckDBPyConnection, contract: Contract, rows: Sequence[Row], known_codes: Sequence[str] = ()
) -> None:
    """Create the table `staged`.

    An identifier is told by a word: `missing`, `broken`, `replacement`, `zero_lost`, `odd` (usable, no check digit) or
    any other text for a usable one; equal texts are one person. A key that refers to another delivery is known unless
    it begins with `unknown`.
    """
    columns = [each for each in contract.columns if not each.is_dropped]
    con.execute(
        f"CREATE OR REPLACE TABLE delivered (row_number BIGINT, {', '.join(f'{c.name} VARCHAR' for c in columns)})"
    )
    marks = ", ".join("?" for _ in range(len(columns) + 1))
    for number, row in enumerate(rows, 1):
        con.execute(
            f"INSERT INTO delivered VALUES ({marks})", [number, *(row[each.name].strip() or None for each in columns)]
        )
    parts = ["row_number", "delivered_on"]
    for each in columns:
        parts += _identifier(each) if each.type == "identifier" else _other(each, known_codes)
    con.execute(f"ALTER TABLE delivered ADD COLUMN delivered_on DATE DEFAULT DATE '{DELIVERED_ON}'")
    readings = [f", {sql} AS {name}" for each in columns for name, sql in first_readings(each).items()]
    con.execute(
        f"CREATE OR REPLACE TABLE staged AS SELECT {', '.join(parts)} FROM (SELECT *{''.join(readings)} FROM delivered)"
    )


def _identifier(column: Column) -> list[str]:
    name = column.name
    words = "'broken', 'replacement', 'zero_lost'"
    state = f"CASE WHEN {name} IS NULL THEN 'missing' WHEN {name} IN ({words}) THEN {name} ELSE 'ok' END"
    return [
        f"CASE WHEN {state} = 'ok' THEN CAST(md5({name}) AS UUID) END AS {name}",
        f"{state} AS {name}__state",
        f"{name} <> 'odd' AS {name}__has_check_digit",
    ]


def _other(column: Column, known_codes: Sequence[str]) -> list[str]:
    name = column.name
    parts = [name, *(f"{sql} AS {typed}" for typed, (_, sql) in typed_columns(column).items())]
    if column.code_list:
        codes = ", ".join(f"'{code}'" for code in known_codes) or "''"
        parts += [f"upper({name}) AS {name}__normal", f"upper({name}) IN ({codes}) AS {name}__known"]
    if column.refers_to:
        parts.append(f"{name} NOT LIKE 'unknown%' AS {name}__known")
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
