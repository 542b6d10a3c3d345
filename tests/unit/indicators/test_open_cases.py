"""Open at a unit are its patients who are counted and not as they should be, whichever way is better."""

from dataclasses import replace
from datetime import date

import duckdb
import pytest

from indicators.catalogue import load_catalogue
from indicators.open_cases import open_cases
from packs.pack import load_pack
from tests.lib.drawn_tables import patient_uuid
from tvaers.errors import DefinitionError

CATALOGUE = load_catalogue("type_2_diabetes", load_pack("denmark"))
# Patient, practice, hospital; then counted, numerator and denominator in the indicator that is asked about.
PATIENTS = [
    (1, "a", "h", True, 0, 1),
    (2, "a", "h", True, 1, 1),
    (3, "a", "g", False, 0, 1),
    (4, "b", "h", True, 0, 1),
    (5, "b", "g", True, 1, 1),
    (6, "a", "h", True, 1, 3),
]


def found(indicator: str, level: str, unit: str) -> list[int]:
    con = duckdb.connect()
    con.execute("CREATE SCHEMA indicator")
    con.execute("CREATE TABLE indicator.result AS SELECT DATE '2026-09-30' AS period_end")
    months = CATALOGUE.indicator(indicator).period
    con.execute(f"CREATE TABLE indicator.patient_{months} (patient_id UUID, practice_id VARCHAR, hospital_id VARCHAR)")
    con.execute(
        "CREATE TABLE indicator.patient_result (patient_id UUID, indicator_id VARCHAR, period_end DATE, "
        "in_denominator BOOLEAN, numerator BIGINT, denominator BIGINT)"
    )
    for number, practice, hospital, *counts in PATIENTS:
        one = str(patient_uuid(number))
        con.execute(f"INSERT INTO indicator.patient_{months} VALUES (?, ?, ?)", [one, practice, hospital])
        for each in (indicator, "another"):
            told = [one, each, date(2026, 9, 30), *(counts if each == indicator else (True, 0, 1))]
            con.execute("INSERT INTO indicator.patient_result VALUES (?, ?, ?, ?, ?, ?)", told)
    on, people = open_cases(con, CATALOGUE, indicator, level, unit)
    assert on == date(2026, 9, 30)
    numbers = {str(patient_uuid(each[0])).replace("-", ""): each[0] for each in PATIENTS}
    return sorted(numbers[each] for each in people)


@pytest.mark.parametrize(
    ("indicator", "level", "unit", "whose"),
    [
        ("foot_examined", "practice", "a", [1, 6]),
        ("foot_examined", "practice", "b", [4]),
        ("foot_examined", "hospital", "h", [1, 4, 6]),
        ("foot_examined", "practice", "c", []),
        ("hba1c_75_and_above", "practice", "a", [2, 6]),
        ("hba1c_75_and_above", "hospital", "g", [5]),
    ],
)
def test_the_units_own_patients_who_are_not_as_they_should_be(indicator, level, unit, whose):
    assert found(indicator, level, unit) == whose


@pytest.mark.parametrize(
    "indicator", ["hba1c_median", "stratum_red", "hypoglycaemia_admissions_rate", "no_such_indicator"]
)
def test_an_indicator_that_says_of_nobody_what_is_to_be_done_makes_no_list(indicator):
    with pytest.raises(DefinitionError):
        open_cases(duckdb.connect(), CATALOGUE, indicator, "practice", "a")


def test_an_indicator_that_is_not_told_of_practices_makes_no_list_for_one():
    told = CATALOGUE.indicator("foot_examined").model_copy(update={"report_by": ("all", "municipality")})
    elsewhere = replace(CATALOGUE, indicators=(told,))
    with pytest.raises(DefinitionError, match="not told at the level practice"):
        open_cases(duckdb.connect(), elsewhere, "foot_examined", "practice", "a")
