"""New cases are counted only where the sources reach over the whole look-back: otherwise history makes the trend."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from indicators.compute import compute_on
from indicators.delivered.coverage import Coverage
from indicators.delivered.growing_history import judged_from
from indicators.delivered.reporting_dates import with_data
from tests.lib.drawn_tables import warehouse_of
from tests.lib.evaluate import catalogue

NEW_STROKE = replace(catalogue(), indicators=(catalogue().indicator("new_stroke"),))
REPORTED_ON = date(2025, 12, 31)
FIRST_NEEDED = date(2021, 1, 1)
"""The period begins on 2025-01-01, and 48 months are looked back from there."""


def reaching_from(first: date) -> Coverage:
    """Return what is covered when every source begins on a day."""
    return Coverage(dict.fromkeys(NEW_STROKE.all_sources(), ((first, REPORTED_ON),)))


@pytest.mark.parametrize(("days_late", "state", "numerator"), [(0, "computed", 1), (1, "no_data", None)])
def test_a_source_that_begins_a_day_too_late_for_the_look_back_gives_no_number(days_late, state, numerator):
    coverage = reaching_from(FIRST_NEEDED + timedelta(days=days_late))
    with warehouse_of("diagnosis\npatient | diagnosed_on | code\n1 | 2025-07-01 | DI639") as con:
        compute_on(con, NEW_STROKE, [REPORTED_ON], coverage=coverage, diabetes_definition="drawn")
        found = con.execute(
            "SELECT state, numerator FROM indicator.result WHERE level = 'all' AND sex = 'all'"
        ).fetchall()
    assert set(found) >= {(state, numerator)}
    assert {each for each, _ in found} == {state}
    assert bool(with_data(NEW_STROKE, coverage, REPORTED_ON)) == (state == "computed")


def test_what_was_ever_recorded_grows_with_the_history_and_a_look_back_of_fixed_length_does_not():
    known = catalogue()
    grows = {each.id for each in known.indicators if known.grows_with_history(each)}
    assert {"stroke", "any_complication", "egfr_decline", "ldl_at_goal_by_risk"} <= grows
    assert not {"new_stroke", "new_any_complication", "hba1c_below_53", "lost_to_follow_up"} & grows


def test_the_course_of_what_was_ever_recorded_is_judged_ten_years_after_its_sources_begin():
    both = replace(catalogue(), indicators=tuple(map(catalogue().indicator, ("stroke", "new_stroke"))))
    assert judged_from(both, reaching_from(date(2016, 10, 1))) == {"stroke": date(2026, 10, 1)}
    assert judged_from(both, Coverage(dict.fromkeys(both.all_sources(), ()))) == {}
