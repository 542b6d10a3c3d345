"""The pages that say how well definitions are proved: docs/reference/proof*.md, written by `make proof`.

Every line is checked by the test of its definition or variable, so that a page cannot say more than what holds. A
neighbour's page tells what is its own: definitions drawn with its numbers, and what only such definitions use.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from indicators.definitions.definition import Indicator
from indicators.definitions.variables import Variable
from packs.pack import load_pack
from tests.lib.case_board import case_board
from tests.lib.evaluate import ROOT, catalogue, neighbours, used_populations, used_variables
from tests.proof.clause_coverage import SeenClause, seen_clauses, seen_clauses_of_population
from tests.proof.definition_mutants import Proof, prove_definition, prove_population
from tests.proof.explanations import explanations
from tests.proof.variable_mutants import prove_variable

FIRST = "denmark"
PAGE = ROOT / "docs" / "reference" / "proof.md"
HEAD = """# Proof of the definitions{of}

Written by `make proof`; the tests in `tests/proof` hold it to the definitions and their drawn cases. Do not edit.

Every definition has drawn cases: small tables with what must become of each patient (`tests/spec`). This page says how
much they would notice. A **clause** is the smallest truth in a definition; each must have been true for one of the
definition's own cases and false for another. A **mutant** is the definition, or the SQL of a variable, with one small
mistake: `<` for `<=`, a window a day or a month off, a dropped exclusion, a dropped AND or OR, a value shifted by its
smallest unit, another population, another policy for missing values. A mutant is noticed when a drawn case comes out
otherwise; those that no case can notice are explained at the end.
"""
OF_FIRST = """
What neighbouring countries define for themselves is proved in the same way: {pages}.
"""
OF_NEIGHBOUR = """
Here are the definitions that are drawn with this country's numbers, and what only neighbours use. Everything that
countries share is proved once, on [the first page](proof.md).
"""


@dataclass(frozen=True)
class Subjects:
    """What is proved with the cases of one country."""

    indicators: tuple[Indicator, ...]
    populations: tuple[str, ...]
    variables: tuple[Variable, ...]


@cache
def subjects_of(country: str) -> Subjects:
    """Return what is proved with a country's cases: all of the first's, and what is a neighbour's own."""
    known = catalogue(country=country)
    if country == FIRST:
        return Subjects(known.indicators, tuple(used_populations(known)), tuple(used_variables(known)))
    first, board = subjects_of(FIRST), case_board(country)
    shared = {each.name for each in first.variables}
    return Subjects(
        tuple(each for each in known.indicators if board.cases.get(each.id)),
        tuple(name for name in used_populations(known) if name not in first.populations),
        tuple(each for each in used_variables(known) if each.name not in shared),
    )


def page_of(country: str) -> Path:
    """Return the page of a country."""
    return PAGE if country == FIRST else PAGE.with_name(f"proof_{country}.md")


@cache
def proofs(country: str = FIRST) -> tuple[Proof, ...]:
    """Return the proof of a country's definitions, populations and variables; minutes of processor time for all."""
    board, known, subjects = case_board(country), catalogue(country=country), subjects_of(country)
    found = [prove_definition(board, known, indicator) for indicator in subjects.indicators]
    found += [prove_population(board, known, name) for name in subjects.populations]
    return (*found, *(prove_variable(board, known, variable) for variable in subjects.variables))


def line_of(proof: Proof, cases: int | None = None, clauses: Sequence[SeenClause] | None = None) -> str:
    """Return the row of one proof; explained are all that are not noticed."""
    name = proof.subject.partition("/")[2]
    noticed = proof.mutants - len(proof.survivors)
    drawn = [] if cases is None or clauses is None else [str(cases), clauses_seen(clauses)]
    return " | ".join(["| `" + name + "`", *drawn, str(proof.mutants), str(noticed), f"{len(proof.survivors)} |"])


def clauses_seen(clauses: Sequence[SeenClause]) -> str:
    """Return how many of some clauses were seen both ways."""
    return f"{sum(clause.is_seen_both_ways for clause in clauses)} of {len(clauses)}"


def clause_lines(clauses: Sequence[SeenClause]) -> Iterator[str]:
    """Yield the rows of a definition's clauses."""
    for clause in clauses:
        text = clause.text.replace("|", "\\|")
        yield f"| `{text}` | {clause.true} | {clause.false} |"


def beside(country: str) -> str:
    """Return what a page says of the pages of other countries."""
    if country != FIRST:
        return OF_NEIGHBOUR.lstrip()
    pages = [f"[{load_pack(each).settings.title['en']}]({page_of(each).name})" for each in neighbours()]
    return OF_FIRST.lstrip().format(pages=", ".join(pages))


def render(country: str = FIRST) -> str:
    """Return the page of a country."""
    board, known, subjects = case_board(country), catalogue(country=country), subjects_of(country)
    by_subject = {proof.subject: proof for proof in proofs(country)}
    clauses = {each.id: seen_clauses(board, known, each) for each in subjects.indicators}
    all_mutants = sum(proof.mutants for proof in proofs(country))
    all_survivors = sum(len(proof.survivors) for proof in proofs(country))
    lines = [
        HEAD.replace("{of}", "" if country == FIRST else f": {load_pack(country).settings.title['en']}"),
        beside(country),
        f"**{all_mutants - all_survivors} of {all_mutants} mutants are noticed "
        f"({100 * (all_mutants - all_survivors) / all_mutants:.1f} %); the other {all_survivors} are explained. "
        f"{sum(len(own) for own in clauses.values())} clauses of {len(subjects.indicators)} definitions, each seen "
        f"both ways, in {sum(len(board.cases[each.id]) for each in subjects.indicators)} drawn cases.**",
        "",
        "## Definitions",
        "",
        "| definition | cases | clauses seen both ways | mutants | noticed | explained |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    lines += [
        line_of(by_subject[f"definitions/{each.id}"], len(board.cases[each.id]), clauses[each.id])
        for each in subjects.indicators
    ]
    for kind, title in (("populations", "Populations"), ("variables", "Variables")):
        own = [proof for proof in proofs(country) if proof.subject.startswith(kind)]
        if own:
            lines += [
                "",
                f"## {title}",
                "",
                f"| {kind[:-1]} | mutants | noticed | explained |",
                "| --- | --- | --- | --- |",
            ]
            lines += map(line_of, own)
    lines += ["", "## Clauses, and for how many cases of the population each was true and false", ""]
    for each in subjects.indicators:
        if clauses[each.id]:
            lines += [f"### {each.title.en}", "", "| clause | true | false |", "| --- | --- | --- |"]
            lines += [*clause_lines(clauses[each.id]), ""]
    for name in subjects.populations:
        lines += [f"### Population `{name}`", "", "| clause | true | false |", "| --- | --- | --- |"]
        lines += [*clause_lines(seen_clauses_of_population(board, known, name)), ""]
    told = [each for each in explanations() if country == FIRST or each.subject in by_subject]
    if told:
        lines += ["## Mutants that no case can notice, and why", ""]
    for why in dict.fromkeys(each.why for each in told):
        about = [each for each in told if each.why == why]
        names = ", ".join(f"`{name}`" for name in dict.fromkeys(each.subject.partition("/")[2] for each in about))
        lines.append(f"- {why} ({names})")
    return "\n".join(lines).rstrip("\n") + "\n"


if __name__ == "__main__":
    for country in (FIRST, *neighbours()):
        page_of(country).write_text(render(country), encoding="utf-8")
