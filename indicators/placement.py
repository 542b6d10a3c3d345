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
# Room for the days of more than 2,800 years; days are counted from 1970, and people may be born before.
DAYS_PER_PATIENT = 1 << 20
DAY_ZERO = 1 << 18


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
        DefinitionError: A variable returned two rows for one patient (and period or day).
    """
    by_number = grid.rows_by_number()
    placed = [grid.base]
    for variable in variables:
        frame, own = frames[variable.name], columns[variable.name]
        if variable.rows == "patient":
            origin = origin_by_patient(grid, variable, frame)
        elif variable.rows == "patient and period":
            origin = origin_by_period(grid, variable, frame, by_number)
        else:
            origin = origin_by_day(grid, variable, frame, own)
        placed.append(taken_from(frame, own, origin))
    return pl.concat(placed, how="horizontal")


def origin_by_patient(grid: Grid, variable: Variable, frame: pl.DataFrame) -> Places:
    """Return for each base row the row of the variable that belongs to the patient, -1 where there is none."""
    by_patient = np.full(grid.people + 1, -1, dtype=np.int64)
    by_patient[frame["patient_id"].to_numpy()] = np.arange(frame.height)
    refuse_repeated(variable, int(np.count_nonzero(by_patient >= 0)), frame.height)
    return by_patient[grid.base["patient_id"].to_numpy()]


def origin_by_period(grid: Grid, variable: Variable, frame: pl.DataFrame, by_number: Places) -> Places:
    """Return for each base row the row of the variable that belongs to patient and period, -1 where there is none."""
    target = by_number[grid.numbers(frame)]
    is_wanted = target >= 0
    origin = np.full(grid.base.height, -1, dtype=np.int64)
    origin[target[is_wanted]] = np.flatnonzero(is_wanted)
    refuse_repeated(variable, int(np.count_nonzero(origin >= 0)), int(np.count_nonzero(is_wanted)))
    return origin


def origin_by_day(grid: Grid, variable: Variable, frame: pl.DataFrame, own: Sequence[str]) -> Places:
    """Return for each base row the row of the variable of the period's latest day, -1 where the period has none."""
    day = day_column(variable, own)
    if len(own) > 1:
        refuse_repeated(variable, frame.select("patient_id", day).n_unique(), frame.height)
    base = grid.base
    if variable.within:
        first = (pl.col("period_end") + pl.duration(days=1)).dt.offset_by(f"-{variable.within}mo")
        base = base.with_columns(pl.max_horizontal("period_start", first).alias("period_start"))
    return rows_of_latest_day(frame, day, base, first="period_start", last="period_end")


def rows_of_latest_day(facts: pl.DataFrame, day: str, base: pl.DataFrame, *, first: str, last: str) -> Places:
    """Return for each base row the row of the patient's latest fact between two days, -1 where there is none.

    Args:
        facts: Rows with patient_id and a day.
        day: The column of that day.
        base: Rows with patient_id and the two days.
        first: The column of the first day, included.
        last: The column of the last day, included.
    """
    if facts.is_empty():
        return np.full(base.height, -1, dtype=np.int64)
    keys = days_of_patients(facts, day)
    order = np.argsort(keys, kind="stable")
    keys = keys[order]
    latest = np.searchsorted(keys, days_of_patients(base, last), side="right") - 1
    is_within = (latest >= 0) & (keys[latest] >= days_of_patients(base, first))
    return np.where(is_within, order[latest], -1)


def taken_from(frame: pl.DataFrame, columns: Sequence[str], rows: Places) -> pl.DataFrame:
    """Return some columns of the rows with these numbers, NULL where the number is -1."""
    chosen = pl.Series(rows)
    return frame.select(pl.col(list(columns)).gather(chosen.set(chosen < 0, None)))


def days_of_patients(frame: pl.DataFrame, day: str) -> Places:
    """Return numbers in the order of patients, then days; the days of one patient never reach the next's."""
    numbers = frame[day].to_physical().to_numpy().astype(np.int64) + DAY_ZERO
    return frame["patient_id"].to_numpy().astype(np.int64) * DAYS_PER_PATIENT + numbers


def day_column(variable: Variable, own: Sequence[str]) -> str:
    """Return the column that holds the day of a variable's rows.

    Raises:
        DefinitionError: No column ends in `_on`.
    """
    for column in own:
        if column.endswith("_on"):
            return column
    raise DefinitionError(
        "A variable with rows of patient and day returns no day.",
        where=f"variables/{variable.name}.sql",
        what_to_do="Let the name of the day's column end in _on.",
    )


def refuse_repeated(variable: Variable, distinct: int, rows: int) -> None:
    """Refuse a variable with more than one row per patient (and period or day).

    Raises:
        DefinitionError: It has.
    """
    if distinct < rows:
        raise DefinitionError(
            f"A variable returned more than one row per {variable.rows}.",
            where=f"variables/{variable.name}.sql",
            how_much=f"{rows - distinct} rows too many.",
            what_to_do=f"Group by {variable.rows.replace('patient', 'patient_id').replace('period', 'period_end')}.",
        )


def joined_sql(variables: Sequence[Variable], columns: Mapping[str, Sequence[str]]) -> str:
    """Return the SELECT that means the same, over `patient` and one relation `variable_<name>` per variable."""
    selected = "".join(f", {table_of(v)}.{column}" for v in variables for column in columns[v.name])
    joins = ""
    for variable in variables:
        table = table_of(variable)
        rows = latest_sql(variable, columns[variable.name]) if variable.rows == "patient and day" else table
        joins += f" LEFT JOIN {rows} ON {table}.patient_id = patient.patient_id"
        if variable.rows != "patient":
            joins += f" AND {table}.period_end = patient.period_end"
    return f"SELECT patient.*{selected} FROM patient{joins}"


def latest_sql(variable: Variable, own: Sequence[str]) -> str:
    """Return the row of each period's latest day as a relation of the same name, with period_end."""
    table, day = table_of(variable), day_column(variable, own)
    chosen = ", ".join(
        f"max({column}) AS {column}" if column == day else f"max_by({column}, {day}) AS {column}" for column in own
    )
    first = f"period_end + INTERVAL '1' DAY - INTERVAL '{variable.within}' MONTH"
    within = f" WHERE day >= {first}" if variable.within else ""
    return (
        f"(SELECT patient_id, period_end, {chosen} FROM {table} JOIN period_day ON period_day.day = {table}.{day}"
        f"{within} GROUP BY patient_id, period_end) AS {table}"
    )


def table_of(variable: Variable) -> str:
    """Return the name of the relation that holds a variable's rows."""
    return f"variable_{variable.name}"
