"""How rows lie in time: first and last day that are no stray ones, and silences too long to be chance."""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import polars as pl
from numpy.typing import NDArray

DAYS_PER_MONTH = 31
_EPOCH = date(1970, 1, 1)


@dataclass(frozen=True)
class RowsInTime:
    """Days that have rows, stray ones left out.

    Attributes:
        days: The days, as days since 1970, in order of time.
        per_day: Rows per day from the first to the last, as if there were a month between them at least.
    """

    days: NDArray[np.int64]
    per_day: float

    @property
    def first(self) -> date:
        """The first day."""
        return _EPOCH + timedelta(days=int(self.days[0]))

    @property
    def last(self) -> date:
        """The last day."""
        return _EPOCH + timedelta(days=int(self.days[-1]))

    def days_for(self, rows: float) -> int:
        """Return in how many days so many rows come on average; ten years at most."""
        return min(int(np.ceil(rows / self.per_day)), 3650)

    def without_silences(self, longest: int) -> list[tuple[date, date]]:
        """Return first and last days of the spans between which there are more than so many days without a row."""
        breaks = np.flatnonzero(np.diff(self.days) - 1 > longest)
        firsts = self.days[np.concatenate(([0], breaks + 1))]
        lasts = self.days[np.concatenate((breaks, [len(self.days) - 1]))]
        return [
            (_EPOCH + timedelta(days=int(start)), _EPOCH + timedelta(days=int(end)))
            for start, end in zip(firsts, lasts, strict=True)
        ]


def rows_in_time(rows: pl.DataFrame, least_share: float) -> RowsInTime | None:
    """Return how rows lie in time, None without any.

    A day is a stray one when neither the month up to it nor the month from it has a usual month's least share of rows:
    a wrong year in a few rows does not make an extract cover a year.

    Args:
        rows: `day` and `rows`, with any number of lines per day.
        least_share: Share of a usual month.
    """
    counts = rows.group_by("day").agg(pl.col("rows").sum()).sort("day")
    if not counts.height:
        return None
    days = counts["day"].to_physical().to_numpy().astype(np.int64)
    up_to = np.concatenate(([0], np.cumsum(counts["rows"].to_numpy())))
    place = np.arange(len(days))
    before = up_to[place + 1] - up_to[np.searchsorted(days, days - DAYS_PER_MONTH + 1)]
    after = up_to[np.searchsorted(days, days + DAYS_PER_MONTH)] - up_to[place]
    usual_month = up_to[-1] / max(days[-1] - days[0] + 1, DAYS_PER_MONTH) * DAYS_PER_MONTH
    kept = days[np.maximum(before, after) >= least_share * usual_month]
    inside = counts.filter(pl.col("day").to_physical().is_in(kept))["rows"].sum()
    return RowsInTime(kept, float(inside) / max(float(kept[-1] - kept[0] + 1), DAYS_PER_MONTH))


def rows_between(rows: pl.DataFrame, after: date, until: date) -> int:
    """Return the number of rows after one day and until another, the latter included."""
    return int(rows.filter(pl.col("day") > after, pl.col("day") <= until)["rows"].sum())
