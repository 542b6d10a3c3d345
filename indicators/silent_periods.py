"""How a silence is told from the rows that each unit brought per month: long enough, and large enough to be noticed."""

from collections.abc import Sequence
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from indicators.deliverers import Deliverers
from indicators.patient_period import first_day


def silent_in_periods(
    units: pl.DataFrame,
    rows: NDArray[np.float64],
    first: int,
    dates: Sequence[date],
    months: int,
    deliverers: Deliverers,
) -> pl.DataFrame:
    """Return the silent units of each period of one length, from the rows of each unit (row) and month (column)."""
    width = rows.shape[1]
    person_days = units["person_days"].to_numpy().astype(np.float64)
    opening = np.array([max(0, month_number(day) - first) for day in units["opened_on"]], dtype=np.int64)
    is_active = rows.sum(axis=1) > 0
    rate = rows.sum() / max(1.0, person_days[is_active].sum())
    expected_per_month = rate * person_days / np.maximum(1, width - opening)
    run = silent_months(rows > 0, opening)
    is_missed = run * expected_per_month[:, np.newaxis] >= deliverers.rows_missed
    has_stopped = (run > deliverers.longest_silence_months) & is_missed
    found = []
    for day in dates:
        low, high = month_number(first_day(day, months)) - first, month_number(day) - first + 1
        expected = np.maximum(0, high - np.maximum(low, opening)) * expected_per_month
        has_none = ~rows[:, low:high].any(axis=1) & (expected >= deliverers.rows_missed)
        silent = has_stopped[:, low:high].any(axis=1) | has_none
        names = units["unit_id"].filter(pl.Series(silent))
        found.append(names.to_frame().with_columns(months=pl.lit(months), period_end=pl.lit(day)))
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
