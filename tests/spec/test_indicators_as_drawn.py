"""Every indicator decides its drawn boundary cases as a clinician would, and none is without cases."""

from datetime import date
from functools import cache

import pytest

from tests.lib.case_board import Setting, case_board
from tests.lib.case_files import DrawnCase, case_files, read_case_file
from tests.lib.evaluate import catalogue, drawn_patients

FILES = [path for path in case_files("type_2_diabetes") if "classifier" not in path.parts]
CASES = [case for path in FILES for case in read_case_file(path)]
BY_SUBJECT = {path.stem: [case for case in CASES if case.subject == path.stem] for path in FILES}
INDICATORS = catalogue().indicators


@cache
def outcomes(indicator_id: str, reporting_date: str) -> dict[DrawnCase, str]:
    board, known, day = case_board(), catalogue(), date.fromisoformat(reporting_date)
    indicator = known.indicator(indicator_id)
    setting = Setting(day, indicator.period)
    frame = board.frame(known, setting)
    return board.outcomes(known, indicator_id, [indicator], frame, board.events[setting], day)[0]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_drawn_case_comes_out_as_expected(case: DrawnCase):
    assert outcomes(case.subject, case.reporting_date)[case] == case.outcome


@pytest.mark.parametrize("indicator", INDICATORS, ids=lambda indicator: indicator.id)
def test_every_indicator_has_drawn_cases_in_its_groups_folder(indicator):
    assert indicator.id in {path.stem for path in FILES if path.parent.name == indicator.group}


@pytest.mark.parametrize("indicator", INDICATORS, ids=lambda indicator: indicator.id)
def test_every_example_of_a_definition_is_a_drawn_case(indicator):
    assert set(indicator.examples) <= {case.title for case in BY_SUBJECT[indicator.id]}


@pytest.mark.parametrize("indicator", INDICATORS, ids=lambda indicator: indicator.id)
def test_every_indicator_is_drawn_both_met_and_not_met(indicator):
    kinds = {case.outcome.split(" ")[0] for case in BY_SUBJECT[indicator.id]}
    met, not_met = {"met", "1", "2", "value", "after"}, {"not", "0", "missing"}
    assert kinds & met
    assert kinds & not_met


@pytest.mark.parametrize("indicator", INDICATORS, ids=lambda indicator: indicator.id)
def test_a_policy_of_leaving_out_the_missing_is_drawn(indicator):
    is_drawn = any(case.outcome == "missing" for case in BY_SUBJECT[indicator.id])
    assert is_drawn == (indicator.missing_values == "exclude")


def test_no_case_file_is_about_an_unknown_indicator():
    assert set(BY_SUBJECT) == {indicator.id for indicator in INDICATORS}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_drawn_patient_is_expected_somewhere(path):
    for case in read_case_file(path):
        block = [other.patient for other in BY_SUBJECT[path.stem] if other.drawing == case.drawing]
        assert set(drawn_patients(case.drawing)) <= set(block)
