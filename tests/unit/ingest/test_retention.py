"""Rows go when their time is up by the pack's rules, from the file too, and not a day before."""

import struct
from datetime import date
from pathlib import Path

import duckdb
import pytest

from ingest.job import run
from ingest.life.retention import due_of, let_go, rules_of
from packs.pack import load_pack
from packs.retention import Rule, load_retention
from tests.lib.deliveries import PRACTICE, deliver, identifiers, measurements, new_home, text
from tvaers.errors import DefinitionError
from warehouse import connection
from warehouse.schema import create_schema

TODAY = date(2026, 11, 23)
PAGE = """
rules:
  - {{table: {table}, counted_from: {day}, keep_years: 10, from_on: {from_on}, ground: a decision, is_verified: false}}
"""


def page(folder: Path, table: str = "measurement", day: str = "taken_on", from_on: str = "2026-01-01") -> Path:
    (folder / "retention.yaml").write_text(PAGE.format(table=table, day=day, from_on=from_on))
    return folder


def rule(years: int) -> Rule:
    return Rule(
        table="measurement", counted_from="taken_on", keep_years=years, from_on=TODAY, ground="x", is_verified=True
    )


def test_years_are_counted_back_to_the_same_day():
    assert rule(10).keeps_from(TODAY) == date(2016, 11, 23)
    assert rule(1).keeps_from(date(2024, 2, 29)) == date(2023, 2, 28)
    assert rule(4).keeps_from(date(2024, 2, 29)) == date(2020, 2, 29)


def test_a_rule_holds_from_its_first_day_on(tmp_path):
    assert load_retention(page(tmp_path, from_on="2026-11-23"), TODAY)
    assert load_retention(page(tmp_path, from_on="2026-11-24"), TODAY) == ()


def test_a_country_without_a_page_keeps_everything(tmp_path):
    assert load_retention(tmp_path, TODAY) == ()


@pytest.mark.parametrize(
    ("table", "day"), [("measurements", "taken_on"), ("measurement", "value"), ("practice", "starts_on")]
)
def test_a_table_or_day_that_there_is_not_is_refused(tmp_path, table, day):
    with pytest.raises(DefinitionError):
        load_retention(page(tmp_path, table, day), TODAY)


def test_the_rules_that_come_along_can_be_followed():
    assert {each.table for each in rules_of(load_pack("denmark"), TODAY)} == {"measurement", "service"}


def test_a_row_of_the_last_day_kept_stays_and_one_of_the_day_before_is_due():
    with duckdb.connect() as con:
        create_schema(con, with_comments=False)
        for schema, day in (("core", "2016-11-23"), ("core", "2016-11-22"), ("parked", "2001-05-05")):
            con.execute(
                f"INSERT INTO {schema}.measurement BY NAME SELECT uuid() AS patient_id, DATE '{day}' AS taken_on, "
                "'hba1c' AS analyte, 'mmol/mol' AS unit, 'number' AS result_state, 'x' AS code, 'hospital' AS sector, "
                "'x' AS source_system, 1 AS batch_id"
            )
        (found,) = due_of(con, [rule(10)], TODAY)
    assert (found.rows, found.oldest, found.keeps_from) == (2, date(2001, 5, 5), date(2016, 11, 23))


def test_no_byte_of_the_warehouse_is_left_of_a_value_that_went(tmp_path, monkeypatch):
    """The file is written plainly and uncompressed here, so that the search could see what is in it."""

    def attach_plainly(con, path, key, *, alias, option=""):
        con.execute("SET force_compression = 'uncompressed'")
        con.execute(f"ATTACH '{path}' AS {alias} (TYPE duckdb{f', {option}' if option else ''})")

    monkeypatch.setattr(connection, "_attach", attach_plainly)
    settings = new_home(tmp_path)
    people = identifiers(3)
    deliver(tmp_path / "extracts", "praksis_maalinger_2025.csv", text(PRACTICE, measurements(people, value="61")))
    run(settings, tmp_path / "extracts")
    with duckdb.connect(str(settings.warehouse)) as con:
        con.execute("UPDATE core.measurement SET taken_on = DATE '1985-05-05', value = 61.3571 WHERE rowid = 1")
    went = struct.pack("<d", 61.3571)
    assert went in settings.warehouse.read_bytes()
    (measured,) = (each for each in let_go(settings, TODAY) if each.rule.table == "measurement")
    assert (measured.rows, measured.oldest) == (1, date(1985, 5, 5))
    assert went not in settings.warehouse.read_bytes()
    with duckdb.connect(str(settings.warehouse), read_only=True) as con:
        assert con.execute("SELECT count(*), min(value) FROM core.measurement").fetchall() == [(2, 61)]
