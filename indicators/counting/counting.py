"""Count patients into the finest cells column by column, instead of by one GROUP BY over some hundred columns.

What is meant is `cells.cells_sql`, and any SQL engine may run that. On one machine it is quicker to number the cell
of each row once and to add every column up by these numbers, several columns side by side in one number. A test holds
both equal.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from indicators.counting.cells import CELL, FAMILIES, IS_OF_ANY, Counted, Family, Number
from indicators.definitions.population import Breakdowns
from indicators.dialect import Column

Numbers = NDArray[np.int64]
# Whole numbers of so many binary digits are exact in floating point.
EXACT_DIGITS = 53
NO_CELLS = pl.DataFrame(schema={name: pl.Date if name == "period_end" else pl.Categorical for name in CELL})


@dataclass(frozen=True)
class Places:
    """The finest cell of each of some rows, for one family of units.

    Attributes:
        keys: The columns of each cell.
        of_rows: The place of each row's cell among them.
    """

    keys: pl.DataFrame
    of_rows: Numbers


@dataclass(frozen=True)
class CellRows:
    """The cell of each of some rows, and how many rows each cell has."""

    of_rows: Numbers
    sizes: Numbers


def places_of(rows: pl.DataFrame, breakdowns: Breakdowns, families: Sequence[Family] = FAMILIES) -> list[Places]:
    """Return the finest cells of each family, once for all lengths of period, whose rows are some of these.

    Args:
        rows: Base columns, units and splits as categories.
        breakdowns: How units are split.
        families: Which families.
    """
    return [placed(rows.select(family.cell(breakdowns))) for family in families]


def placed(cells: pl.DataFrame) -> Places:
    """Return the distinct rows of some dates and categories, in order, and which of them each row is."""
    numbers = numbered(cells)
    order = np.argsort(numbers, kind="stable")
    opens = np.diff(numbers[order], prepend=-1) != 0
    of_rows = np.empty(len(numbers), dtype=np.int64)
    of_rows[order] = np.cumsum(opens) - 1
    return Places(cells[order[opens]], of_rows)


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
    wanted = {name: number for each in counted for name, number in each.counts.items()}
    of_families = []
    for place in places:
        # Who is of no population goes into a cell of their own, behind the others.
        of_rows = np.where(flags[IS_OF_ANY], place.of_rows[is_in], place.keys.height)
        of_families.append(CellRows(of_rows, np.bincount(of_rows, minlength=place.keys.height + 1)))
    sums = sums_of({number: of_number(flags, number) for number in wanted.values()}, of_families)
    found = []
    for place, of_family, own in zip(places, of_families, sums, strict=True):
        is_there = of_family.sizes[:-1] > 0
        numbers = {number: column[:-1][is_there].astype(kind_of(number)) for number, column in own.items()}
        cells = place.keys.filter(pl.Series(is_there))
        found.append(cells.with_columns(pl.Series(name, numbers[number]) for name, number in wanted.items()))
    return pl.concat([NO_CELLS, *found], how="diagonal").select(*CELL, *wanted)


def sums_of(columns: Mapping[Number, Column], of_families: Sequence[CellRows]) -> list[dict[Number, Numbers]]:
    """Return the sum of each column in each cell, family by family.

    Numbers that are small enough stand side by side in one, whose digits are told apart again after adding up. They
    are added as floating-point numbers, which are exact for whole numbers of 53 binary digits.
    """
    largest = max(int(family.sizes.max()) for family in of_families)
    sums: list[dict[Number, Numbers]] = [{} for _ in of_families]
    for group in side_by_side({number: digits_of(column, largest) for number, column in columns.items()}):
        packed = np.zeros(len(of_families[0].of_rows), dtype=np.int64)
        for number, digits in group.items():
            packed <<= digits
            packed += columns[number].astype(np.int64)
        weights = packed.astype(np.float64)
        for family, own in zip(of_families, sums, strict=True):
            added = np.bincount(family.of_rows, weights, minlength=len(family.sizes)).astype(np.int64)
            for number, digits in reversed(group.items()):
                own[number] = added if len(group) == 1 else added & ((1 << digits) - 1)
                added = added >> digits
    return sums


def digits_of(column: Column, rows: int) -> int:
    """Return how many binary digits the sum of so many rows of a column can have; all that there are if below zero."""
    if column.dtype == np.bool_:
        return rows.bit_length()
    if not len(column) or column.min() < 0:
        return EXACT_DIGITS
    return max(1, (int(column.max()) * rows).bit_length())


def side_by_side(digits: Mapping[Number, int]) -> list[dict[Number, int]]:
    """Return the columns in groups whose sums have no more digits together than one number can hold exactly."""
    groups: list[dict[Number, int]] = []
    for number, own in sorted(digits.items(), key=lambda pair: pair[1]):
        if not groups or sum(groups[-1].values()) + own > EXACT_DIGITS:
            groups.append({})
        groups[-1][number] = own
    return groups


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


def numbered(rows: pl.DataFrame) -> Numbers:
    """Return a number for each row of dates and categories; it is the same for equal rows, and for no others."""
    found = np.zeros(rows.height, dtype=np.int64)
    for column in rows:
        codes = column.to_physical().to_numpy().astype(np.int64)
        lowest, highest = int(codes.min(initial=0)), int(codes.max(initial=0))
        found = found * (highest - lowest + 1) + (codes - lowest)
    return found
