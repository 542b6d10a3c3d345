"""Invented national identifiers: well formed for a birth date and sex, with or without a valid check digit.

Ten digits DDMMYYSSSS: the last is even for women, the seventh tells the century, and the weighted sum is
divisible by 11 for all but some newer numbers (mostly given on 1 January birth dates).
"""

from functools import lru_cache
from itertools import product

import numpy as np
import numpy.typing as npt

from synthetic.chance import Chance, Days, Flags, Ints

WEIGHTS = np.array([4, 3, 2, 7, 6, 5, 4, 3, 2, 1], dtype=np.int64)
Text = npt.NDArray[np.str_]


def _birth_digits(born: Days) -> tuple[Ints, Ints]:
    """Return DDMMYY as a number and the full year of birth."""
    stamps = born.astype("datetime64[D]")
    year = stamps.astype("datetime64[Y]").astype(np.int64) + 1970
    month = stamps.astype("datetime64[M]").astype(np.int64) % 12 + 1
    day = (stamps - stamps.astype("datetime64[M]").astype("datetime64[D]")).astype(np.int64) + 1
    return day * 10_000 + month * 100 + year % 100, year


def _digits(number: Ints, count: int) -> npt.NDArray[np.int64]:
    powers = 10 ** np.arange(count - 1, -1, -1, dtype=np.int64)
    return number[:, None] // powers[None, :] % 10


def _century_class(year: Ints) -> Ints:
    """0: 1900-1936, 1: 1937-1999, 2: 2000-2036."""
    return np.where(year >= 2000, 2, np.where(year >= 1937, 1, 0))


@lru_cache
def _serials() -> dict[tuple[int, int, int], Ints]:
    """Return the serial numbers by (century class, sex 1/2, weighted sum modulo 11), in a fixed shuffled order."""
    serial = np.arange(10_000, dtype=np.int64)
    seventh = serial // 1000
    rest = (_digits(serial, 4) * WEIGHTS[6:]).sum(axis=1) % 11
    allowed = {0: seventh <= 3, 1: (seventh <= 4) | (seventh == 9), 2: (seventh >= 4)}
    shuffled = np.random.default_rng(20260930).permutation(10_000)
    return {
        (century, sex, remainder): shuffled[(possible & (serial % 2 == sex % 2) & (rest == remainder))[shuffled]]
        for century, possible in allowed.items()
        for sex in (1, 2)
        for remainder in range(11)
    }


def _rank_within(group: Ints) -> Ints:
    """Return each row's number (0, 1, ...) among the rows with the same group, in row order."""
    order = np.argsort(group, kind="stable")
    ordered = group[order]
    first = np.r_[True, ordered[1:] != ordered[:-1]]
    position = np.arange(len(group))
    rank = np.empty(len(group), dtype=np.int64)
    rank[order] = position - np.maximum.accumulate(np.where(first, position, 0))
    return rank


def has_check_digit(identifiers: Text) -> Flags:
    """Tell which ten-digit identifiers satisfy modulus 11."""
    digits = _digits(identifiers.astype(np.int64), 10)
    return (digits * WEIGHTS).sum(axis=1) % 11 == 0


def make_identifiers(chance: Chance, born: Days, sex: npt.NDArray[np.int8], *, parts: int = 1) -> Text:
    """Return one distinct identifier per person.

    Args:
        chance: Seed and part; different parts of a nation get different serial numbers.
        born: Birth days.
        sex: 1 man, 2 woman.
        parts: How many parts share the numbers.

    Returns:
        Ten-digit texts. Those born on 1 January 1960-1999 partly lack a valid check digit, and so do those for whom
        the numbers with a check digit have run out.
    """
    birth, year = _birth_digits(born)
    century = _century_class(year)
    base = (_digits(birth, 6) * WEIGHTS[:6]).sum(axis=1) % 11
    rank = _rank_within(birth * 1000 + century * 10 + sex) * parts + chance.part
    new_year = (birth // 100 == 101) & (year >= 1960) & (year < 2000)
    without = new_year & (chance.about("check digit").random(len(born)) < 0.5)
    serial = np.zeros(len(born), dtype=np.int64)
    for which, gender, remainder in product(range(3), (1, 2), range(11)):
        chosen = np.flatnonzero((century == which) & (sex == gender) & (base == remainder))
        pools = [_serials()[which, gender, (step - remainder) % 11] for step in range(11)]
        serial[chosen] = _take(pools, rank[chosen], without[chosen])
    return np.char.zfill((birth * 10_000 + serial).astype(str), 10)


def _take(pools: list[Ints], rank: Ints, without: Flags) -> Ints:
    """Take the serial with a rank; pool 0 holds those with a valid check digit, the others follow when it is empty.

    The middle pool is kept for the numbers that are meant to lack a check digit.
    """
    kept_apart = pools[5]
    plain = np.concatenate([pools[0], *pools[1:5], *pools[6:]])
    return np.where(without, kept_apart[rank % len(kept_apart)], plain[np.minimum(rank, len(plain) - 1)])


def changed_identifiers(chance: Chance, born: Days, sex: npt.NDArray[np.int8], now: Text) -> Text:
    """Return an earlier identifier, other than the present one, for people whose identifier was changed."""
    if not len(born):
        return now
    birth, year = _birth_digits(born)
    century = _century_class(year)
    base = (_digits(birth, 6) * WEIGHTS[:6]).sum(axis=1) % 11
    serial = np.array(
        [
            _serials()[int(c), int(s), int(-b) % 11][-1 - chance.part]
            for c, s, b in zip(century, sex, base, strict=True)
        ],
        dtype=np.int64,
    )
    earlier = np.char.zfill((birth * 10_000 + serial).astype(str), 10)
    return np.where(earlier == now, "", earlier)
