"""What municipal reports tell does not depend on the order in which they are delivered: the report time decides."""

import itertools
import random

import pytest

from indicators.release.content import deliveries
from tests.contracts.test_municipal_reports import COURSE, STORY, told
from tests.lib.deliveries import identifiers
from tests.lib.loading import Loading, person

ANNA, NEW_NUMBER = identifiers(2)
TABLES = ("municipal_course", "municipal_encounter", "diagnosis")
LATER = [
    told("2022-10-01", "Encounter", "e3", starts_at="2022-06-29 17:00:00", status="entered-in-error"),
    told("2022-10-02", "CarePlan", "alone", category=COURSE, starts_at="2020-01-10", status="active"),
    told("2022-10-03", "CarePlan", "alone", category=COURSE, starts_at="2020-01-10", status="entered-in-error"),
]
HOME = {"pnr": ANNA, "koen": "2", "foed_dato": "1940-01-01", "kom": "0791", "bop_vfra": "2000-01-01"}
OTHERS = {
    "home": ("bef", [HOME]),
    "new number": ("cpr_skift", [{"pnr_gammel": ANNA, "pnr_ny": NEW_NUMBER, "skift_dato": "2022-06-20"}]),
}


def reports():
    """Return the rows of each report, by its day; the later ones name the citizen by the new number."""
    by_day = {}
    for row in [*STORY, *LATER]:
        day = row["reported_at"][:10]
        by_day.setdefault(day, []).append({**row, "pnr": ANNA if day < "2022-06-20" else NEW_NUMBER})
    return by_day


def loaded(order):
    warehouse, rows = Loading(), reports()
    for name in order:
        file_type, told_rows = OTHERS.get(name) or ("kl_gateway_119", rows[name])
        assert warehouse.deliver(file_type, *told_rows, name=name).quarantined == 0
    return warehouse


def contents(warehouse):
    return {
        table: sorted(warehouse.rows(f"SELECT * EXCLUDE (batch_id, row_number) FROM core.{table}"), key=repr)
        for table in TABLES
    }


def orders():
    """Return six orders: the reverse of how the reports were made, and five by lot."""
    names, chance = [*OTHERS, *reports()], random.Random(5)
    yield names[::-1]
    for _ in range(5):
        chance.shuffle(names)
        yield list(names)


@pytest.fixture(scope="module")
def in_time():
    return contents(loaded([*OTHERS, *sorted(reports())]))


@pytest.mark.parametrize("order", orders(), ids=range(6))
def test_reports_give_the_same_in_whatever_order_they_come(in_time, order):
    assert contents(loaded(order)) == in_time


def test_they_give_what_one_file_with_all_of_them_gives(in_time):
    warehouse, rows = Loading(), reports()
    for file_type, others in OTHERS.values():
        warehouse.deliver(file_type, *others)
    counted = warehouse.deliver("kl_gateway_119", *itertools.chain(*rows.values()))
    assert contents(warehouse) == in_time
    assert (counted.loaded, counted.duplicates) == (12, 4)
    assert {row[0] for row in warehouse.rows("SELECT patient_id::VARCHAR FROM core.municipal_course")} == {
        person(NEW_NUMBER)
    }


def test_every_report_counts_its_own_rows_as_loaded_whatever_came_before():
    warehouse = loaded(["2022-09-30", "2022-06-02"])
    batches = warehouse.rows("SELECT rows_in, rows_loaded, rows_duplicate FROM meta.batch ORDER BY batch_id")
    assert batches == [(1, 1, 0), (3, 3, 0)]


def test_a_corrected_report_leaves_nothing_of_the_one_it_corrects(in_time):
    warehouse, rows = Loading(), reports()
    wrong = [{**row, "status": "revoked"} for row in rows["2022-09-30"]]
    first = warehouse.deliver("kl_gateway_119", *wrong, name="2022-09-30")
    for name in [*OTHERS, *(day for day in sorted(rows) if day != "2022-09-30")]:
        file_type, told_rows = OTHERS.get(name) or ("kl_gateway_119", rows[name])
        warehouse.deliver(file_type, *told_rows, name=name)
    assert contents(warehouse) != in_time
    warehouse.deliver("kl_gateway_119", *rows["2022-09-30"], replaces=first.batch_id)
    assert contents(warehouse) == in_time
    assert warehouse.rows("SELECT count(*) FROM meta.told_row")[0][0] == sum(map(len, rows.values()))


def test_what_is_kept_names_nobody():
    warehouse = loaded(sorted(reports()))
    kept = repr(warehouse.rows("SELECT told FROM meta.told_row"))
    assert ANNA not in kept
    assert NEW_NUMBER not in kept


def test_every_report_covers_until_its_own_day_whenever_it_is_loaded_and_whatever_is_worked_out_from_it():
    """The rows that follow from all reports carry the number of one delivery: they do not tell how far it reaches."""
    for order in itertools.islice(orders(), 2):
        warehouse = loaded(order)
        covered = deliveries(warehouse.con).filter(file_type="kl_gateway_119")["covers_until"].to_list()
        assert sorted(map(str, covered)) == sorted(reports())
