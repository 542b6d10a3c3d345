"""Judging identifiers a column at a time gives what the standard library of identifiers gives one by one."""

import random
from datetime import UTC, date, datetime

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stdnum.dk import cpr

from ingest.identifier import examine, holds_identifier, normalise, read_scheme, with_lost_zeros
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


@pytest.mark.parametrize(
    "written",
    ["0101401234", "010140-1234", "010140 1234", " 0101401234 ", "010140\N{EN DASH}1234", "010140\N{MINUS SIGN}1234",
     "010140\N{NO-BREAK SPACE}1234", "\N{ZERO WIDTH NO-BREAK SPACE}0101401234", "\uff10\uff11\uff10\uff11401234",
     "\u0660\u0661\u0660\u0661\u0664\u0660-\u0661\u0662\u0663\u0664"],
)  # fmt: skip
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


def restored(*values):
    return with_lost_zeros(pl.Series(values, dtype=pl.String), SCHEME, TODAY).to_list()


def early(count):
    return [number for number in identifiers(6 * count) if number.startswith("0")][:count]


def test_a_zero_that_a_spreadsheet_took_from_all_is_put_back():
    people = identifiers(60)
    stripped = [number.removeprefix("0") for number in people]
    assert stripped != people
    assert restored(*stripped) == people
    assert restored(early(1)[0][1:], None) == [*early(1), None]


def test_a_digit_that_one_row_lost_is_not_guessed_where_others_begin_with_zero():
    lost, other = early(2)
    assert restored(lost[1:], other) == [lost[1:], other]


def test_no_zero_is_put_before_what_is_then_no_date_or_has_no_check_digit():
    number = early(1)[0]
    no_check_digit = number[1:-1] + str((int(number[-1]) + 1) % 10)
    assert restored("991401234", no_check_digit, number[1:-1], "12345678") == [
        "991401234", no_check_digit, number[1:-1], "12345678",
    ]  # fmt: skip


PERSON = identifiers(1)[0]
EARLY = early(1)[0].removeprefix("0")
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
        f"{PERSON[:6]}\N{MINUS SIGN}{PERSON[6:]}",
        f"{PERSON[:6]}\N{ZERO WIDTH SPACE}{PERSON[6:]}",
        "".join(chr(0xFF10 + int(digit)) for digit in PERSON),
        "".join(chr(0x0660 + int(digit)) for digit in PERSON),
        "".join(chr(0x1D7CE + int(digit)) for digit in PERSON),
        EARLY,
        f"se {EARLY}",
        f"{EARLY}.0",
        f"{EARLY[:5]}-{EARLY[5:]}",
        f"liste_{EARLY[:5]} {EARLY[5:]}.csv",
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
        f"99{EARLY}",
        f"99{EARLY[:5]}-{EARLY[5:]}",
        EARLY[:-1] + str((int(EARLY[-1]) + 1) % 10),
    ],
)
def test_other_digits_in_a_text_are_left_alone(text):
    assert holds_identifier(pl.Series([text], dtype=pl.String), SCHEME, TODAY).to_list() == [False]


ORDINARY = {
    "days": lambda n: f"{1 + n % 28:02}-{1 + n % 12:02}-{1950 + n % 76}",
    "moments": lambda n: f"{1950 + n % 76}-{1 + n % 12:02}-{1 + n % 28:02} {n % 24:02}:{n % 60:02}:00",
    "days in one number": lambda n: f"{1950 + n % 76}{1 + n % 12:02}{1 + n % 28:02}",
    "practices": lambda n: f"{n * 7 % 1_000_000:06}",
    "product numbers": lambda n: f"{n * 97 % 1_000_000:06}",
    "telephone numbers": lambda n: f"{20_000_000 + n * 7919 % 79_999_999}",
    "diagnoses": lambda n: f"DE{100 + n % 50}",
    "sections": lambda n: f"{6600 + n % 60}{n % 1000:03}",
    "keys of contacts": lambda n: f"{500_000_000 + n * 7919:018}",
    "results": lambda n: f"{n % 1000},{n % 10}",
    "laboratory numbers of nine digits": lambda n: f"{100_000_000 + n * 7_919_017 % 899_999_999}",
    "SOR codes": lambda n: f"{100_000_000 + n * 7_919_017 % 899_999_999}1000016",
    "lists of diagnoses": lambda n: f"A:DE{100 + n % 50}#B:DI{100 + n % 80}#+:ALFC3",
}


@pytest.mark.parametrize("column", ORDINARY)
def test_a_column_of_ordinary_codes_gives_no_false_alarm(column):
    """Of 20,000 values of each kind that real extracts hold, none is taken for an identifier."""
    values = pl.Series([ORDINARY[column](number) for number in range(20_000)])
    assert holds_identifier(values, SCHEME, TODAY).sum() == 0


def test_one_nine_digit_number_in_a_hundred_would_be_an_alarm_so_a_column_of_them_is_judged_as_a_whole():
    numbers = [ORDINARY["laboratory numbers of nine digits"](number) for number in range(500)]
    alone = [bool(holds_identifier(pl.Series([number]), SCHEME, TODAY).item()) for number in numbers]
    assert 0.004 < sum(alone) / len(alone) < 0.02
    assert holds_identifier(pl.Series(numbers), SCHEME, TODAY).sum() == 0
    stripped = [number.removeprefix("0") for number in identifiers(60)]
    assert holds_identifier(pl.Series(stripped), SCHEME, TODAY).all()


def test_a_pack_that_describes_its_identifier_wrongly_is_refused(tmp_path):
    (tmp_path / "identifier.yaml").write_text("length: ten\n")
    with pytest.raises(DefinitionError, match=r"length|separators"):
        read_scheme(tmp_path)
    with pytest.raises(DefinitionError, match="missing"):
        read_scheme(tmp_path / "nowhere")
