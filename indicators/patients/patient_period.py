"""One row per patient and period: where they belonged, how long they were observed, and the variables indicators need.

A person is observed on a day when they have the disease, live in the area and are alive (the day of death included).
The area is a list of municipalities: whoever moves to another is no longer observed, though their address is delivered.
Whoever moves away and comes back in one period is observed from the day of return: days away give no time at risk, and
what happened before the return is counted neither above nor below the line, as the time before it is not either.
They belong where they were on the last observed day of the period: the municipality they lived in, the practice they
were registered with, the practice's cluster on the reporting date, and the hospital of their latest physical contact.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta
from functools import cache

import duckdb
import numpy as np
import polars as pl
import sqlglot
from sqlglot import exp

from indicators.definitions.clauses import DAYS_PER_YEAR
from indicators.definitions.population import Breakdowns
from indicators.definitions.reading import unknown
from indicators.definitions.variables import Variable
from indicators.dialect import as_categories, create_days, create_table, fetch, show, store
from indicators.patients.belonging import (
    HOSPITAL_DAYS,
    LISTED,
    LIVED,
    NOWHERE,
    OBSERVED,
    PRACTICE_CLUSTER,
    PRACTICE_OUTSIDE,
    REGISTERED,
    patient_at_sql,
)
from indicators.patients.placement import rows_of_latest_day, taken_from
from tvaers.errors import DefinitionError

BASE_COLUMNS = (
    "patient_id",
    "period_start",
    "period_end",
    "sex",
    "age",
    "age_band",
    "diabetes_type",
    "diabetes_since_on",
    "observed_from",
    "observed_to",
    "observed_years",
    "is_present",
    "died_on",
    "municipality_id",
    "practice_id",
    "cluster_id",
    "hospital_id",
)


def first_day(period_end: date, months: int) -> date:
    """Return the first day of a period of so many months that ends on a day, both ends included.

    The day after the end is moved back by whole months; where that month is too short, to its last day.
    """
    after = period_end + timedelta(days=1)
    year, month = divmod(after.year * 12 + after.month - 1 - months, 12)
    next_month = date(year + (month == 11), (month + 1) % 12 + 1, 1)
    return min(date(year, month + 1, 1) + timedelta(days=after.day - 1), next_month - timedelta(days=1))


def create_reporting(
    con: duckdb.DuckDBPyConnection, dates: Sequence[date], lengths: Sequence[int], hospital_months: int
) -> None:
    """Create `reporting`: one row per reporting date with the first day of each length of period.

    `contact_start` is the first day on which a hospital contact decides where a person belongs.
    """
    columns: dict[str, list[date]] = {"period_end": list(dates)}
    for months in lengths:
        columns[f"start_{months}"] = [first_day(day, months) for day in dates]
    columns["earliest_start"] = [first_day(day, max(lengths)) for day in dates]
    columns["contact_start"] = [first_day(day, hospital_months) for day in dates]
    store(con, "reporting", pl.DataFrame(columns))


def create_area(con: duckdb.DuckDBPyConnection, municipalities: Collection[str] | None) -> None:
    """Create `area`, the municipalities whose inhabitants are counted and whose practices are units.

    Args:
        con: The warehouse.
        municipalities: Their codes; None for all that anybody lives in or any practice lies in.
    """
    if municipalities is None:
        everywhere = "SELECT municipality_code FROM core.residence UNION SELECT municipality_code FROM core.practice"
        create_table(con, "area", everywhere)
    else:
        store(
            con,
            "area",
            pl.DataFrame({"municipality_code": sorted(municipalities)}, schema={"municipality_code": pl.String}),
        )


def create_base(con: duckdb.DuckDBPyConnection, lengths: Sequence[int], breakdowns: Breakdowns) -> pl.DataFrame:
    """Create `patient_at`: base columns per member and reporting date, for all lengths of period; and return it.

    Those who are counted together stand together, and the rows of a patient beside each other: counting is then quick.
    """
    create_table(con, "lived", LIVED)
    create_table(con, "observed", OBSERVED)
    create_table(con, "practice_outside", PRACTICE_OUTSIDE)
    create_table(con, "listed", LISTED)
    create_table(con, "registered", REGISTERED)
    create_table(con, "practice_cluster", PRACTICE_CLUSTER)
    base = in_order_of_units(as_categories(fetch(con, patient_at_sql(lengths, breakdowns))))
    contacts = fetch(con, HOSPITAL_DAYS)
    latest = rows_of_latest_day(contacts, "started_on", base, first="contact_start", last="observed_to")
    hospital = taken_from(contacts, ["hospital_id"], latest).to_series().fill_null(NOWHERE)
    base = base.drop("contact_start").with_columns(hospital.cast(pl.Categorical))
    show(con, "patient_at", base)
    return base


def in_order_of_units(base: pl.DataFrame) -> pl.DataFrame:
    """Return rows of patients and dates so that those of one practice and patient stand together."""
    practice = base["practice_id"].to_physical().to_numpy()
    day = base["period_end"].to_physical().to_numpy()
    patient = base["patient_id"].to_numpy()
    return base[np.lexsort((day, patient, practice))]


def create_period(con: duckdb.DuckDBPyConnection, dates: Sequence[date], months: int) -> None:
    """Create the dates that variables see for one length of period: `period` and `period_day`."""
    spans = [(first_day(day, months), day) for day in dates]
    frame = pl.DataFrame(spans, schema={"period_start": pl.Date, "period_end": pl.Date}, orient="row")
    store(con, "period", frame)
    create_days(con, "period_day", spans)


def patient_sql(months: int) -> str:
    """Return the SELECT of `patient`, the base columns for one length of period."""
    return f"""
        SELECT
            patient_id, start_{months} AS period_start, period_end, sex, age, age_band, diabetes_type,
            diabetes_since_on, from_{months} AS observed_from, observed_to,
            (1 + date_diff('day', from_{months}, observed_to)) / 365.25 AS observed_years,
            is_present, died_on, municipality_id, practice_id, cluster_id, hospital_id
        FROM patient_at
        WHERE from_{months} <= observed_to
    """


def is_observed(months: int) -> pl.Expr:
    """Return which rows of `patient_at` have a row of `patient` for one length of period."""
    return pl.col(f"from_{months}") <= pl.col("observed_to")


def base_of(patient_at: pl.DataFrame, months: int) -> pl.DataFrame:
    """Return the rows that `patient_sql` selects from `patient_at`, without a way through the database."""
    days = 1 + (pl.col("observed_to") - pl.col("observed_from")).dt.total_days()
    return (
        patient_at.filter(is_observed(months))
        .rename({f"start_{months}": "period_start", f"from_{months}": "observed_from"})
        .with_columns((days / DAYS_PER_YEAR).alias("observed_years"))
        .select(BASE_COLUMNS)
    )


@cache
def is_same_for_all_lengths(variable: Variable) -> bool:
    """Return whether a variable's rows do not depend on where the period starts."""
    if variable.rows == "patient and day":
        return True
    tree = sqlglot.parse_one(variable.sql, read="duckdb")
    tables = {table.name for table in tree.find_all(exp.Table)}
    columns = {column.name for column in tree.find_all(exp.Column)}
    return not (tables & {"period_day", "patient"} or "period_start" in columns)


def owner_of(column: str, columns: Mapping[str, Sequence[str]], *, where: str) -> str | None:
    """Return the variable that a column of `patient_period` comes from, None for a base column.

    Raises:
        DefinitionError: No variable has the column; names the nearest that one has.
    """
    if column in BASE_COLUMNS:
        return None
    for name, own in columns.items():
        if column in own:
            return name
    known = [*BASE_COLUMNS, *(own for owns in columns.values() for own in owns)]
    raise unknown("column of patient_period", column, known, where=where)


def refuse_shared_columns(columns: Mapping[str, Sequence[str]]) -> None:
    """Refuse two variables that return a column of the same name.

    Raises:
        DefinitionError: Names the column and both variables.
    """
    seen: dict[str, str] = dict.fromkeys(BASE_COLUMNS, "the base columns")
    for name, own in columns.items():
        for column in own:
            if column in seen:
                raise DefinitionError(
                    f"The column '{column}' is returned twice.",
                    where=f"variables/{name}.sql and {seen[column]}",
                    what_to_do="Give one of the columns another name.",
                )
            seen[column] = f"variables/{name}.sql"
