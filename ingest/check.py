"""Check staged rows against their contract: one pass finds every rule that every row breaks."""

import duckdb

from data_contracts.contract import Contract, Rule
from ingest.stage import PRESENT, StagedTables


def find_failures(con: duckdb.DuckDBPyConnection, contract: Contract, tables: StagedTables = PRESENT) -> dict[str, int]:
    """Add every (row, rule) pair that breaks the contract to the table of failed rows.

    A predicate that is NULL counts as kept.

    Returns:
        Rule of severity `warn` to number of rows that break it; these rows are loaded, and not listed one by one.
    """
    warnings = [rule for rule in contract.rules if rule.severity == "warn"]
    counts = ", ".join(f"count_if({_is_broken(rule)})" for rule in warnings) or "0"
    counted = con.execute(f"SELECT {counts} FROM {tables.delivered}").fetchone() or ()
    rules = [rule for rule in contract.rules if rule.severity == "quarantine"]
    if rules:
        _list_failures(con, rules, tables)
    # A text that was emptied because it held an identifier is not also a missing one.
    con.execute(
        f"DELETE FROM {tables.failed} WHERE rule = column_name || '_missing' AND (row_number, column_name) IN "
        f"(SELECT row_number, column_name FROM {tables.failed} WHERE rule = 'identifier_in_text')"
    )
    return {rule.id: count for rule, count in zip(warnings, counted, strict=False) if count}


def _list_failures(con: duckdb.DuckDBPyConnection, rules: list[Rule], tables: StagedTables) -> None:
    broken = [_is_broken(rule) for rule in rules]
    numbers = ", ".join(f"CASE WHEN {test} THEN {number} END" for number, test in enumerate(broken))
    told = [[number, rule.id, rule.column, rule.severity] for number, rule in enumerate(rules)]
    listed = ", ".join("(?, ?, ?, ?)" for _ in rules)
    con.execute(
        f"INSERT INTO {tables.failed} SELECT row_number, rule.id, rule.column_name, rule.severity FROM ("
        f"SELECT row_number, unnest([{numbers}]) AS number FROM {tables.delivered} WHERE {' OR '.join(broken)}"
        f") JOIN (VALUES {listed}) AS rule(number, id, column_name, severity) USING (number)",
        [value for each in told for value in each],
    )


def _is_broken(rule: Rule) -> str:
    return f"(({rule.predicate}) IS FALSE)"


def count_failures(con: duckdb.DuckDBPyConnection, tables: StagedTables = PRESENT) -> tuple[int, dict[str, int]]:
    """Return the number of quarantined rows, and per rule how many rows broke it, whichever step found them."""
    by_rule = con.execute(
        f"SELECT rule, count(DISTINCT row_number) FROM {tables.failed} GROUP BY rule ORDER BY rule"
    ).fetchall()
    row = con.execute(f"SELECT count(DISTINCT row_number) FROM {tables.failed}").fetchone()
    return (int(row[0]) if row else 0), dict(by_rule)
