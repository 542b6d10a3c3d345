"""A computation writes median, percentiles and curve of times, of the whole area and of municipalities."""

from datetime import date

import polars as pl
import pytest

from indicators.counting.times import of_level
from tests.lib.computed import cell, results
from tests.lib.drawn_tables import warehouse_of
from tests.lib.evaluate import catalogue

DAY = "2025-12-31"
ROWS = "\n".join(
    f"{number} | a{number} | DE11 | {'0779' if number == 1 else '0791'} | 2025-03-01 | active" for number in range(1, 7)
)
# Three begin after 10, 10 and 40 days, one dies after 20, and two wait on the reporting date. Somebody without diabetes
# shows that the extracts were delivered throughout.
REFERRED = f"""
    municipal_course
    patient | course_id | focus_code | municipality_code | referred_on | status
    {ROWS}
    999 | b1 | DE11 | 0791 | 2012-01-01 | active
    999 | b2 | DE11 | 0791 | 2030-01-01 | active

    municipal_encounter
    patient | course_id | held_on
    1       | a1        | 2025-03-11
    2       | a2        | 2025-03-11
    3       | a3        | 2025-04-10
    999     | b1        | 2012-01-01
    999     | b2        | 2030-01-01

    diabetes
    patient | diabetes_type
    999     | none

    person
    patient | died_on
    4       | 2025-03-21

    residence
    patient | municipality_code | starts_on
    1       | 0779              | 1990-01-01
"""


@pytest.fixture(scope="module")
def computed():
    con = warehouse_of(REFERRED)
    return con, results(con, ["referral_to_first_meeting"], DAY)


def test_the_median_is_that_of_the_curve_and_everybody_counts(computed) -> None:
    _, frame = computed
    whole = cell(frame)
    assert (whole["denominator"], whole["patients"], whole["eligible"]) == (6, 6, 6)
    # After day 10 4 of 6 wait; one is lost, and of 3 at risk one begins on day 40: 4/6 times 2/3 is below a half.
    assert whole["value"] == 40
    assert whole["numerator"] is None
    assert cell(frame, level="municipality", unit="0779")["value"] == 10


def test_parts_of_a_unit_and_other_levels_have_no_times(computed) -> None:
    _, frame = computed
    assert cell(frame, sex="female")["state"] == "not_applicable"
    assert cell(frame, level="practice", unit="100001")["state"] == "not_applicable"


def test_the_curve_is_written_on_the_declared_days(computed) -> None:
    con, _ = computed
    found = con.execute(
        "SELECT day, patients, happened, followed, share FROM indicator.time_step WHERE level = 'all' ORDER BY day"
    ).fetchall()
    assert [row[:4] for row in found] == [(14, 6, 2, 4), (30, 6, 2, 3), (60, 6, 3, 2), (90, 6, 3, 2)]
    assert [row[4] for row in found] == pytest.approx([1 / 3, 1 / 3, 1 - 4 / 9, 1 - 4 / 9])


def test_a_percentile_that_is_not_reached_is_none(computed) -> None:
    con, _ = computed
    found = con.execute(
        "SELECT share, days, followed FROM indicator.time_percentile WHERE level = 'all' ORDER BY share"
    ).fetchall()
    assert found == [(0.5, 40, 2), (0.9, None, 0)]


def test_no_decimal_of_a_curve_depends_on_the_order_of_the_rows() -> None:
    indicator = catalogue().indicator("referral_to_first_meeting")
    people = pl.DataFrame({"unit": [number % 37 for number in range(2_000)]}).select(
        pl.lit(date(2025, 12, 31)).alias("period_end"),
        pl.format("0{}", pl.col("unit") + 100).cast(pl.Categorical).alias("municipality_id"),
        (pl.int_range(pl.len()) * 7 % 91 + pl.col("unit") % 2 / 2).alias("value"),
    )
    in_order = of_level(people, indicator, "municipality")
    for seed in range(3):
        shuffled = of_level(people.sample(fraction=1, shuffle=True, seed=seed), indicator, "municipality")
        assert shuffled.steps.equals(in_order.steps)
        assert shuffled.percentiles.equals(in_order.percentiles)
