"""Every small mistake in a definition or a population makes a drawn case fail, or is explained."""

import pytest

from tests.lib.case_board import case_board
from tests.lib.evaluate import catalogue, neighbours, used_populations
from tests.proof.definition_mutants import Proof, mutants_of_definition, prove_definition, prove_population
from tests.proof.explanations import explained_subjects, explanations, idle, unexplained
from tests.proof.page import PAGE, line_of
from tests.proof.sql_mutants import mutants_of

pytestmark = pytest.mark.slow
KNOWN = catalogue()


def assert_proved(proof: Proof) -> None:
    assert unexplained(proof.subject, proof.survivors) == [], "draw a case that notices it, or explain it"
    assert idle(proof.subject, proof.survivors) == [], "explains nothing any more; take it out of explained.yaml"


def is_on_the_page(line: str) -> bool:
    return line in PAGE.read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("indicator", KNOWN.indicators, ids=lambda indicator: indicator.id)
def test_a_mistake_in_a_definition_is_noticed_by_its_own_cases(indicator):
    proof = prove_definition(case_board(), KNOWN, indicator)
    assert proof.mutants > 5
    assert_proved(proof)


@pytest.mark.parametrize("population", used_populations(KNOWN))
def test_a_mistake_in_a_population_is_noticed(population: str):
    proof = prove_population(case_board(), KNOWN, population)
    assert_proved(proof)
    assert is_on_the_page(line_of(proof)), "run: make proof"


def test_only_known_definitions_and_variables_are_explained():
    countries = [KNOWN, *(catalogue(country=country) for country in neighbours())]
    known = {f"definitions/{each.id}" for country in countries for each in country.indicators}
    known |= {f"variables/{name}" for name in KNOWN.variables}
    known |= {f"populations/{name}" for name in KNOWN.populations.populations}
    known |= {f"classifiers/{name}" for name in KNOWN.classifiers}
    known |= {f"steps/{name}" for name in KNOWN.classifier_steps}
    assert explained_subjects() <= known
    assert all(len(each.why) > 40 for each in explanations())


def test_the_kinds_of_mistakes_are_made():
    changes = {change.change for change in mutants_of("a < 1 AND (b OR c IS NULL)")}
    assert changes >= {"a < 1 -> a <= 1", "a < 1 dropped", "b dropped", "c IS NULL -> NOT c IS NULL"}
    assert "$limit -> ($limit + 0.1)" in {each.change for each in mutants_of("x >= $limit", {"limit": 0.1})}
    assert "INTERVAL '90' DAY -> INTERVAL '91' DAY" not in changes
    assert {"'90' -> '89'", "'90' -> '91'"} <= {each.change for each in mutants_of("a + INTERVAL '90' DAY")}
    of_definition = {each.change for each in mutants_of_definition(KNOWN, KNOWN.indicator("hba1c_below_53"))}
    assert of_definition >= {
        "period: 11 months",
        "period: begins a day later",
        "period: ends a day earlier",
        "missing_values: fail",
        "population: adults_with_type_2_diabetes_during_period",
        "numerator.when: negated",
    }


def test_a_definition_whose_cases_are_too_few_has_survivors():
    known, board = KNOWN, case_board()
    few = {**board.cases, "hba1c_below_53": board.cases["hba1c_below_53"][4:5]}
    proof = prove_definition(
        type(board)(board.con, few, board.numbers, board.frames, board.events), known, known.indicator("hba1c_below_53")
    )
    assert any("<=" in change for change in proof.survivors)
