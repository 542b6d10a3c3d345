"""How a blinded identifier is written in an extract, and read again: what the warehouse is told of it, and no more."""

from datetime import date

import polars as pl

from ingest.identifier import IdentifierScheme, examine, normalise
from tvaers.errors import ExtractError

HASH_BYTES = 32
"""Bytes of the OPRF's output that an extract carries: far more than the 128 bits that a pseudonym is made of."""

_MARK = "tvb1-"
_USABLE = rf"^{_MARK}([0-9a-f]{{{2 * HASH_BYTES}}})([cnz])$"
_REPLACEMENT = f"{_MARK}replacement"
_BROKEN = f"{_MARK}broken"
HELD_IDENTIFIER = f"{_MARK}in-text"
"""What stands instead of another text that held an identifier, so that its row has the same fate as in clear."""


def written(hashes: pl.Series, state: pl.Series, has_check_digit: pl.Series) -> pl.Series:
    """Return what stands in an extract instead of identifiers; a missing one stays null.

    Args:
        hashes: Blinded identifiers in hexadecimal; null where the identifier is not usable.
        state: `ok`, `zero_lost`, `missing`, `broken` or `replacement`, as `ingest.identifier` judges.
        has_check_digit: Whether the check digit is valid.
    """
    sign = (
        pl.when(state == "zero_lost").then(pl.lit("z")).when(has_check_digit).then(pl.lit("c")).otherwise(pl.lit("n"))
    )
    told = (
        pl.when(state.is_in(["ok", "zero_lost"]))
        .then(pl.lit(_MARK) + pl.col("hash") + sign)
        .when(state == "missing")
        .then(None)
        .when(state == "replacement")
        .then(pl.lit(_REPLACEMENT))
        .otherwise(pl.lit(_BROKEN))
    )
    return hashes.alias("hash").to_frame().select(told.alias(hashes.name)).to_series()


def read(values: pl.Series) -> pl.DataFrame:
    """Return `hash`, `state` and `has_check_digit` of what `written` wrote; anything else is `broken`."""
    parts = values.to_frame("text").select(
        "text",
        hash=pl.col("text").str.extract(_USABLE, 1),
        sign=pl.col("text").str.extract(_USABLE, 2),
    )
    return parts.select(
        "hash",
        state=pl.when(pl.col("text").is_null())
        .then(pl.lit("missing"))
        .when(pl.col("sign") == "z")
        .then(pl.lit("zero_lost"))
        .when(pl.col("hash").is_not_null())
        .then(pl.lit("ok"))
        .when(pl.col("text") == _REPLACEMENT)
        .then(pl.lit("replacement"))
        .otherwise(pl.lit("broken")),
        has_check_digit=(pl.col("sign") != "n").fill_null(value=False),
    )


def refuse_other_kind(values: pl.Series, scheme: IdentifierScheme, born_until: date, *, is_blinded: bool) -> None:
    """Refuse identifiers in clear where blinded ones are agreed, and blinded ones where they are not.

    Args:
        values: Delivered identifiers.
        scheme: How identifiers in clear are written.
        born_until: A date of birth after this day is impossible.
        is_blinded: Whether this home takes blinded identifiers, and no others.

    Raises:
        ExtractError: Some are of the other kind.
    """
    if not is_blinded:
        if values.str.starts_with(_MARK).any():
            raise ExtractError(
                "The file's identifiers are blinded, and this home takes them in clear.",
                what_to_do="Load it into the home that was made with --identifiers blinded.",
                reason="identifier_blinded",
            )
        return
    states = examine(normalise(values, scheme), scheme, born_until)["state"]
    in_clear = int((states == "ok").sum())
    if in_clear:
        raise ExtractError(
            "The file holds identifiers in clear, and this home takes blinded ones only. Nothing of it was kept.",
            how_much=f"{in_clear:,} different values read as identifiers.",
            what_to_do="Take the file away from here; the supplier blinds it with: tvaers blind extracts",
            reason="identifier_in_clear",
        )
