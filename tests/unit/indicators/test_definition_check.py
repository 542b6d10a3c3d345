from dataclasses import replace
from datetime import date

import pytest

from indicators.definitions.definition import Clause, Numerator
from indicators.explain.definition_check import problems, problems_of
from tests.lib.evaluate import catalogue

TODAY = date(2026, 11, 22)


def found_in(indicator) -> list[str]:
    return list(problems_of(catalogue(), indicator, TODAY))


def test_the_definitions_of_the_checkout_have_no_fault():
    assert problems(catalogue(), TODAY) == []


def changed(**changes):
    return catalogue().indicator("hba1c_below_53").model_copy(update=changes)


def test_a_review_that_is_said_to_have_been_made_in_the_future_is_a_fault():
    (problem,) = found_in(changed(reviewed_on=date(2026, 11, 23)))
    assert problem.startswith("reviewed_on is 2026-11-23")


def test_words_in_english_only_are_a_fault():
    exclusion = Clause(who="In palliative care", when="latest_hba1c_on IS NULL")
    (problem,) = found_in(changed(exclusions=(exclusion,)))
    assert problem == "exclusions[0].who is not translated into da, nb"


def test_a_number_that_is_not_a_parameter_is_a_fault():
    who = catalogue().indicator("hba1c_below_53").numerator.who
    (problem,) = found_in(changed(numerator=Numerator(who=who, when="latest_hba1c_mmol_mol < 53")))
    assert "numerator.when holds the number 53" in problem


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ("latest_hba1c_mmol_mol", "is double, but should be boolean"),
        ("latest_hba1c_mmol_mol < DATE '2020-01-01'", "Cannot compare"),
    ],
)
def test_an_expression_of_the_wrong_type_is_a_fault(when, expected):
    who = catalogue().indicator("hba1c_below_53").numerator.who
    one = replace(catalogue(), indicators=(changed(numerator=Numerator(who=who, when=when)),))
    (problem,) = [text for text in problems(one, TODAY) if "numerator.when" in text]
    assert expected in problem


def test_a_definition_of_new_cases_says_how_far_back_it_looks():
    known = catalogue().indicator("new_stroke")
    (unsaid,) = problems_of(catalogue(), known.model_copy(update={"look_back": None}), TODAY)
    assert unsaid.startswith("latest_stroke_before_on tells who is a new case, but look_back does not say")
    (idle,) = found_in(changed(look_back="$new_case_look_back_months"))
    assert idle.startswith("look_back is $new_case_look_back_months, but no column")
