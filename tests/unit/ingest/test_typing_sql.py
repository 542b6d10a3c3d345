"""Delivered texts read as dates, times, weeks, numbers and laboratory values."""

from datetime import date, datetime, time

import duckdb
import pytest

from data_contracts.contract import DEFAULT_FORMATS, Column
from ingest.typing_sql import first_readings, typed_columns


def read(kind: str, text: str | None, delivered_on: str = "2026-11-22"):
    """Return the typed values of one text, in the order of their columns."""
    formats = DEFAULT_FORMATS.get(kind, ())
    column = Column("c", kind, False, (), None, None, "", formats, "", "", "none", ())
    first = "".join(f", {sql} AS {name}" for name, sql in first_readings(column).items())
    typed = ", ".join(f"CAST({sql} AS {type_})" for type_, sql in typed_columns(column).values())
    row = duckdb.execute(
        f"SELECT {typed} FROM (SELECT *{first} FROM (SELECT CAST(? AS VARCHAR) AS c, CAST(? AS DATE) AS delivered_on))",
        [text, delivered_on],
    ).fetchone()
    return row[0] if len(row) == 1 else row


@pytest.mark.parametrize(
    "text", ["2024-02-29", "29-02-2024", "29/02/2024", "29022024", "2024-02-29 00:00:00", "2024-2-29"]
)
def test_every_usual_date_is_read(text):
    assert read("date", text) == date(2024, 2, 29)


@pytest.mark.parametrize(
    "text",
    [None, "", "2023-02-29", "31-04-2024", "infinity", "epoch", "today", "now", "2024", "20200-01-01", "99999999", "x"],
)
def test_what_is_no_date_is_not_read(text):
    assert read("date", text) is None


@pytest.mark.parametrize(
    "text",
    ["2024-02-29 08:30:00", "2024-02-29T08:30:00", "2024-02-29 08:30", "29-02-2024 08:30", "29/02/2024 08:30:00"],
)
def test_every_usual_moment_is_read(text):
    assert read("datetime", text) == datetime(2024, 2, 29, 8, 30)  # noqa: DTZ001 - local time as delivered


def test_a_date_is_a_moment_at_midnight_and_fractions_are_kept():
    assert read("datetime", "2024-02-29") == datetime(2024, 2, 29)  # noqa: DTZ001
    assert read("datetime", "2024-02-29 08:30:00.5").microsecond == 500_000
    assert read("datetime", "2024-02-30 08:30:00") is None


@pytest.mark.parametrize("text", ["08:30", "08:30:00", "0830"])
def test_every_usual_time_is_read(text):
    assert read("time", text) == time(8, 30)


@pytest.mark.parametrize("text", ["25:00", "08:60", "830 am", "ab:cd", None])
def test_what_is_no_time_is_not_read(text):
    assert read("time", text) is None


@pytest.mark.parametrize(
    ("text", "monday"),
    [
        ("2001", date(2019, 12, 30)),
        ("2053", date(2020, 12, 28)),
        ("0801", date(2007, 12, 31)),
        ("801", date(2007, 12, 31)),
        ("9901", date(1999, 1, 4)),
        ("2646", date(2026, 11, 9)),
        ("2701", date(1927, 1, 3)),
    ],
)
def test_a_week_is_its_monday_in_the_latest_century_that_is_past(text, monday):
    assert read("iso_week", text) == monday


@pytest.mark.parametrize("text", ["2153", "2600", "2654", "26", "26466", "x", None])
def test_a_week_that_does_not_exist_is_not_read(text):
    assert read("iso_week", text) is None


@pytest.mark.parametrize(("text", "value"), [("1,5", 1.5), ("1.5", 1.5), ("-3", -3.0), ("007", 7.0), ("1e3", 1000.0)])
def test_a_number_has_a_decimal_comma_or_point(text, value):
    assert read("number", text) == value


@pytest.mark.parametrize("text", ["nan", "inf", "-infinity", "1.234,5", "5 mg", "", "<5", None])
def test_what_is_no_number_is_not_read(text):
    assert read("number", text) is None


@pytest.mark.parametrize(
    ("text", "value"), [("1", 1), ("-2", -2), ("00012", 12), ("1.5", None), ("1,0", None), ("x", None)]
)
def test_a_whole_number_is_never_rounded(text, value):
    assert read("integer", text) == value


def test_a_number_too_large_to_hold_is_not_read():
    assert read("integer", "9" * 25) is None


@pytest.mark.parametrize(
    ("text", "comparator", "value", "word"),
    [
        ("7,2", "=", 7.2, None),
        ("<5", "<", 5.0, None),
        (">130", ">", 130.0, None),
        (">=12", ">=", 12.0, None),
        ("<= 0,5", "<=", 0.5, None),
        ("≤4", "<=", 4.0, None),
        ("≥ 4", ">=", 4.0, None),
        ("= 5", "=", 5.0, None),
        ("0,072", "=", 0.072, None),
        ("Aflyst", None, None, "aflyst"),
        ("ikke påvist", None, None, "ikke påvist"),
        ("<", None, None, "<"),
        ("5-6", None, None, "5-6"),
        ("nan", None, None, "nan"),
        ("inf", None, None, "inf"),
        (None, None, None, None),
    ],
)
def test_a_laboratory_value_is_a_sign_and_a_number_or_a_word(text, comparator, value, word):
    assert read("lab_value", text) == (comparator, value, word)
