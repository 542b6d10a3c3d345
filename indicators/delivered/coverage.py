"""Which days the delivered extracts cover: where nothing was delivered, nothing is computed, and it is not zero.

The rows themselves tell it, since nothing else can be relied on: a file's time changes when it is copied. A source
covers the days from its first to its last row, and no day of a silence too long to be chance. The steward may know
better and state the day until which a delivery is complete.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import cast

import duckdb
import polars as pl

from indicators.definitions.deliverers import Deliverers
from indicators.definitions.variables import SOURCE_DAYS, Source
from indicators.delivered.delivered_rows import DeliveredRows
from indicators.delivered.rows_in_time import DAYS_PER_MONTH, RowsInTime, rows_between, rows_in_time
from indicators.dialect import shown_as

Span = tuple[date, date]
_BEGINS_WITHIN = timedelta(days=2 * DAYS_PER_MONTH)


@dataclass(frozen=True)
class Coverage:
    """The spans of days that each source covers, both ends included, in order of time."""

    spans: Mapping[Source, tuple[Span, ...]]

    def covers(self, sources: Iterable[Source], start: date, end: date) -> bool:
        """Return whether every source covers every day from the start to the end, both included."""
        return all(any(first <= start and last >= end for first, last in self.spans[source]) for source in sources)

    def since(self, sources: Iterable[Source]) -> date | None:
        """Return the first day that every source covers, a silence later on or not; None when one has no rows."""
        begins = [self.spans[source][0][0] if self.spans[source] else None for source in sources]
        return None if None in begins else max((begin for begin in begins if begin), default=date.min)

    def until(self, sources: Iterable[Source]) -> date | None:
        """Return the last day that every source covers; None when one has no rows."""
        ends = [self.spans[source][-1][1] if self.spans[source] else None for source in sources]
        return None if None in ends else min((end for end in ends if end), default=date.max)


def coverage_of(
    con: duckdb.DuckDBPyConnection,
    sources: Iterable[Source],
    rules: Deliverers,
    delivered: DeliveredRows | None = None,
) -> Coverage:
    """Return what each source covers.

    Args:
        con: A connection whose default catalog is the warehouse.
        sources: The sources.
        rules: From when on a silence is no chance any more.
        delivered: The rows that deliveries brought; None counts them.
    """
    delivered = delivered or DeliveredRows(con)
    wanted = set(sources)
    columns = {
        table: sorted({each.column for each in wanted if each.table == table and each.column}) for table in SOURCE_DAYS
    }
    counted = pl.concat([delivered.of(table, each) for table, found in columns.items() for each in found or [""]])
    rows = _until_covered(con, counted)
    # A table that is looked at by several columns is there several times.
    once = rows.filter(pl.col("value_of") == pl.col("value_of").first().over("source_table"))
    everything = _reach(once, rules)
    sectors = {
        name: _within(_reach(part, rules), everything)
        for (name,), part in once.partition_by("sector", as_dict=True).items()
    }
    return Coverage({source: _spans(_of(rows, source), sectors, rules) for source in wanted})


def _until_covered(con: duckdb.DuckDBPyConnection, counted: pl.DataFrame) -> pl.DataFrame:
    """Return how many rows of a table each sector has per day and value of a column, as long as its delivery covers.

    `stated` counts those of deliveries whose end was stated.
    """
    with shown_as(con, "counted", counted):
        return con.execute("""
            SELECT source_table, value_of, coalesce(sector, '') AS sector, value, day,
                CAST(sum(rows) AS BIGINT) AS rows,
                CAST(coalesce(sum(rows) FILTER (covers_until IS NOT NULL), 0) AS BIGINT) AS stated,
                max(delivered_on) AS received_on, max(covers_until) AS covers_until
            FROM counted LEFT JOIN meta.batch AS batch USING (batch_id)
            WHERE day <= least(coalesce(covers_until, day), coalesce(delivered_on, day))
            GROUP BY ALL
            ORDER BY ALL
        """).pl()


def _of(rows: pl.DataFrame, source: Source) -> pl.DataFrame:
    """Return the rows of a source; what was said of its deliveries is said of the whole table in the sector."""
    table = rows.filter(pl.col("source_table") == source.table).with_columns(
        pl.col("received_on", "covers_until").max().over("sector")
    )
    if source.column:
        return table.filter(pl.col("value_of") == source.column, pl.col("value") == source.value)
    return table.filter(pl.col("value_of") == pl.col("value_of").first())


def _reach(rows: pl.DataFrame, rules: Deliverers) -> Span | None:
    """Return the first and last day that rows speak for: theirs, and a silence more that is chance."""
    found = rows_in_time(rows, rules.least_share)
    if found is None:
        return None
    leeway = min(_leeway(found, rules), timedelta(days=DAYS_PER_MONTH * rules.longest_silence_months))
    # Nobody knows when a sector began to deliver that tells little: it is taken to be soon before its first row.
    return found.first - min(leeway, _BEGINS_WITHIN), _last(rows, leeway, rules)


def _within(span: Span | None, other: Span | None) -> Span | None:
    """Return the part of a span that lies in another one, which is as long or longer but for its leeway."""
    return (max(span[0], other[0]), min(span[1], other[1])) if span and other else None


def _last(rows: pl.DataFrame, leeway: timedelta, rules: Deliverers) -> date:
    """Return the last day covered: what was stated, and where nothing was, the last row with a leeway."""
    ends = [day for day in (rows["covers_until"].max(),) if isinstance(day, date)]
    unstated = rows_in_time(rows.filter(pl.col("stated") < pl.col("rows")), rules.least_share)
    if unstated:
        ends.append(unstated.last + leeway)
    return max(ends)


def _spans(rows: pl.DataFrame, sectors: Mapping[object, Span | None], rules: Deliverers) -> tuple[Span, ...]:
    found = rows_in_time(rows, rules.least_share)
    if found is None:
        return ()
    leeway = _leeway(found, rules)
    parts = {name: part for (name,), part in rows.partition_by("sector", as_dict=True).items()}
    starts = [span[0] for name in parts if (span := sectors[name])]
    ends = {name: _end(part, sectors[name], rules) for name, part in parts.items()}
    last = _complete_until(parts, ends, rules)
    first = max(found.first - leeway, min(starts))
    spans = [(start - leeway, end + leeway) for start, end in found.without_silences(2 * leeway.days)]
    # A stated end reaches as far as it says, beyond the last row or not.
    spans[-1] = (spans[-1][0], max(spans[-1][1], last))
    clipped = [(max(start, first), min(end, last)) for start, end in spans]
    return tuple((start, end) for start, end in clipped if start <= end)


def _leeway(rows: RowsInTime, rules: Deliverers) -> timedelta:
    """Return how long nothing can happen by chance: rarely anything happens in a rare source."""
    return timedelta(days=max(rules.leeway_days, rows.days_for(rules.rows_missed)))


def _end(rows: pl.DataFrame, sector: Span | None, rules: Deliverers) -> date:
    """Return the last day that a sector's part of a source covers.

    It is told by its own last row, but no later than all that the sector delivers, and than its newest file came.
    """
    found = rows_in_time(rows, rules.least_share)
    own = _last(rows, _leeway(found, rules), rules) if found else date.min
    received = rows["received_on"].max()
    bounds = [own, *([sector[1]] if sector else []), *([received] if isinstance(received, date) else [])]
    return min(bounds)


def _complete_until(parts: Mapping[object, pl.DataFrame], ends: Mapping[object, date], rules: Deliverers) -> date:
    """Return the last day on which a source is whole: before the first sector stops that nobody stands in for."""
    latest = max(ends.values())
    missed = [end for name, end in ends.items() if end < latest and _is_missed(name, parts, rules)]
    return min([latest, *missed])


def _is_missed(name: object, parts: Mapping[object, pl.DataFrame], rules: Deliverers) -> bool:
    """Return whether a source has fewer rows since a sector stopped than it had in the year before.

    It has not when the sector brought little, or when another one brings the same since.
    """
    every = pl.concat(parts.values())
    own = rows_in_time(parts[name], rules.least_share)
    if own is None:
        return False
    days_before = min(365, (own.last - cast("date", every["day"].min())).days + 1)
    a_year_before = own.last - timedelta(days=days_before)
    before = rows_between(every, a_year_before, own.last)
    if rows_between(parts[name], a_year_before, own.last) < rules.least_share * before:
        return False
    newest = cast("date", every["day"].max())
    since = rows_between(every, own.last, newest) / max((newest - own.last).days, DAYS_PER_MONTH)
    return since < (1 - rules.least_share) * before / days_before
