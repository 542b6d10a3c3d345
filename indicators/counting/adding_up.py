"""Add the cells of all ranges of pseudonyms up to units and their breakdowns."""

from collections.abc import Iterable, Sequence
from datetime import date

import polars as pl

from indicators.counting.cells import CELL, FAMILIES, UNIT_COLUMN, Counted
from indicators.definitions.definition import Level
from indicators.definitions.population import Breakdowns, Split

KEYS = ("period_end", "level", "unit_id", "sex", "age_band")
SPLITS = ("sex", "age_band")
NAMES = ("level", "unit_id", *SPLITS)
# So many rows of cells are gathered at least before they are added to those found before.
ROWS_AT_ONCE = 200_000


class CellSums:
    """The cells of one length of period, added up over ranges of pseudonyms; a range has a row in most of them."""

    def __init__(self, keys: Sequence[str] = CELL) -> None:
        """Begin without cells.

        Args:
            keys: The columns that tell cells apart; all others are numbers.
        """
        self._keys = list(keys)
        self._frames: list[pl.DataFrame] = []

    def add(self, cells: pl.DataFrame) -> None:
        """Add the cells of one range."""
        if not cells.width:
            return
        self._frames.append(cells)
        # The first frame is what was added up before. To add to it costs as much as it is long, so that is put off
        # until there is as much again to add: then the work grows with what is found, and not with its square.
        added_up, *others = (frame.height for frame in self._frames)
        if sum(others) > max(ROWS_AT_ONCE, added_up):
            self._frames = [self.total()]

    def total(self) -> pl.DataFrame:
        """Return each cell once, with the sum of each of its numbers; without columns where nothing was added."""
        if not self._frames:
            return pl.DataFrame()
        if len(self._frames) == 1:
            return self._frames[0]
        return pl.concat(self._frames).group_by(self._keys).agg(pl.exclude(self._keys).sum())


def split_columns(level: Level, splits: Sequence[Split]) -> tuple[str, str]:
    """Return the key columns of one breakdown of a level as SELECT items, and the columns to group by."""
    sex = "sex" if "sex" in splits else "'all'"
    band = "age_band" if "age_band" in splits else "'all'"
    items = f"period_end, '{level}' AS level, {UNIT_COLUMN[level]} AS unit_id, {sex} AS sex, {band} AS age_band"
    grouped = ["period_end", *([UNIT_COLUMN[level]] if level != "all" else []), *splits]
    return items, ", ".join(grouped)


def add_up(cells: pl.DataFrame, counted: Sequence[Counted], breakdowns: Breakdowns) -> pl.DataFrame:
    """Return each unit's and breakdown's numbers: the key columns, then each indicator's numbers.

    What is meant is `add_up_sql`; the cells are in memory, and adding them up there costs a quarter.
    """
    numbers = [name for each in counted for name in each.counts]
    parts = []
    for family in FAMILIES:
        own = cells.filter(pl.col(family.units[-1]).is_not_null())
        for level in family.levels:
            unit = pl.lit("all") if level == "all" else pl.col(UNIT_COLUMN[level]).cast(pl.String)
            for splits in breakdowns.levels[level]:
                columns = ["period_end", *([UNIT_COLUMN[level]] if level != "all" else []), *splits]
                added = own.group_by(columns).agg(pl.col(numbers).cast(pl.Int64).sum())
                whole = [pl.lit("all").alias(name) for name in SPLITS if name not in splits]
                named = added.with_columns(pl.lit(level).alias("level"), unit.alias("unit_id"), *whole)
                parts.append(named.with_columns(pl.col(SPLITS).cast(pl.String)).select(*KEYS, *numbers))
    return pl.concat(parts)


def add_up_sql(counted: Sequence[Counted], breakdowns: Breakdowns) -> str:
    """Return the SELECT that adds `cell`, the cells of one length of period, up to units and their breakdowns."""
    sums = ", ".join(f"CAST(sum({column}) AS BIGINT) AS {column}" for each in counted for column in each.counts)
    parts = []
    for family in FAMILIES:
        for level in family.levels:
            for splits in breakdowns.levels[level]:
                items, grouped = split_columns(level, splits)
                parts.append(
                    f"SELECT {items}, {sums} FROM cell WHERE {family.units[-1]} IS NOT NULL GROUP BY {grouped}"
                )
    return " UNION ALL ".join(parts)


def all_keys(cells: Iterable[pl.DataFrame], dates: Sequence[date], breakdowns: Breakdowns) -> pl.DataFrame:
    """Return every unit with every part of its breakdowns, also those in which nobody is, in order.

    A unit has rows for each reporting date on which anybody of any indicator's population belongs to it; the whole has
    rows for every date.
    """
    bands = [band.id for band in breakdowns.age_bands]
    found = pl.concat([frame.select(CELL) for frame in cells if frame.width])
    parts = []
    for level, breakdown in breakdowns.levels.items():
        if level == "all":
            units = pl.DataFrame({"period_end": list(dates)}).with_columns(pl.lit("all").alias("unit_id"))
        else:
            units = (
                found.select("period_end", pl.col(UNIT_COLUMN[level]).cast(pl.String).alias("unit_id"))
                .drop_nulls()
                .unique()
            )
        for splits in breakdown:
            sexes = ["female", "male"] if "sex" in splits else ["all"]
            ages = bands if "age_band" in splits else ["all"]
            parts.append(
                units.with_columns(pl.lit(level).alias("level"))
                .join(pl.DataFrame({"sex": sexes}), how="cross")
                .join(pl.DataFrame({"age_band": ages}), how="cross")
            )
    return pl.concat(parts).select(KEYS).unique().sort(KEYS)
