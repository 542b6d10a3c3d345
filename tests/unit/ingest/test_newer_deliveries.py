"""A later delivery that tells a fact otherwise decides, in whatever order the deliveries come."""

import itertools

import pytest

from tests.lib.deliveries import identifiers
from tests.lib.loading import Loading

(ANNA,) = identifiers(1)
KEY = "000000000200000001"
IN_BOTH_ORDERS = pytest.mark.parametrize("order", list(itertools.permutations(range(2))))
IN_ANY_ORDER = pytest.mark.parametrize("order", list(itertools.permutations(range(3))))


@pytest.fixture
def warehouse():
    return Loading()


def deliver(warehouse, deliveries, order):
    for place in order:
        file_type, name, *rows = deliveries[place]
        warehouse.deliver(file_type, *rows, name=name)


def contact(end=""):
    return {"pnr": ANNA, "dw_ek_kontakt": KEY, "kont_starttidspunkt": "2025-01-20 08:00:00", "kont_sluttidspunkt": end,
            "kont_type": "ALCA00", "lprindberetningssystem": "LPR3"}  # fmt: skip


def diagnosis(retracted):
    return {"dw_ek_kontakt": KEY, "diag_kode": "DE119", "diag_kode_type": "A", "senere_afkraeftet": retracted}


def result(value, at="2025-03-02 08:30:00"):
    return {"pnr": ANNA, "realsamplecollectiontime": at, "ol_inver_iupac_cde": "NPU27300", "relationsign": "=",
            "internal_reply_num": value}  # fmt: skip


def result_by_day(value):
    return {"patient_cpr": ANNA, "samplingdate": "2025-03-02", "analysiscode": "NPU27300", "value": value,
            "unit": "mmol/mol"}  # fmt: skip


def numbers_are_true(warehouse, table):
    return warehouse.rows(
        "SELECT bool_and(rows_in = rows_loaded + rows_quarantined + rows_duplicate AND rows_loaded = "
        f"(SELECT count(*) FROM core.{table} AS own WHERE own.batch_id = batch.batch_id)) FROM meta.batch"
    ) == [(True,)]


@IN_BOTH_ORDERS
def test_a_later_delivery_ends_a_contact(warehouse, order):
    told = [("lpr_a_kontakt", "2025_01", contact()), ("lpr_a_kontakt", "2025_02", contact("2025-02-03 10:00:00"))]
    deliver(warehouse, told, order)
    assert warehouse.rows("SELECT ended_on::VARCHAR FROM core.hospital_contact") == [("2025-02-03",)]
    assert numbers_are_true(warehouse, "hospital_contact")


@IN_BOTH_ORDERS
def test_a_later_delivery_retracts_a_diagnosis(warehouse, order):
    warehouse.deliver("lpr_a_kontakt", contact())
    told = [("lpr_a_diagnose", "2025_01", diagnosis("Nej")), ("lpr_a_diagnose", "2025_02", diagnosis("Ja"))]
    deliver(warehouse, told, order)
    assert warehouse.rows("SELECT retraction FROM core.diagnosis") == [("yes",)]


@IN_BOTH_ORDERS
def test_the_newer_model_of_the_register_decides_over_the_older_one(warehouse, order):
    older = {"pnr": ANNA, "dw_ek_kontakt": KEY, "dato_start": "2025-01-20", "kontakttype": "ALCA00",
             "lprindberetningssystem": "LPR3"}  # fmt: skip
    deliver(warehouse, [("kontakter", "f", older), ("lpr_a_kontakt", "a", contact("2025-02-03 10:00:00"))], order)
    assert warehouse.rows("SELECT ended_on::VARCHAR FROM core.hospital_contact") == [("2025-02-03",)]


@IN_ANY_ORDER
def test_a_correction_that_is_taken_back_leaves_the_first_value(warehouse, order):
    deliver(warehouse, [("labka", f"2025_{n}", result(v)) for n, v in ((1, "82"), (2, "62"), (3, "82"))], order)
    assert warehouse.rows("SELECT value FROM core.measurement") == [(82,)]
    assert numbers_are_true(warehouse, "measurement")


@IN_BOTH_ORDERS
def test_a_corrected_result_replaces_the_wrong_one_but_not_another_sample_of_the_day(warehouse, order):
    told = [
        ("labka", "2025_01", result("82"), result("70", "2025-03-02 15:00:00")),
        ("labka", "2025_02", result("62")),
    ]
    deliver(warehouse, told, order)
    assert warehouse.rows("SELECT value FROM core.measurement ORDER BY taken_at") == [(62,), (70,)]


def test_two_values_of_a_day_without_a_time_stay_two_until_a_later_delivery_tells_the_day_anew(warehouse):
    warehouse.deliver("lab_dm_forsker", result_by_day("82"), result_by_day("70"), name="2025_01")
    assert warehouse.rows("SELECT value FROM core.measurement ORDER BY value") == [(70,), (82,)]
    warehouse.deliver("lab_dm_forsker", result_by_day("62"), name="2025_02")
    assert warehouse.rows("SELECT value FROM core.measurement") == [(62,)]


def test_what_a_correction_replaced_does_not_come_back_when_another_file_is_corrected(warehouse):
    deliver(warehouse, [("labka", "2025_01", result("82")), ("labka", "2025_02", result("62"))], range(2))
    other = warehouse.deliver("labka", result("50", "2025-05-02 08:30:00"), name="2025_03").batch_id
    warehouse.deliver("labka", result("51", "2025-05-02 08:30:00"), replaces=other, name="2025_03")
    assert warehouse.rows("SELECT value FROM core.measurement ORDER BY taken_at") == [(62,), (51,)]


def test_when_the_correcting_file_is_replaced_by_one_without_the_result_the_first_value_counts_again(warehouse):
    warehouse.deliver("labka", result("82"), name="2025_01")
    second = warehouse.deliver("labka", result("62"), name="2025_02").batch_id
    warehouse.deliver("labka", result("51", "2025-05-02 08:30:00"), replaces=second, name="2025_02")
    assert warehouse.rows("SELECT value FROM core.measurement ORDER BY taken_at") == [(82,), (51,)]


@IN_BOTH_ORDERS
def test_the_same_result_through_another_laboratory_file_is_one_result(warehouse, order):
    other = {"cpr": ANNA, "datotid_proevetagning": "2025-03-02 08:30:00", "npukode": "NPU27300", "svar": "62"}
    deliver(warehouse, [("labka", "a", result("62")), ("for_labka", "b", other)], order)
    assert warehouse.rows("SELECT value FROM core.measurement") == [(62,)]


@IN_BOTH_ORDERS
def test_the_tenth_month_is_newer_than_the_ninth(warehouse, order):
    home = {"pnr": ANNA, "koen": "2", "foed_dato": "1940-01-01", "kom": "791", "bop_vfra": "2010-01-01"}
    deliver(
        warehouse, [("bef", "bef_2026_9", home), ("bef", "bef_2026_10", {**home, "doed_dato": "2026-10-01"})], order
    )
    assert warehouse.rows("SELECT died_on::VARCHAR FROM core.person") == [("2026-10-01",)]


@IN_BOTH_ORDERS
def test_rows_that_reach_further_are_newer_whatever_the_name(warehouse, order):
    home = {"pnr": ANNA, "koen": "2", "foed_dato": "1940-01-01", "kom": "791", "bop_vfra": "2010-01-01"}
    moved = {**home, "kom": "0791", "bop_vfra": "2026-09-15", "doed_dato": "2026-10-01"}
    deliver(warehouse, [("bef", "bef_september", home), ("bef", "bef_oktober", home, moved)], order)
    assert warehouse.rows("SELECT died_on::VARCHAR FROM core.person") == [("2026-10-01",)]
