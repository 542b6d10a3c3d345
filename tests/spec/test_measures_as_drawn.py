"""Every measure decides its drawn boundary cases, and no criterion goes untried."""

from functools import cache

import pytest

from indicators.definitions.definition import PARAMETER
from tests.lib.case_files import DrawnCase, case_files, read_case_file
from tests.lib.drawn_measures import drawn_bundles
from tests.lib.measured import found_of, measures, outcome_of

CASES = [case for path in case_files("measures") for case in read_case_file(path)]
MEASURES = measures().measures


@cache
def outcomes(folder, measure_id: str) -> dict[int, str]:
    (measure,) = [each for each in MEASURES if each.id == measure_id]
    cases = [case for case in CASES if case.subject == measure_id]
    bundles = drawn_bundles(measure.reports, cases[0].drawing, [case.patient for case in cases])
    own = folder / measure_id
    own.mkdir()
    found = found_of(bundles, own)
    return {case.patient: outcome_of(found[f"p{case.patient}", measure.reports]) for case in cases}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("drawn_measures")


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_drawn_test_patient_comes_out_as_expected(case: DrawnCase, folder):
    assert outcomes(folder, case.subject)[case.patient] == case.outcome


@pytest.mark.parametrize("measure", MEASURES, ids=lambda measure: measure.id)
def test_every_example_of_a_measure_is_a_drawn_case(measure):
    assert set(measure.examples) <= {case.title for case in CASES if case.subject == measure.id}


@pytest.mark.parametrize("measure", MEASURES, ids=lambda measure: measure.id)
def test_every_measure_is_drawn_with_every_outcome(measure):
    found = {case.outcome for case in CASES if case.subject == measure.id}
    assert found == {"met", "not met", "excluded", "not in denominator"}


def test_every_parameter_of_the_pack_is_used_by_a_measure():
    known = measures()
    used = {name for each in MEASURES for sql in known.expressions_of(each).values() for name in PARAMETER.findall(sql)}
    used |= {name for variable in known.variables.values() for name in variable.parameters}
    assert used == set(known.parameters)


def test_every_value_set_of_the_pack_is_needed_by_a_measure():
    assert set(measures().wanted(MEASURES)) == set(measures().value_sets)
