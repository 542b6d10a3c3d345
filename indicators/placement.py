"""Put the columns of many variables beside the base columns by number, instead of by joins.

What is meant is `joined_sql`: base columns LEFT JOIN each variable on patient and period, and any SQL engine may run
that. On one machine, thirty hash joins would cost more than everything else the engine does; here every row of a
variable is moved to its place in one step. A test holds both equal.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from indicators.variables import Variable
from tvaers.errors import DefinitionError

Places = NDArray[np.int64]


@dataclass(frozen=True)
class Grid:
    """The rows of one length of period: who is on which row.

    Attributes:
        base: The base columns, one row per patient and period.
        dates: The reporting dates, in order.
        people: The largest patient number.
    """

    base: pl.DataFrame
    dates: Sequence[date]
    people: int

    def numbers(self, frame: pl.DataFrame) -> Places:
        """Return the number of each row's patient and period."""
        ends = np.array(self.dates, dtype="datetime64[D]")
        periods = np.searchsorted(ends, frame["period_end"].to_numpy().astype("datetime64[D]"))
        return frame["patient_id"].to_numpy().astype(np.int64) * len(self.dates) + periods

    def rows_by_number(self) -> Places:
        """Return the row on which each patient and period stands, -1 where there is none."""
        rows = np.full((self.people + 1) * len(self.dates), -1, dtype=np.int64)
        rows[self.numbers(self.base)] = np.arange(self.base.height)
        return rows


def place_beside(
    grid: Grid,
    variables: Sequence[Variable],
    frames: Mapping[str, pl.DataFrame],
    columns: Mapping[str, Sequence[str]],
) -> pl.DataFrame:
    """Return the base columns with the value columns of each variable beside them, NULL where it has no row.

    Args:
        grid: The base rows.
        variables: Those to place.
        frames: Rows of each variable, by name.
        columns: Value columns of each variable, by name.

    Raises:
        DefinitionError: A variable returned two rows for one patient (and period).
    """
    by_number = grid.rows_by_number()
    patients = grid.base["patient_id"].to_numpy()
    placed = [grid.base]
    for variable in variables:
        frame = frames[variable.name]
        if variable.rows == "patient":
            by_patient = np.full(grid.people + 1, -1, dtype=np.int64)
            by_patient[frame["patient_id"].to_numpy()] = np.arange(frame.height)
            refuse_repeated(variable, np.count_nonzero(by_patient >= 0), frame.height)
            origin = by_patient[patients]
        else:
            target = by_number[grid.numbers(frame)]
            is_wanted = target >= 0
            origin = np.full(grid.base.height, -1, dtype=np.int64)
            origin[target[is_wanted]] = np.flatnonzero(is_wanted)
            refuse_repeated(variable, np.count_nonzero(origin >= 0), np.count_nonzero(is_wanted))
        chosen = pl.Series(origin)
        chosen = chosen.set(chosen < 0, None)
        placed.append(frame.select(pl.col(list(columns[variable.name])).gather(chosen)))
    return pl.concat(placed, how="horizontal")


def refuse_repeated(variable: Variable, distinct: int, rows: int) -> None:
    """Refuse a variable with more than one row per patient (and period).

    Raises:
        DefinitionError: It has.
    """
    if distinct < rows:
        raise DefinitionError(
            f"A variable returned more than one row per {variable.rows}.",
            where=f"variables/{variable.name}.sql",
            how_much=f"{rows - distinct} rows too many.",
            what_to_do="Group by patient_id" + (" and period_end." if "period" in variable.rows else "."),
        )


def joined_sql(variables: Sequence[Variable], columns: Mapping[str, Sequence[str]]) -> str:
    """Return the SELECT that means the same, over `patient` and one relation `variable_<name>` per variable."""
    selected = "".join(f", {table_of(v)}.{column}" for v in variables for column in columns[v.name])
    joins = ""
    for variable in variables:
        table = table_of(variable)
        joins += f" LEFT JOIN {table} ON {table}.patient_id = patient.patient_id"
        if variable.rows == "patient and period":
            joins += f" AND {table}.period_end = patient.period_end"
    return f"SELECT patient.*{selected} FROM patient{joins}"


def table_of(variable: Variable) -> str:
    """Return the name of the relation that holds a variable's rows."""
    return f"variable_{variable.name}"
