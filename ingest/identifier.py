"""The national identifier: normalise it and tell usable ones from broken and replacement ones, a column at a time.

How the number is written stands in the country pack; nothing here knows a country.
"""

import itertools
import unicodedata
from datetime import date
from functools import cache
from pathlib import Path

import polars as pl
from pydantic import Field

from packs.definition_file import Part, read_definition

_THIRTY_DAYS = (4, 6, 9, 11)
# Blanks and dashes of every kind, the minus sign, the middle dot, and signs that are not seen.
_SPACING = r"\s\p{Pd}\p{Cf}\x{2212}\x{00B7}"
_APART = rf"[{_SPACING}./_,]"
_LAST_SCRIPT_WITH_DIGITS = 0x1FBFF
# So many numbers of one length in a column are numbers of their own when fewer than half of them could be identifiers.
_MANY = 20


class Century(Part):
    """Which century a two-digit year means.

    Attributes:
        century: First year of the century.
        positions: First and last position of the number that tells it, from 1; None when the line always fits.
        numbers: Least and greatest such number for which the line fits, both included.
        years: Least and greatest two-digit year for which the line fits, both included.
    """

    century: int
    positions: tuple[int, int] | None = None
    numbers: tuple[int, int] = (0, 0)
    years: tuple[int, int] = (0, 99)


class CheckDigit(Part):
    """One check sum of an identifier: the weighted sum of its digits, divided by the modulus, leaves a known rest.

    Attributes:
        weights: Weight of each digit, the check digit's own included; digits after the last weight do not count.
        modulus: What the sum is divided by.
        remainders: Rests of valid numbers.
    """

    weights: tuple[int, ...]
    modulus: int = Field(ge=2)
    remainders: tuple[int, ...] = (0,)


class IdentifierScheme(Part):
    """How one country writes its national identifier.

    Attributes:
        length: Number of digits.
        separators: Characters that may stand between digits.
        day: First and last position of the day of birth, from 1.
        month: First and last position of the month.
        year: First and last position of the two-digit year.
        day_added: What may be added to the day, to tell a kind of number.
        month_added: What may be added to the month.
        centuries: Lines tried in order; when none fits, the number is broken.
        checks: The check sums; a number has valid check digits when all of them hold.
        check_always_holds: Whether every number ever given has valid check digits, so that another one is broken.
        replacement: Regular expression of numbers given to people without a permanent one, or before it is known.
    """

    length: int = Field(ge=6, le=18)
    separators: str
    day: tuple[int, int]
    month: tuple[int, int]
    year: tuple[int, int]
    day_added: tuple[int, ...] = ()
    month_added: tuple[int, ...] = ()
    centuries: tuple[Century, ...] = Field(min_length=1)
    checks: tuple[CheckDigit, ...] = ()
    check_always_holds: bool = False
    replacement: str


def read_scheme(pack_folder: Path) -> IdentifierScheme:
    """Return the scheme that a pack declares in `identifier.yaml`.

    Raises:
        DefinitionError: The file is missing or written wrongly.
    """
    return read_definition(pack_folder / "identifier.yaml", IdentifierScheme)


def normalise(values: pl.Series, scheme: IdentifierScheme) -> pl.Series:
    """Return identifiers in upper case, in plain digits, without separators, blanks and dashes; blank becomes null."""
    if ((values.str.len_bytes() == scheme.length) | values.is_null()).all():
        return values
    without = in_plain_digits(values).str.replace_many(list(scheme.separators), [""] * len(scheme.separators))
    without = without.str.replace_all(f"[{_SPACING}]", "").str.to_uppercase()
    return without.set(without == "", None)


def in_plain_digits(values: pl.Series) -> pl.Series:
    """Return texts with the digits of all scripts, and raised, encircled and full-width ones, as 0 to 9."""
    if (values.str.len_bytes() == values.str.len_chars()).all():
        return values
    return values.str.replace_many(*_other_digits())


@cache
def _other_digits() -> tuple[list[str], list[str]]:
    signs = [
        chr(code) for code in range(0x80, _LAST_SCRIPT_WITH_DIGITS) if unicodedata.digit(chr(code), None) is not None
    ]
    return signs, [str(unicodedata.digit(sign)) for sign in signs]


def with_lost_zeros(identifiers: pl.Series, scheme: IdentifierScheme, born_until: date) -> pl.Series:
    """Return normalised identifiers with the leading zero that a spreadsheet has taken from them.

    A zero is put back before a number that is one digit short when it then begins with a real date and has a valid
    check digit, and when no other identifier begins with zero: what strips one zero strips all, and a digit that one
    row lost by a slip of the pen can be any of them.

    Args:
        identifiers: Normalised identifiers that were delivered together.
        scheme: How they are written; without a check digit nothing is put back.
        born_until: A date of birth after this day is impossible.
    """
    is_short = (identifiers.str.len_bytes() == scheme.length - 1).fill_null(value=False)
    if not scheme.checks or not is_short.any():
        return identifiers
    whole = identifiers.filter(identifiers.str.len_bytes() == scheme.length)
    if whole.str.starts_with("0").any():
        return identifiers
    candidates = ("0" + identifiers).set(~is_short, None)
    judged = examine(candidates, scheme, born_until)
    is_one = (judged["state"] == "ok") & judged["has_check_digit"]
    return identifiers.zip_with(~is_one, candidates)


def examine(identifiers: pl.Series, scheme: IdentifierScheme, born_until: date) -> pl.DataFrame:
    """Return `state` ('ok', 'missing', 'broken' or 'replacement') and `has_check_digit` of normalised identifiers.

    Args:
        identifiers: Normalised identifiers.
        scheme: How they are written.
        born_until: A date of birth after this day is impossible.
    """
    frame = identifiers.alias("id").to_frame().with_columns(number=pl.col("id").cast(pl.Int64, strict=False))
    is_number = (pl.col("id").str.len_bytes() == scheme.length) & (pl.col("number") >= 0)
    is_ok = is_number & ~pl.col("id").str.starts_with("+") & _is_birth_date(scheme, born_until)
    is_checked = pl.all_horizontal(True, *(_holds(scheme, check) for check in scheme.checks))
    judged = frame.select(
        is_missing=pl.col("id").is_null(),
        is_ok=(is_ok & is_checked if scheme.check_always_holds else is_ok).fill_null(value=False),
        has_check_digit=is_checked.fill_null(value=False),
    )
    others = identifiers.filter(~judged["is_ok"] & ~judged["is_missing"])
    replacement = others.filter(others.str.contains(scheme.replacement)) if others.len() else others
    is_replacement = identifiers.is_in(replacement.implode()) if replacement.len() else pl.lit(value=False)
    return judged.select(
        state=pl.when("is_missing")
        .then(pl.lit("missing"))
        .when("is_ok")
        .then(pl.lit("ok"))
        .when(is_replacement)
        .then(pl.lit("replacement"))
        .otherwise(pl.lit("broken")),
        has_check_digit=pl.col("is_ok") & pl.col("has_check_digit"),
    )


def _digits(scheme: IdentifierScheme, first: int, last: int) -> pl.Expr:
    return pl.col("number") // 10 ** (scheme.length - last) % 10 ** (last - first + 1)


def _is_birth_date(scheme: IdentifierScheme, born_until: date) -> pl.Expr:
    day = _without_added(_digits(scheme, *scheme.day), scheme.day_added, 31)
    month = _without_added(_digits(scheme, *scheme.month), scheme.month_added, 12)
    year = _year(scheme, _digits(scheme, *scheme.year))
    leap = ((year % 4 == 0) & (year % 100 != 0)) | (year % 400 == 0)
    longest = (
        pl.when(month == 2)
        .then(pl.lit(28) + leap.cast(pl.Int64))
        .when(month.is_in(_THIRTY_DAYS))
        .then(pl.lit(30))
        .otherwise(pl.lit(31))
    )
    until = born_until.year * 10_000 + born_until.month * 100 + born_until.day
    is_past = year * 10_000 + month * 100 + day <= until
    return month.is_between(1, 12) & (day >= 1) & (day <= longest) & is_past


def _without_added(written: pl.Expr, added: tuple[int, ...], greatest: int) -> pl.Expr:
    plain = written
    for amount in added:
        plain = pl.when(written.is_between(amount + 1, amount + greatest)).then(written - amount).otherwise(plain)
    return plain


def _year(scheme: IdentifierScheme, short_year: pl.Expr) -> pl.Expr:
    century: pl.Expr = pl.lit(None, dtype=pl.Int64)
    for line in reversed(scheme.centuries):
        fits = short_year.is_between(*line.years)
        if line.positions is not None:
            fits &= _digits(scheme, *line.positions).is_between(*line.numbers)
        century = pl.when(fits).then(pl.lit(line.century, dtype=pl.Int64)).otherwise(century)
    return century + short_year


def _holds(scheme: IdentifierScheme, check: CheckDigit) -> pl.Expr:
    weighted = [_digits(scheme, position, position) * weight for position, weight in enumerate(check.weights, start=1)]
    return (pl.sum_horizontal(weighted) % check.modulus).is_in(check.remainders)


def holds_identifier(values: pl.Series, scheme: IdentifierScheme, born_until: date) -> pl.Series:
    """Return which texts hold something that reads as an identifier: the right digits, beginning with a real date.

    Digits may be of any script. Up to three blanks, dashes, points, slashes, commas or underscores may stand after the
    date, and one between its parts. Digits of a longer number do not count. A number that has lost its leading zero
    counts when its check digit is valid, unless the texts are full of numbers of that length, most of which are no
    identifiers.
    """
    nothing = pl.repeat(value=False, n=values.len(), eager=True)
    texts = values.filter(values.str.len_bytes() >= scheme.length - 1).unique()
    if texts.is_empty():
        return nothing
    # Every sign is doubled, so that two neighbours do not share one.
    doubled = in_plain_digits(texts).str.replace_all("([^0-9])", "${1}${1}")
    whole = _found(texts, doubled, _written(scheme), scheme, born_until).filter("is_real")
    short = _found(texts, doubled, _written_without_zero(scheme), scheme, born_until, before="0")
    is_short = short["is_real"] & short["has_check_digit"]
    if not scheme.checks or (is_short.len() >= _MANY and 2 * int(is_short.sum()) < is_short.len()):
        is_short = pl.repeat(value=False, n=short.height, eager=True)
    holding = pl.concat([whole["text"], short["text"].filter(is_short)]).unique()
    return values.is_in(holding.implode()).fill_null(value=False) if holding.len() else nothing


def _written(scheme: IdentifierScheme) -> str:
    ends = sorted({0, scheme.day[1], scheme.month[1], scheme.year[1]})
    parts = [f"[0-9]{{{end - start}}}" for start, end in itertools.pairwise(ends)]
    return f"{_APART}{{0,2}}".join(parts) + f"{_APART}{{0,6}}[0-9]{{{scheme.length - ends[-1]}}}"


def _written_without_zero(scheme: IdentifierScheme) -> str:
    date_ends = max(scheme.day[1], scheme.month[1], scheme.year[1])
    return f"[1-9][0-9]{{{date_ends - 2}}}{_APART}{{0,6}}[0-9]{{{scheme.length - date_ends}}}"


def _found(
    texts: pl.Series, doubled: pl.Series, pattern: str, scheme: IdentifierScheme, born_until: date, before: str = ""
) -> pl.DataFrame:
    """Return the numbers in texts that are written like a pattern: `text`, `is_real`, `has_check_digit`."""
    numbers = doubled.str.extract_all(f"(?:^|[^0-9]){pattern}(?:[^0-9]|$)")
    found = pl.DataFrame({"text": texts, "number": numbers}).explode("number").drop_nulls()
    judged = examine(before + found["number"].str.replace_all("[^0-9]", ""), scheme, born_until)
    return found.select("text", is_real=judged["state"] == "ok", has_check_digit=judged["has_check_digit"])
