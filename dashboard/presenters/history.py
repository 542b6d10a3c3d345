"""A unit's measures through time."""

from collections.abc import Mapping
from datetime import date, timedelta

import polars as pl

from dashboard.comparison import Measure
from dashboard.presenters.measures import by

History = Mapping[date, Measure]


def histories(frame: pl.DataFrame, shown_on: pl.DataFrame) -> dict[str, dict[date, Measure]]:
    """Return the measures of one unit by indicator and reporting date.

    Args:
        frame: The unit's results, as read from the release.
        shown_on: Which period of each indicator is shown on each reporting date, as read from the release.
    """
    found: dict[str, dict[date, Measure]] = {}
    for (indicator_id, day), measure in by(frame, "indicator_id", "period_end").items():
        found.setdefault(indicator_id, {})[day] = measure
    instead = shown_on.filter(pl.col("period_end") < pl.col("reporting_date"))
    for indicator_id, day, told_on in instead.select("indicator_id", "reporting_date", "period_end").rows():
        history = found.get(indicator_id, {})
        if told_on in history:
            history[day] = history[told_on]
    return found


def told(history: History) -> dict[date, Measure]:
    """Return the measures on the dates on which they were told, oldest first."""
    return {day: history[day] for day in sorted(history) if history[day].period_end in {day, None}}


def year_before(reporting_date: date) -> date:
    """Return the reporting date one year earlier; the last day of a month stays the last day of its month."""
    next_day = reporting_date + timedelta(days=1)
    return next_day.replace(year=next_day.year - 1, day=min(next_day.day, 28)) - timedelta(days=1)
