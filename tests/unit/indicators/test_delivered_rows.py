"""What deliveries brought is counted once and kept, and counted anew as soon as anything was loaded."""

import polars as pl
import pytest

from indicators.delivered.delivered_rows import DeliveredRows
from tests.lib.delivered import Delivered


@pytest.fixture
def world() -> Delivered:
    world = Delivered()
    world.rows(world.batch("laboratory"), "measurement", "2025-01-01", "2025-03-31")
    world.con.execute("CREATE SCHEMA IF NOT EXISTS indicator")
    return world


def rows_of(world: Delivered, column: str = "analyte") -> int:
    return DeliveredRows(world.con).of("measurement", column)["rows"].sum()


def test_counts_that_are_kept_are_read_and_not_counted_again(world):
    delivered = DeliveredRows(world.con)
    delivered.of("measurement", "analyte")
    delivered.keep()
    before = rows_of(world)
    world.con.execute("UPDATE indicator.delivered_rows SET rows = rows + 1")
    assert rows_of(world) > before


def test_counts_are_made_anew_when_a_delivery_came(world):
    delivered = DeliveredRows(world.con)
    before = delivered.of("measurement", "analyte")["rows"].sum()
    delivered.keep()
    world.rows(world.batch("laboratory"), "measurement", "2025-04-01", "2025-04-30")
    assert rows_of(world) > before


def test_the_rows_of_a_whole_table_are_those_of_all_values_of_its_column(world):
    delivered = DeliveredRows(world.con)
    by_value = delivered.of("measurement", "analyte")
    whole = DeliveredRows(world.con).of("measurement")
    assert delivered.of("measurement").sort(pl.all()).equals(whole.sort(pl.all()))
    assert whole["rows"].sum() == by_value["rows"].sum()


def test_what_was_read_is_kept_together_with_what_is_counted_later(world):
    first = DeliveredRows(world.con)
    first.of("measurement", "analyte")
    first.keep()
    later = DeliveredRows(world.con)
    later.of("dispensing")
    later.of("hospital_contact")
    later.keep()
    tables = world.con.execute("SELECT DISTINCT source_table FROM indicator.delivered_rows").fetchall()
    assert ("measurement",) in tables
