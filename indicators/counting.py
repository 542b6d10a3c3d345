"""Count patients into the finest cells column by column, instead of by one GROUP BY over some hundred columns.

What is meant is `cells.cells_sql`, and any SQL engine may run that. On one machine it is quicker to number the cell
of each row once and to add every column up by these numbers. A test holds both equal.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from indicators.cells import CELL, FAMILIES, IS_OF_ANY, Counted, Number
from indicators.dialect import Column
from indicators.population import Breakdowns

Numbers = NDArray[np.int64]


@dataclass(frozen=True)
class Places:
    """The finest cell of each of some rows, for one family of units.

    Attributes:
        keys: The columns of each cell.
        of_rows: The place of each row's cell among them.
    """

    keys: pl.DataFrame
    of_rows: Numbers


def places_of(rows: pl.DataFrame, breakdowns: Breakdowns) -> list[Places]:
    """Return the finest cells of each family, once for all lengths of period, whose rows are some of these.

    Args:
        rows: Base columns, units and splits as categories.
        breakdowns: How units are split.
    """
    found = []
    for family in FAMILIES:
        cells = rows.select(family.cell(breakdowns))
        numbers = numbered(cells, cells)
        order = np.argsort(numbers, kind="stable")
        opens = np.diff(numbers[order], prepend=-1) != 0
        of_rows = np.empty(len(numbers), dtype=np.int64)
        of_rows[order] = np.cumsum(opens) - 1
        found.append(Places(cells[order[opens]], of_rows))
    return found


def cells_of(
    places: Sequence[Places], is_in: NDArray[np.bool_], flags: Mapping[str, Column], counted: Sequence[Counted]
) -> pl.DataFrame:
    """Return the numbers of each finest cell of each family in which anybody of a population is.

    Args:
        places: The cells of the base rows, family by family.
        is_in: Which of the base rows have a row of `patient_period`.
        flags: The columns of `cells.flags_sql`, row by row as `patient_period`.
        counted: The indicators.
    """
    is_of_any = flags[IS_OF_ANY]
    wanted = {name: number for each in counted for name, number in each.counts.items()}
    columns = {number: of_number(flags, number)[is_of_any].astype(np.float64) for number in wanted.values()}
    families = []
    for place in places:
        of_rows = place.of_rows[is_in][is_of_any]
        size = place.keys.height
        is_there = np.bincount(of_rows, minlength=size) > 0
        sums = {
            number: np.bincount(of_rows, column, minlength=size)[is_there].astype(kind_of(number))
            for number, column in columns.items()
        }
        cells = place.keys.filter(pl.Series(is_there))
        families.append(cells.with_columns(pl.Series(name, sums[number]) for name, number in wanted.items()))
    return pl.concat(families, how="diagonal").select(*CELL, *wanted)


def kind_of(number: Number) -> type[np.signedinteger[Any]]:
    """Return the kind of whole number in which a number is kept."""
    return np.int64 if number.is_sum else np.int32


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
