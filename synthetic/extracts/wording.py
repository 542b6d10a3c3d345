"""Small pieces that all sectors' writers share: identifiers on a day, dates, decimal commas, periods of years."""

from collections.abc import Iterator

import numpy as np
import polars as pl

from synthetic.chance import NEVER
from synthetic.truth import Region

SMALL_REGION = 20_000


def identifier_on(region: Region, person: pl.Series, day: pl.Series | None) -> pl.Series:
    """Return the identifier each person had on the day (the present one without a day)."""
    rows = person.to_numpy()
    values = region.identifier[rows]
    if day is not None:
        before = day.to_numpy() < region.changed_on[rows]
        before &= region.changed_on[rows] < NEVER
        values = np.where(before, region.earlier_identifier[rows], values)
    return pl.Series(values)


def as_date(column: str, pattern: str = "%Y-%m-%d") -> pl.Expr:
    """Write a day number as a date; days that never come are left blank."""
    return pl.when(pl.col(column) < NEVER).then(pl.col(column)).cast(pl.Date).dt.to_string(pattern).alias(column)


def as_moment(minutes: str, pattern: str) -> pl.Expr:
    """Write minutes since 1970 as a date and time."""
    return (pl.col(minutes) * 60_000).cast(pl.Datetime("ms")).dt.to_string(pattern)


def as_number(column: str, decimals: pl.Expr | int, *, comma: bool) -> pl.Expr:
    """Write a number with a fixed number of decimals (0 or 1) and a decimal comma or point."""
    whole = pl.col(column).round(0).cast(pl.Int64).cast(pl.String)
    tenth = pl.col(column).round(1).cast(pl.String)
    if comma:
        tenth = tenth.str.replace(".", ",", literal=True)
    is_whole = pl.lit(decimals == 0) if isinstance(decimals, int) else decimals == 0
    return pl.when(is_whole).then(whole).otherwise(tenth)


def year_of(day: int) -> int:
    """Return the calendar year of a day number."""
    return int(np.datetime64(day, "D").astype("datetime64[Y]").astype(int)) + 1970


def first_of(year: int, month: int = 1) -> int:
    """Return the first day of a month as a day number."""
    return int(np.datetime64(f"{year}-{month:02d}-01", "D").astype(int))


def spans(region: Region, first: int, last: int, years: int) -> Iterator[tuple[str, int, int]]:
    """Yield (name, first day, last day) of consecutive calendar periods between two days; one period in a small region.

    Args:
        region: A small region gets one file per type, so that tests stay fast.
        first: First day.
        last: Last day, inclusive.
        years: Calendar years per file.
    """
    if first > last:
        return
    if len(region.people) < SMALL_REGION:
        years = 100
    begin = first
    while begin <= last:
        end = min(first_of(year_of(begin) + years) - 1, last)
        name = f"{year_of(begin)}" if year_of(begin) == year_of(end) else f"{year_of(begin)}_{year_of(end)}"
        yield name, begin, end
        begin = end + 1


def within(frame: pl.DataFrame, column: str, first: int, last: int) -> pl.DataFrame:
    """Return the rows whose day lies in the period, both ends included."""
    return frame.filter(pl.col(column).is_between(first, last))
