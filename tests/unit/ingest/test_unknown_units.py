"""Spellings of units that nobody knows are told with their rows, and nothing else that stands in the field."""

import duckdb
import pytest

from data_contracts.contract import load_contracts
from ingest.stage import DELIVERED
from ingest.unknown_units import FEWEST_REFUSED, unknown_units

CONTRACT = load_contracts()["lab_dm_forsker"]
RULES = {"unit_unknown": 1}


def found(*rows):
    """Return what is told of results: analysis, unit, how the unit fits, and how many of them there are."""
    con = duckdb.connect()
    con.execute(
        f"CREATE TABLE {DELIVERED} (analysiscode__normal VARCHAR, analysiscode__known BOOLEAN, unit VARCHAR, "
        "unit__fit VARCHAR, value__number DOUBLE)"
    )
    for code, unit, fit, count in rows:
        con.execute(f"INSERT INTO {DELIVERED} SELECT ?, TRUE, ?, ?, 1 FROM range(?)", [code, unit, fit, count])
    return unknown_units(con, CONTRACT, RULES)


@pytest.mark.parametrize(
    "unit", ["mL/s", "mmol/mol Hb", "millimol/mol", "10^-3", "10*9/L", "%HbA1c", "x10⁻³", "mL/min/1.73m²BSA", "µkat/L"]
)
def test_what_looks_like_a_unit_is_told(unit):
    assert found(("NPU27300", unit, "unknown", 1)).in_words() == f"`{unit}` (1 row)"


@pytest.mark.parametrize(
    "text",
    [
        "010140-1234",
        "010140/1234",
        "0101401234/L",
        "1/1-40",
        "1/1 1940",
        "12 34/56",
        "Jens Hansen",
        "Hansen/Jensen",
        "ring til bo/ida",
        "frk. Ibsen/3",
        "hansen",
        "patienten er rejst",
        "<b>x</b>",
    ],
)
@pytest.mark.parametrize("rows", [1, 30])
def test_what_may_be_a_person_a_day_or_a_remark_is_counted_and_not_told(text, rows):
    told = found(("NPU27300", text, "unknown", rows), ("NPU27300", "mL/s", "unknown", 2)).in_words()
    assert told == f"`mL/s` (2 rows), others ({'1 row' if rows == 1 else '30 rows'})"


def test_a_short_word_is_told_when_several_rows_have_it():
    assert found(("NPU27300", "enh.", "unknown", 4)).in_words() == "spellings that look like no unit (4 rows)"
    assert found(("NPU27300", "enh.", "unknown", 5)).in_words() == "`enh.` (5 rows)"


def test_the_commonest_spellings_are_told_first_and_the_rest_are_counted():
    rows = [("NPU27300", f"u{letter}/L", "unknown", count) for count, letter in enumerate("abcdefg", 1)]
    told = found(*rows)
    assert told.rows == 28
    assert told.in_words() == (
        "`ug/L` (7 rows), `uf/L` (6 rows), `ue/L` (5 rows), `ud/L` (4 rows), `uc/L` (3 rows), others (3 rows)"
    )


@pytest.mark.parametrize(
    ("odd", "plain", "analysis"),
    [
        (FEWEST_REFUSED, 19 * FEWEST_REFUSED - 1, "NPU27300"),
        (FEWEST_REFUSED, 19 * FEWEST_REFUSED, ""),
        (FEWEST_REFUSED - 1, 0, ""),
    ],
)
def test_an_analysis_of_which_too_many_results_are_concerned_is_named(odd, plain, analysis):
    rows = [("NPU27300", "mL/s", "unknown", odd), ("NPU27300", "mmol/mol", "same", plain)]
    assert found(*rows, ("NPU01568", "mmol/L", "same", 10_000)).analysis == analysis


def test_of_a_file_without_such_rows_nothing_is_looked_up():
    assert unknown_units(duckdb.connect(), CONTRACT, {"value_implausible": 3}) is None
