"""Evaluate clauses on the columns of a data frame instead of in the database.

What is meant is the SQL of `cells.flags_sql`, and any SQL engine may run that. On one machine the rows are in memory
already, and a comparison there costs a tenth of what it costs as one of hundred columns of a SELECT. Only what means
the same in both is translated; an indicator that uses anything else is left to the database. A test holds both equal.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import cache, reduce

import duckdb
import numpy as np
import polars as pl
import sqlglot
from sqlglot import exp

from indicators.catalogue import Catalogue
from indicators.counting.cells import Counted, flags_of, flags_sql
from indicators.dialect import Bound, Column, fetch_in_order, shown_as

Values = tuple[tuple[str, object], ...]

COMPARISONS: Mapping[type[exp.Expr], Callable[[pl.Expr, pl.Expr], pl.Expr]] = {
    exp.And: lambda left, right: left & right,
    exp.Or: lambda left, right: left | right,
    exp.EQ: lambda left, right: left == right,
    exp.NEQ: lambda left, right: left != right,
    exp.LT: lambda left, right: left < right,
    exp.LTE: lambda left, right: left <= right,
    exp.GT: lambda left, right: left > right,
    exp.GTE: lambda left, right: left >= right,
    exp.Add: lambda left, right: left + right,
    exp.Sub: lambda left, right: left - right,
    exp.Mul: lambda left, right: left * right,
}
WHOLE = (exp.DataType.Type.INT, exp.DataType.Type.BIGINT)


class NotTranslatedError(Exception):
    """An expression uses something of which it is not known that a data frame means the same by it."""


def flags_on(
    con: duckdb.DuckDBPyConnection, catalogue: Catalogue, counted: Sequence[Counted], bound: Bound, rows: pl.DataFrame
) -> Mapping[str, Column]:
    """Return the columns of `cells.flags_of`, row by row as rows of `patient_period`, here or from the database."""
    found = evaluated(rows, flags_of(catalogue, counted), bound)
    if found is not None:
        return found
    with shown_as(con, "patient_period", rows):
        return fetch_in_order(con, flags_sql(catalogue, counted), bound)


def evaluated(rows: pl.DataFrame, layers: Sequence[Mapping[str, str]], bound: Bound) -> dict[str, Column] | None:
    """Return the columns of the last layer, row by row, masked where a value is missing; None if it cannot be done.

    Args:
        rows: The rows that the SQL would be selected from.
        layers: SQL expressions by the name of their column; each layer may use the columns of those before.
        bound: Values of the parameters.
    """
    values = tuple(sorted(bound.items()))
    try:
        expressions = [[translated(sql, values).alias(name) for name, sql in layer.items()] for layer in layers]
    except NotTranslatedError:
        return None
    for layer in expressions[:-1]:
        rows = rows.with_columns(layer)
    return {column.name: as_numpy(column) for column in rows.select(expressions[-1])}


def as_numpy(column: pl.Series) -> Column:
    """Return a column as an array, masked where a value is missing."""
    if not column.null_count():
        return column.to_numpy()
    empty = False if column.dtype == pl.Boolean else 0
    return np.ma.MaskedArray(column.fill_null(empty).to_numpy(), mask=column.is_null().to_numpy())


@cache
def translated(sql: str, values: Values) -> pl.Expr:
    """Return a SQL expression as one over the columns of a data frame.

    Args:
        sql: The expression.
        values: Names and values of the parameters.

    Raises:
        NotTranslatedError: It uses something else than the few things that clauses consist of.
    """
    return _translated(sqlglot.parse_one(sql, read="duckdb"), dict(values))


def _translated(node: exp.Expr, bound: Bound) -> pl.Expr:
    def of(part: exp.Expr) -> pl.Expr:
        return _translated(part, bound)

    if type(node) in COMPARISONS:
        return COMPARISONS[type(node)](of(node.this), of(node.expression))
    match node:
        case exp.Column() if not node.table:
            return pl.col(node.name)
        case exp.Placeholder():
            return pl.lit(bound[node.name])
        case exp.Literal() if node.is_string:
            return pl.lit(node.this)
        case exp.Literal():
            return pl.lit(float(node.this) if "." in node.this else int(node.this))
        case exp.Boolean():
            return pl.lit(bool(node.this))
        case exp.Null():
            return pl.lit(None)
        case exp.Paren():
            return of(node.this)
        case exp.Not():
            return ~of(node.this)
        case exp.Is() if isinstance(node.expression, exp.Null):
            return of(node.this).is_null()
        case exp.Is() if isinstance(node.expression, exp.Boolean) and node.expression.this:
            return of(node.this).fill_null(value=False)
        case exp.Between():
            return (of(node.this) >= of(node.args["low"])) & (of(node.this) <= of(node.args["high"]))
        case exp.In() if node.expressions:
            return reduce(lambda left, right: left | right, (of(node.this) == of(each) for each in node.expressions))
        case exp.Case() if node.this is None:
            found = of(node.args["default"]) if node.args.get("default") else pl.lit(None)
            for each in reversed(node.args["ifs"]):
                found = pl.when(of(each.this)).then(of(each.args["true"])).otherwise(found)
            return found
        case exp.Coalesce():
            return pl.coalesce(of(node.this), *map(of, node.expressions))
        case exp.Least():
            return pl.min_horizontal(of(node.this), *map(of, node.expressions))
        case exp.Greatest():
            return pl.max_horizontal(of(node.this), *map(of, node.expressions))
        case exp.DateDiff() if node.text("unit").lower() == "day":
            return (of(node.this) - of(node.expression)).dt.total_days()
        case exp.Div() if isinstance(node.expression, exp.Literal) and float(node.expression.this):
            return of(node.this) / of(node.expression)
        case exp.Round() if not node.args.get("decimals"):
            return of(node.this).round(mode="half_away_from_zero")
        case exp.Cast() if node.to.this == exp.DataType.Type.DOUBLE:
            return of(node.this).cast(pl.Float64)
        case exp.Cast() if node.to.this in WHOLE and isinstance(node.this, exp.Round | exp.Predicate):
            return of(node.this).cast(pl.Int64)
        case exp.Cast() if node.to.this == exp.DataType.Type.BOOLEAN and isinstance(node.this, exp.Placeholder):
            return pl.lit(bool(bound[node.this.name]))
    raise NotTranslatedError(type(node).__name__)
