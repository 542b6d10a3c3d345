"""Populations of other classifiers beside those who have the disease, and results of too few for an indicator."""

from datetime import date

import polars as pl
import pytest

from indicators.counting.results import STATE
from indicators.counting.too_few import with_too_few
from indicators.definitions.population import Populations
from indicators.disclosure.policy import load_policy
from indicators.disclosure.primary import too_small
from indicators.explain.person import explain_on
from tests.lib.drawn_cells import cell, cells
from tests.lib.drawn_tables import patient_uuid, warehouse_of
from tests.lib.evaluate import catalogue, evaluate
from tests.lib.tiny_release import POLICY

KNOWN = catalogue()
BOTH = """
    diabetes
    patient | diabetes_type | diabetes_since_on
    1       | gestational   | 2015-01-01
    1       | type_2        | 2024-01-01
    2       | gestational   | 2015-01-01
    3       | type_2        | 2010-01-01

    measurement
    patient | taken_on   | value
    1       | 2023-03-01 | 38
    1       | 2025-03-01 | 50
    2       | 2023-03-01 | 38
"""
AFTER_PREGNANCY = "hba1c_every_third_year_after_gestational"


def test_whom_two_classifiers_find_counts_once_in_the_population_of_each():
    words = {1: "not in denominator", 2: "met", 3: "not in denominator"}
    assert evaluate(BOTH, AFTER_PREGNANCY, "2025-12-31") == words
    assert evaluate(BOTH, AFTER_PREGNANCY, "2023-12-31") == words | {1: "met"}
    assert evaluate(BOTH, "hba1c_measured", "2025-12-31") == {1: "met", 2: "not in denominator", 3: "not met"}
    assert evaluate(BOTH, "hba1c_measured", "2023-12-31")[1] == "not in denominator"


@pytest.mark.parametrize(("day", "verdict"), [("2023-12-31", "counts, and meets the indicator"), ("2025-12-31", "")])
def test_an_explanation_is_of_the_row_that_the_population_is_about(day: str, verdict: str):
    with warehouse_of(BOTH) as con:
        person, on = str(patient_uuid(1)), date.fromisoformat(day)
        found = explain_on(con, KNOWN, AFTER_PREGNANCY, person, on, diabetes_definition="drawn")
        other = explain_on(con, KNOWN, "hba1c_measured", person, on, diabetes_definition="drawn")
    assert found.reasons[0].holds
    assert found.reasons[0].facts["diabetes_type"] == "gestational"
    assert found.verdict == verdict or (not verdict and not found.reasons[1].holds)
    assert other.reasons[0].holds is (day > "2024")


def test_a_population_may_only_name_a_classifier_that_stands_beside_the_diseases_own():
    clause = {"who": {"en": "Somebody"}, "when": "TRUE", "classifier": "gestational_diabetes"}
    assert not Populations.model_validate(
        {"classifier": "osdc", "populations": {"x": clause | {"classifier": "osdc"}}}
    ).further()
    with pytest.raises(ValueError, match="must stand under `also`: gestational_diabetes"):
        Populations.model_validate({"classifier": "osdc", "populations": {"x": clause}})


def test_fewer_than_the_publisher_asks_for_is_too_few_and_nobody_is_not():
    rows = [(denominator, "computed") for denominator in (0, 1, 9, 10)] + [(5, "no_data")]
    results = pl.DataFrame(rows, schema={"denominator": pl.Int64, "state": STATE}, orient="row")
    results = results.with_columns(pl.lit(date(2025, 12, 31)).alias("period_end"))
    found = with_too_few(results, KNOWN.indicator("children_of_any_type_hba1c_below_59"), KNOWN.parameters)
    assert found["state"].to_list() == ["computed", "too_few", "too_few", "computed", "no_data"]
    assert found["denominator"].to_list() == [0, 1, 9, 10, 5]
    assert with_too_few(results, KNOWN.indicator("hba1c_measured"), KNOWN.parameters).equals(results)


def test_a_value_known_of_less_than_the_publisher_asks_for_is_too_few():
    known = catalogue(country="norway")
    rows = [(20, 40, "computed"), (20, 41, "computed"), (19, 19, "computed"), (0, 30, "computed"), (20, 90, "no_data")]
    schema = {"denominator": pl.Int64, "eligible": pl.Int64, "state": STATE}
    results = pl.DataFrame(rows, schema=schema, orient="row").with_columns(
        pl.lit(date(2025, 12, 31)).alias("period_end")
    )
    found = with_too_few(results, known.indicator("hba1c_at_goal_type_1"), known.parameters)
    assert found["state"].to_list() == ["computed", "too_few", "too_few", "computed", "no_data"]


def test_the_larger_of_the_two_smallest_denominators_hides_a_cell():
    policy = load_policy(POLICY)
    drawn = cells(cell("all", 10, 20), cell("all", 4, 9), cell("all", 10, 20))
    assert too_small(drawn, policy).to_list() == [False, True, False]
    marked = drawn.with_columns(pl.Series("is_too_few", [True, False, False]))
    assert too_small(marked, policy).to_list() == [True, True, False]
