"""Judging identifiers a column at a time gives what the standard library of identifiers gives one by one."""

import random
from datetime import UTC, date, datetime

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stdnum.dk import cpr

from ingest.identifier import examine, holds_identifier, normalise, read_scheme
from packs.pack import load_pack
from tests.lib.deliveries import identifiers
from tvaers.errors import DefinitionError

SCHEME = read_scheme(load_pack("denmark").folder)
TODAY = datetime.now(tz=UTC).date()


def states(*values):
    series = normalise(pl.Series(values, dtype=pl.String), SCHEME)
    return examine(series, SCHEME, TODAY)["state"].to_list()


def test_it_agrees_with_python_stdnum_on_random_numbers():
    chance = random.Random(7)
    numbers = ["".join(chance.choices("0123456789", k=10)) for _ in range(4000)]
    numbers += [
        f"{chance.randint(0, 32):02}{chance.randint(0, 13):02}{chance.randint(0, 99):02}{chance.randint(0, 9999):04}"
        for _ in range(16_000)
    ]
    judged = examine(pl.Series(numbers), SCHEME, TODAY)
    assert (judged["state"] == "ok").to_list() == [cpr.is_valid(number) for number in numbers]
    usable = [number for number in numbers if cpr.is_valid(number)]
    assert len(usable) > 5000
    valid = judged.filter(pl.col("state") == "ok")["has_check_digit"].to_list()
    assert valid == [cpr.checksum(number) == 0 for number in usable]


@settings(deadline=None)
@given(st.text("0123456789- AB", max_size=13))
def test_it_agrees_with_python_stdnum_on_any_text(text):
    (state,) = states(text)
    assert (state == "ok") == cpr.is_valid(text)
    assert (state == "missing") == (cpr.compact(text) == "")


@pytest.mark.parametrize("century_digit", range(10))
@pytest.mark.parametrize("year", [0, 36, 37, 57, 58, 99])
def test_the_seventh_digit_tells_the_century(century_digit, year):
    number = f"2902{year:02}{century_digit}000"
    assert (states(number) == ["ok"]) == cpr.is_valid(number)


@pytest.mark.parametrize("written", ["0101401234", "010140-1234", "010140 1234", " 0101401234 "])
def test_separators_make_no_other_number(written):
    assert normalise(pl.Series([written, "x"]), SCHEME).to_list()[0] == "0101401234"


@pytest.mark.parametrize("value", [None, "", " ", "-"])
def test_a_blank_one_is_missing(value):
    assert states(value, "0101401234") == ["missing", "ok"]


@pytest.mark.parametrize(
    "value",
    ["010140123", "01014012345", "3201401234", "0113401234", "3002401234", "010140123A", "010140ABCD", "+101401234"],
)
def test_a_slip_of_the_pen_is_broken(value):
    assert states(value) == ["broken"]


@pytest.mark.parametrize("value", ["0101401AB2", "010140-1ab2"])
def test_a_replacement_number_is_told_apart_from_a_broken_one(value):
    assert states(value) == ["replacement"]


def test_someone_not_yet_born_is_broken():
    number = "0101364000"
    assert examine(pl.Series([number]), SCHEME, date(2035, 12, 31))["state"].to_list() == ["broken"]
    assert examine(pl.Series([number]), SCHEME, date(2036, 1, 1))["state"].to_list() == ["ok"]


def test_a_number_without_check_digit_is_usable():
    judged = examine(pl.Series(["0101651234"]), SCHEME, TODAY)
    assert judged.rows() == [("ok", False)]


PERSON = identifiers(1)[0]
DASHED = f"{PERSON[:6]}-{PERSON[6:]}"


@pytest.mark.parametrize(
    "text",
    [
        PERSON,
        DASHED,
        f"ring to {DASHED}.",
        f"({PERSON})",
        f"9999999999 {PERSON}",
        f"{PERSON[:6]} {PERSON[6:]}",
        f"a{PERSON}b",
        f"{PERSON[:6]} - {PERSON[6:]}",
        f"{PERSON[:6]}.{PERSON[6:]}",
        f"{PERSON[:6]}\N{EN DASH}{PERSON[6:]}",
        f"{PERSON[:6]}/{PERSON[6:]}",
        f"{PERSON[:6]}\N{NO-BREAK SPACE}{PERSON[6:]}",
        f"{PERSON[:2]}-{PERSON[2:4]}-{PERSON[4:6]}-{PERSON[6:]}",
    ],
)
def test_an_identifier_in_a_text_is_found(text):
    assert holds_identifier(pl.Series([text]), SCHEME, TODAY).to_list() == [True]


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "mmol/mol",
        "9999999999",
        f"1{PERSON}",
        f"{PERSON}7",
        "3213401234",
        "2025-01-01 08:30:00",
        "2010-12-01 0830",
        "10:12:05",
        "000000000100000001",
    ],
)
def test_other_digits_in_a_text_are_left_alone(text):
    assert holds_identifier(pl.Series([text], dtype=pl.String), SCHEME, TODAY).to_list() == [False]


def test_a_pack_that_describes_its_identifier_wrongly_is_refused(tmp_path):
    (tmp_path / "identifier.yaml").write_text("length: ten\n")
    with pytest.raises(DefinitionError, match=r"length|separators"):
        read_scheme(tmp_path)
    with pytest.raises(DefinitionError, match="missing"):
        read_scheme(tmp_path / "nowhere")
