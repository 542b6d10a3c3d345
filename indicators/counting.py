"""Count patients into the finest cells column by column, instead of by one GROUP BY over some hundred columns.

What is meant is `cells.cells_sql`, and any SQL engine may run that. On one machine it is quicker to number the cell
of each row once and to add every column up by these numbers. A test holds both equal.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from indicators.cells import CELL, FAMILIES, IS_OF_ANY, Counted, Number
from indicators.dialect import Column
from indicators.population import Breakdowns

Numbers = NDArray[np.int64]


def cells_of(
    rows: pl.DataFrame, flags: Mapping[str, Column], counted: Sequence[Counted], breakdowns: Breakdowns
) -> pl.DataFrame:
    """Return the numbers of each finest cell of each family.

    Args:
        rows: Rows of `patient_period`, units and splits as categories.
        flags: The columns of `cells.flags_sql`, row by row as `rows`.
        counted: The indicators.
        breakdowns: How units are split.
    """
    is_of_any = flags[IS_OF_ANY]
    kept = rows.select(CELL).filter(pl.Series(is_of_any))
    wanted = {name: number for each in counted for name, number in each.counts.items()}
    columns = {number: of_number(flags, number)[is_of_any] for number in wanted.values()}
    families = []
    for family in FAMILIES:
        keys = kept.select(family.cell(breakdowns))
        place, first = places_of(numbered(keys, kept))
        sums = {
            number: np.bincount(place, column, minlength=len(first)).astype(np.int64 if number.is_sum else np.int32)
            for number, column in columns.items()
        }
        families.append(keys[first].with_columns(pl.Series(name, sums[number]) for name, number in wanted.items()))
    return pl.concat(families, how="diagonal").select(*CELL, *wanted)


def values_of(rows: pl.DataFrame, flags: Mapping[str, Column], counted: Sequence[Counted]) -> dict[str, pl.DataFrame]:
    """Return the values of which medians are taken with the columns of their cells, by the indicator's tag."""
    found = {}
    for each in counted:
        for name in each.values:
            column = np.ma.asarray(flags[name])
            is_known = ~np.ma.getmaskarray(column)
            cells = rows.select(CELL).filter(pl.Series(is_known))
            found[each.tag] = cells.with_columns(pl.Series("value", column.data[is_known]))
    return found


def of_number(flags: Mapping[str, Column], number: Number) -> Column:
    """Return the column whose sum a number is; what is not known adds nothing."""
    column = np.ma.filled(flags[number.column], 0)
    if number.more_than is None:
        return column
    return column > (0 if number.more_than == "0" else np.ma.filled(flags[number.more_than], 0))


def places_of(numbers: Numbers) -> tuple[Numbers, Numbers]:
    """Return for each row the place of its number among the distinct numbers, and a row of each of these."""
    order = np.argsort(numbers, kind="stable")
    opens = np.diff(numbers[order], prepend=-1) != 0
    place = np.empty(len(numbers), dtype=np.int64)
    place[order] = np.cumsum(opens) - 1
    return place, order[opens]


def numbered(rows: pl.DataFrame, among: pl.DataFrame) -> Numbers:
    """Return a number for each row; it is the same for rows that are equal in every column, and for no others.

    Args:
        rows: Dates and categories.
        among: A frame with the same columns that holds these rows; rows of several frames among it can be compared.
    """
    found = np.zeros(rows.height, dtype=np.int64)
    for column in rows.columns:
        every = among[column].to_physical()
        lowest, highest = int(every.min() or 0), int(every.max() or 0)  # type: ignore[arg-type]
        found = found * (highest - lowest + 1) + (rows[column].to_physical().to_numpy().astype(np.int64) - lowest)
    return found
