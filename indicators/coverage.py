"""Which periods the delivered extracts cover: where nothing was delivered, nothing is computed, and it is not zero."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta

import duckdb

from indicators.variables import SOURCE_DAYS, Source

# Deliveries are monthly: a source that is silent for longer than this at either end of a period does not cover it.
GRACE_DAYS = 62
Span = tuple[date, date]


def spans_of(con: duckdb.DuckDBPyConnection, sources: Iterable[Source]) -> dict[Source, Span | None]:
    """Return the first and last day on which each source has rows, None for a source without rows."""
    found: dict[Source, Span | None] = {}
    for source in set(sources):
        day = SOURCE_DAYS[source.table]
        chosen = f"WHERE {source.column} = $value" if source.column else ""
        bound = {"value": source.value} if source.column else {}
        row = con.execute(f"SELECT min({day}), max({day}) FROM core.{source.table} {chosen}", bound).fetchone()
        found[source] = (row[0], row[1]) if row and row[0] is not None else None
    return found


def is_covered(sources: Iterable[Source], spans: Mapping[Source, Span | None], start: date, end: date) -> bool:
    """Return whether every source has rows from the start to the end of a period, both included, give or take."""
    grace = timedelta(days=GRACE_DAYS)
    for source in sources:
        span = spans[source]
        if span is None or span[0] > start + grace or span[1] < end - grace:
            return False
    return True
