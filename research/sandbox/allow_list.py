"""Layer 1: a question is one SELECT over known tables with known functions; everything else is refused unread.

Two programs read it and both must agree that nothing else is in it: sqlglot, and the parser of the engine that will
run it, so that no statement can mean one thing to the guard and another to the engine.
"""

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

import duckdb
import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from research.sandbox.words import (
    CLASSES,
    FUNCTIONS,
    KNOWN,
    MOST_CHARACTERS,
    QUERIES,
    SOURCES,
    STRUCTURE,
)
from tvaers.errors import DefinitionError

# A name of this form is never a file, an address or something of the engine's own.
_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyz0123456789_")
_OWN = ("duckdb_", "pragma_", "sqlite_", "pg_", "information_schema")


def refuse_what_is_not_allowed(sql: str, tables: frozenset[str]) -> None:
    """Refuse a question that is anything but one SELECT over known tables with known functions.

    Args:
        sql: The question.
        tables: The tables of the project, in lower case.

    Raises:
        DefinitionError: The question is not allowed; the error names the first thing that is not.
    """
    if len(sql) > MOST_CHARACTERS:
        raise _not_allowed(f"it has {len(sql):,} characters, and {MOST_CHARACTERS:,} are the most")
    if not sql.isprintable() and any(not c.isprintable() and c not in "\n\r\t" for c in sql):
        raise _not_allowed("it holds characters that cannot be seen")
    refuse_by_engine(sql, tables)
    refuse_by_sqlglot(sql, tables)


def refuse_by_sqlglot(sql: str, tables: frozenset[str]) -> None:
    """Refuse what sqlglot's reading of a question does not find allowed.

    Raises:
        DefinitionError: As for `refuse_what_is_not_allowed`.
    """
    try:
        trees = [tree for tree in sqlglot.parse(sql, dialect="duckdb") if tree is not None]
    except (SqlglotError, RecursionError, ValueError):
        raise _not_allowed("it cannot be read as a SELECT") from None
    if len(trees) != 1:
        raise _not_allowed(f"it holds {len(trees)} statements, and one is asked at a time")
    (tree,) = trees
    if not isinstance(tree, exp.Select | exp.SetOperation | exp.Subquery):
        raise _not_allowed("it is not a SELECT")
    try:
        for node in tree.walk():
            _refuse_node(node, tables)
    except RecursionError:
        raise _not_allowed("it is nested too deeply") from None


def _refuse_node(node: exp.Expr, tables: frozenset[str]) -> None:
    name = type(node).__name__
    if isinstance(node, exp.Anonymous):
        if node.name.lower() not in FUNCTIONS:
            raise _not_allowed(f"the function {node.name} is not among the known ones")
    elif name not in STRUCTURE and name not in KNOWN:
        raise _not_allowed(f"{name} is not among what a question may be made of")
    if isinstance(node, exp.With) and node.args.get("recursive"):
        raise _not_allowed("it is recursive")
    if isinstance(node, exp.CTE) and not _is_plain(node.alias):
        raise _not_allowed("a step of its WITH clause has a name that is not plain")
    if isinstance(node, exp.Select) and any(node.args.get(each) for each in ("into", "kind", "hint")):
        raise _not_allowed("it is more than a SELECT")
    if isinstance(node, exp.Table):
        _refuse_table(node, tables)


def _refuse_table(node: exp.Table, tables: frozenset[str]) -> None:
    if not isinstance(node.this, exp.Identifier) or node.args.get("db") or node.args.get("catalog"):
        raise _not_allowed("tables are named by their bare names, and nothing else can be read")
    beside = {key for key, value in node.args.items() if value} - {"this", "alias", "joins", "laterals"}
    if beside:
        raise _not_allowed(f"{', '.join(sorted(beside))} beside the name of a table")
    if node.name.lower() not in tables and node.name.lower() not in _steps_in_sight(node):
        raise _not_allowed(f"there is no table {node.name!r}; the project has {', '.join(sorted(tables))}")


def _steps_in_sight(node: exp.Expr) -> set[str]:
    """Return the names of the WITH clauses around a node."""
    names: set[str] = set()
    around: exp.Expr | None = node
    while around is not None:
        steps = around.args.get("with_")
        names |= {step.alias.lower() for step in steps.expressions} if steps else set()
        around = around.parent
    return names


def refuse_by_engine(sql: str, tables: frozenset[str]) -> None:
    """Refuse what the engine's own reading of a question does not find allowed.

    Raises:
        DefinitionError: As for `refuse_what_is_not_allowed`.
    """
    try:
        row = _parser().cursor().execute("SELECT json_serialize_sql(CAST(? AS VARCHAR))", [sql]).fetchone()
    except duckdb.Error:
        raise _not_allowed("it cannot be read as a SELECT") from None
    read: dict[str, Any] = json.loads(row[0]) if row else {"error": True}
    if read.get("error") or len(read["statements"]) != 1:
        raise _not_allowed("it is not one SELECT")
    nodes = list(_nodes(read["statements"][0]))
    steps = {step["key"].lower() for node in nodes for step in (node.get("cte_map") or {}).get("map", ())}
    if not all(_is_plain(step) for step in steps):
        raise _not_allowed("a step of its WITH clause has a name that is not plain")
    for node in nodes:
        _refuse_engine_node(node, tables | steps)


def _refuse_engine_node(node: dict[str, Any], names: frozenset[str]) -> None:
    kind, of_class = node.get("type"), node.get("class")
    if of_class is not None:
        if of_class not in CLASSES:
            raise _not_allowed(f"{of_class} is not among what a question may be made of")
        called = str(node.get("function_name", "")).lower()
        # The engine writes "main" where it has turned a piece of grammar (EXTRACT, IN of a row) into a function.
        is_elsewhere = node.get("catalog") or node.get("schema") not in (None, "", "main")
        if "function_name" in node and (called not in FUNCTIONS or is_elsewhere):
            raise _not_allowed(f"the function {called} is not among the known ones")
        if of_class == "STAR" and node.get("expr"):
            raise _not_allowed("COLUMNS(…) is not among what a question may be made of")
    elif "table_name" in node:
        if node.get("schema_name") or node.get("catalog_name") or node.get("at_clause"):
            raise _not_allowed("tables are named by their bare names, and nothing else can be read")
        if str(node["table_name"]).lower() not in names:
            raise _not_allowed(f"there is no table {node['table_name']!r}")
    elif "sample" in node and "alias" in node and kind not in SOURCES:
        raise _not_allowed(f"{kind} is not among what a question may read from")
    elif "cte_map" in node and kind not in QUERIES:
        raise _not_allowed(f"{kind} is not among what a question may be made of")
    if node.get("sample"):
        raise _not_allowed("a sample would answer differently each time")


def _nodes(tree: Any) -> Iterator[dict[str, Any]]:
    """Yield every object of a tree, whatever lies between them."""
    left = [tree]
    while left:
        each = left.pop()
        if isinstance(each, dict):
            yield each
            left.extend(each.values())
        elif isinstance(each, list):
            left.extend(each)


@cache
def _parser() -> duckdb.DuckDBPyConnection:
    """Return a database without content whose parser reads questions; it runs none of them."""
    return duckdb.connect(":memory:", config={"enable_external_access": False, "threads": 1})


def _is_plain(name: str) -> bool:
    lower = name.lower()
    return 0 < len(lower) <= 60 and set(lower) <= _PLAIN and not lower.startswith(_OWN)


def _not_allowed(why: str) -> DefinitionError:
    return DefinitionError(
        "The question is not allowed here.",
        where=f"Reason: {why}.",
        what_to_do="Ask one SELECT over the project's tables; SELECT * FROM dictionary lists them.",
    )
