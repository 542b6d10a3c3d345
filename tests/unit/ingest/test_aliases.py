"""Changed identifiers: rows follow the person, whichever number comes first, and chains resolve."""

import itertools

import pytest

from ingest.at_once import say_who_is_two_people
from tests.lib.deliveries import identifiers
from tests.lib.loading import Loading, person

FIRST, SECOND, THIRD, OTHER = identifiers(4)
RESULT = {"realsamplecollectiontime": "2025-03-02 08:30:00", "ol_inver_iupac_cde": "NPU27300", "relationsign": "=",
          "internal_reply_num": "52"}  # fmt: skip
HOME = {"koen": "2", "foed_dato": "1940-01-01", "kom": "791", "bop_vfra": "2010-01-01"}


def change(old, new, on="2020-01-01"):
    return {"pnr_gammel": old, "pnr_ny": new, "skift_dato": on}


def people(warehouse, table="measurement"):
    return {row[0] for row in warehouse.rows(f"SELECT patient_id::VARCHAR FROM core.{table}")}


@pytest.fixture
def warehouse():
    return Loading()


def test_rows_that_come_after_the_change_carry_the_newest_pseudonym(warehouse):
    warehouse.deliver("cpr_skift", change(FIRST, SECOND))
    warehouse.deliver("labka", {**RESULT, "pnr": FIRST}, {**RESULT, "pnr": OTHER})
    assert people(warehouse) == {person(SECOND), person(OTHER)}


def test_rows_that_came_before_the_change_are_rewritten(warehouse):
    warehouse.deliver("labka", {**RESULT, "pnr": FIRST}, {**RESULT, "pnr": OTHER})
    warehouse.deliver("cpr_skift", change(FIRST, SECOND))
    assert people(warehouse) == {person(SECOND), person(OTHER)}


CHANGES = [("cpr_skift", change(FIRST, SECOND, "2015-01-01")), ("cpr_skift", change(SECOND, THIRD, "2020-01-01"))]
ROWS = [
    ("labka", {**RESULT, "pnr": one, "realsamplecollectiontime": f"2025-03-02 {hour}:30:00"})
    for one, hour in ((FIRST, "08"), (SECOND, "09"))
]


@pytest.mark.parametrize("order", itertools.permutations(range(4)))
def test_a_chain_of_changes_leads_to_the_newest_in_any_order_of_delivery(warehouse, order):
    for place in order:
        file_type, row = [*CHANGES, *ROWS][place]
        warehouse.deliver(file_type, row)
    assert people(warehouse) == {person(THIRD)}
    assert warehouse.rows("SELECT count(*) FROM core.measurement") == [(2,)]
    assert warehouse.rows("SELECT DISTINCT patient_id::VARCHAR FROM core.person_alias") == [(person(THIRD),)]


def test_a_chain_within_one_file_resolves(warehouse):
    warehouse.deliver("labka", {**RESULT, "pnr": FIRST})
    warehouse.deliver("cpr_skift", change(SECOND, THIRD, "2020-01-01"), change(FIRST, SECOND, "2015-01-01"))
    assert people(warehouse) == {person(THIRD)}


def test_a_change_that_was_taken_back_ends_where_it_began(warehouse):
    warehouse.deliver("labka", {**RESULT, "pnr": FIRST}, {**RESULT, "pnr": SECOND, "internal_reply_num": "60"})
    warehouse.deliver("cpr_skift", change(FIRST, SECOND, "2015-01-01"), change(SECOND, FIRST, "2016-01-01"))
    assert people(warehouse) == {person(FIRST)}


def test_one_person_under_two_numbers_becomes_one_person(warehouse):
    warehouse.deliver("bef", {**HOME, "pnr": FIRST})
    warehouse.deliver("bef", {**HOME, "pnr": SECOND, "doed_dato": "2024-05-01"})
    warehouse.deliver("cpr_skift", change(FIRST, SECOND))
    assert warehouse.rows("SELECT patient_id::VARCHAR, died_on::VARCHAR FROM core.person") == [
        (person(SECOND), "2024-05-01")
    ]
    assert warehouse.rows("SELECT count(*) FROM core.residence") == [(1,)]


@pytest.mark.parametrize("number", [FIRST, SECOND])
def test_one_delivery_that_tells_of_a_death_under_one_of_two_numbers_tells_of_it(warehouse, number):
    told = [{**HOME, "pnr": each} | ({"doed_dato": "2024-05-01"} if each == number else {}) for each in (FIRST, SECOND)]
    warehouse.deliver("bef", *told)
    warehouse.deliver("cpr_skift", change(FIRST, SECOND))
    assert warehouse.rows("SELECT died_on::VARCHAR FROM core.person") == [("2024-05-01",)]


def test_a_fact_told_under_both_numbers_is_one_fact(warehouse):
    warehouse.deliver("labka", {**RESULT, "pnr": FIRST})
    warehouse.deliver("lab_dm_forsker", {"patient_cpr": SECOND, "samplingdate": "2025-03-02", "samplingtime": "08:30",
                                         "analysiscode": "NPU27300", "value": "52", "unit": ""})  # fmt: skip
    assert warehouse.rows("SELECT count(*) FROM core.measurement") == [(2,)]
    warehouse.deliver("cpr_skift", change(FIRST, SECOND))
    assert warehouse.rows("SELECT patient_id::VARCHAR FROM core.measurement") == [(person(SECOND),)]
    assert warehouse.rows("SELECT count(*) FROM parked.measurement") == [(1,)]


def test_a_change_delivered_twice_is_one_change(warehouse):
    warehouse.deliver("cpr_skift", change(FIRST, SECOND))
    again = warehouse.deliver("cpr_skift", change(FIRST, SECOND))
    assert (again.loaded, again.duplicates) == (0, 1)


LIVES = {**HOME, "koen": "1", "foed_dato": "1950-01-01", "kom": "740"}


def test_a_change_that_a_correction_withdraws_parts_the_people_again(warehouse):
    """The two told one fact under both numbers, in one delivery and in two, before and after the change came."""
    warehouse.deliver("bef", {**HOME, "pnr": FIRST}, {**LIVES, "pnr": SECOND})
    warehouse.deliver("labka", {**RESULT, "pnr": FIRST}, {**RESULT, "pnr": SECOND})
    wrong = warehouse.deliver("cpr_skift", change(FIRST, SECOND), change(THIRD, OTHER))
    warehouse.deliver("labka", {**RESULT, "pnr": FIRST, "internal_reply_num": "60"})
    assert people(warehouse) == people(warehouse, "person") == {person(SECOND)}
    assert warehouse.rows("SELECT value FROM core.measurement") == [(60,)]
    warehouse.deliver("cpr_skift", change(THIRD, OTHER), replaces=wrong.batch_id)
    told = "SELECT patient_id::VARCHAR, value, delivered_as FROM core.measurement ORDER BY value"
    assert warehouse.rows(told) == [(person(SECOND), 52, None), (person(FIRST), 60, None)]
    assert people(warehouse, "person") == people(warehouse, "residence") == {person(FIRST), person(SECOND)}
    assert warehouse.rows("SELECT rows_loaded FROM meta.batch ORDER BY batch_id") == [(2,), (1,), (2,), (1,), (1,)]


def test_a_row_keeps_the_number_it_came_under_only_where_that_is_another_one(warehouse):
    warehouse.deliver("cpr_skift", change(FIRST, SECOND, "2015-01-01"), change(SECOND, THIRD))
    warehouse.deliver("bef", *({**HOME, "pnr": each} for each in (FIRST, OTHER)))
    assert set(warehouse.rows("SELECT patient_id::VARCHAR, delivered_as::VARCHAR FROM core.person")) == {
        (person(THIRD), person(FIRST)),
        (person(OTHER), None),
    }


@pytest.mark.parametrize(
    ("under_old", "two"),
    [
        ({}, True),  # another sex, month of birth and address, and both live there still
        ({"koen": "2", "foed_dato": "1940-01-30"}, False),  # may well be the same person
        ({"bop_vtil": "2019-12-31"}, False),  # the old number ended, as it does when it was changed
        ({"doed_dato": "2019-12-31"}, False),
    ],
)
def test_two_living_people_under_one_number_are_told_whichever_comes_first(under_old, two):
    told = [("bef", {**HOME, "pnr": SECOND}, {**LIVES, **under_old, "pnr": FIRST}),
            ("cpr_skift", change(FIRST, SECOND))]  # fmt: skip
    for order in (told, told[::-1]):
        warehouse = Loading()
        for file_type, *rows in order:
            warehouse.deliver(file_type, *rows)
        assert say_who_is_two_people(warehouse.con).startswith("1 people") is two
