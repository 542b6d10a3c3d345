"""From patients to results: policies for missing values, exclusions, events, rates, medians, states and breakdowns."""

from datetime import date

import polars as pl
import pytest

from indicators.definitions.definition import Clause, Denominator, Indicator, Numerator, Value
from tests.lib.computed import DELIVERED, cell, results
from tests.lib.drawn_tables import patient_uuid, warehouse_of
from tests.lib.evaluate import catalogue
from tvaers.errors import DefinitionError

DAY = "2025-12-31"
FIVE = """
    person
    patient | sex    | born_on
    1       | female | 1950-01-01
    2       | female | 1980-01-01
    3       | male   | 1950-01-01
    4       | male   | 1980-01-01
    5       | male   | 1980-01-01

    measurement
    patient | taken_on   | value
    1       | 2025-03-01 | 45
    2       | 2025-03-01 | 53
    3       | 2025-03-01 | 80
    4       | 2025-03-01 | 50
    5       | 2025-03-01 |

    registration
    patient | practice_id
    1       | 100001
    2       | 100002
    3       | 100003
    4       | 100003
"""


def made(**changes) -> Indicator:
    """Return an indicator for a test: HbA1c below 53 among adults with a value, with some keys changed."""
    base = {
        "id": "made_for_a_test",
        "exclusions": (),
        "threshold": None,
        "distribution": None,
        "target": None,
        "missing_values": "exclude",
        "measured": Clause(who="Has a value", when="latest_hba1c_mmol_mol IS NOT NULL"),
        "numerator": Numerator(who="Below 53", when="latest_hba1c_mmol_mol < 53"),
    }
    content = catalogue().indicator("hba1c_below_53").model_dump(exclude={"leeway"}) | base | changes
    return Indicator.model_validate(content | {"period": "12 months"})


def numbers(row: dict) -> tuple:
    return row["numerator"], row["denominator"], row["eligible"]


def test_people_without_the_value_are_left_out_and_counted_as_eligible():
    assert numbers(cell(results(FIVE, [made()], DAY))) == (2, 4, 5)


def test_people_without_the_value_may_count_as_not_met():
    assert numbers(cell(results(FIVE, [made(missing_values="fail")], DAY))) == (2, 5, 5)


def test_people_without_the_value_may_count_as_met():
    indicator = made(missing_values="count_as_numerator")
    assert numbers(cell(results(FIVE, [indicator], DAY))) == (3, 5, 5)


def test_a_truth_value_that_is_unknown_is_not_met():
    indicator = made(missing_values="fail", measured=None)
    assert numbers(cell(results(FIVE, [indicator], DAY))) == (2, 5, 5)


def test_an_excluded_person_is_neither_counted_nor_eligible():
    indicator = made(exclusions=(Clause(who="Very high", when="latest_hba1c_mmol_mol > 75"),))
    con = warehouse_of(FIVE + DELIVERED)
    assert numbers(cell(results(con, [indicator], DAY))) == (2, 3, 4)
    rows = con.execute("SELECT patient_id, excluded_by, in_denominator FROM indicator.patient_result").fetchall()
    outcome = {row[0]: row[1:] for row in rows}
    assert outcome[patient_uuid(3)] == ("Very high", False)
    assert outcome[patient_uuid(1)] == (None, True)


def test_the_patient_level_table_says_what_was_decided_and_on_what_evidence():
    con = warehouse_of(FIVE)
    results(con, ["hba1c_below_53"], "2025-09-30", DAY)
    found = con.execute("SELECT * FROM indicator.patient_result ORDER BY evidence_value NULLS LAST").pl().to_dicts()
    assert [row["numerator"] for row in found] == [1, 1, 0, 0, 0]
    assert {row["period_end"] for row in found} == {date(2025, 12, 31)}
    assert found[0]["evidence_value"] == "45.0"
    assert found[0]["evidence_on"] == date(2025, 3, 1)
    missing = found[4]
    assert (missing["patient_id"], missing["in_population"], missing["is_missing"], missing["in_denominator"]) == (
        str(patient_uuid(5)),
        True,
        True,
        False,
    )


def test_a_table_of_patients_from_an_older_version_gives_way_to_the_view():
    con = warehouse_of(FIVE)
    con.execute("CREATE TABLE indicator.patient_result (patient_id UUID)")
    con.execute("CREATE TABLE indicator.patient_99 (patient_id UUID)")
    results(con, ["hba1c_below_53"], DAY)
    found = con.execute("SELECT count(*) FROM indicator.patient_result").fetchone()
    kinds = con.execute("SELECT table_name, table_type FROM information_schema.tables").fetchall()
    assert found == (5,)
    assert ("patient_result", "VIEW") in kinds
    assert "patient_99" not in dict(kinds)


def test_practices_add_up_to_clusters_and_sexes_and_ages_to_the_whole():
    frame = results(FIVE, [made()], DAY)
    assert numbers(cell(frame, "practice", "100003")) == (1, 2, 2)
    assert numbers(cell(frame, "cluster", "K1")) == (1, 2, 3)
    assert numbers(cell(frame, sex="male")) == (1, 2, 3)
    assert numbers(cell(frame, sex="female", age_band="65-79")) == (1, 1, 1)
    assert numbers(cell(frame, "municipality", "0791", age_band="18-49")) == (1, 2, 3)


def test_a_part_of_a_breakdown_in_which_nobody_is_stands_there_with_zero():
    row = cell(results(FIVE, [made()], DAY), age_band="80+")
    assert (*numbers(row), row["value"], row["state"]) == (0, 0, 0, None, "computed")


def test_only_declared_breakdowns_are_computed():
    splits = results(FIVE, [made()], DAY).filter(pl.col("level") == "practice")
    assert splits.select("sex", "age_band").unique().rows() == [("all", "all")]


def test_a_median_is_the_middle_value_of_the_patients():
    indicator = made(
        kind="median", numerator=None, value=Value(who="Latest HbA1c", of="latest_hba1c_mmol_mol", unit="mmol/mol")
    )
    row = cell(results(FIVE, [indicator], DAY))
    assert (row["value"], row["patients"], row["eligible"], row["ci_low"]) == (51.5, 4, 5, None)
    assert cell(results(FIVE, [indicator], DAY), sex="female")["value"] == 49


def test_the_interval_of_a_median_needs_six_values():
    indicator = made(
        kind="median", numerator=None, value=Value(who="Latest HbA1c", of="latest_hba1c_mmol_mol", unit="mmol/mol")
    )
    drawing = "measurement\npatient | taken_on | value\n" + "\n".join(
        f"{number} | 2025-03-01 | {40 + number}" for number in range(1, 8)
    )
    row = cell(results(drawing, [indicator], DAY))
    assert (row["ci_low"], row["value"], row["ci_high"]) == (41, 44, 47)


def test_a_rate_counts_events_in_years_under_observation():
    indicator = made(
        kind="rate_per_1000_patient_years",
        measured=None,
        missing_values="fail",
        population="adults_with_type_2_diabetes_during_period",
        denominator=Denominator(who="Years", years="observed_years"),
        numerator=Numerator(who="Tests", count="CASE WHEN latest_hba1c_on IS NULL THEN 0 ELSE 1 END"),
    )
    drawing = """
        person
        patient | died_on
        1       |
        2       | 2025-07-01

        measurement
        patient | taken_on   | value
        1       | 2025-03-01 | 45
    """
    row = cell(results(drawing, [indicator], DAY))
    assert (row["numerator"], row["patients"], row["numerator_patients"]) == (1, 2, 1)
    assert row["complement_patients"] is None
    assert row["patient_years"] == pytest.approx((365 + 182) / 365.25)
    assert row["value"] == pytest.approx(1000 / row["patient_years"])


def events(numerator: str) -> Indicator:
    return made(
        counts="discharges",
        measured=None,
        missing_values="fail",
        denominator=Denominator(who="Events", count="CASE WHEN latest_hba1c_mmol_mol > 50 THEN 3 ELSE 0 END"),
        numerator=Numerator(who="Some of them", count=numerator),
    )


def test_an_indicator_of_events_counts_events_and_the_people_behind_them():
    row = cell(results(FIVE, [events("CASE WHEN latest_hba1c_mmol_mol > 60 THEN 2 ELSE 0 END")], DAY))
    assert (row["numerator"], row["denominator"], row["patients"], row["numerator_patients"]) == (2, 6, 2, 1)
    # One of them meets two of three events and the other none: both stand behind the four that are not met.
    assert row["complement_patients"] == 2


def test_nobody_stands_behind_events_that_are_not_met_when_all_are():
    row = cell(results(FIVE, [events("CASE WHEN latest_hba1c_mmol_mol > 60 THEN 3 ELSE 0 END")], DAY))
    assert (row["numerator"], row["denominator"], row["numerator_patients"], row["complement_patients"]) == (3, 6, 1, 1)


def test_the_people_who_do_not_meet_a_share_are_the_rest_and_a_rate_or_median_has_none():
    share, median = results(FIVE, [made()], DAY), results(FIVE, ["hba1c_median"], DAY)
    assert [cell(share)[name] for name in ("patients", "numerator_patients", "complement_patients")] == [4, 2, 2]
    assert cell(median)["complement_patients"] is None


def test_a_definition_that_meets_more_events_than_it_counts_is_refused():
    with pytest.raises(DefinitionError, match="numerator of a proportion is larger"):
        results(FIVE, [events("4")], DAY)


def test_a_level_at_which_an_indicator_has_no_meaning_says_so():
    frame = results(FIVE, [made(report_by=("all", "municipality"))], DAY)
    row = cell(frame, "practice", "100001")
    assert (row["state"], row["numerator"], row["denominator"], row["ci_low"]) == ("not_applicable", None, None, None)
    assert cell(frame, "municipality", "0791")["state"] == "computed"


def test_a_period_that_no_extract_covers_has_no_data_instead_of_zero():
    days = pl.date_range(date(2024, 1, 4), date(2025, 12, 28), "2d", eager=True)
    delivered = "measurement\npatient | taken_on | value\n" + "\n".join(f"999 | {day} | 40" for day in days)
    frame = results(FIVE, [made()], "2024-12-31", "2025-12-31", "2026-03-31", delivered=delivered)
    states = {row["period_end"]: row["state"] for row in frame.filter(pl.col("level") == "all").to_dicts()}
    assert states == {
        date(2024, 12, 31): "computed",
        date(2025, 12, 31): "computed",  # the last row is of 28 December
        date(2026, 3, 31): "no_data",
    }
    assert set(frame.filter(pl.col("state") == "no_data")["denominator"]) == {None}


def test_an_extract_that_never_came_gives_no_data():
    frame = results(FIVE, ["ldl_measured", "hba1c_measured"], DAY, delivered="")
    assert set(frame["state"]) == {"no_data"}


def test_a_rule_that_changed_holds_from_its_date_also_within_one_run():
    # Until the end of February 2017 the common limit of 59 was met at the limit, from then on only below it.
    drawing = """
        measurement
        patient | taken_on   | value
        1       | 2016-06-01 | 59
        1       | 2017-06-01 | 59
    """
    frame = results(drawing, ["hba1c_below_59", "hba1c_median"], "2016-12-31", "2017-12-31")
    whole = frame.filter((pl.col("level") == "all") & (pl.col("sex") == "all") & (pl.col("age_band") == "all"))
    found = {(row["indicator_id"], row["period_end"].year): row for row in whole.to_dicts()}
    assert [found["hba1c_below_59", year]["numerator"] for year in (2016, 2017)] == [1, 0]
    assert [found["hba1c_median", year]["value"] for year in (2016, 2017)] == [59, 59]


def test_computing_twice_gives_the_same_rows():
    con = warehouse_of(FIVE)
    # The table of results is written in order; the view of patients has none of its own, with several threads.
    each_patient = "SELECT * FROM indicator.patient_result ORDER BY patient_id, indicator_id"
    first = results(con, ["hba1c_below_53", "hba1c_median"], "2025-09-30", DAY)
    patients = con.execute(each_patient).pl()
    second = results(con, ["hba1c_below_53", "hba1c_median"], DAY, "2025-09-30", DAY)
    assert first.equals(second)
    assert patients.equals(con.execute(each_patient).pl())


def test_no_reporting_date_is_refused():
    with pytest.raises(DefinitionError, match="No reporting date"):
        results(FIVE, [made()])


def test_where_nobody_has_the_disease_the_whole_stands_there_with_zero():
    frame = results("diabetes\npatient | diabetes_type\n1 | none\n", ["hba1c_below_53", "hba1c_median"], DAY)
    row = cell(frame, indicator="hba1c_below_53")
    assert (*numbers(row), row["state"]) == (0, 0, 0, "computed")
    assert set(frame["level"]) == {"all", "by_diabetes_duration"}
