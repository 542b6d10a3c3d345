"""The run log refuses what does not add up and knows every delivery there ever was."""

from dataclasses import replace
from datetime import date, datetime

import duckdb
import pytest

from tvaers.errors import WarehouseError
from warehouse.run_log import (
    Batch,
    Run,
    batches,
    mark_replaced,
    move_duplicates,
    next_batch_id,
    refuse_other_key,
    write_batch,
    write_run,
)
from warehouse.schema import create_schema

AT = datetime(2026, 10, 5, 8, 30)  # noqa: DTZ001 - the run log keeps UTC without a zone
BATCH = Batch(
    batch_id=1,
    run_id="run",
    file_name="lab_2025.csv",
    file_hash="ab" * 32,
    file_type="lab",
    sector="laboratory",
    contract_version="1.0.0",
    pack="denmark",
    pack_version="1.0.0",
    delivery_key="lab:lab_2025",
    delivered_on=date(2026, 10, 4),
    covers_until=None,
    rows_until=None,
    key_id="0123abcd",
    encoding="utf-8",
    separator=";",
    rows_in=10,
    rows_loaded=7,
    rows_quarantined=2,
    rows_duplicate=1,
    state="loaded",
    started_at=AT,
    ended_at=AT,
    code_version="0.1.0",
)


@pytest.fixture
def con():
    connection = duckdb.connect()
    create_schema(connection)
    return connection


def test_a_delivery_is_read_as_it_was_written(con):
    write_batch(con, BATCH)
    assert batches(con) == [BATCH]


def test_numbers_of_deliveries_count_up_and_are_never_used_again(con):
    assert next_batch_id(con) == 1
    write_batch(con, replace(BATCH, batch_id=7))
    mark_replaced(con, 7)
    assert next_batch_id(con) == 8


@pytest.mark.parametrize("field", ["rows_in", "rows_loaded", "rows_quarantined", "rows_duplicate"])
def test_rows_that_do_not_add_up_are_refused(con, field):
    with pytest.raises(WarehouseError, match="do not add up"):
        write_batch(con, replace(BATCH, **{field: getattr(BATCH, field) + 1}))
    assert batches(con) == []


def test_a_replaced_delivery_is_still_known(con):
    write_batch(con, BATCH)
    mark_replaced(con, 1)
    assert [batch.state for batch in batches(con)] == ["replaced"]


def test_rows_that_come_back_are_no_longer_duplicates(con):
    write_batch(con, BATCH)
    move_duplicates(con, 1, 1)
    (batch,) = batches(con)
    assert (batch.rows_loaded, batch.rows_duplicate) == (8, 0)


def test_a_delivery_under_another_key_is_refused_without_naming_a_key(con):
    write_batch(con, BATCH)
    refuse_other_key(con, "0123abcd")
    with pytest.raises(WarehouseError, match="another key") as fault:
        refuse_other_key(con, "ffffffff")
    assert fault.value.how_much == "1 deliveries"


def test_a_run_is_kept(con):
    run = Run("run", AT, AT, 4, 1, 1, 1, 1, 10, 7, 2, 1, "0123abcd", "denmark", "1.0.0", "0.1.0")
    write_run(con, run)
    assert con.execute("SELECT files_seen, rows_loaded, key_id FROM meta.run").fetchall() == [(4, 7, "0123abcd")]
