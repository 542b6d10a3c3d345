"""Every clause of a definition has been true for one of its drawn cases and false for another."""

import pytest

from tests.lib.case_board import case_board
from tests.lib.evaluate import catalogue, used_populations
from tests.proof.clause_coverage import clauses_in, clauses_of_definition, seen_clauses, seen_clauses_of_population
from tests.proof.page import PAGE, clause_lines

KNOWN = catalogue()
NEVER_FALSE = {"observed_years > 0"}  # who was not observed has no row in the period


@pytest.mark.parametrize("indicator", KNOWN.indicators, ids=lambda indicator: indicator.id)
def test_every_clause_of_a_definition_is_seen_true_and_false(indicator):
    clauses = seen_clauses(case_board(), KNOWN, indicator)
    assert clauses
    assert [clause for clause in clauses if not clause.is_seen_both_ways] == []
    assert "\n".join(clause_lines(clauses)) in PAGE.read_text(encoding="utf-8"), "run: make proof"


@pytest.mark.parametrize("population", used_populations(KNOWN))
def test_every_clause_of_a_population_is_seen_true_and_false(population: str):
    clauses = seen_clauses_of_population(case_board(), KNOWN, population)
    assert {clause.text for clause in clauses if not clause.is_seen_both_ways} <= NEVER_FALSE


def test_clauses_are_the_smallest_truths():
    assert clauses_in("a < 1 OR (b = 2 AND NOT c)") == ["a < 1", "b = 2", "c"]
    assert clauses_in("LEAST(a, b) <= c") == ["a <= c", "b <= c"]
    assert clauses_in("CASE WHEN a BETWEEN b AND c THEN d ELSE e END") == ["a BETWEEN b AND c"]
    assert clauses_in("CAST(a > b AS INTEGER)") == ["a > b"]
    assert clauses_of_definition(KNOWN.indicator("readmission_within_30_days")) == [
        "discharges_before_readmission_count > 0",
        "readmissions_count > 0",
    ]
