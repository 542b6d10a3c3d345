"""Project pseudonyms and shifts: unrelated between projects, steady within one, and evenly spread."""

import hmac
from collections import Counter
from hashlib import sha256

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from data_contracts.warehouse_tables import load_tables
from research.columns import all_columns, askable, offered
from tvaers.master_key import MasterKey
from warehouse.keyed_hash import project_names, project_pseudonyms, project_shifts
from warehouse.schema import schema_statements

PEOPLE = pl.Series("patient_id", [sha256(str(number).encode()).hexdigest()[:32] for number in range(10_000)])
MASTER = MasterKey(bytes(range(32)))


@given(
    st.binary(min_size=32, max_size=32),
    st.lists(st.from_regex(r"[a-z]{3,9}", fullmatch=True), min_size=2, max_size=2, unique=True),
)
@settings(max_examples=5, deadline=None)
def test_two_projects_share_no_pseudonym_of_the_same_ten_thousand_people(secret, projects):
    master = MasterKey(secret)
    one, other = (set(project_pseudonyms(PEOPLE, master.subkey(f"project:{each}"))) for each in projects)
    assert len(one) == len(other) == PEOPLE.len()
    assert one & other == set()
    assert not (one | other) & set(PEOPLE)


def test_a_pseudonym_is_the_hmac_that_the_design_says():
    key = MASTER.subkey("project:foot-care")
    expected = [
        hmac.new(key.hex().encode(), f"project|{each}".encode(), sha256).hexdigest()[:32] for each in PEOPLE[:50]
    ]
    assert project_pseudonyms(PEOPLE[:50], key).to_list() == expected


def test_people_and_things_of_equal_text_have_unrelated_names():
    key = MASTER.subkey("project:foot-care")
    names = [project_pseudonyms(PEOPLE, key), *(project_names(PEOPLE, kind, key) for kind in ("contact", "practice"))]
    assert len(set().union(*names)) == 3 * PEOPLE.len()


def test_shifts_are_one_to_182_days_either_way_and_none_is_likelier_than_another():
    shifts = project_shifts(PEOPLE, MASTER.subkey("project:foot-care"))
    counted = Counter(shifts)
    assert set(counted) == set(range(-182, 183)) - {0}
    assert max(counted.values()) < 2.5 * PEOPLE.len() / 364
    again = project_shifts(PEOPLE, MASTER.subkey("project:eye-care"))
    same = sum(one == other for one, other in zip(shifts, again, strict=True))
    assert same < 3 * PEOPLE.len() / 364


def test_every_table_about_people_is_classified():
    about_people = {
        table.name
        for table in load_tables()
        if table.schema == "core" and any(column.name == "patient_id" for column in table.columns)
    }
    # Who had which number before would join pseudonyms, and is followed before anything is copied.
    assert set(all_columns()) - {"diabetes"} == about_people - {"person_alias"}


def test_every_column_of_the_warehouse_is_classified_and_what_only_loading_needs_is_never_given():
    stated = schema_statements().split("-- parked")[0]
    for table, columns in all_columns().items():
        if table == "diabetes":
            continue
        block = stated.split(f"CREATE TABLE core.{table} (")[1].split("\n);")[0]
        assert [line.split()[0] for line in block.strip().splitlines()] == list(columns), table
    for table in all_columns():
        assert not {"patient_id", "batch_id", "delivered_as", "raw_text", "taken_at"} & {
            *askable(table),
            *offered(table),
        }
        assert set(offered(table)) <= set(askable(table))
