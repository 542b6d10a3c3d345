"""Where a practice or municipality delivers nothing, its people have no data; that is never zero."""

from datetime import date

import polars as pl
import pytest

from indicators.compute import compute_on
from indicators.explain import WORDS, explain_on
from indicators.silence import find_silences
from tests.lib.computed import catalogue_of, cell, delivered
from tests.lib.drawn_tables import patient_uuid
from tests.lib.evaluate import catalogue

DAY = "2025-12-31"
# Patients 1 to 3 go to practice 100001 and live in 0791; 4 to 6 go to 100002 and live in 0740.
TWO = """
    registration
    patient | practice_id | starts_on
    1       | 100001      | 2015-01-01
    2       | 100001      | 2015-01-01
    3       | 100001      | 2015-01-01
    4       | 100002      | {opened}
    5       | 100002      | {opened}
    6       | 100002      | {opened}

    residence
    patient | municipality_code
    4       | 0740
    5       | 0740
    6       | 0740
"""
KNOWN = TWO.format(opened="2015-01-01")
EXTENT = """
    examination
    patient | examination | examined_on | batch_id
    1       | smoking     | 2020-01-01  | 2
    1       | smoking     | 2026-03-01  | 2
"""


def regular(patient: int, first: str, last: str, examination: str = "smoking", every: str = "2d") -> str:
    """Return a drawing of one examination every two days."""
    days = pl.date_range(date.fromisoformat(first), date.fromisoformat(last), every, eager=True)
    rows = "\n".join(f"{patient} | {examination} | {day} | 2" for day in days)
    return f"examination\npatient | examination | examined_on | batch_id\n{rows}\n"


def computed(drawing: str, *indicators: str, days: tuple[str, ...] = (DAY,)) -> pl.DataFrame:
    con = delivered(drawing)
    dates = [date.fromisoformat(day) for day in days]
    compute_on(con, catalogue_of(*indicators), dates, diabetes_definition="drawn")
    return con.execute("SELECT * FROM indicator.result").pl()


def counts(row: dict) -> tuple:
    return row["numerator"], row["denominator"], row["eligible"], row["value"]


@pytest.mark.parametrize("opened", ["2015-01-01", "2025-10-01"], ids=["long known", "just opened"])
def test_a_practice_that_delivers_nothing_has_nobody_to_count_instead_of_zero_per_cent(opened):
    frame = computed(TWO.format(opened=opened) + EXTENT + regular(1, "2024-01-15", "2025-12-15"), "smoking_recorded")
    assert counts(cell(frame, "practice", "100001")) == (1, 3, 3, pytest.approx(1 / 3))
    assert counts(cell(frame, "practice", "100002")) == (0, 0, 3, None)


def test_people_of_a_silent_practice_are_left_out_of_every_larger_unit_too():
    frame = computed(KNOWN + EXTENT + regular(1, "2024-01-15", "2025-12-15"), "smoking_recorded")
    assert counts(cell(frame, "municipality", "0740")) == (0, 0, 3, None)
    assert counts(cell(frame, "cluster", "K1")) == (1, 3, 6, pytest.approx(1 / 3))
    assert counts(cell(frame)) == (1, 3, 6, pytest.approx(1 / 3))


def test_what_comes_in_one_extract_for_the_whole_area_is_zero_where_nobody_was_examined():
    drawing = (
        KNOWN
        + """
        measurement
        patient | analyte | taken_on   | value | batch_id
        1       | hba1c   | 2020-01-01 | 50    | 4
        1       | hba1c   | 2025-11-01 | 50    | 4
        1       | hba1c   | 2025-11-02 | 50    | 5
    """
    )
    frame = computed(drawing, "hba1c_measured")
    assert counts(cell(frame, "practice", "100002")) == (0, 3, 3, 0)
    assert counts(cell(frame, "municipality", "0740")) == (0, 3, 3, 0)


@pytest.mark.parametrize(
    ("last_row", "denominator"),
    [("2025-06-15", 3), ("2025-05-15", 0)],  # six silent months up to the end of December, and seven
)
def test_a_practice_has_stopped_after_more_than_six_silent_months(last_row, denominator):
    drawing = KNOWN + EXTENT + regular(1, "2024-01-15", "2025-12-15") + regular(4, "2024-01-15", last_row)
    frame = computed(drawing, "smoking_recorded")
    assert cell(frame, "practice", "100002")["denominator"] == denominator


@pytest.mark.parametrize(
    ("every", "denominator"),
    [("11d", 0), ("13d", 3)],  # 33 and 28 rows a year would be expected of the practice without any
)
def test_where_a_practice_of_its_size_would_hardly_have_a_row_none_is_no_silence(every, denominator):
    frame = computed(KNOWN + regular(1, "2024-12-20", "2025-12-31", every=every), "smoking_recorded")
    assert cell(frame, "practice", "100002")["denominator"] == denominator


def test_any_row_of_the_practice_shows_that_it_delivers():
    drawing = KNOWN + EXTENT + regular(1, "2024-01-15", "2025-12-15")
    frame = computed(drawing + regular(4, "2024-01-15", "2025-12-15", "annual_review"), "smoking_recorded")
    assert counts(cell(frame, "practice", "100002")) == (0, 3, 3, 0)


def test_time_before_a_practice_opened_is_not_silence():
    drawing = TWO.format(opened="2025-09-01")
    rows = regular(1, "2024-01-15", "2025-12-15") + regular(4, "2025-09-15", "2025-12-16")
    frame = computed(drawing + EXTENT + rows, "smoking_recorded")
    assert cell(frame, "practice", "100002")["denominator"] == 3


def test_one_period_may_have_data_and_the_next_none():
    drawing = KNOWN + EXTENT + regular(1, "2022-01-15", "2025-12-15")
    frame = computed(
        drawing + regular(4, "2022-01-15", "2023-12-15"), "smoking_recorded", days=("2023-12-31", "2025-12-31")
    )
    own = frame.filter(pl.col("level") == "practice", pl.col("unit_id") == "100002").sort("period_end")
    assert own["denominator"].to_list() == [3, 0]


@pytest.mark.parametrize(
    ("day", "denominator"),
    [
        ("2021-03-31", 3),  # the year ends before the silence begins
        ("2021-06-30", 0),  # the silence has begun: three months of it, and six more to come
        ("2022-11-30", 0),  # its last month still lies in the year
        ("2022-12-31", 3),  # over: it is of no account in any later period
        ("2025-12-31", 3),
    ],
)
def test_a_silence_belongs_to_the_periods_that_it_touches_and_to_no_others(day, denominator):
    rows = regular(1, "2019-01-15", "2025-12-30")
    rows += regular(4, "2019-01-15", "2021-03-30") + regular(4, "2022-01-01", "2025-12-30")
    days = dict.fromkeys(("2021-03-31", day, "2025-12-31"))
    frame = computed(KNOWN + rows, "smoking_recorded", days=tuple(days))
    own = frame.filter(pl.col("unit_id") == "100002", pl.col("period_end") == date.fromisoformat(day))
    assert own["denominator"].to_list() == [denominator]


def test_a_silence_that_began_before_the_first_period_is_as_long_as_it_is():
    rows = regular(1, "2019-01-15", "2025-12-30")
    rows += regular(4, "2019-01-15", "2024-06-30") + regular(4, "2025-02-01", "2025-12-30")
    frame = computed(KNOWN + rows, "smoking_recorded")
    assert cell(frame, "practice", "100002")["denominator"] == 0


COURSES = "municipal_course\npatient | referred_on | granted_on | status | batch_id\n" + "\n".join(
    f"1 | {day} | {day} | completed | 3"
    for day in pl.date_range(date(2025, 1, 5), date(2025, 12, 20), "5d", eager=True)
)


def test_municipal_courses_are_judged_by_the_municipality():
    con = delivered(KNOWN + COURSES)
    found = find_silences(con, catalogue_of("known_in_three_sectors"), [date(2025, 12, 31)])
    (silence,) = found.found
    assert silence.level == "municipality"
    assert silence.units["unit_id"].to_list() == ["0740"]
    assert set(found.undelivered) == {"known_in_three_sectors"}


def test_who_is_left_out_for_that_reason_is_told_so():
    con = delivered(KNOWN + EXTENT + regular(1, "2024-01-15", "2025-12-15"))
    for patient, verdict in ((1, "is_met"), (2, "is_not_met"), (4, "is_undelivered")):
        found = explain_on(
            con, catalogue(), "smoking_recorded", str(patient_uuid(patient)), date(2025, 12, 31),
            diabetes_definition="drawn",
        )  # fmt: skip
        assert found.verdict == WORDS["en"][verdict]


def test_events_of_those_who_deliver_are_complete_and_left_alone():
    con = delivered(KNOWN + COURSES)
    assert find_silences(con, catalogue_of("course_completed"), [date(2025, 12, 31)]).undelivered == {}


def test_whether_a_practice_is_silent_does_not_depend_on_the_other_indicators_that_are_computed():
    # A row each month: within one year the silence of the other practice is too short to be noticed, within five not.
    drawing = KNOWN + EXTENT + regular(2, "2015-01-01", "2026-03-01", every="1mo")
    con = delivered(drawing)
    year, years = (
        catalogue().indicator("smoking_recorded").model_copy(update={"id": f"over_{months}", "period": months})
        for months in (12, 60)
    )
    alone, both = (
        find_silences(con, catalogue_of(*indicators), [date.fromisoformat(DAY)]).found
        for indicators in ((year,), (year, years))
    )
    assert alone == ()
    assert [silence.units.rows() for silence in both] == [[(60, date.fromisoformat(DAY), "100002")]]
