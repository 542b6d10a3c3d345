"""Curves and percentiles of times agree with a slow reading, patient by patient and day by day."""

import math
from datetime import date

import pytest
from statsmodels.duration.survfunc import SurvfuncRight

from indicators.definitions.definition_files import load_definitions
from synthetic.known_indicators.cells import partly_added
from synthetic.known_indicators.times import TIMES, share_left
from tests.conftest import TinyHome
from tests.oracle.conftest import opened
from tests.oracle.slow_cells import cluster_of, rows_by_patient
from tests.oracle.test_every_indicator_against_a_slow_oracle import computed_dates

Key = tuple[str, str, str]


def slow_times(con, period_end: date) -> dict[Key, list[float]]:
    """Return every time of the whole area and of each unit that is told of, by indicator, level and unit."""
    cells = partly_added(rows_by_patient(con).values(), {period_end: cluster_of(con, period_end)}, [period_end])
    return {
        (row["indicator_id"], row["level"], row["unit_id"]): row["values"]
        for row in cells.iter_rows(named=True)
        if row["level"] in TIMES.get(row["indicator_id"], ())
        and (row["sex"], row["age_band"]) == ("all", "all")
        and row["values"]
    }


@pytest.mark.slow
def test_every_step_and_percentile_of_a_clean_region_agrees(tiny_home: TinyHome) -> None:
    with opened(tiny_home.settings) as con:
        end = computed_dates(con)[-1]
        times = slow_times(con, end)
        steps = con.execute("SELECT * FROM indicator.time_step WHERE period_end = ?", [end]).pl()
        late = con.execute("SELECT * FROM indicator.time_percentile WHERE period_end = ?", [end]).pl()
    days = {
        each.id: each.value.curve_days
        for each in load_definitions("type_2_diabetes")
        if each.kind == "time_to_event" and each.value
    }
    assert days.keys() == TIMES.keys()
    assert {(*key, day) for key in times for day in days[key[0]]} == set(
        steps.select("indicator_id", "level", "unit_id", "day").iter_rows()
    )
    for row in steps.iter_rows(named=True):
        own = times[row["indicator_id"], row["level"], row["unit_id"]]
        day = row["day"]
        left = [share for at, share in share_left(own).items() if at <= day]
        assert row["patients"] == len(own)
        assert row["happened"] == sum(time <= day and time == int(time) for time in own)
        assert row["followed"] == sum(time > day for time in own)
        if row["share"] is not None:
            assert row["share"] == pytest.approx(1 - float(left[-1] if left else 1))
    for row in late.iter_rows(named=True):
        own = times[row["indicator_id"], row["level"], row["unit_id"]]
        came = [int(time == int(time)) for time in own]
        if not any(came):
            assert row["days"] is None
            continue
        ends = SurvfuncRight([int(time) for time in own], came).quantile_ci(row["share"])
        low, high = (float(end) if math.isfinite(end) else None for end in ends)
        assert (row["low"], row["high"]) == (low, high)
