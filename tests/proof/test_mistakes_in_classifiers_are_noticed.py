"""Every small mistake in a classifier, in a step or in a code list gives a drawn person another outcome."""

import pytest

from tests.lib.evaluate import catalogue
from tests.proof.classifier_mutants import (
    PROVED,
    classifier_board,
    lists_of,
    prove_classifier,
    prove_codelist,
    prove_step,
)
from tests.proof.definition_mutants import Proof
from tests.proof.explanations import idle, unexplained

pytestmark = pytest.mark.slow
KNOWN = catalogue()


def assert_proved(proof: Proof) -> None:
    assert unexplained(proof.subject, proof.survivors) == [], "draw a person who notices it, or explain it"
    assert idle(proof.subject, proof.survivors) == [], "explains nothing any more; take it out of explained.yaml"


@pytest.mark.parametrize("name", PROVED)
def test_a_mistake_in_a_classifier_is_noticed(name: str) -> None:
    proof = prove_classifier(classifier_board(), KNOWN, name)
    assert proof.mutants > 20
    assert_proved(proof)


@pytest.mark.parametrize("name", KNOWN.classifier_steps)
def test_a_mistake_in_a_step_is_noticed(name: str) -> None:
    proof = prove_step(classifier_board(), KNOWN, name)
    assert proof.mutants > 5
    assert_proved(proof)


@pytest.mark.parametrize("name", lists_of(KNOWN))
def test_a_code_that_is_lost_or_too_short_is_noticed(name: str) -> None:
    proof = prove_codelist(classifier_board(), KNOWN, name)
    assert proof.mutants
    assert_proved(proof)


def test_nobody_on_the_board_has_another_outcome_than_drawn() -> None:
    board = classifier_board()
    assert [name for name, select in KNOWN.classifiers.items() if board.notices(name, select)] == []


def test_the_mistakes_that_clinicians_fear_are_among_those_made() -> None:
    from tests.proof.sql_mutants import mutants_of

    changes = {mutant.change for mutant in mutants_of(KNOWN.classifiers["osdc"])}
    assert {"'280' -> '279'", "'84' -> '85'", "'180' -> '181'", "2 -> (2 + 1)"} <= {
        change.partition(" #")[0] for change in changes
    }
