"""Composites, limits of some patients, exceptions, two levels of target, and periods by the calendar."""

from datetime import date

import polars as pl
import pytest

from indicators.definitions.definition import Indicator
from indicators.definitions.limits import acceptable_in_words, threshold_in_words
from tests.lib.computed import cell, results
from tests.lib.evaluate import catalogue
from tests.unit.indicators.test_definition import fault_of, loaded

ON = date(2025, 12, 31)
PARTS = [{"who": {"en": name}, "when": f"{name} IS NOT NULL"} for name in ("latest_ldl_on", "latest_egfr_on")]


def test_all_parts_of_a_composite_are_joined_by_and(tmp_path):
    numerator = {"who": {"en": "Both"}, "of": PARTS}
    assert loaded(tmp_path, numerator=numerator).met_when() == (
        "(latest_ldl_on IS NOT NULL) AND (latest_egfr_on IS NOT NULL)"
    )


def test_so_many_parts_of_a_composite_are_counted(tmp_path):
    numerator = {"who": {"en": "Some"}, "of": PARTS, "at_least": "$annual_review_parts_required"}
    assert loaded(tmp_path, numerator=numerator).met_when() == (
        "CASE WHEN latest_ldl_on IS NOT NULL THEN 1 ELSE 0 END + "
        "CASE WHEN latest_egfr_on IS NOT NULL THEN 1 ELSE 0 END >= $annual_review_parts_required"
    )


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"numerator": {"who": {"en": "A"}, "when": "TRUE", "of": PARTS}}, "one of `when`, `count` and `of`"),
        ({"numerator": {"who": {"en": "A"}, "of": PARTS[:1]}}, "at least two parts"),
        ({"numerator": {"who": {"en": "A"}, "when": "TRUE", "at_least": "$x"}}, "`numerator.at_least` goes with"),
        ({"threshold_for": [{"who": {"en": "A"}, "when": "TRUE", "limit": "$x"}]}, "`threshold_for` needs `threshold`"),
        ({"ends_on": "31 March"}, "ends_on"),
    ],
)
def test_what_does_not_fit_together_is_refused(tmp_path, changes, told):
    assert told in fault_of(tmp_path, **changes)


def test_the_limit_of_some_patients_is_told_beside_that_of_all():
    known = catalogue()
    told = threshold_in_words(known, known.indicator("hba1c_at_goal_by_frailty"), ON, "en")
    assert told.startswith("below 53 mmol/mol; below 75 mmol/mol: 80 years or older")
    assert "; below 58 mmol/mol: Ischaemic" in told


def test_the_acceptable_level_is_told_with_its_side():
    known = catalogue()
    assert acceptable_in_words(known, known.indicator("ras_blockade_with_albuminuria"), ON, "da") == "mindst 85 %"


DRAWN = """
    diabetes
    patient | diabetes_type | diabetes_since_on
    1       | type_2        | 2010-01-01
    2       | type_2        | 2025-06-01
    3       | type_2        | 2025-06-01

    measurement
    patient | taken_on   | value
    1       | 2025-09-30 | 60
    2       | 2025-09-30 | 60
    3       | 2025-09-30 | 50
"""
DELIVERED_DIAGNOSES = """
    diagnosis
    patient | diagnosed_on | code
    999     | 2012-01-01   | DJ44
    999     | 2030-01-01   | DJ44

    procedure
    patient | performed_on | code
    999     | 2012-01-01   | KABC
    999     | 2030-01-01   | KABC

    diabetes
    patient | diabetes_type
    999     | none
"""


def test_an_exception_stays_among_those_who_could_have_been_counted():
    drawn = DRAWN + DELIVERED_DIAGNOSES
    found = cell(results(drawn, ["hba1c_at_goal_by_frailty"], "2025-12-31"))
    assert (found["numerator"], found["denominator"], found["eligible"]) == (1, 2, 3)


def test_a_period_by_the_calendar_is_counted_on_its_own_day_only():
    yearly = ending_on("12-31")
    found = results(DRAWN, [yearly], "2025-09-30", "2025-12-31").filter(
        pl.col("level") == "all", pl.col("sex") == "all"
    )
    states = dict(found.filter(pl.col("age_band") == "all").select("period_end", "state").rows())
    assert states == {date(2025, 9, 30): "not_applicable", date(2025, 12, 31): "computed"}


def ending_on(day: str) -> Indicator:
    return catalogue().indicator("hba1c_measured").model_copy(update={"ends_on": day})
