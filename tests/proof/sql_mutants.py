"""Small mistakes in a SQL text, one at a time: each mutant is the text as a hurried hand might have written it.

A mutant says what was changed in words that a reviewer can find in the definition, for example
`a < b -> a <= b`. Equal changes at several places are numbered.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import sqlglot
from sqlglot import exp

NEIGHBOURS: dict[type[exp.Binary], tuple[type[exp.Binary], ...]] = {
    exp.LT: (exp.LTE,),
    exp.LTE: (exp.LT,),
    exp.GT: (exp.GTE,),
    exp.GTE: (exp.GT,),
    exp.EQ: (exp.NEQ,),
    exp.NEQ: (exp.EQ,),
    exp.Add: (exp.Sub,),
    exp.Sub: (exp.Add,),
    exp.Mul: (exp.Div,),
}
OPPOSITES: dict[type[exp.Expression], type[exp.Expression]] = {
    exp.Min: exp.Max,
    exp.Max: exp.Min,
    exp.ArgMax: exp.ArgMin,
    exp.Least: exp.Greatest,
}
# Days per year: a constant of the calendar, not a choice.
CONSTANTS = frozenset({"365.25"})


@dataclass(frozen=True)
class SqlMutant:
    """A changed text.

    Attributes:
        change: What was changed, as `before -> after`.
        sql: The whole text with the change.
    """

    change: str
    sql: str


def parse(sql: str) -> exp.Expression:
    """Return the tree of an expression or statement of the engine."""
    return sqlglot.parse_one(sql, read="duckdb")


def text_of(tree: exp.Expression) -> str:
    """Return a tree as DuckDB reads it, without comments, so that layout does not count.

    Not of a copy, which would take most of the time: writing DuckDB's own dialect changes nothing in the tree.
    """
    return tree.sql(dialect="duckdb", comments=False, copy=False)


def mutants_of(sql: str, steps: Mapping[str, float] | None = None) -> list[SqlMutant]:
    """Return every mutant of a text, each different from the text and from the others.

    Args:
        sql: An expression or a statement.
        steps: Smallest unit of each parameter, by which it is shifted both ways; others are left alone.
    """
    # The tree hangs below a pair of brackets, so that its root can be replaced like any other node.
    holder = exp.Paren(this=parse(sql))
    seen = {text_of(holder.this)}
    numbered: Counter[str] = Counter()
    found = []
    for node in list(holder.this.walk()):
        for change, replacement in (*changes_of(node), *shifts_of(node, steps or {})):
            node.replace(replacement)
            changed = text_of(holder.this)
            replacement.replace(node)
            if changed in seen:
                continue
            seen.add(changed)
            numbered[change] += 1
            found.append(SqlMutant(change if numbered[change] == 1 else f"{change} #{numbered[change]}", changed))
    return found


def changes_of(node: exp.Expression) -> Iterator[tuple[str, exp.Expression]]:
    """Yield what may become of one node: the change in words, and the node that takes its place."""
    for replacement in replacements(node):
        yield f"{text_of(node)} -> {text_of(replacement)}", replacement
    if isinstance(node, exp.And | exp.Or) and not isinstance(node.parent, type(node)):
        parts = list(node.flatten())
        join = exp.and_ if isinstance(node, exp.And) else exp.or_
        other = exp.or_ if isinstance(node, exp.And) else exp.and_
        for place, part in enumerate(parts):
            yield f"{text_of(part)} dropped", join(*parts[:place], *parts[place + 1 :], copy=True)
        yield (
            f"{' / '.join(text_of(part) for part in parts)}: {node.key} -> {'or' if other is exp.or_ else 'and'}",
            other(*parts, copy=True),
        )
    if isinstance(node, exp.Where | exp.Having) and not isinstance(node.this, exp.And):
        yield f"{text_of(node.this)} dropped", type(node)(this=exp.true())
    if isinstance(node, exp.Union):
        for kept, dropped in ((node.this, node.expression), (node.expression, node.this)):
            if not isinstance(dropped, exp.Union):
                yield f"{text_of(dropped)} dropped", kept.copy()


def shifts_of(node: exp.Expression, steps: Mapping[str, float]) -> Iterator[tuple[str, exp.Expression]]:
    """Yield a parameter that is one smallest unit lower or higher."""
    if isinstance(node, exp.Placeholder) and node.name in steps:
        for sign in ("-", "+"):
            shifted = f"(${node.name} {sign} {steps[node.name]:g})"
            yield f"${node.name} -> {shifted}", parse(shifted)


def replacements(node: exp.Expression) -> Iterator[exp.Expression]:
    """Yield the nodes that may take a node's place."""
    kind = type(node)
    if isinstance(node, exp.Binary) and kind in NEIGHBOURS:
        for other in NEIGHBOURS[kind]:
            yield other(this=node.this.copy(), expression=node.expression.copy())
    if kind in OPPOSITES:
        yield OPPOSITES[kind](**node.copy().args)
    yield from replacements_of_calls(node)
    yield from replacements_of_words(node)


def replacements_of_calls(node: exp.Expression) -> Iterator[exp.Expression]:
    """Yield the changes of functions, lists, branches and joins."""
    if isinstance(node, exp.Least):
        arguments = [node.this, *node.expressions]
        for place in range(len(arguments)):
            left = [argument.copy() for argument in arguments[:place] + arguments[place + 1 :]]
            yield exp.Least(**(node.args | {"this": left[0], "expressions": left[1:]}))
    if isinstance(node, exp.Coalesce):
        yield node.this.copy()
    if isinstance(node, exp.Not):
        yield node.this.copy()
    if isinstance(node, exp.Is) and not isinstance(node.parent, exp.Not):
        yield exp.Not(this=node.copy())
    if isinstance(node, exp.Between):
        this, low, high = node.this, node.args["low"], node.args["high"]
        yield exp.and_(
            exp.GT(this=this.copy(), expression=low.copy()), exp.LTE(this=this.copy(), expression=high.copy())
        )
        yield exp.and_(
            exp.GTE(this=this.copy(), expression=low.copy()), exp.LT(this=this.copy(), expression=high.copy())
        )
    if isinstance(node, exp.In) and len(node.expressions) > 1:
        for place in range(len(node.expressions)):
            changed = node.copy()
            changed.set("expressions", [item for at, item in enumerate(changed.expressions) if at != place])
            yield changed
    if isinstance(node, exp.Case):
        for place in range(len(node.args["ifs"])):
            changed = node.copy()
            changed.args["ifs"].pop(place)
            yield changed if changed.args["ifs"] else (changed.args.get("default") or exp.null())
    if isinstance(node, exp.Distinct) and isinstance(node.parent, exp.Count):
        yield node.expressions[0].copy()
    if isinstance(node, exp.Join) and node.side == "LEFT":
        changed = node.copy()
        changed.set("side", None)
        yield changed


def replacements_of_words(node: exp.Expression) -> Iterator[exp.Expression]:
    """Yield the changes of numbers, texts, truths and parameters."""
    if isinstance(node, exp.Literal):
        if node.is_string and isinstance(node.parent, exp.Interval):
            yield from (exp.Literal.string(str(int(node.name) + step)) for step in (-1, 1))
        elif node.is_string and isinstance(node.parent, exp.EQ | exp.NEQ | exp.In | exp.Coalesce):
            yield exp.Literal.string("something else")
        elif not node.is_string and node.name not in CONSTANTS and not is_flag(node):
            yield from (exp.maybe_parse(text) for text in (f"({node.name} - 1)", f"({node.name} + 1)"))
    if isinstance(node, exp.Boolean):
        yield exp.Boolean(this=not node.this)


def is_flag(node: exp.Literal) -> bool:
    """Return whether a number is the 0 or 1 of a CASE that counts or marks; its conditions are changed instead."""
    return node.name in {"0", "1"} and (
        isinstance(node.parent, exp.Case) or (isinstance(node.parent, exp.If) and node.arg_key == "true")
    )
