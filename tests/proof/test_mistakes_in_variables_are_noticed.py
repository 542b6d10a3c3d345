"""Every small mistake in the SQL of a variable makes a drawn case fail, or is explained."""

import pytest

from tests.lib.case_board import case_board
from tests.lib.evaluate import catalogue, used_variables
from tests.proof.explanations import idle, unexplained
from tests.proof.page import PAGE, line_of
from tests.proof.sql_mutants import parse, text_of
from tests.proof.variable_mutants import prove_variable

pytestmark = pytest.mark.slow
KNOWN = catalogue()


@pytest.mark.parametrize("variable", used_variables(KNOWN), ids=lambda variable: variable.name)
def test_a_mistake_in_the_sql_of_a_variable_is_noticed(variable):
    proof = prove_variable(case_board(), KNOWN, variable)
    assert unexplained(proof.subject, proof.survivors) == [], "draw a case that notices it, or explain it"
    assert idle(proof.subject, proof.survivors) == [], "explains nothing any more; take it out of explained.yaml"
    assert line_of(proof) in PAGE.read_text(encoding="utf-8").splitlines(), "run: make proof"


@pytest.mark.parametrize("variable", used_variables(KNOWN), ids=lambda variable: variable.name)
def test_writing_a_text_leaves_its_tree_as_it_was(variable):
    tree, untouched = parse(variable.sql), parse(variable.sql)
    assert text_of(tree) == untouched.sql(dialect="duckdb", comments=False)
    assert tree == untouched
