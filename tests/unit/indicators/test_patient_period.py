"""Where a person belongs, how long they are observed and how old they are."""

from datetime import date

import pytest

from indicators.dialect import ranges
from indicators.engine import Run, by_length, patient_period, prepare, show_members
from indicators.patients.patient_period import first_day
from tests.lib.drawn_tables import warehouse_of
from tests.lib.evaluate import catalogue


def rows(drawing: str, day: str, months: int = 12) -> list[dict]:
    found, end = catalogue(), date.fromisoformat(day)
    with warehouse_of(drawing) as con:
        prepare(con, found)
        indicator = found.indicator("hba1c_measured").model_copy(update={"period": months})
        run = Run(con, found, [end], {}, by_length(found, [indicator]))
        show_members(run, "drawn", ranges(1)[0])
        return patient_period(run, months).to_dicts()


def row(drawing: str, day: str, months: int = 12) -> dict:
    (found,) = rows(drawing, day, months)
    return found


@pytest.mark.parametrize(
    ("end", "months", "start"),
    [
        (date(2025, 12, 31), 12, date(2025, 1, 1)),
        (date(2026, 9, 30), 15, date(2025, 7, 1)),
        (date(2024, 2, 29), 12, date(2023, 3, 1)),
        (date(2025, 2, 28), 24, date(2023, 3, 1)),
        (date(2025, 6, 15), 1, date(2025, 5, 16)),
        (date(2025, 3, 30), 1, date(2025, 2, 28)),
        (date(2025, 12, 30), 1, date(2025, 11, 30)),
    ],
)
def test_a_period_begins_the_day_after_the_same_day_so_many_months_before(end, months, start):
    assert first_day(end, months) == start


def test_a_person_counts_where_they_lived_on_the_last_day():
    moved = """
        residence
        patient | municipality_code | starts_on  | ends_on
        1       | 0791              | 2000-01-01 | 2025-12-30
        1       | 0740              | 2025-12-31 |
    """
    assert row(moved, "2025-12-30")["municipality_id"] == "0791"
    assert row(moved, "2025-12-31")["municipality_id"] == "0740"
    assert row(moved, "2025-12-31")["observed_years"] == pytest.approx(365 / 365.25)


def test_a_person_counts_at_the_practice_of_the_last_day_and_its_cluster_on_the_reporting_date():
    moved = """
        registration
        patient | practice_id | starts_on  | ends_on
        1       | 100001      | 2000-01-01 | 2025-06-30
        1       | 100003      | 2025-07-01 |

        practice
        practice_id | cluster_id | starts_on  | ends_on
        100003      | K2         | 2000-01-01 | 2025-09-30
        100003      | K9         | 2025-10-01 |
    """
    assert [row(moved, day)["practice_id"] for day in ("2025-06-30", "2025-07-01")] == ["100001", "100003"]
    assert [row(moved, day)["cluster_id"] for day in ("2025-09-30", "2025-10-01")] == ["K2", "K9"]


def test_addresses_and_practices_of_long_ago_change_nothing_of_where_a_person_belongs():
    stayed = """
        residence
        patient | municipality_code | starts_on
        1       | 0791              | 2011-03-02

        registration
        patient | practice_id | starts_on  | ends_on
        1       | 100003      | 2011-03-02 | 2025-09-30
    """
    also_elsewhere = """
        residence
        patient | municipality_code | starts_on  | ends_on
        1       | 0740              | 1990-01-01 | 2011-02-28
        1       | 0791              | 2011-03-02 |

        registration
        patient | practice_id | starts_on  | ends_on
        1       | 100001      | 1990-01-01 | 2011-02-28
        1       | 100003      | 2011-03-02 | 2025-09-30
    """
    assert row(stayed, "2025-09-30")["practice_id"] == "100003"
    assert row(stayed, "2025-10-01")["practice_id"] == "none"
    for day in ("2012-12-31", "2025-09-30", "2025-10-01"):
        assert row(stayed, day) == row(also_elsewhere, day)


def test_the_patients_of_a_practice_that_left_its_cluster_belong_to_none():
    left = """
        registration
        patient | practice_id | starts_on
        1       | 100003      | 2000-01-01

        practice
        practice_id | cluster_id | starts_on  | ends_on
        100003      | K1         | 2020-01-01 | 2022-12-31
        100003      |            | 2023-01-01 |
    """
    assert row(left, "2022-12-31")["cluster_id"] == "K1"
    assert [row(left, "2025-12-31")[column] for column in ("practice_id", "cluster_id")] == ["100003", "none"]


def test_a_person_registered_nowhere_counts_nowhere():
    drawing = """
        registration
        patient | practice_id | starts_on  | ends_on
        1       | 100001      | 2000-01-01 | 2025-06-30
    """
    found = row(drawing, "2025-12-31")
    assert (found["practice_id"], found["cluster_id"]) == ("none", "none")
    assert found["is_present"]


def test_a_person_counts_at_the_hospital_of_the_latest_physical_contact_in_fifteen_months():
    drawing = """
        hospital_contact
        patient | started_on | hospital_id | is_physical
        1       | 2024-10-01 | 6620        | true
        1       | 2025-02-01 | 6630        | false
        1       | 2026-01-01 | 6650        | true
    """
    assert row(drawing, "2025-12-31")["hospital_id"] == "6620"
    assert row(drawing, "2026-01-31")["hospital_id"] == "6650"
    without_the_last = drawing.replace("1       | 2026-01-01 | 6650        | true", "")
    assert row(without_the_last, "2026-01-31")["hospital_id"] == "none"


def test_a_person_who_died_in_the_period_is_observed_until_that_day_and_not_present_after():
    drawing = """
        person
        patient | died_on
        1       | 2025-07-01
    """
    found = row(drawing, "2025-12-31")
    assert (found["observed_to"], found["is_present"]) == (date(2025, 7, 1), False)
    assert found["observed_years"] == pytest.approx(182 / 365.25)
    assert not row(drawing, "2025-07-01")["is_present"]
    assert row(drawing, "2025-06-30")["is_present"]
    assert rows(drawing, "2026-09-30") == []


def test_only_days_with_the_disease_and_in_the_area_are_observed():
    drawing = """
        diabetes
        patient | diabetes_since_on
        1       | 2025-03-01

        residence
        patient | starts_on  | ends_on
        1       | 2000-01-01 | 2025-06-30
    """
    found = row(drawing, "2025-12-31")
    assert (found["observed_from"], found["observed_to"]) == (date(2025, 3, 1), date(2025, 6, 30))
    assert found["observed_years"] == pytest.approx((31 + 30 + 31 + 30) / 365.25)
    assert not found["is_present"]


def test_a_person_who_moved_away_and_came_back_is_observed_from_the_return():
    drawing = """
        residence
        patient | municipality_code | starts_on  | ends_on
        1       | 0791              | 2000-01-01 | 2025-03-31
        1       | 0791              | 2025-06-01 | 2025-08-31
        1       | 0740              | 2025-09-01 |
    """
    found = row(drawing, "2025-12-31")
    assert (found["observed_from"], found["observed_to"]) == (date(2025, 6, 1), date(2025, 12, 31))
    assert found["observed_years"] == pytest.approx((30 + 31 + 31 + 30 + 31 + 30 + 31) / 365.25)
    assert row(drawing, "2025-05-31")["observed_to"] == date(2025, 3, 31)
    assert row(drawing, "2026-05-31")["observed_years"] == pytest.approx(365 / 365.25)


def test_a_single_day_away_ends_a_stay_and_none_does_not():
    drawing = """
        residence
        patient | municipality_code | starts_on  | ends_on
        1       | 0791              | 2000-01-01 | 2025-03-31
        1       | 0740              | 2025-04-01 | 2025-06-30
        2       | 0791              | 2000-01-01 | 2025-03-31
        2       | 0740              | 2025-04-02 | 2025-06-30
    """
    found = {each["patient_id"]: each["observed_from"] for each in rows(drawing, "2025-12-31")}
    assert sorted(found.values()) == [date(2025, 1, 1), date(2025, 4, 2)]


def test_addresses_that_overlap_do_not_make_a_year_longer():
    drawing = """
        residence
        patient | municipality_code | starts_on  | ends_on
        1       | 0791              | 2000-01-01 |
        1       | 0740              | 2020-01-01 |
    """
    found = row(drawing, "2025-12-31")
    assert found["observed_years"] == pytest.approx(365 / 365.25)
    assert found["municipality_id"] == "0740"


@pytest.mark.parametrize(
    ("born_on", "day", "age", "band"),
    [
        ("1960-06-01", "2025-05-31", 64, "50-64"),
        ("1960-06-01", "2025-06-01", 65, "65-79"),
        ("2004-02-01", "2024-02-29", 20, "18-49"),
        ("1945-12-01", "2025-12-31", 80, "80+"),
        ("2010-01-01", "2025-12-31", 15, "none"),
    ],
)
def test_age_is_the_calendar_age(born_on, day, age, band):
    found = row(f"person\npatient | born_on\n1 | {born_on}", day)
    assert (found["age"], found["age_band"]) == (age, band)


def test_somebody_whose_diabetes_begins_after_the_reporting_date_is_not_there_yet():
    drawing = "diabetes\npatient | diabetes_since_on\n1 | 2026-01-01"
    assert rows(drawing, "2025-12-31") == []
    assert row(drawing, "2026-01-01")["observed_from"] == date(2026, 1, 1)
