"""What a release tells beside the results: units with their names, and rows that were left out.

The rows left out are told twice, per delivery and per rule: neither table gives away a small number of the other.
"""

from datetime import date
from types import SimpleNamespace

import numpy as np
import polars as pl
import pytest

from indicators.disclosure.told_totals import hide_under_a_total, protect_left_out
from indicators.release.content import deliveries, parents, units
from tests.lib.delivered import Delivered
from tests.lib.drawn_tables import warehouse_of

LEFT = """
    practice
    practice_id | name  | cluster_id | cluster_name | starts_on
    100004      | Strand | K7        | North        | 2020-01-01
    100004      | Havn   |           |              | 2023-01-01
    100005      | Bakke  | K8        | South        | 2020-01-01
    100005      | Bakke  | K8        |              | 2024-01-01
"""


def test_a_practice_that_left_its_cluster_is_shown_in_none_and_a_name_that_became_blank_is_the_last_one() -> None:
    nowhere = pl.DataFrame(schema={"municipality_code": pl.String, "hospital_id": pl.String, "name": pl.String})
    with warehouse_of(LEFT) as con:
        con.execute("CREATE SCHEMA IF NOT EXISTS indicator")
        con.execute(
            "CREATE TABLE indicator.result AS SELECT *, DATE '2025-12-31' AS period_end FROM (VALUES "
            "('practice', '100004'), ('practice', '100005'), ('cluster', 'K8')) AS used (level, unit_id)"
        )
        used = con.execute("SELECT level, unit_id FROM indicator.result").pl()
        found = units(con, SimpleNamespace(municipalities=nowhere, hospitals=nowhere), used)
        told = {unit: cluster for _, unit, cluster in parents(con).rows()}
    rows = {unit: (name, cluster) for _, unit, name, cluster, _ in found.rows()}
    assert rows == {"100004": ("Havn", None), "100005": ("Bakke", "K8"), "K8": ("South", None)}
    assert (told["100004"], told["100005"]) == ("none", "K8")


def test_a_delivery_reaches_as_far_as_its_rows_tell_also_when_others_told_them_all() -> None:
    world = Delivered()
    told = world.batch("hospital", file_type="told")
    world.rows(told, "hospital_contact", "2025-01-01", "2025-03-31")
    for file_type, rows_until, loaded in (("repeated", "2019-02-28", 0), ("dayless", None, 0), ("register", None, 9)):
        batch = world.batch("hospital", file_type=file_type)
        world.con.execute(
            "UPDATE meta.batch SET rows_until = ?, rows_loaded = ? WHERE batch_id = ?", [rows_until, loaded, batch]
        )
    assert dict(deliveries(world.con).select("file_type", "covers_until").rows()) == {
        "told": date(2025, 3, 31),
        "repeated": date(2019, 2, 28),
        "dayless": None,
        "register": date(2027, 6, 1),
    }


@pytest.mark.parametrize(
    ("counts", "hidden"),
    [
        ([30, 40, 0], [False, False, False]),
        ([3, 40, 9], [True, False, True]),
        ([1, 2, 40, 9], [True, True, False, True]),
        ([4, 4, 9], [True, True, False]),
        ([0, 3, 40], [False, True, True]),
    ],
)
def test_a_small_number_takes_others_with_it_until_the_total_no_longer_tells_it(
    counts: list[int], hidden: list[bool]
) -> None:
    found = hide_under_a_total(np.array(counts), 5, 5)
    assert found.parts.tolist() == hidden
    assert not found.with_total


@pytest.mark.parametrize("counts", [[3], [3, 3], [1, 2, 3]])
def test_the_total_is_hidden_where_its_parts_leave_too_little_to_choose_from(counts: list[int]) -> None:
    assert hide_under_a_total(np.array(counts), 5, 5).with_total


def published(files: list[tuple[int, int, int]], rules: list[int]) -> tuple[list[tuple[object, ...]], list[int | None]]:
    """Return per file the rows in, loaded, quarantined and duplicate, and the rows per rule, as they are published."""
    columns = ["rows_loaded", "rows_quarantined", "rows_duplicate"]
    delivered = pl.DataFrame(files, schema=columns, orient="row").with_columns(
        pl.lit("lab").alias("sector"),
        pl.lit("labka").alias("file_type"),
        pl.sum_horizontal(columns).alias("rows_in"),
    )
    names = ["lab"] * len(rules), ["labka"] * len(rules)
    by_rule = pl.DataFrame([*names, rules], schema={"sector": pl.String, "file_type": pl.String, "rows": pl.Int64})
    first, second = protect_left_out(delivered, by_rule, 5, 5)
    return first.select("rows_in", *columns).rows(), second["rows"].to_list()


def test_a_file_with_few_quarantined_rows_hides_another_because_the_rules_tell_the_sum() -> None:
    files, rules = published([(1000, 3, 0), (1000, 40, 0), (1000, 90, 0)], [70, 63])
    assert [quarantined for _, _, quarantined, _ in files] == [None, None, 90]
    assert [loaded for _, loaded, _, _ in files] == [None, None, 1000]
    assert rules == [70, 63]


def test_two_small_rules_of_one_file_hide_the_number_that_adds_them_up() -> None:
    files, rules = published([(1000, 6, 0)], [3, 3])
    assert files == [(1006, None, None, 0)]
    assert rules == [None, None]


def test_one_file_with_few_rows_left_out_tells_no_rule() -> None:
    files, rules = published([(1000, 3, 0)], [3])
    assert files == [(1003, None, None, 0)]
    assert rules == [None]


def test_few_duplicates_hide_the_rows_loaded_beside_them() -> None:
    files, _ = published([(1000, 0, 2)], [])
    assert files == [(1002, None, 0, None)]


def test_a_delivery_of_a_few_rows_is_not_counted_aloud() -> None:
    files, _ = published([(1, 0, 0), (4, 0, 0), (5, 0, 0)], [])
    assert files == [(None, None, 0, 0), (None, None, 0, 0), (5, 5, 0, 0)]


def test_a_refused_file_without_counts_stays_without(recwarn: pytest.WarningsRecorder) -> None:
    files, _ = published([(None, None, None), (9, 0, 0)], [])  # type: ignore[list-item]
    assert files[0][1:] == (None, None, None)
    assert files[1] == (9, 9, 0, 0)
    assert not recwarn.list


def test_a_tiny_file_hides_the_rows_that_came_in_as_well() -> None:
    files, _ = published([(2, 3, 0)], [3])
    assert files == [(None, None, None, 0)]


def test_nothing_is_hidden_where_nothing_is_small() -> None:
    files, rules = published([(1000, 60, 40)], [30, 30])
    assert files == [(1100, 1000, 60, 40)]
    assert rules == [30, 30]
