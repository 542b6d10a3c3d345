"""An identifier with two check digits, one of a newer rule, and kinds told by what is added to the date."""

import random
from datetime import UTC, date, datetime

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stdnum.no import fodselsnummer

from ingest.identifier import examine, holds_identifier, normalise, read_scheme
from packs.pack import load_pack
from tests.unit.ingest.test_identifier import ORDINARY

SCHEME = read_scheme(load_pack("norway").folder)
TODAY = datetime.now(tz=UTC).date()
FIRST = (3, 7, 6, 1, 8, 9, 4, 5, 2)
SECOND = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)


def states(*values, born_until=TODAY):
    series = normalise(pl.Series(values, dtype=pl.String), SCHEME)
    return examine(series, SCHEME, born_until)["state"].to_list()


def with_check_digits(nine, rest=0):
    """Return nine digits with the two check digits that leave a rest in the first sum; None where there are none."""
    first = (rest - sum(weight * int(digit) for weight, digit in zip(FIRST, nine, strict=True))) % 11
    second = -sum(weight * int(digit) for weight, digit in zip(SECOND, f"{nine}{first}"[:10], strict=True)) % 11
    return None if 10 in (first, second) else f"{nine}{first}{second}"


def drawn(chance, count, *, day_added=0, month_added=0, rest=0):
    numbers = []
    while len(numbers) < count:
        day, month = chance.randint(0, 32) + day_added, chance.randint(0, 13) + month_added
        nine = f"{day:02}{month:02}{chance.randint(0, 99):02}{chance.randint(0, 999):03}"
        number = with_check_digits(nine, rest)
        numbers += [number] if number else []
    return numbers


def test_it_agrees_with_python_stdnum_on_numbers_of_residents_and_of_others():
    """The library knows the older rule, no test numbers, and takes numbers of unknown patients for permanent ones."""
    chance = random.Random(7)
    numbers = ["".join(chance.choices("0123456789", k=11)) for _ in range(2000)]
    numbers += drawn(chance, 6000) + drawn(chance, 3000, day_added=40)
    numbers += [number[:10] + str(chance.randint(0, 9)) for number in numbers[-2000:]]
    known = [number for number in numbers if int(number[2:4]) <= 40 and rest_of_first_sum(number) not in (1, 2, 3)]
    assert [state == "ok" for state in states(*known)] == [fodselsnummer.is_valid(number) for number in known]
    assert sum(fodselsnummer.is_valid(number) for number in known) > 5000


def rest_of_first_sum(number):
    return sum(weight * int(digit) for weight, digit in zip((*FIRST, 1), number[:10], strict=True)) % 11


@settings(deadline=None)
@given(st.text("0123456789- :A", max_size=14))
def test_what_python_stdnum_takes_is_usable_or_of_an_unknown_patient(text):
    (state,) = states(text)
    assert state in ("ok", "replacement") or not fodselsnummer.is_valid(text)
    assert (state == "missing") == (fodselsnummer.compact(text) == "")


@pytest.mark.parametrize(
    ("rest", "expected"), [(0, "ok"), (1, "ok"), (2, "ok"), (3, "ok"), (4, "broken"), (10, "broken")]
)
def test_from_2032_the_first_check_digit_may_leave_up_to_three(rest, expected):
    numbers = drawn(random.Random(rest), 400, rest=rest)
    dated = [number for number in numbers if 1 <= int(number[:2]) <= 28 and 1 <= int(number[2:4]) <= 12]
    born = [number for number in dated if int(number[6:9]) < 500]
    assert len(born) > 100
    assert set(states(*born, born_until=date(2033, 1, 1))) == {expected}


def test_one_wrong_digit_in_either_check_digit_breaks_a_number():
    number = with_check_digits("010190499")
    assert states(number) == ["ok"]
    others = [number[:10] + digit for digit in "0123456789" if digit != number[10]]
    assert set(states(*others)) == {"broken"}


@pytest.mark.parametrize(
    ("day_added", "month_added", "state"),
    [
        (0, 0, "ok"), (40, 0, "ok"), (0, 80, "ok"), (40, 80, "ok"), (0, 65, "ok"), (40, 65, "ok"),
        (0, 40, "replacement"), (40, 40, "replacement"), (80, 0, "replacement"),
        (35, 0, "broken"), (0, 20, "broken"), (0, 60, "broken"),
    ],
)  # fmt: skip
def test_what_is_added_to_the_date_tells_the_kind(day_added, month_added, state):
    numbers = [
        number
        for individual in range(100, 130)
        if (number := with_check_digits(f"{1 + day_added:02}{1 + month_added:02}50{individual:03}"))
    ]
    assert len(numbers) > 10
    assert set(states(*numbers)) == {state}


@pytest.mark.parametrize(
    ("year", "individual", "is_leap_year"),
    [
        (0, 499, False), (0, 500, True), (0, 999, True),  # 1900 was no leap year, 2000 was
        (56, 500, True), (56, 749, True), (52, 749, None), (56, 750, None),  # 1856; no century; no century
        (40, 900, True), (40, 899, None), (24, 899, True),  # 1940; no century; 2024
    ],
)  # fmt: skip
def test_the_individual_number_tells_the_century(year, individual, is_leap_year):
    leap_day, first_of_march = (
        [with_check_digits(f"{day}{year:02}{each:03}", rest) for each in (individual,) for rest in range(4)]
        for day in ("2902", "0103")
    )
    assert {state == "ok" for state in states(*filter(None, leap_day))} == {bool(is_leap_year)}
    assert {state == "ok" for state in states(*filter(None, first_of_march))} == {is_leap_year is not None}


def test_someone_not_yet_born_is_broken():
    number = next(filter(None, (with_check_digits("010136500", rest) for rest in range(4))))
    assert states(number, born_until=date(2035, 12, 31)) == ["broken"]
    assert states(number, born_until=date(2036, 1, 1)) == ["ok"]


def test_an_identifier_in_a_text_is_found_and_ordinary_codes_are_not():
    number = with_check_digits("010190499")
    texts = [number, f"ring {number[:6]} {number[6:]}.", f"{number[:6]}-{number[6:]}", f"{number}7", "12345678901"]
    assert holds_identifier(pl.Series(texts), SCHEME, TODAY).to_list() == [True, True, True, False, False]
    for column, value in ORDINARY.items():
        values = pl.Series([value(each) for each in range(2000)])
        assert holds_identifier(values, SCHEME, TODAY).sum() == 0, column
