"""Rows of single people may leave when nobody in them stands alone: measured on the very rows, not promised.

Every column is taken as one by which somebody could be known, unless it is named sensitive; so a column that nobody
thought of makes an extract coarser and never weaker. A person with several rows is known by all that they say together.
Rows must say whose they are: thirty results of one person are no thirty people.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from research.columns import PERSON
from tvaers.errors import DisclosureError

SMALLEST_CLASS = 10
FEWEST_VALUES = 2
MOST_SUPPRESSED = 0.05
FEWEST_LEFT_OUT = 5

_PROFILE, _WHO = "profile of person", "number of person"


@dataclass(frozen=True)
class Measured:
    """Rows as they may leave, and what was measured on them.

    Attributes:
        frame: The rows that stay, in no order; people are numbered anew.
        known_by: Columns by which somebody could be known.
        sensitive: Columns that must not be told by them.
        smallest_class: Fewest people who look alike: k.
        fewest_values: Fewest different values of a sensitive column among people who look alike: l; none without one.
        people: People who stay.
        suppressed: Share of the people handed in who were left out.
    """

    frame: pl.DataFrame
    known_by: tuple[str, ...]
    sensitive: tuple[str, ...]
    smallest_class: int
    fewest_values: int | None
    people: int
    suppressed: float


def measure_rows(
    frame: pl.DataFrame, sensitive: Sequence[str], *, smallest: int = SMALLEST_CLASS, values: int = FEWEST_VALUES
) -> Measured:
    """Return rows without those people who stand out, and measure what is left.

    Args:
        frame: One or more rows per person, with the column `person`.
        sensitive: Columns that must not be told by the others.
        smallest: Fewest people who look alike in every other column.
        values: Fewest different values of each sensitive column among people who look alike.

    Raises:
        DisclosureError: A column does not exist, or too many people stand out.
    """
    strange = [name for name in sensitive if name not in frame.columns or name == PERSON]
    if strange:
        raise DisclosureError(
            f"There is no sensitive column {strange[0]!r}.", what_to_do=f"Choose among: {', '.join(frame.columns)}"
        )
    if PERSON not in frame.columns:
        raise DisclosureError(
            "The rows may not leave: they do not say whose they are, so nobody can count people.",
            what_to_do="Ask for the column person as well; in the file people are numbered anew.",
        )
    if frame.is_empty():
        raise DisclosureError("There are no rows.", what_to_do="Ask for some.")
    known_by = tuple(name for name in frame.columns if name not in {PERSON, *sensitive})
    numbered = frame.with_columns(pl.col(PERSON).cast(pl.String).rank("dense").alias(_WHO))
    rows = numbered.join(_profiles(numbered, known_by), on=_WHO)
    handed_in = rows[_WHO].n_unique()
    # A class stays or goes as a whole, so that what stays is as large as it was judged.
    alike = _classes(rows, sensitive).filter((pl.col("people") >= smallest) & (pl.col("values") >= values))
    stays = rows.join(alike.select(_PROFILE), on=_PROFILE, how="semi")
    if 1 <= handed_in - stays[_WHO].n_unique() < FEWEST_LEFT_OUT and not alike.is_empty():
        # Beside a published number of all of them, the extract would tell that a group of so few was left out.
        alike = alike.sort("people", _PROFILE)[1:]
        stays = rows.join(alike.select(_PROFILE), on=_PROFILE, how="semi")
    people = stays[_WHO].n_unique()
    suppressed = 1 - people / handed_in
    if suppressed > MOST_SUPPRESSED:
        raise DisclosureError(
            "The rows may not leave: too many people stand out.",
            where=f"known by: {', '.join(known_by) or 'nothing'}; sensitive: {', '.join(sensitive) or 'nothing'}",
            how_much=f"{suppressed:.1%} of the people would be left out, and {MOST_SUPPRESSED:.0%} is the most.",
            what_to_do="Ask for fewer or coarser columns (years for days, groups for codes), or name those sensitive "
            "that nobody outside could know.",
        )
    proof = _classes(stays, sensitive)
    kept = stays.select(_WHO, *known_by, *sensitive).sample(fraction=1.0, shuffle=True)
    return Measured(
        frame=_renumbered(kept),
        known_by=known_by,
        sensitive=tuple(sensitive),
        smallest_class=int(proof["people"].min()),  # type: ignore[arg-type]
        fewest_values=int(proof["values"].min()) if sensitive else None,  # type: ignore[arg-type]
        people=people,
        suppressed=suppressed,
    )


def _profiles(rows: pl.DataFrame, known_by: Sequence[str]) -> pl.DataFrame:
    """Return, per person, the text of all their rows by which they could be known."""
    told = pl.concat_str(
        [pl.lit("|"), *(pl.col(name).cast(pl.String).fill_null("\u2205") for name in known_by)], separator="\u241f"
    )
    return (
        rows.select(_WHO, told.alias("row"))
        .group_by(_WHO)
        .agg(pl.col("row").unique().sort().str.join("\u241e").alias(_PROFILE))
    )


def _classes(rows: pl.DataFrame, sensitive: Sequence[str]) -> pl.DataFrame:
    """Return, per profile, how many people share it and the fewest different values of a sensitive column."""
    values = [pl.col(name).drop_nulls().n_unique() for name in sensitive]
    fewest = pl.min_horizontal(values) if values else pl.lit(FEWEST_VALUES)
    return rows.group_by(_PROFILE).agg(pl.col(_WHO).n_unique().alias("people"), fewest.alias("values"))


def _renumbered(rows: pl.DataFrame) -> pl.DataFrame:
    """Return rows with people numbered in their order of chance, so that two extracts do not link."""
    order = rows.select(_WHO).unique(maintain_order=True).with_row_index(PERSON, offset=1)
    return rows.join(order, on=_WHO, maintain_order="left").drop(_WHO).select(PERSON, *rows.columns[1:])
