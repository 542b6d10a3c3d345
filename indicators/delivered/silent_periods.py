"""How a silence is told from how many people each unit tells of per month: long enough, and large enough to be noticed.

People are counted, not rows: one visit gives several rows, and a course of meetings tens of them, so that a few courses
that happen not to be there would look like many missing rows.
"""

from collections.abc import Sequence
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from indicators.definitions.deliverers import Deliverers
from indicators.patients.patient_period import first_day


def silent_in_periods(
    units: pl.DataFrame,
    people: NDArray[np.float64],
    first: int,
    dates: Sequence[date],
    lengths: Sequence[int],
    deliverers: Deliverers,
) -> pl.DataFrame:
    """Return `months`, `period_end` and `unit_id` of the units that are silent in a period of some length.

    Args:
        units: `unit_id`, the day on which it `opened_on`, and the `person_days` of its people in the months looked at.
        people: How many people of each unit (row) have any row in each month (column).
        first: Number of the first of these months.
        dates: Ends of the periods.
        lengths: Lengths of the periods in months.
        deliverers: From when on a silence is no chance.
    """
    width = people.shape[1]
    person_days = units["person_days"].to_numpy().astype(np.float64)
    opening = np.array([max(0, month_number(day) - first) for day in units["opened_on"]], dtype=np.int64)
    is_active = people.sum(axis=1) > 0
    rate = people.sum() / max(1.0, person_days[is_active].sum())
    expected_per_month = rate * person_days / np.maximum(1, width - opening)
    run = silent_months(people > 0, opening)
    is_missed = run * expected_per_month[:, np.newaxis] >= deliverers.people_missed
    has_stopped = (run > deliverers.longest_silence_months) & is_missed
    found = []
    for months in lengths:
        for day in dates:
            low = max(0, month_number(first_day(day, months)) - first)
            high = max(low, min(width, month_number(day) - first + 1))
            expected = np.maximum(0, high - np.maximum(low, opening)) * expected_per_month
            has_none = ~people[:, low:high].any(axis=1) & (expected >= deliverers.people_missed)
            silent = has_stopped[:, low:high].any(axis=1) | has_none
            names = units["unit_id"].filter(pl.Series(silent)).to_frame()
            found.append(names.select(pl.lit(months).alias("months"), pl.lit(day).alias("period_end"), "unit_id"))
    return pl.concat(found)


def silent_months(has_rows: NDArray[np.bool_], opening: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return for each month (column) of each unit the length of the silence that it lies in, 0 in a month with rows.

    Months before the one in which a unit opened belong to no silence.
    """
    is_silent = ~has_rows & (np.arange(has_rows.shape[1]) >= opening[:, np.newaxis])
    run = np.zeros(has_rows.shape, dtype=np.int64)
    for place in range(has_rows.shape[1]):
        run[:, place] = np.where(is_silent[:, place], (run[:, place - 1] if place else 0) + 1, 0)
    for place in range(has_rows.shape[1] - 2, -1, -1):
        run[:, place] = np.where(is_silent[:, place] & is_silent[:, place + 1], run[:, place + 1], run[:, place])
    return run


def month_number(day: date) -> int:
    """Return the number of a day's month, counted through all years."""
    return day.year * 12 + day.month
