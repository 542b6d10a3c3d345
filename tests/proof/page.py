"""The page that says how well definitions are proved: docs/reference/proof.md, written by `make proof`.

Every line is checked by the test of its definition or variable, so that the page cannot say more than what holds.
"""

from collections.abc import Iterator, Sequence
from functools import cache

from tests.lib.case_board import case_board
from tests.lib.evaluate import ROOT, catalogue, used_populations, used_variables
from tests.proof.clause_coverage import SeenClause, seen_clauses, seen_clauses_of_population
from tests.proof.definition_mutants import Proof, prove_definition, prove_population
from tests.proof.explanations import explanations
from tests.proof.variable_mutants import prove_variable

PAGE = ROOT / "docs" / "reference" / "proof.md"
HEAD = """# Proof of the definitions

Written by `make proof`; the tests in `tests/proof` hold it to the definitions and their drawn cases. Do not edit.

Every definition has drawn cases: small tables with what must become of each patient (`tests/spec`). This page says how
much they would notice. A **clause** is the smallest truth in a definition; each must have been true for one of the
definition's own cases and false for another. A **mutant** is the definition, or the SQL of a variable, with one small
mistake: `<` for `<=`, a window a day or a month off, a dropped exclusion, a dropped AND or OR, a value shifted by its
smallest unit, another population, another policy for missing values. A mutant is noticed when a drawn case comes out
otherwise; those that no case can notice are explained at the end.
"""


@cache
def proofs() -> tuple[Proof, ...]:
    """Return the proof of every definition, population and variable; takes about a minute of processor time."""
    board, known = case_board(), catalogue()
    found = [prove_definition(board, known, indicator) for indicator in known.indicators]
    found += [prove_population(board, known, name) for name in used_populations(known)]
    return (*found, *(prove_variable(board, known, variable) for variable in used_variables(known)))


def line_of(proof: Proof, cases: int | None = None, clauses: Sequence[SeenClause] | None = None) -> str:
    """Return the row of one proof; explained are all that are not noticed."""
    name = proof.subject.partition("/")[2]
    noticed = proof.mutants - len(proof.survivors)
    drawn = [] if cases is None or clauses is None else [str(cases), clauses_seen(clauses)]
    return " | ".join(["| `" + name + "`", *drawn, str(proof.mutants), str(noticed), f"{len(proof.survivors)} |"])


def clauses_seen(clauses: Sequence[SeenClause]) -> str:
    """Return how many of some clauses were seen both ways."""
    return f"{sum(clause.is_seen_both_ways for clause in clauses)} of {len(clauses)}"


def line_of_definition(name: str) -> str:
    """Return the row of a definition."""
    board, known = case_board(), catalogue()
    indicator = known.indicator(name)
    proof = prove_definition(board, known, indicator)
    return line_of(proof, len(board.cases[name]), seen_clauses(board, known, indicator))


def clause_lines(clauses: Sequence[SeenClause]) -> Iterator[str]:
    """Yield the rows of a definition's clauses."""
    for clause in clauses:
        text = clause.text.replace("|", "\\|")
        yield f"| `{text}` | {clause.true} | {clause.false} |"


def render() -> str:
    """Return the page."""
    board, known = case_board(), catalogue()
    by_subject = {proof.subject: proof for proof in proofs()}
    clauses = {each.id: seen_clauses(board, known, each) for each in known.indicators}
    all_mutants = sum(proof.mutants for proof in proofs())
    all_survivors = sum(len(proof.survivors) for proof in proofs())
    lines = [
        HEAD,
        f"**{all_mutants - all_survivors} of {all_mutants} mutants are noticed "
        f"({100 * (all_mutants - all_survivors) / all_mutants:.1f} %); the other {all_survivors} are explained. "
        f"{sum(len(own) for own in clauses.values())} clauses of {len(known.indicators)} definitions, each seen both "
        f"ways, in {sum(len(own) for own in board.cases.values())} drawn cases.**",
        "",
        "## Definitions",
        "",
        "| definition | cases | clauses seen both ways | mutants | noticed | explained |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    lines += [
        line_of(by_subject[f"definitions/{each.id}"], len(board.cases[each.id]), clauses[each.id])
        for each in known.indicators
    ]
    for kind, title in (("populations", "Populations"), ("variables", "Variables")):
        lines += [
            "",
            f"## {title}",
            "",
            f"| {kind[:-1]} | mutants | noticed | explained |",
            "| --- | --- | --- | --- |",
        ]
        lines += [line_of(proof) for proof in proofs() if proof.subject.startswith(kind)]
    lines += ["", "## Clauses, and for how many cases of the population each was true and false", ""]
    for each in known.indicators:
        if clauses[each.id]:
            lines += [f"### {each.title.en}", "", "| clause | true | false |", "| --- | --- | --- |"]
            lines += [*clause_lines(clauses[each.id]), ""]
    for name in used_populations(known):
        lines += [f"### Population `{name}`", "", "| clause | true | false |", "| --- | --- | --- |"]
        lines += [*clause_lines(seen_clauses_of_population(board, known, name)), ""]
    lines += ["## Mutants that no case can notice, and why", ""]
    for why in dict.fromkeys(each.why for each in explanations()):
        own = [each for each in explanations() if each.why == why]
        subjects = ", ".join(f"`{name}`" for name in dict.fromkeys(each.subject.partition("/")[2] for each in own))
        lines.append(f"- {why} ({subjects})")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    PAGE.write_text(render(), encoding="utf-8")
