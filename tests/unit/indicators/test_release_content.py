from dataclasses import replace
from datetime import date, datetime

import duckdb
import polars as pl
import pytest

from indicators.release_content import deliveries, hidden_rules
from tests.lib.loading import Loading
from warehouse.run_log import Refusal, write_refusals

AT = datetime(2026, 10, 10)  # noqa: DTZ001 - the run log keeps UTC without a zone
REFUSAL = Refusal(
    "run", "labka_2026.csv", "a hash", "labka_2026", "labka", "laboratory", "refused", "too_many_broken",
    date(2026, 10, 9), 40, 3, AT, "0",
)  # fmt: skip


@pytest.fixture
def warehouse() -> duckdb.DuckDBPyConnection:
    loading = Loading()
    loading.deliver("labka", {"pnr": "broken"}, name="labka:labka_2025")
    loading.con.execute(
        "INSERT INTO meta.run SELECT 'run', ?, ?, 2, 1, 1, 0, 0, 1, 0, 1, 0, 'key', 'denmark', '1', '0'", [AT, AT]
    )
    return loading.con


def refused(con: duckdb.DuckDBPyConnection) -> list[tuple]:
    found = deliveries(con, 5).filter(state="refused")
    assert found.select("rows_in", "rows_loaded", "rows_quarantined", "rows_duplicate").null_count().sum_horizontal()[
        0
    ] == 4 * len(found)
    return found.select("sector", "file_type", "file_name", "delivered_on", "fresh_within_days").rows()


def test_a_refused_file_is_in_the_release_without_its_name_and_its_numbers(warehouse) -> None:
    write_refusals(warehouse, [REFUSAL, replace(REFUSAL, run_id="later", reason="no_rows", refused_at=AT)])
    (told,) = refused(warehouse)
    assert told[:4] == ("laboratory", "labka", "labka 1", date(2026, 10, 9))
    assert told[4] > 0


def test_a_file_that_was_refused_before_its_type_was_known_is_in_the_release_too(warehouse) -> None:
    unknown = replace(REFUSAL, file_type=None, sector=None, delivered_on=None, reason="empty")
    write_refusals(warehouse, [unknown, replace(unknown, file_name="x.csv", delivery_name="x", file_hash="other")])
    assert refused(warehouse) == [
        ("unknown", "unknown", "unknown 1", date(2026, 10, 10), None),
        ("unknown", "unknown", "unknown 2", date(2026, 10, 10), None),
    ]


@pytest.mark.parametrize(
    "change",
    [
        {"delivery_name": "labka_2025", "refused_at": datetime(2026, 10, 1)},  # noqa: DTZ001
        {"file_hash": ""},
        {"reason": "older_version"},
        {"refused_at": datetime(2025, 10, 1)},  # noqa: DTZ001
    ],
    ids=["came whole since", "came under another name", "a newer one is loaded", "long ago"],
)
def test_a_refusal_that_matters_no_more_is_not_in_the_release(warehouse, change) -> None:
    write_refusals(warehouse, [replace(REFUSAL, **change)])
    assert refused(warehouse) == []


def test_a_single_hidden_rule_takes_the_next_smallest_with_it_because_the_file_tells_the_sum() -> None:
    rows = {"a": 3, "b": 40, "c": 9}
    found = pl.DataFrame({"sector": "lab", "file_type": "lab_dm", "rule": list(rows), "rows": list(rows.values())})
    assert hidden_rules(found, 5).to_list() == [True, False, True]


def test_nothing_more_is_hidden_where_nothing_is_small() -> None:
    found = pl.DataFrame({"sector": "lab", "file_type": "lab_dm", "rule": ["a", "b"], "rows": [30, 40]})
    assert hidden_rules(found, 5).to_list() == [False, False]
