"""Whatever a whole computation asks of the database is valid Spark SQL, unless `indicators/dialect.py` asks it."""

import sys
from datetime import date
from pathlib import Path
from typing import Any

import sqlglot
from sqlglot import exp

from indicators import dialect
from indicators.compute import compute_on
from indicators.dialect import to_spark
from indicators.patients.belonging import PRACTICE_OUTSIDE
from tests.lib.computed import delivered
from tests.lib.evaluate import catalogue
from tvaers.errors import DefinitionError

# These hand on what others wrote; everything else in the module is what only DuckDB can do.
HANDS_ON = {"create_table", "create_view", "fetch", "fetch_in_order"}
DRAWING = """
    examination
    patient | examination | examined_on | batch_id
    1       | smoking     | 2020-01-01  | 2
    1       | smoking     | 2025-06-01  | 2
    1       | smoking     | 2026-03-01  | 2
"""


class Recorder:
    """A connection that keeps every statement that must be portable, with the place it was run from."""

    def __init__(self, con: Any, kept: dict[str, str]) -> None:
        self._con, self._kept = con, kept

    def execute(self, sql: str, *bound: Any) -> Any:
        caller = sys._getframe(1).f_code
        if caller.co_filename != dialect.__file__ or caller.co_name in HANDS_ON:
            self._kept.setdefault(sql, f"{Path(caller.co_filename).name}, {caller.co_name}")
        return self._con.execute(sql, *bound)

    def cursor(self) -> "Recorder":
        return Recorder(self._con.cursor(), self._kept)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._con, name)


def selected(sql: str) -> str | None:
    """Return the SELECT of a statement, also of one that writes what it selects; None when it selects nothing."""
    tree = sqlglot.parse_one(sql, read="duckdb")
    query = tree if isinstance(tree, exp.Query) else tree.args.get("expression")
    return query.sql(dialect="duckdb") if isinstance(query, exp.Query) else None


def refused(statements: dict[str, str]) -> list[str]:
    """Return where statements stand that are not valid Spark SQL, and why."""
    found = []
    for sql, place in statements.items():
        try:
            to_spark(selected(sql) or "SELECT 1")
        except DefinitionError as fault:
            found.append(f"{place}: {fault}")
    return found


def test_every_statement_that_a_computation_runs_is_valid_in_spark():
    kept: dict[str, str] = {}
    with delivered(DRAWING) as con:
        compute_on(Recorder(con, kept), catalogue(), [date(2025, 12, 31)])
    assert refused(kept) == []
    told = " ".join(kept)
    # The area, who is silent, what is covered, and practices outside are asked for as well.
    assert all(part in told for part in (PRACTICE_OUTSIDE, "UNION SELECT municipality_code", "list_contains"))
    assert {place.split(",")[0] for place in kept.values()} >= {"silence.py", "coverage.py", "dialect.py"}


def test_a_statement_that_only_duckdb_understands_would_be_found():
    statements = {
        "CREATE TABLE drawn AS SELECT list_zip([1], [2])": "somewhere.py, one",
        "SELECT 1": "elsewhere.py, two",
    }
    (fault,) = refused(statements)
    assert fault.startswith("somewhere.py, one")
    assert "list_zip" in fault.lower()
