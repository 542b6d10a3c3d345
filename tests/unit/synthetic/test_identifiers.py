from datetime import date

import numpy as np
import pytest
from stdnum.dk import cpr

from synthetic.chance import Chance, day_number
from synthetic.identifiers import changed_identifiers, has_check_digit, make_identifiers


def identifiers_of(born: list[date], sex: list[int], *, part: int = 0, parts: int = 1) -> list[str]:
    days = np.array([day_number(day) for day in born], dtype=np.int32)
    return make_identifiers(Chance(1, part), days, np.array(sex, dtype=np.int8), parts=parts).tolist()


@pytest.mark.parametrize(
    "born",
    [date(1912, 2, 29), date(1936, 12, 31), date(1937, 1, 1), date(1999, 12, 31), date(2000, 2, 29), date(2026, 9, 30)],
)
def test_the_date_and_century_of_an_identifier_are_those_of_the_birth(born: date) -> None:
    for identifier in identifiers_of([born] * 40, [1, 2] * 20):
        assert identifier.startswith(f"{born:%d%m%y}")
        assert cpr.get_birth_date(identifier) == born


def test_the_last_digit_is_even_for_women_and_odd_for_men() -> None:
    made = identifiers_of([date(1950, 5, 5)] * 100, [1, 2] * 50)
    assert {int(text[-1]) % 2 for text in made[::2]} == {1}
    assert {int(text[-1]) % 2 for text in made[1::2]} == {0}


def test_ordinary_identifiers_have_a_valid_check_digit() -> None:
    made = identifiers_of([date(1961, 6, 7)] * 60, [1, 2] * 30)
    assert has_check_digit(np.array(made)).all()


def test_some_born_on_new_years_day_have_no_valid_check_digit() -> None:
    made = identifiers_of([date(1975, 1, 1)] * 200, [1, 2] * 100)
    without = (~has_check_digit(np.array(made))).mean()
    assert 0.3 < without < 0.7
    assert len(set(made)) == 200


def test_no_two_people_share_an_identifier_even_when_check_digits_run_out() -> None:
    made = identifiers_of([date(1925, 3, 3)] * 900, [2] * 900)
    assert len(set(made)) == 900


def test_the_parts_of_a_country_never_use_the_same_identifier() -> None:
    born = [date(1980, 8, 8)] * 30
    first = identifiers_of(born, [1] * 30, part=0, parts=2)
    second = identifiers_of(born, [1] * 30, part=1, parts=2)
    assert not set(first) & set(second)


def test_a_changed_identifier_differs_from_the_present_one_and_keeps_date_and_sex() -> None:
    days = np.array([day_number(date(1944, 4, 4))] * 3, dtype=np.int32)
    sex = np.array([1, 2, 2], dtype=np.int8)
    now = make_identifiers(Chance(1), days, sex)
    earlier = changed_identifiers(Chance(1), days, sex, now)
    assert (earlier != now).all()
    assert [text[:6] for text in earlier] == ["040444"] * 3
    assert [int(text[-1]) % 2 for text in earlier] == [1, 0, 0]
