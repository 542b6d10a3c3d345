"""Work on ranges of pseudonyms two at a time, each on a connection of its own, so that no core waits for the other."""

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

import duckdb

Found = TypeVar("Found")
Range = tuple[str, str]
# The database uses all cores for a statement, but not at its end, and not while rows are placed beside each other.
WORKERS = 2


def rounds(parts: int) -> int:
    """Return so many parts or the next number that all workers share evenly; one part is left whole."""
    return parts if parts == 1 else -(-parts // WORKERS) * WORKERS


def work_on(
    con: duckdb.DuckDBPyConnection,
    parts: Sequence[Range],
    prepare: Callable[[duckdb.DuckDBPyConnection], None],
    work: Callable[[duckdb.DuckDBPyConnection, Range], Found],
) -> Iterator[Found]:
    """Yield what is found in each range, in the order of the ranges.

    Args:
        con: A connection; the work on a single range is done on it.
        parts: First and last pseudonym of each range.
        prepare: Called once with each further connection before it is used; temporary tables are not shared.
        work: What to do on a connection with one range; it may not write to the warehouse.
    """
    if len(parts) == 1:
        yield work(con, parts[0])
        return
    row = con.execute("SELECT current_catalog()").fetchone()
    catalog = row[0] if row else "memory"
    own = threading.local()
    opened = []

    def work_apart(part: Range) -> Found:
        if not hasattr(own, "con"):
            own.con = con.cursor()
            opened.append(own.con)
            own.con.execute(f"USE {catalog}")
            prepare(own.con)
        return work(own.con, part)

    try:
        with fewer_helpers(con), ThreadPoolExecutor(WORKERS) as pool:
            yield from pool.map(work_apart, parts)
    finally:
        for connection in opened:
            connection.close()


@contextmanager
def fewer_helpers(con: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Let the database start fewer threads within a block: every worker is one itself, and more would only wait."""
    row = con.execute("SELECT current_setting('threads')").fetchone()
    threads = int(row[0]) if row else 1
    con.execute(f"SET threads = {max(1, threads - WORKERS + 1)}")
    try:
        yield
    finally:
        con.execute(f"SET threads = {threads}")
