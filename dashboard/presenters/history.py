"""A unit's measures through time."""

from collections.abc import Mapping
from datetime import date, timedelta

import polars as pl

from dashboard.comparison import Measure
from dashboard.presenters.measures import by

History = Mapping[date, Measure]


def histories(frame: pl.DataFrame) -> dict[str, dict[date, Measure]]:
    """Return the measures of one unit by indicator and reporting date."""
    found: dict[str, dict[date, Measure]] = {}
    for (indicator_id, day), measure in by(frame, "indicator_id", "period_end").items():
        found.setdefault(indicator_id, {})[day] = measure
    return found


def year_before(reporting_date: date) -> date:
    """Return the reporting date one year earlier; the last day of a month stays the last day of its month."""
    next_day = reporting_date + timedelta(days=1)
    return next_day.replace(year=next_day.year - 1, day=min(next_day.day, 28)) - timedelta(days=1)
