"""Invented identity numbers DDMMYYIIIKK of the test series: 80 is added to the month, so that they are nobody's.

The three digits III tell the century and, by the last of them, the sex (even for women); KK are two check digits.
"""

import numpy as np
import numpy.typing as npt

from synthetic.chance import Chance, Days, Ints

Text = npt.NDArray[np.str_]
FIRST = np.array([3, 7, 6, 1, 8, 9, 4, 5, 2], dtype=np.int64)
SECOND = np.array([5, 4, 3, 2, 7, 6, 5, 4, 3, 2], dtype=np.int64)
OF_TESTS = 80
OF_NON_RESIDENTS = 40
_AT_A_TIME = 4000


def make_identifiers(chance: Chance, born: Days, sex: npt.NDArray[np.int8], *, parts: int = 1) -> Text:
    """Return one distinct identifier of eleven digits per person.

    Args:
        chance: Part; different parts take different numbers of a day.
        born: Birth days, from 1900 to 2039.
        sex: 1 man, 2 woman.
        parts: How many parts share the numbers; about 190 people of one sex can be born on one day.
    """
    return _numbers(born, sex, day_added=0, parts=parts, part=chance.part)


def changed_identifiers(chance: Chance, born: Days, sex: npt.NDArray[np.int8], now: Text) -> Text:
    """Return the D-number that people had before they became residents: 40 is added to its day."""
    return _numbers(born, sex, day_added=OF_NON_RESIDENTS, parts=1, part=chance.part) if len(now) else now


def _numbers(born: Days, sex: npt.NDArray[np.int8], *, day_added: int, parts: int, part: int) -> Text:
    group_of, which, rank = _groups(born, sex)
    numbers = np.zeros(len(born), dtype=np.int64)
    order = np.argsort(which, kind="stable")
    begins = np.searchsorted(which[order], np.arange(0, len(group_of) + 1))
    for start in range(0, len(group_of), _AT_A_TIME):
        end = min(start + _AT_A_TIME, len(group_of))
        people = order[begins[start] : begins[end]]
        offered = _offered(*_date_and_sex(group_of[start:end]), day_added)
        numbers[people] = offered[which[people] - start, rank[people] * parts + part]
    return np.char.zfill(numbers.astype(str), 11)


def _groups(born: Days, sex: npt.NDArray[np.int8]) -> tuple[Ints, Ints, Ints]:
    """Return day and sex of each group in one number, each person's group, and the rank within it."""
    group_of, which = np.unique(born.astype(np.int64) * 2 + sex % 2, return_inverse=True)
    order = np.argsort(which, kind="stable")
    first = np.searchsorted(which[order], np.arange(len(group_of)))
    rank = np.empty(len(born), dtype=np.int64)
    rank[order] = np.arange(len(born)) - first[which[order]]
    return group_of, which, rank


def _date_and_sex(group_of: Ints) -> tuple[npt.NDArray[np.datetime64], Ints]:
    return (group_of // 2).astype("datetime64[D]"), group_of % 2


def _offered(born: npt.NDArray[np.datetime64], odd: Ints, day_added: int) -> Ints:
    """Return the numbers of each day and sex, those with two valid check digits first."""
    year = born.astype("datetime64[Y]").astype(np.int64) + 1970
    month = born.astype("datetime64[M]").astype(np.int64) % 12 + 1 + OF_TESTS
    day = (born - born.astype("datetime64[M]")).astype(np.int64) + 1 + day_added
    individual = np.where(year >= 2000, 500, 0)[:, None] + np.arange(0, 500, 2)[None, :] + odd[:, None]
    nine = (day * 10_000 + month * 100 + year % 100)[:, None] * 1000 + individual
    digits = nine[:, :, None] // 10 ** np.arange(8, -1, -1, dtype=np.int64) % 10
    first = -(digits @ FIRST) % 11
    second = -(digits @ SECOND[:9] + first * SECOND[9]) % 11
    is_none = (first == 10) | (second == 10)
    order = np.argsort(is_none, axis=1, kind="stable")
    return np.take_along_axis(nine * 100 + first * 10 + second, order, axis=1)
