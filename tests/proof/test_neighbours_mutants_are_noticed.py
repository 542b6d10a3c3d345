"""Every small mistake in a neighbouring country's definition, or in what only it uses, makes one of its cases fail."""

import pytest

from tests.lib.case_board import case_board
from tests.lib.case_files import case_files, folder_of
from tests.lib.evaluate import catalogue, neighbours, used_populations, used_variables
from tests.proof.clause_coverage import seen_clauses, seen_clauses_of_population
from tests.proof.definition_mutants import prove_definition, prove_population
from tests.proof.explanations import idle, unexplained
from tests.proof.variable_mutants import prove_variable

DRAWN = [(country, path.stem) for country in neighbours() for path in case_files(folder_of(country))]
FIRST = catalogue()
OWN_VARIABLES = [
    (country, variable.name)
    for country in neighbours()
    for variable in used_variables(catalogue(country=country))
    if variable.name not in {each.name for each in used_variables(FIRST)}
]
OWN_POPULATIONS = [
    (country, name)
    for country in neighbours()
    for name in used_populations(catalogue(country=country))
    if name not in used_populations(FIRST)
]


@pytest.mark.parametrize(("country", "name"), DRAWN)
def test_a_mistake_in_a_neighbours_definition_is_noticed(country, name):
    known, board = catalogue(country=country), case_board(country)
    proof = prove_definition(board, known, known.indicator(name))
    assert proof.mutants > 5
    assert unexplained(proof.subject, proof.survivors) == []
    assert idle(proof.subject, proof.survivors) == []
    assert [each for each in seen_clauses(board, known, known.indicator(name)) if not each.is_seen_both_ways] == []


@pytest.mark.parametrize(("country", "name"), OWN_VARIABLES)
def test_a_mistake_in_a_variable_that_only_neighbours_use_is_noticed(country, name):
    known = catalogue(country=country)
    proof = prove_variable(case_board(country), known, known.variables[name])
    assert unexplained(proof.subject, proof.survivors) == []
    assert idle(proof.subject, proof.survivors) == []


@pytest.mark.parametrize(("country", "name"), OWN_POPULATIONS)
def test_a_mistake_in_a_population_that_only_neighbours_use_is_noticed(country, name):
    known, board = catalogue(country=country), case_board(country)
    proof = prove_population(board, known, name)
    assert unexplained(proof.subject, proof.survivors) == []
    assert all(each.is_seen_both_ways for each in seen_clauses_of_population(board, known, name))
