"""Put the columns of many variables beside the base columns by number, instead of by joins.

What is meant is `joined.joined_sql`: base columns LEFT JOIN each variable on patient and period, and any SQL engine may
run that. On one machine, thirty hash joins would cost more than everything else the engine does; here every row of a
variable is moved to its place in one step. A test holds both equal.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
import polars as pl
from numpy.typing import NDArray

from indicators.joined import day_column
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

    @cached_property
    def ends(self) -> NDArray[np.int64]:
        """The reporting dates as days since 1970."""
        return np.array(self.dates, dtype="datetime64[D]").astype(np.int64)

    @cached_property
    def numbers(self) -> Places:
        """The number of each base row's patient and period."""
        return self.numbers_of(self.base)

    def numbers_of(self, frame: pl.DataFrame) -> Places:
        """Return the number of each row's patient and period."""
        return _patients(frame) * len(self.dates) + np.searchsorted(self.ends, _days(frame, "period_end"))

    def rows_by_number(self) -> Places:
        """Return the row on which each patient and period stands, -1 where there is none."""
        rows = np.full((self.people + 1) * len(self.dates), -1, dtype=np.int64)
        rows[self.numbers] = np.arange(self.base.height)
        return rows


@dataclass(frozen=True)
class Latest:
    """A variable's row of the latest day until each period's end, for each number of patient and period.

    It does not depend on where periods start, so it serves all lengths of period.

    Attributes:
        rows: The row, -1 where there is none.
        days: Its day, in days since 1970.
    """

    rows: Places
    days: Places


def place_beside(
    grid: Grid,
    variables: Sequence[Variable],
    frames: Mapping[str, pl.DataFrame],
    columns: Mapping[str, Sequence[str]],
    kept: dict[str, Latest] | None = None,
) -> pl.DataFrame:
    """Return the base columns with the value columns of each variable beside them, NULL where it has no row.

    Args:
        grid: The base rows.
        variables: Those to place.
        frames: Rows of each variable, by name.
        columns: Value columns of each variable, by name.
        kept: The latest rows of variables that another length of period has placed before; added to.

    Raises:
        DefinitionError: A variable returned two rows for one patient (and period or day).
    """
    by_number = grid.rows_by_number()
    kept = {} if kept is None else kept
    placed = [grid.base]
    for variable in variables:
        frame, own = frames[variable.name], columns[variable.name]
        if variable.rows == "patient":
            origin = origin_by_patient(grid, variable, frame)
        elif variable.rows == "patient and period":
            origin = origin_by_period(grid, variable, frame, by_number)
        else:
            if variable.name not in kept:
                kept[variable.name] = latest_of(grid, variable, frame, own)
            origin = origin_by_day(grid, variable, kept[variable.name])
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
    target = by_number[grid.numbers_of(frame)]
    is_wanted = target >= 0
    origin = np.full(grid.base.height, -1, dtype=np.int64)
    origin[target[is_wanted]] = np.flatnonzero(is_wanted)
    refuse_repeated(variable, int(np.count_nonzero(origin >= 0)), int(np.count_nonzero(is_wanted)))
    return origin


def latest_of(grid: Grid, variable: Variable, frame: pl.DataFrame, own: Sequence[str]) -> Latest:
    """Return a variable's row of the latest day until each period's end.

    Each row is put into the first period that ends on or after its day, and the latest of each period is carried on
    to the periods after it.
    """
    days = _days(frame, day_column(variable, own))
    periods = np.searchsorted(grid.ends, days)
    numbers = _patients(frame) * len(grid.dates) + periods
    is_wanted = periods < len(grid.dates)
    latest = np.full((grid.people + 1) * len(grid.dates), np.iinfo(np.int64).min)
    np.maximum.at(latest, numbers[is_wanted], days[is_wanted])
    is_latest = is_wanted.copy()
    is_latest[is_wanted] = latest[numbers[is_wanted]] == days[is_wanted]
    rows = np.full(len(latest), -1, dtype=np.int64)
    rows[numbers[is_latest]] = np.flatnonzero(is_latest)
    if len(own) > 1:
        refuse_repeated(variable, int(np.count_nonzero(rows >= 0)), int(np.count_nonzero(is_latest)))
    filled = np.where(rows >= 0, np.arange(len(rows)), -1).reshape(-1, len(grid.dates))
    carried = np.maximum.accumulate(filled, axis=1).ravel()
    return Latest(np.where(carried >= 0, rows[carried], -1), latest[carried])


def origin_by_day(grid: Grid, variable: Variable, latest: Latest) -> Places:
    """Return for each base row the row of the variable of the period's latest day, -1 where the period has none."""
    base = grid.base
    if variable.within:
        first = (pl.col("period_end") + pl.duration(days=1)).dt.offset_by(f"-{variable.within}mo")
        base = base.select(pl.max_horizontal("period_start", first).alias("period_start"))
    is_within = latest.days[grid.numbers] >= _days(base, "period_start")
    return np.where(is_within, latest.rows[grid.numbers], -1)


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
    return _patients(frame) * DAYS_PER_PATIENT + _days(frame, day) + DAY_ZERO


def _patients(frame: pl.DataFrame) -> Places:
    return frame["patient_id"].to_numpy().astype(np.int64)


def _days(frame: pl.DataFrame, day: str) -> Places:
    return frame[day].to_physical().to_numpy().astype(np.int64)


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
