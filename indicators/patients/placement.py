"""Put the columns of many variables beside the base columns by number, instead of by joins.

What is meant is `joined.joined_sql`: base columns LEFT JOIN each variable on patient and period, and any SQL engine may
run that. On one machine, thirty hash joins would cost more than everything else the engine does; here every row of a
variable is moved to its place in one step. A test holds both equal.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from indicators.definitions.variables import Variable
from indicators.patients.joined import day_column
from tvaers.errors import DefinitionError

Numbers = NDArray[np.int64]
Places = NDArray[np.int32]
# A day and, below it, the number of a row.
ROW_BITS = 32
ROW_MASK = (1 << ROW_BITS) - 1
NEVER = np.iinfo(np.int64).min
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

    @cached_property
    def starts(self) -> Places:
        """The first day of each base row's period, as days since 1970."""
        return _days(self.base, "period_start")

    def numbers_of(self, frame: pl.DataFrame) -> Places:
        """Return the number of each row's patient and period."""
        return _patients(frame) * len(self.dates) + self.periods_of(_days(frame, "period_end"))

    def periods_of(self, days: Places) -> Places:
        """Return the place of the first reporting date on or after each day; how many there are where none is."""
        if not len(days):
            return days
        first = int(days.min())
        every_day = np.arange(first, int(days.max()) + 1)
        return np.searchsorted(self.ends, every_day).astype(np.int32)[days - first]

    def for_each_number(self, value: int, kind: type[np.generic]) -> NDArray[Any]:
        """Return a column of the same value for each number of a patient and period."""
        return np.full((self.people + 1) * len(self.dates), value, dtype=kind)


def place_beside(
    grid: Grid,
    variables: Sequence[Variable],
    frames: Mapping[str, pl.DataFrame],
    columns: Mapping[str, Sequence[str]],
    kept: dict[str, Numbers] | None = None,
) -> pl.DataFrame:
    """Return the base columns with the value columns of each variable beside them, NULL where it has no row.

    Args:
        grid: The base rows.
        variables: Those to place.
        frames: Rows of each variable, by name.
        columns: Value columns of each variable, by name.
        kept: What `latest_of` said of variables that another length of period has placed before; added to.

    Raises:
        DefinitionError: A variable returned two rows for one patient (and period or day).
    """
    kept = {} if kept is None else kept
    placed = [grid.base]
    for variable in variables:
        frame, own = frames[variable.name], columns[variable.name]
        if variable.rows == "patient and sign":
            placed.append(signs_beside(grid, frame, own))
            continue
        if variable.responsible:
            frame = summed(grid, variable, frame, own)
        if variable.rows == "patient":
            origin = origin_by_patient(grid, variable, frame)
        elif variable.rows != "patient and day":
            origin = origin_by_period(grid, variable, frame)
        else:
            if variable.name not in kept:
                kept[variable.name] = latest_of(grid, variable, frame, own)
            origin = origin_by_day(grid, variable, kept[variable.name])
        placed.append(taken_from(frame, own, origin))
    return pl.concat(placed, how="horizontal")


def summed(grid: Grid, variable: Variable, frame: pl.DataFrame, own: Sequence[str]) -> pl.DataFrame:
    """Return one row per patient and period of rows of several organisations, as `joined.summed_sql` adds them up.

    Most patients meet one organisation in a period; only the rows of the others are grouped.

    Raises:
        DefinitionError: There are two rows for one patient, period and organisation.
    """
    numbers = grid.numbers_of(frame)
    is_alone = np.bincount(numbers)[numbers] == 1
    several = frame.filter(~is_alone)
    refuse_repeated(variable, several.select(variable.keys).n_unique(), several.height)
    counts = pl.col([name for name in own if name.endswith("_count")])
    totals = {
        name: pl.when(pl.col(name).is_not_null().any()).then(pl.col(name).sum().cast(pl.Int64))
        if name.endswith("_count")
        else pl.col(name).max()
        for name in own
    }
    alone = frame.filter(is_alone).select("patient_id", "period_end", *own).with_columns(counts.cast(pl.Int64))
    return pl.concat([alone, several.group_by("patient_id", "period_end").agg(**totals)])


def origin_by_patient(grid: Grid, variable: Variable, frame: pl.DataFrame) -> Places:
    """Return for each base row the row of the variable that belongs to the patient, -1 where there is none."""
    by_patient = np.full(grid.people + 1, -1, dtype=np.int32)
    by_patient[_patients(frame)] = np.arange(frame.height)
    refuse_repeated(variable, int(np.count_nonzero(by_patient >= 0)), frame.height)
    return by_patient[_patients(grid.base)]


def origin_by_period(grid: Grid, variable: Variable, frame: pl.DataFrame) -> Places:
    """Return for each base row the row of the variable that belongs to patient and period, -1 where there is none."""
    numbers = grid.numbers_of(frame)
    rows = grid.for_each_number(-1, np.int32)
    rows[numbers] = np.arange(frame.height)
    if np.count_nonzero(rows >= 0) < frame.height:
        is_on_a_row = grid.for_each_number(value=False, kind=np.bool_)
        is_on_a_row[grid.numbers] = True
        refuse_repeated(
            variable, int(np.count_nonzero((rows >= 0) & is_on_a_row)), int(np.count_nonzero(is_on_a_row[numbers]))
        )
    return rows[grid.numbers]


def latest_of(grid: Grid, variable: Variable, frame: pl.DataFrame, own: Sequence[str]) -> Numbers:
    """Return a variable's row of the latest day until each period's end, for each number of patient and period.

    Each row is put into the first period that ends on or after its day, and the latest of each period is carried on
    to the periods after it. What is returned is the day and the row in one number, NEVER where there is no row; it
    does not depend on where periods start, so it serves all lengths of period.
    """
    days = _days(frame, day_column(variable, own))
    periods = grid.periods_of(days)
    numbers = _patients(frame) * len(grid.dates) + periods
    marked = (days.astype(np.int64) << ROW_BITS) | np.arange(frame.height)
    if (periods == len(grid.dates)).any():
        is_wanted = periods < len(grid.dates)
        days, numbers, marked = days[is_wanted], numbers[is_wanted], marked[is_wanted]
    latest = grid.for_each_number(NEVER, np.int64)
    np.maximum.at(latest, numbers, marked)
    if len(own) > 1:
        of_latest_day = int(np.count_nonzero(latest[numbers] >> ROW_BITS == days))
        refuse_repeated(variable, int(np.count_nonzero(latest != NEVER)), of_latest_day)
    return np.maximum.accumulate(latest.reshape(-1, len(grid.dates)), axis=1).ravel()


def origin_by_day(grid: Grid, variable: Variable, latest: Numbers) -> Places:
    """Return for each base row the row of the variable of the period's latest day, -1 where the period has none."""
    first = grid.starts
    if variable.within:
        after = pl.Series(grid.dates).dt.offset_by("1d").dt.offset_by(f"-{variable.within}mo")
        first = np.maximum(first, after.to_physical().to_numpy()[grid.numbers % len(grid.dates)])
    marked = latest[grid.numbers]
    return np.where(marked >> ROW_BITS >= first, marked & ROW_MASK, -1).astype(np.int32)


def signs_beside(grid: Grid, frame: pl.DataFrame, own: Sequence[str]) -> pl.DataFrame:
    """Return for each base row the first sign, the latest before observation and the first from then on.

    Args:
        grid: The base rows.
        frame: Patients and days of signs.
        own: The names of the three columns; the first is that of the day.
    """
    order = np.argsort(days_of_patients(frame, own[0]))
    signs = days_of_patients(frame, own[0])[order]
    edges = np.searchsorted(signs, np.arange(grid.people + 2) * DAYS_PER_PATIENT)
    patients = _patients(grid.base)
    first, after = edges[patients], edges[patients + 1]
    following = np.searchsorted(signs, days_of_patients(grid.base, "observed_from"))
    places = (
        np.where(first < after, first, -1),
        np.where(first < following, following - 1, -1),
        np.where(following < after, following, -1),
    )
    days = frame.select(pl.col(own[0]).gather(order))
    return pl.concat(
        [taken_from(days, own[:1], place).rename({own[0]: name}) for name, place in zip(own, places, strict=True)],
        how="horizontal",
    )


def rows_of_latest_day(facts: pl.DataFrame, day: str, base: pl.DataFrame, *, first: str, last: str) -> Numbers:
    """Return for each base row the row of the patient's latest fact between two days, -1 where there is none.

    Args:
        facts: Rows with patient_id and a day.
        day: The column of that day.
        base: Rows with patient_id and the two days.
        first: The column of the first day, included.
        last: The column of the last day, included.
    """
    if facts.is_empty():
        return np.full(base.height, -1)
    keys = days_of_patients(facts, day)
    order = np.argsort(keys, kind="stable")
    keys = keys[order]
    latest = np.searchsorted(keys, days_of_patients(base, last), side="right") - 1
    is_within = (latest >= 0) & (keys[latest] >= days_of_patients(base, first))
    return np.where(is_within, order[latest], -1)


def taken_from(frame: pl.DataFrame, columns: Sequence[str], rows: Places | Numbers) -> pl.DataFrame:
    """Return some columns of the rows with these numbers, NULL where the number is -1."""
    chosen = pl.Series(rows.astype(np.uint32)).set(pl.Series(rows < 0), None)
    return frame.select(pl.col(list(columns)).gather(chosen))


def days_of_patients(frame: pl.DataFrame, day: str) -> Numbers:
    """Return numbers in the order of patients, then days; the days of one patient never reach the next's."""
    return _patients(frame).astype(np.int64) * DAYS_PER_PATIENT + _days(frame, day) + DAY_ZERO


def _patients(frame: pl.DataFrame) -> Places:
    return frame["patient_id"].to_numpy().astype(np.int32, copy=False)


def _days(frame: pl.DataFrame, day: str) -> Places:
    return frame[day].to_physical().to_numpy()


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
