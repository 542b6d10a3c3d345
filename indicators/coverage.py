"""Which periods the delivered extracts cover: where nothing was delivered, nothing is computed, and it is not zero."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta

import duckdb

from indicators.variables import SOURCE_DAYS, Source

# Deliveries are monthly: a source that is silent for longer than this at either end of a period does not cover it.
GRACE_DAYS = 62
Span = tuple[date, date]


def spans_of(con: duckdb.DuckDBPyConnection, sources: Iterable[Source]) -> dict[Source, Span | None]:
    """Return the first and last day that each source covers, None for a source without rows.

    A whole table covers the time up to its last delivery, because in a rare kind of event silence means that nothing
    happened. One analysis or examination covers the time up to its last row: others may arrive without it.
    """
    found: dict[Source, Span | None] = {}
    for source in set(sources):
        day = SOURCE_DAYS[source.table]
        if source.column:
            last, bound, chosen = f"max({day})", {"value": source.value}, f"WHERE {source.column} = $value"
        else:
            last, bound, chosen = f"greatest(max({day}), {_LAST_DELIVERY.format(table=source.table)})", {}, ""
        row = con.execute(f"SELECT min({day}), {last} FROM core.{source.table} {chosen}", bound).fetchone()
        found[source] = (row[0], row[1]) if row and row[0] is not None else None
    return found


_LAST_DELIVERY = (
    "(SELECT max(delivered_on) FROM meta.batch WHERE batch_id IN (SELECT DISTINCT batch_id FROM core.{table}))"
)


def is_covered(sources: Iterable[Source], spans: Mapping[Source, Span | None], start: date, end: date) -> bool:
    """Return whether every source has rows from the start to the end of a period, both included, give or take."""
    grace = timedelta(days=GRACE_DAYS)
    for source in sources:
        span = spans[source]
        if span is None or span[0] > start + grace or span[1] < end - grace:
            return False
    return True
