"""Take a step that stands in several variables once for a range of people, instead of once in each of them.

What is meant is the SELECT of each variable, and any SQL engine may run that. Here the step is a temporary table. A
variable in which the step stands otherwise (a definition under test that was changed) goes on to run its own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

import duckdb
import sqlglot
from sqlglot import exp

from indicators.definitions.variables import Variable, in_place
from indicators.dialect import FACTS, Bound, create_table


@dataclass(frozen=True)
class SharedSteps:
    """The steps to take, and the SELECTs that read what was found.

    Attributes:
        tables: The SELECT of each temporary table by its name; each may read those before it.
        selects: The SELECT of each variable, by its name.
    """

    tables: Mapping[str, str] = field(default_factory=dict)
    selects: Mapping[str, str] = field(default_factory=dict)

    def take(self, con: duckdb.DuckDBPyConnection, bound: Bound) -> None:
        """Create the temporary tables anew from the facts that a connection shows."""
        for name, select in self.tables.items():
            create_table(con, name, select, bound)


def shared_steps(variables: Sequence[Variable]) -> SharedSteps:
    """Return the steps that stand in two places or more of some variables, and the variables without them."""
    selects = {variable.name: variable.sql for variable in variables}
    steps = {name: select for variable in variables for name, select in variable.steps}
    tables: dict[str, str] = {}
    # A step is longer than the steps within it.
    for name, select in sorted(steps.items(), key=lambda pair: len(pair[1]), reverse=True):
        whole = in_place(name, select)
        places = [sql for sql in (*selects.values(), *tables.values()) if whole in sql]
        if len(places) < 2 or not reads_facts_only(select):
            continue
        table = f"step_{name}"
        selects = {own: sql.replace(whole, f"{table} AS {name}") for own, sql in selects.items()}
        tables = {own: sql.replace(whole, f"{table} AS {name}") for own, sql in tables.items()} | {table: select}
    return SharedSteps(dict(reversed(tables.items())), selects)


@cache
def reads_facts_only(select: str) -> bool:
    """Return whether a SELECT reads facts and code lists only: nothing of a period or of the variable around it."""
    tree = sqlglot.parse_one(select, read="duckdb")
    own = {each.alias_or_name for each in tree.find_all(exp.CTE)}
    return {table.name for table in tree.find_all(exp.Table)} - own <= {*FACTS, "codelist"}
