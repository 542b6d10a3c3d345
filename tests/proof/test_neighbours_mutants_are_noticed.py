"""Every small mistake in a neighbouring country's definition, or in what only it uses, makes one of its cases fail."""

import pytest

from tests.lib.case_board import case_board
from tests.lib.evaluate import catalogue, neighbours
from tests.proof.clause_coverage import seen_clauses, seen_clauses_of_population
from tests.proof.definition_mutants import Proof, prove_definition, prove_population
from tests.proof.explanations import idle, unexplained
from tests.proof.page import clause_lines, line_of, page_of, subjects_of
from tests.proof.variable_mutants import prove_variable

DRAWN = [(country, each.id) for country in neighbours() for each in subjects_of(country).indicators]
OWN_VARIABLES = [(country, each.name) for country in neighbours() for each in subjects_of(country).variables]
OWN_POPULATIONS = [(country, name) for country in neighbours() for name in subjects_of(country).populations]


def assert_proved(proof: Proof) -> None:
    assert unexplained(proof.subject, proof.survivors) == []
    assert idle(proof.subject, proof.survivors) == []


def assert_on_the_page(country: str, line: str) -> None:
    assert line in page_of(country).read_text(encoding="utf-8").splitlines(), "run: make proof"


@pytest.mark.parametrize(("country", "name"), DRAWN)
def test_a_mistake_in_a_neighbours_definition_is_noticed(country, name):
    known, board = catalogue(country=country), case_board(country)
    proof, clauses = (
        prove_definition(board, known, known.indicator(name)),
        seen_clauses(board, known, known.indicator(name)),
    )
    assert proof.mutants > 5
    assert_proved(proof)
    assert [each for each in clauses if not each.is_seen_both_ways] == []
    for line in (line_of(proof, len(board.cases[name]), clauses), *clause_lines(clauses)):
        assert_on_the_page(country, line)


@pytest.mark.parametrize(("country", "name"), OWN_VARIABLES)
def test_a_mistake_in_a_variable_that_only_neighbours_use_is_noticed(country, name):
    known = catalogue(country=country)
    proof = prove_variable(case_board(country), known, known.variables[name])
    assert_proved(proof)
    assert_on_the_page(country, line_of(proof))


@pytest.mark.parametrize(("country", "name"), OWN_POPULATIONS)
def test_a_mistake_in_a_population_that_only_neighbours_use_is_noticed(country, name):
    known, board = catalogue(country=country), case_board(country)
    proof = prove_population(board, known, name)
    assert unexplained(proof.subject, proof.survivors) == []
    assert all(each.is_seen_both_ways for each in seen_clauses_of_population(board, known, name))
    assert_on_the_page(country, line_of(proof))


def test_a_neighbours_page_tells_of_what_is_its_own_and_of_nothing_else():
    for country in neighbours():
        own = subjects_of(country)
        names = {each.id for each in own.indicators} | set(own.populations) | {each.name for each in own.variables}
        lines = page_of(country).read_text(encoding="utf-8").splitlines()
        rows = [line.split(" | ") for line in lines if line.startswith("| `") and line.count("|") > 4]
        told = {row[0].strip("|` ") for row in rows}
        assert told == names
        noticed, mutants = (sum(int(row[place].strip("| ")) for row in rows) for place in (-2, -3))
        assert f"**{noticed} of {mutants} mutants are noticed" in "\n".join(lines)
