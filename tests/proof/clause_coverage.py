"""Which clauses of a definition its drawn cases have seen both true and false.

A clause is the smallest truth in an expression: what stands between AND, OR and NOT, the condition of a CASE, each date
among the arguments of LEAST or GREATEST; a comparison with a CASE in it stands for itself besides. It is looked at for
the cases that belong to the definition's population; what is not known counts as false, as everywhere in the engine.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import polars as pl
from sqlglot import exp

from indicators.catalogue import Catalogue
from indicators.definitions.clauses import truth
from indicators.definitions.definition import Indicator
from indicators.dialect import fetch, shown_as
from tests.lib.case_board import Board, Setting, all_values_on
from tests.proof.sql_mutants import parse, text_of


@dataclass(frozen=True)
class SeenClause:
    """A clause, and for how many cases it was true and false."""

    text: str
    true: int
    false: int

    @property
    def is_seen_both_ways(self) -> bool:
        return self.true > 0 and self.false > 0


def clauses_in(expression: str) -> list[str]:
    """Return the clauses of a truth, in the order in which they are written, each once."""
    return list(dict.fromkeys(text_of(leaf) for leaf in leaves(parse(expression))))


def leaves(tree: exp.Expression) -> Iterator[exp.Expression]:
    """Yield the smallest truths below a node."""
    if isinstance(tree, exp.And | exp.Or):
        for part in tree.flatten():
            yield from leaves(part)
    elif isinstance(tree, exp.Paren | exp.Cast) or (isinstance(tree, exp.Not) and not isinstance(tree.this, exp.Is)):
        yield from leaves(tree.this)
    elif isinstance(tree, exp.Case):
        for branch in tree.args["ifs"]:
            yield from leaves(branch.this)
    elif isinstance(tree, exp.Binary | exp.Between) and isinstance(tree.this, exp.Least | exp.Greatest):
        for argument in (tree.this.this, *tree.this.expressions):
            alone = tree.copy()
            alone.set("this", argument.copy())
            yield alone
    elif isinstance(tree, exp.Binary) and tree.find(exp.Case):
        for case in tree.find_all(exp.Case):
            yield from leaves(case)
        yield tree
    elif not isinstance(tree, exp.Boolean | exp.Placeholder):
        yield tree


def clauses_of_definition(indicator: Indicator) -> list[str]:
    """Return the clauses of a definition; a count is true when there is any."""
    found: list[str] = []
    for key, expression in indicator.expressions().items():
        if key.endswith((".when", ".ended")):
            found += clauses_in(expression)
        elif key.endswith(".count"):
            found += [f"{expression} > 0"] if expression.isidentifier() else clauses_in(expression)
        elif key == "denominator.years" and not expression.isidentifier():
            found += clauses_in(expression)
    return list(dict.fromkeys(found))


def seen_clauses(board: Board, known: Catalogue, indicator: Indicator) -> list[SeenClause]:
    """Return a definition's clauses with how often its cases have seen them true and false."""
    return counted(board, known, [indicator], clauses_of_definition(indicator), within=known.population_of(indicator))


def seen_clauses_of_population(board: Board, known: Catalogue, name: str) -> list[SeenClause]:
    """Return a population's clauses with how often the cases of all definitions about it have seen them."""
    users = [indicator for indicator in known.indicators if indicator.population == name]
    return counted(board, known, users, clauses_in(known.populations.populations[name].when), within="TRUE")


def counted(
    board: Board, known: Catalogue, indicators: Sequence[Indicator], clauses: Sequence[str], *, within: str
) -> list[SeenClause]:
    """Return clauses with how often they are true and false for the cases of some indicators."""
    seen = [(0, 0)] * len(clauses)
    columns = ", ".join(f"count_if({truth(clause)}), count_if(NOT {truth(clause)})" for clause in clauses)
    for indicator in indicators:
        for day in board.dates_of(indicator.id) if clauses else ():
            frame = board.frame(known, Setting(day, indicator.period))
            with shown_as(board.con, "patient_period", board.rows_of(indicator.id, frame, day)):
                found: pl.DataFrame = fetch(
                    board.con, f"SELECT {columns} FROM patient_period WHERE {within}", all_values_on(known, day)
                )
            row = found.row(0)
            seen = [(true + row[2 * place], false + row[2 * place + 1]) for place, (true, false) in enumerate(seen)]
    return [SeenClause(clause, *both) for clause, both in zip(clauses, seen, strict=True)]
