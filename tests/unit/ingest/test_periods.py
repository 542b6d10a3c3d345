"""Where people lived and were registered: what a delivery tells of a person counts until a newer one begins."""

import itertools

import pytest

from ingest.at_once import say_what_is_told_otherwise, say_what_lasts_twice
from tests.lib.deliveries import identifiers
from tests.lib.loading import Loading

ANNA, BO = identifiers(2)
HOME = {"pnr": ANNA, "koen": "2", "foed_dato": "1940-01-01", "kom": "791", "bop_vfra": "2010-01-01"}
ELSEWHERE = {**HOME, "kom": "740", "bop_vfra": "2026-01-01"}
MOVED = [{**HOME, "bop_vtil": "2025-12-31"}, ELSEWHERE]
# Of another person, and of a later day than all the others: it makes the register that tells it the newer one.
LATEST = {**HOME, "pnr": BO, "bop_vfra": "2026-09-15"}
LIVED = (
    "SELECT municipality_code, starts_on::VARCHAR, ends_on::VARCHAR FROM core.residence "
    "JOIN core.person USING (patient_id) WHERE starts_on <> '2026-09-15' ORDER BY starts_on, municipality_code"
)


def deliver(*registers, order=None):
    """Load registers as (name, rows) in an order; return the warehouse, and the number of each delivery by its name."""
    warehouse = Loading()
    numbers = {}
    for place in order or range(len(registers)):
        name, rows = registers[place]
        numbers[name] = warehouse.deliver("bef", *rows, name=name).batch_id
    return warehouse, numbers


def in_any_order(count):
    return pytest.mark.parametrize("order", list(itertools.permutations(range(count))))


@in_any_order(2)
def test_a_person_lives_as_the_newer_register_tells_and_never_half_so(order):
    """The register of a few people ends on an earlier day than the other one: it is the older, with all its rows."""
    warehouse, numbers = deliver(("2026", [HOME, LATEST]), ("2027", MOVED), order=order)
    assert warehouse.rows(LIVED) == [("0791", "2010-01-01", None)]
    assert say_what_lasts_twice(warehouse.con, warehouse.pack) == ""
    counted = "SELECT rows_loaded, rows_duplicate FROM meta.batch ORDER BY delivery_key"
    assert warehouse.rows(counted) == [(2, 0), (0, 2)]
    mapping = warehouse.pack.mapping("bef")
    assert say_what_is_told_otherwise(warehouse.con, mapping, numbers["2027"]).startswith("Of 1 people")
    assert say_what_is_told_otherwise(warehouse.con, mapping, numbers["2026"]) == ""


@in_any_order(2)
def test_a_newer_register_closes_one_address_and_opens_the_next(order):
    warehouse, _ = deliver(("2026", [HOME]), ("2027", MOVED), order=order)
    assert warehouse.rows(LIVED) == [("0791", "2010-01-01", "2025-12-31"), ("0740", "2026-01-01", None)]


@in_any_order(3)
def test_a_register_of_the_present_addresses_alone_ends_those_before_and_forgets_none(order):
    childhood = {**HOME, "kom": "779", "bop_vfra": "1940-01-01", "bop_vtil": "2009-12-31"}
    warehouse, _ = deliver(("2009", [childhood]), ("2010", [HOME]), ("2026", [ELSEWHERE]), order=order)
    assert warehouse.rows(LIVED) == [
        ("0779", "1940-01-01", "2009-12-31"),
        ("0791", "2010-01-01", "2025-12-31"),
        ("0740", "2026-01-01", None),
    ]
    assert say_what_lasts_twice(warehouse.con, warehouse.pack) == ""


@in_any_order(2)
def test_a_move_that_a_newer_register_no_longer_tells_was_none(order):
    warehouse, _ = deliver(("2026", MOVED), ("2027", [HOME, LATEST]), order=order)
    assert warehouse.rows(LIVED) == [("0791", "2010-01-01", None)]


def test_taking_the_newer_register_away_brings_the_older_back_as_it_was():
    warehouse, numbers = deliver(("2010", [HOME]), ("2026", [ELSEWHERE]))
    before, _ = deliver(("2010", [HOME]))
    warehouse.deliver("bef", LATEST, replaces=numbers["2026"])
    assert warehouse.rows(LIVED) == before.rows(LIVED)
    assert warehouse.rows("SELECT count(*) FROM parked.residence") == [(0,)]


def test_two_homes_at_once_in_one_register_are_told():
    warehouse, _ = deliver(("2026", [HOME, ELSEWHERE, LATEST]))
    assert say_what_lasts_twice(warehouse.con, warehouse.pack).startswith("1 people have more than one residence")
    assert say_what_lasts_twice(warehouse.con, warehouse.pack, {"registration"}) == ""


@in_any_order(2)
def test_a_practice_that_moved_to_another_cluster_stands_in_one_at_a_time(order):
    details = {"ydernr": "012345", "praksisnavn": "A", "kommunekode": "791", "gyldig_fra": "2013-12-18",
               "klynge_id": "K1", "klyngenavn": "One"}  # fmt: skip
    warehouse = Loading()
    for place in order:
        row = [details, {**details, "klynge_id": "K2", "gyldig_fra": "2026-01-01"}][place]
        other = {**details, "ydernr": "054321", "gyldig_fra": row["gyldig_fra"], "gyldig_til": row["gyldig_fra"]}
        warehouse.deliver("yderregister", row, other, name=f"202{place}")
    assert warehouse.rows(
        "SELECT cluster_id, ends_on::VARCHAR FROM core.practice WHERE practice_id = '012345' ORDER BY 1"
    ) == [
        ("K1", "2025-12-31"),
        ("K2", None),
    ]


DEAD = {**HOME, "bop_vtil": "2026-10-01", "doed_dato": "2026-10-01"}


@in_any_order(2)
def test_a_register_of_the_dead_is_newer_than_one_that_ends_before_their_deaths(order):
    """Only the start of an address was looked at: such a register seemed old, and its dead stayed alive."""
    warehouse, numbers = deliver(("2026_09", [HOME, LATEST]), ("2026_10", [DEAD]), order=order)
    assert warehouse.rows(LIVED) == [("0791", "2010-01-01", "2026-10-01")]
    assert warehouse.rows("SELECT died_on::VARCHAR FROM core.person ORDER BY 1") == [("2026-10-01",), (None,)]
    until = "SELECT rows_until::VARCHAR, rows_duplicate FROM meta.batch ORDER BY delivery_key"
    assert warehouse.rows(until) == [("2026-09-15", 1), ("2026-10-01", 0)]
    mapping = warehouse.pack.mapping("bef")
    assert say_what_is_told_otherwise(warehouse.con, mapping, numbers["2026_10"]) == ""


@pytest.mark.parametrize(
    ("ends_on", "until"),
    [("2026-10-05", "2026-10-05"), ("2026-10-06", "2010-01-01"), ("9999-12-31", "2010-01-01"), ("", "2010-01-01")],
)
def test_the_end_of_an_address_is_news_from_the_day_it_has_come(ends_on, until):
    """The files are delivered on 5 October 2026."""
    warehouse, _ = deliver(("2026", [{**HOME, "bop_vtil": ends_on}]))
    assert warehouse.rows("SELECT rows_until::VARCHAR FROM meta.batch") == [(until,)]


@pytest.mark.parametrize("change", [{"koen": "1"}, {"foed_dato": "1941-01-01"}, {"doed_dato": "2020-01-01"}])
def test_another_sex_birth_or_death_in_an_older_register_is_not_used_and_its_verdict_says_so(change):
    warehouse, numbers = deliver(("2026", [HOME, LATEST]), ("part", [{**HOME, **change}]))
    assert warehouse.rows("SELECT DISTINCT sex, born_on::VARCHAR, died_on FROM core.person") == [
        ("female", "1940-01-01", None)
    ]
    told = say_what_is_told_otherwise(warehouse.con, warehouse.pack.mapping("bef"), numbers["part"])
    assert told.startswith("Of 1 people other deliveries, whose rows reach further, tell otherwise")
    again = warehouse.deliver("bef", HOME, name="same").batch_id
    assert say_what_is_told_otherwise(warehouse.con, warehouse.pack.mapping("bef"), again) == ""
