"""Events count at whoever is responsible for them; people, and everything else, where they belong."""

from dataclasses import replace
from datetime import date

import polars as pl
import pytest

from indicators.definitions.attribution import rules_of
from indicators.definitions.variables import parse_variable
from indicators.explain.person import explain_on
from tests.lib.computed import DELIVERED, catalogue_of, cell, results
from tests.lib.drawn_tables import patient_uuid, warehouse_of
from tests.lib.evaluate import catalogue
from tvaers.errors import DefinitionError

DAY = "2025-12-31"
DELIVERED_TO_ALL = (
    DELIVERED
    + """
    hospital_contact
    patient | contact_id | started_on
    999     | x1         | 2012-01-01
    999     | x2         | 2030-01-01

    municipal_course
    patient | course_id | granted_on
    999     | y1        | 2012-01-01
    999     | y2        | 2030-01-01

    municipal_encounter
    patient | course_id | held_on
    999     | y1        | 2012-01-01
    999     | y2        | 2030-01-01

    diagnosis
    patient | diagnosed_on | code
    999     | 2012-01-01   | DZ000
    999     | 2030-01-01   | DZ000

    service
    patient | service_on
    999     | 2012-01-02
    999     | 2030-01-07

    examination
    patient | examination | examined_on
    999     | smoking     | 2012-01-01
    999     | smoking     | 2030-01-01
"""
)
STAYS = """
    hospital_contact
    patient | contact_id | hospital_id | started_on | starts_at        | ended_on   | ends_at          | is_acute
    1       | a1         | 7601        | 2025-05-01 | 2025-05-01 10:00 | 2025-05-04 | 2025-05-04 10:00 | true
    1       | a2         | 6630        | 2025-05-20 | 2025-05-20 10:00 | 2025-05-24 | 2025-05-24 10:00 | true
    2       | b1         | 6630        | 2025-05-01 | 2025-05-01 10:00 | 2025-05-04 | 2025-05-04 10:00 | true
"""
REFERRALS = """
    municipal_course
    patient | course_id | municipality_code | referred_on | granted_on
    1       | c1        | 0740              | 2025-02-01  | 2025-02-05
    1       | c2        | 0791              | 2025-08-01  | 2025-08-05
    2       | c3        | 0740              | 2025-02-01  | 2025-02-05
    3       | c4        | 0101              | 2025-02-01  | 2025-02-05

    municipal_encounter
    patient | course_id | held_on
    1       | c1        | 2025-02-11
    2       | c3        | 2025-02-21
    3       | c4        | 2025-03-23

    residence
    patient | municipality_code | starts_on  | ends_on
    1       | 0740              | 1990-01-01 | 2025-06-30
    1       | 0791              | 2025-07-01 |
    2       | 0740              | 1990-01-01 | 2025-06-30
    2       | 0791              | 2025-07-01 |

    person
    patient | sex
    1       | female
    2       | male
    3       | female
"""
COUNTS = ("numerator", "denominator", "patients", "numerator_patients", "complement_patients")


def counts(row: dict) -> tuple[int, ...]:
    return tuple(row[name] for name in COUNTS)


def computed(drawing: str, indicator: str, **how: int) -> pl.DataFrame:
    return results(drawing, [indicator], DAY, delivered=DELIVERED_TO_ALL, **how)


def test_a_discharge_counts_at_the_hospital_that_discharged_and_a_patient_at_each_of_them():
    found = computed(STAYS, "readmission_within_30_days")
    assert counts(cell(found, "all", "all")) == (1, 3, 2, 1, 2)
    assert counts(cell(found, "hospital", "7601")) == (1, 1, 1, 1, 0)
    assert counts(cell(found, "hospital", "6630")) == (0, 2, 2, 0, 2)
    assert counts(cell(found, "practice", "100001")) == counts(cell(found, "municipality", "0791")) == (1, 3, 2, 1, 2)


def test_events_add_up_over_the_units_of_a_level_and_people_need_not():
    found = computed(STAYS, "readmission_within_30_days").filter(pl.col("state") == "computed")
    of_hospitals, of_all = found.filter(level="hospital"), found.filter(level="all", sex="all", age_band="all")
    for name in ("numerator", "denominator", "eligible"):
        assert of_hospitals[name].sum() == of_all[name].sum()
    assert of_hospitals["patients"].sum() == 3 > of_all["patients"].sum()


def test_a_hospital_where_nobody_belongs_is_a_unit_when_it_discharged_somebody():
    found = results(STAYS, ["readmission_within_30_days", "hba1c_measured"], DAY, delivered=DELIVERED_TO_ALL)
    assert cell(found, "hospital", "7601", indicator="hba1c_measured")["denominator"] == 0
    assert cell(found, "hospital", "7601", indicator="readmission_within_30_days")["denominator"] == 1


def test_a_referral_counts_at_the_municipality_that_received_it_also_by_sex():
    found = computed(REFERRALS, "started_within_30_days")
    assert counts(cell(found, "municipality", "0740")) == (2, 2, 2, 2, 0)
    assert counts(cell(found, "municipality", "0791")) == (0, 1, 1, 0, 1)
    assert counts(cell(found, "municipality", "0740", sex="male")) == (1, 1, 1, 1, 0)
    assert counts(cell(found, "all", "all")) == (2, 4, 3, 2, 2)
    assert counts(cell(found, "all", "all", sex="female")) == (1, 3, 2, 1, 2)


def test_a_municipality_outside_the_area_is_no_unit():
    found = computed(REFERRALS, "started_within_30_days")
    assert counts(cell(found, "municipality", "none")) == (0, 1, 1, 0, 1)
    assert "0101" not in found["unit_id"]


def test_a_median_counts_each_person_once_at_the_municipality_of_the_wait():
    found = computed(REFERRALS, "referral_to_start")
    there = {unit: cell(found, "municipality", unit) for unit in ("0740", "0791", "none")}
    assert {unit: (row["value"], row["denominator"]) for unit, row in there.items()} == {
        "0740": (15.0, 2),
        "0791": (None, 0),
        "none": (50.0, 1),
    }
    assert (cell(found)["value"], cell(found)["denominator"]) == (20.0, 3)


@pytest.mark.parametrize("indicator", ["readmission_within_30_days", "started_within_30_days", "referral_to_start"])
def test_small_ranges_of_people_count_the_same_as_all_at_once(indicator):
    drawing = STAYS + REFERRALS
    assert computed(drawing, indicator, members_per_chunk=1).equals(computed(drawing, indicator))


def test_the_patient_level_rows_tell_the_organisations_apart():
    con = warehouse_of(STAYS + DELIVERED_TO_ALL)
    results(con, ["readmission_within_30_days"], DAY)
    by_patient = con.execute("SELECT numerator, denominator FROM indicator.patient_result ORDER BY ALL").fetchall()
    assert by_patient == [(0, 1), (1, 2)]
    one = "SELECT level, unit_id, numerator, denominator FROM indicator.patient_result_at_unit WHERE patient_id = ?"
    found = con.execute(f"{one} ORDER BY ALL", [patient_uuid(1)]).fetchall()
    assert found == [("hospital", "6630", 0, 1), ("hospital", "7601", 1, 1)]


@pytest.mark.parametrize(
    ("indicator", "level", "units"),
    [
        ("readmission_within_30_days", "hospital", {"6630": "0/1", "7601": "1/1"}),
        ("started_within_30_days", "municipality", {"0740": "1/1", "0791": "0/1"}),
        ("referral_to_start", "municipality", {"0740": ""}),
        ("hba1c_measured", None, None),
    ],
)
def test_an_explanation_says_where_a_patients_events_count(indicator, level, units):
    with warehouse_of(STAYS + REFERRALS) as con:
        found = explain_on(
            con, catalogue(), indicator, str(patient_uuid(1)), date.fromisoformat(DAY), diabetes_definition="drawn"
        )
    assert found.counts_at == ({level: units} if level else {})
    assert all(unit in str(found).splitlines()[-1] for unit in units or ())


def test_a_run_without_events_leaves_no_rows_of_an_earlier_one():
    con = warehouse_of(STAYS + DELIVERED_TO_ALL)
    results(con, ["readmission_within_30_days"], DAY)
    results(con, ["hba1c_measured"], DAY)
    names = {name for (name,) in con.execute("SELECT table_name FROM information_schema.tables").fetchall()}
    assert "patient_12" in names
    assert not names & {"patient_result_at_unit", "patient_12_discharges"}


@pytest.mark.parametrize("told", [{}, {"municipality": "readmission_within_30_days"}])
def test_a_definition_that_names_other_levels_than_its_variables_tell_is_refused(told):
    indicator = catalogue().indicator("readmission_within_30_days")
    other = {level: catalogue().indicator(name).title for level, name in told.items()}
    with pytest.raises(DefinitionError, match="hospital"):
        results(STAYS, [indicator.model_copy(update={"attribution": other})], DAY)


def test_two_organisations_for_one_person_are_refused_where_each_person_counts_once(monkeypatch):
    known = catalogue_of("referral_to_start")
    everyone = known.variables["municipal_wait"]
    several = replace(everyone, sql=everyone.sql.replace("WHERE place = 1", ""))
    monkeypatch.setattr(
        "tests.lib.computed.catalogue_of",
        lambda *_: replace(known, variables={**known.variables, several.name: several}),
    )
    with pytest.raises(DefinitionError, match="several organisations for one person"):
        computed(REFERRALS, "referral_to_start")


def test_every_rule_is_told_in_words():
    known = catalogue()
    rules = rules_of(known.indicator("readmission_within_30_days"), known.breakdowns)
    assert list(rules) == ["municipality", "cluster", "practice", "hospital"]
    assert "discharged" in rules["hospital"].en
    assert "lived" in rules["municipality"].en
    assert rules_of(known.indicator("hba1c_measured"), known.breakdowns)["hospital"] != rules["hospital"]


def test_a_step_stands_in_a_variable_by_its_name_and_an_unknown_one_is_refused():
    text = "-- label: x\n-- unit: -\n-- rows: patient\n-- sources: -\n-- ties: -\nSELECT patient_id FROM step.{}"
    found = parse_variable("one", text.format("two"), {"two": "SELECT patient_id FROM person"})
    assert found.sql == "SELECT patient_id FROM (\nSELECT patient_id FROM person\n) AS two"
    with pytest.raises(DefinitionError, match="no step 'too'"):
        parse_variable("one", text.format("too"), {"two": "SELECT 1"})
