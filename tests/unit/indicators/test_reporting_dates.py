from datetime import date

from indicators.delivered.reporting_dates import quarter_ends


def test_the_last_quarter_end_may_be_the_day_itself():
    assert quarter_ends(date(2026, 9, 30), 2) == [date(2026, 6, 30), date(2026, 9, 30)]


def test_a_day_within_a_quarter_gives_the_end_of_the_quarter_before():
    assert quarter_ends(date(2026, 9, 29), 1) == [date(2026, 6, 30)]


def test_quarter_ends_cross_the_turn_of_the_year():
    assert quarter_ends(date(2026, 1, 1), 5) == [
        date(2024, 12, 31),
        date(2025, 3, 31),
        date(2025, 6, 30),
        date(2025, 9, 30),
        date(2025, 12, 31),
    ]


def test_the_last_day_of_the_year_is_a_quarter_end():
    assert quarter_ends(date(2025, 12, 31), 1) == [date(2025, 12, 31)]


def test_twenty_quarters_span_five_years():
    ends = quarter_ends(date(2026, 9, 30), 20)
    assert (ends[0], ends[-1], len(set(ends))) == (date(2021, 12, 31), date(2026, 9, 30), 20)
