"""Ranges of pseudonyms are worked on apart, and what is found comes in their order."""

import duckdb
import pytest

from indicators.dialect import ranges
from indicators.workers import rounds, work_on


def prepared(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("CREATE TEMP TABLE seen AS SELECT 7 AS number")


def test_what_is_found_comes_in_the_order_of_the_ranges():
    con = duckdb.connect()
    found = work_on(con, ranges(5), prepared, lambda own, part: (part, own.sql("FROM seen").fetchone()))
    assert list(found) == [(part, (7,)) for part in ranges(5)]


def test_each_further_connection_reads_the_same_default_catalog():
    con = duckdb.connect()
    con.execute("ATTACH ':memory:' AS other")
    con.execute("USE other")
    con.execute("CREATE TABLE fact AS SELECT 3 AS number")
    found = work_on(con, ranges(2), lambda own: None, lambda own, part: own.sql("FROM fact").fetchone())
    assert list(found) == [(3,), (3,)]


def test_a_single_range_is_worked_on_with_the_connection_itself():
    con = duckdb.connect()
    assert list(work_on(con, ranges(1), prepared, lambda own, part: own is con)) == [True]


def test_a_fault_in_one_range_stops_the_work():
    con = duckdb.connect()
    with pytest.raises(duckdb.CatalogException):
        list(work_on(con, ranges(3), lambda own: None, lambda own, part: own.execute("FROM nowhere").fetchall()))


def test_the_database_starts_fewer_threads_while_workers_are_some_of_them():
    con = duckdb.connect(config={"threads": 4})
    threads = "SELECT CAST(current_setting('threads') AS INTEGER)"
    found = work_on(con, ranges(2), lambda own: None, lambda own, part: own.sql(threads).fetchone())
    assert list(found) == [(3,), (3,)]
    assert con.sql(threads).fetchone() == (4,)


@pytest.mark.parametrize(("wanted", "taken"), [(1, 1), (2, 2), (3, 4), (5, 6)])
def test_ranges_are_shared_evenly_by_all_workers(wanted, taken):
    assert rounds(wanted) == taken
