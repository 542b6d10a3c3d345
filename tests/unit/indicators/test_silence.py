"""Where a practice or municipality delivers nothing, its people have no data; that is never zero."""

from collections.abc import Iterable
from datetime import date

import polars as pl
import pytest

from indicators.compute import compute_on
from indicators.delivered.silence import find_silences
from indicators.explain.person import explain_on
from indicators.explain.words import WORDS
from tests.lib.computed import catalogue_of, cell, delivered
from tests.lib.drawn_tables import patient_uuid
from tests.lib.evaluate import catalogue

DAY = "2025-12-31"
# Patients 1 to 5 go to practice 100001 and live in 0791; 6 to 10 go to 100002 and live in 0740.
FIRST, SECOND = range(1, 6), range(6, 11)
TWO = "\n".join(
    (
        "registration\npatient | practice_id | starts_on",
        *(f"{patient} | 100001 | 2015-01-01" for patient in FIRST),
        *(f"{patient} | 100002 | {{opened}}" for patient in SECOND),
        "\nresidence\npatient | municipality_code",
        *(f"{patient} | 0740" for patient in SECOND),
        "",
    )
)
KNOWN = TWO.format(opened="2015-01-01")


def regular(patients: Iterable[int], first: str, last: str, examination: str = "smoking", every: str = "15d") -> str:
    """Return a drawing of an examination of each patient twice a month."""
    days = pl.date_range(date.fromisoformat(first), date.fromisoformat(last), every, eager=True)
    rows = "\n".join(f"{patient} | {examination} | {day} | 2" for day in days for patient in patients)
    return f"examination\npatient | examination | examined_on | batch_id\n{rows}\n"


def computed(drawing: str, *indicators: str, days: tuple[str, ...] = (DAY,)) -> pl.DataFrame:
    con = delivered(drawing)
    dates = [date.fromisoformat(day) for day in days]
    compute_on(con, catalogue_of(*indicators), dates, diabetes_definition="drawn")
    return con.execute("SELECT * FROM indicator.result").pl()


def counts(row: dict) -> tuple:
    return row["numerator"], row["denominator"], row["eligible"], row["value"]


@pytest.mark.parametrize("opened", ["2015-01-01", "2025-06-01"], ids=["long known", "just opened"])
def test_a_practice_that_delivers_nothing_has_nobody_to_count_instead_of_zero_per_cent(opened):
    frame = computed(TWO.format(opened=opened) + regular(FIRST, "2020-01-01", "2026-03-01"), "smoking_recorded")
    assert counts(cell(frame, "practice", "100001")) == (5, 5, 5, 1)
    assert counts(cell(frame, "practice", "100002")) == (0, 0, 5, None)


def test_people_of_a_silent_practice_are_left_out_of_every_larger_unit_too():
    frame = computed(KNOWN + regular(FIRST, "2020-01-01", "2026-03-01"), "smoking_recorded")
    assert counts(cell(frame, "municipality", "0740")) == (0, 0, 5, None)
    assert counts(cell(frame, "cluster", "K1")) == (5, 5, 10, 1)
    assert counts(cell(frame)) == (5, 5, 10, 1)


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
    assert counts(cell(frame, "practice", "100002")) == (0, 5, 5, 0)
    assert counts(cell(frame, "municipality", "0740")) == (0, 5, 5, 0)


@pytest.mark.parametrize(
    ("last_row", "denominator"),
    [("2025-06-15", 5), ("2025-05-15", 0)],  # six silent months up to the end of December, and seven
)
def test_a_practice_has_stopped_after_more_than_six_silent_months(last_row, denominator):
    drawing = KNOWN + regular(FIRST, "2020-01-01", "2025-12-30") + regular(SECOND, "2020-01-01", last_row)
    frame = computed(drawing, "smoking_recorded")
    assert cell(frame, "practice", "100002")["denominator"] == denominator


@pytest.mark.parametrize(
    ("patients", "every", "denominator"),
    [
        ((1, 2, 3), "1mo", 0),  # of a practice of its size 36 people would be expected in a year, and 24
        ((1, 2), "1mo", 5),
        ((1, 2), "3d", 5),  # many rows of the same people in a month are one person seen
    ],
)
def test_where_of_a_practice_of_its_size_hardly_anybody_is_seen_none_is_no_silence(patients, every, denominator):
    frame = computed(KNOWN + regular(patients, "2024-12-20", "2025-12-31", every=every), "smoking_recorded")
    assert cell(frame, "practice", "100002")["denominator"] == denominator


def test_any_row_of_the_practice_shows_that_it_delivers():
    drawing = KNOWN + regular(FIRST, "2020-01-01", "2026-03-01")
    frame = computed(drawing + regular(SECOND, "2024-01-15", "2025-12-15", "annual_review"), "smoking_recorded")
    assert counts(cell(frame, "practice", "100002")) == (0, 5, 5, 0)


def test_time_before_a_practice_opened_is_not_silence():
    drawing = TWO.format(opened="2025-09-01")
    rows = regular(FIRST, "2020-01-01", "2026-03-01") + regular(SECOND, "2025-09-15", "2025-12-16")
    frame = computed(drawing + rows, "smoking_recorded")
    assert cell(frame, "practice", "100002")["denominator"] == 5


def test_one_period_may_have_data_and_the_next_none():
    drawing = KNOWN + regular(FIRST, "2020-01-01", "2026-03-01")
    frame = computed(
        drawing + regular(SECOND, "2022-01-15", "2023-12-15"), "smoking_recorded", days=("2023-12-31", "2025-12-31")
    )
    own = frame.filter(pl.col("level") == "practice", pl.col("unit_id") == "100002").sort("period_end")
    assert own["denominator"].to_list() == [5, 0]


@pytest.mark.parametrize(
    ("day", "denominator"),
    [
        ("2021-03-31", 5),  # the year ends before the silence begins
        ("2021-06-30", 0),  # the silence has begun: three months of it, and six more to come
        ("2022-11-30", 0),  # its last month still lies in the year
        ("2022-12-31", 5),  # over: it is of no account in any later period
        ("2025-12-31", 5),
    ],
)
def test_a_silence_belongs_to_the_periods_that_it_touches_and_to_no_others(day, denominator):
    rows = regular(FIRST, "2019-01-15", "2025-12-30")
    rows += regular(SECOND, "2019-01-15", "2021-03-30") + regular(SECOND, "2022-01-01", "2025-12-30")
    days = dict.fromkeys(("2021-03-31", day, "2025-12-31"))
    frame = computed(KNOWN + rows, "smoking_recorded", days=tuple(days))
    own = frame.filter(pl.col("unit_id") == "100002", pl.col("period_end") == date.fromisoformat(day))
    assert own["denominator"].to_list() == [denominator]


def test_a_silence_that_began_before_the_first_period_is_as_long_as_it_is():
    rows = regular(FIRST, "2019-01-15", "2025-12-30")
    rows += regular(SECOND, "2019-01-15", "2024-06-30") + regular(SECOND, "2025-02-01", "2025-12-30")
    frame = computed(KNOWN + rows, "smoking_recorded")
    assert cell(frame, "practice", "100002")["denominator"] == 0


COURSES = "municipal_course\npatient | referred_on | granted_on | status | batch_id\n" + "\n".join(
    f"{patient} | {day} | {day} | completed | 3"
    for day in pl.date_range(date(2025, 1, 5), date(2025, 12, 20), "25d", eager=True)
    for patient in FIRST
)


def test_municipal_courses_are_judged_by_the_municipality():
    con = delivered(KNOWN + COURSES)
    found = find_silences(con, catalogue_of("known_in_three_sectors"), [date(2025, 12, 31)])
    (silence,) = found.found
    assert silence.level == "municipality"
    assert silence.units["unit_id"].to_list() == ["0740"]
    assert set(found.undelivered) == {"known_in_three_sectors"}


def test_who_is_left_out_for_that_reason_is_told_so():
    con = delivered(KNOWN + regular(FIRST, "2020-01-01", "2026-03-01"))
    for patient, verdict in ((1, "is_met"), (6, "is_undelivered")):
        found = explain_on(
            con, catalogue(), "smoking_recorded", str(patient_uuid(patient)), date(2025, 12, 31),
            diabetes_definition="drawn",
        )  # fmt: skip
        assert found.verdict == WORDS["en"][verdict]


def test_events_of_those_who_deliver_are_complete_and_left_alone():
    con = delivered(KNOWN + COURSES)
    assert find_silences(con, catalogue_of("course_completed"), [date(2025, 12, 31)]).undelivered == {}


@pytest.mark.parametrize("others", [("2016-12-31",), ("2023-12-31", "2025-12-31")])
def test_whether_a_practice_is_silent_does_not_depend_on_what_else_is_computed(others):
    drawing = KNOWN + regular(FIRST, "2015-01-01", "2025-12-30")
    drawing += regular(SECOND, "2015-01-01", "2024-10-30") + regular(SECOND, "2025-06-01", "2025-12-30")
    con = delivered(drawing)
    year, years = (
        catalogue().indicator("smoking_recorded").model_copy(update={"id": f"over_{months}", "period": months})
        for months in (12, 60)
    )
    # The silence goes on after the reporting date, and is too short to be one before it.
    day = date(2024, 12, 31)
    dates = sorted({day, *map(date.fromisoformat, others)})
    (alone,) = find_silences(con, catalogue_of(year), [day]).found
    (both,) = find_silences(con, catalogue_of(year, years), dates).found
    assert alone.units.rows() == [(12, day, "100002")]
    assert (12, day, "100002") in both.units.rows()


def test_months_before_anybody_delivered_are_no_silence():
    # Of the first month in which there are deliveries the second practice tells nothing.
    drawing = KNOWN + regular(FIRST, "2020-10-01", "2025-12-30") + regular(SECOND, "2020-11-01", "2025-12-30")
    days = ("2021-06-30", "2021-12-31")
    frame = computed(drawing + regular([1], "1995-03-01", "1995-03-01"), "smoking_recorded", days=days)
    own = frame.filter(pl.col("level") == "practice", pl.col("unit_id") == "100002").sort("period_end")
    assert own["denominator"].to_list()[-1] == 5
    (silence,) = find_silences(delivered(drawing), catalogue_of("smoking_recorded"), [date(2021, 3, 31)]).found or (
        None,
    )
    assert silence is None


def test_months_after_the_last_delivery_are_no_silence():
    drawing = KNOWN + regular(FIRST, "2020-10-01", "2025-09-30") + regular(SECOND, "2020-10-01", "2025-06-10")
    assert find_silences(delivered(drawing), catalogue_of("smoking_recorded"), [date(2025, 12, 31)]).found == ()
