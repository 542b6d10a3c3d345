"""One indicator on drawn tables: what becomes of each patient, in the words of a boundary case."""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from types import SimpleNamespace

import duckdb
import polars as pl

from indicators.catalogue import Catalogue, load_catalogue
from indicators.counting.cells import UNIT_COLUMN, Counted
from indicators.counting.patient_results import COLUMNS, latest_patients, patient_result_sql
from indicators.counting.responsible_units import places_of_events, rows_at_units
from indicators.definitions.clauses import CENSORED_LATER, DAYS_PER_YEAR
from indicators.definitions.definition import Indicator
from indicators.definitions.variables import Variable
from indicators.dialect import Bound, fetch, ranges, shown_as
from indicators.engine import Run, by_length, patient_period, prepare, show_members
from tests.lib.drawn_tables import draw, erase, parse, patient_uuid, warehouse_of

OUTCOME = ("excluded_by", "in_denominator", "is_missing", "numerator", "denominator", "patient_years", "value")
ROOT = Path(__file__).parents[2]


@cache
def catalogue(disease: str = "type_2_diabetes", country: str = "denmark") -> Catalogue:
    """Return the catalogue of the checkout, loaded once per test process."""
    return load_catalogue(disease, SimpleNamespace(folder=ROOT / "packs" / country))


def neighbours() -> list[str]:
    """Return the countries besides the one whose extracts are read: their packs define indicators."""
    folders = (path.parent for path in ROOT.glob("packs/*/sets") if path.parent.name != "scaffold")
    return sorted(folder.name for folder in folders if folder.name != "denmark")


def used_variables(known: Catalogue) -> list[Variable]:
    """Return the variables that a catalogue's indicators use; the others are used in other countries."""
    return [
        each for each in known.variables.values() if any(each in known.variables_of(one) for one in known.indicators)
    ]


def used_populations(known: Catalogue) -> list[str]:
    """Return the populations that a catalogue's indicators are about."""
    return [name for name in known.populations.populations if any(each.population == name for each in known.indicators)]


@cache
def blank_warehouse() -> duckdb.DuckDBPyConnection:
    """Return an empty in-memory warehouse, the same one every time: creating its tables is what takes long."""
    return warehouse_of("")


def evaluate(
    drawing: str, indicator_id: str, reporting_date: str | date, known: Catalogue | None = None
) -> dict[int, str]:
    """Return what becomes of each drawn patient under one indicator.

    Returns:
        By patient number, one of
        'met', 'not met' (proportions of patients);
        '1 of 2' (proportions of events: numerator of denominator), followed by ': 1 of 1 at 6630, 0 of 1 at 7601' where
        the definition counts them at other organisations than where the patient belongs;
        '1 in 184 days' (rates: events in days under observation);
        'value 53' (medians: the patient's value);
        'after 21 days' or 'not in 21 days' (times: the event came, or had not come when the patient was last seen);
        'missing' (the denominator describes them, but the value is missing and the policy leaves them out);
        'excluded: <words of the exclusion>';
        'not in denominator' (also for those outside the population).

    Example:
        >>> evaluate("measurement\\npatient | taken_on | value\\n1 | 2025-09-30 | 53", "hba1c_measured", "2025-12-31")
        {1: 'met'}
    """
    found = known or catalogue()
    indicator = found.indicator(indicator_id)
    day = date.fromisoformat(reporting_date) if isinstance(reporting_date, str) else reporting_date
    con = blank_warehouse()
    draw(con, drawing)
    try:
        prepare(con, found)
        run = Run(con, found, [day], found.values_on([indicator], day), by_length(found, [indicator]))
        show_members(run, "drawn", ranges(1)[0])
        rows = patient_results(run)
    finally:
        erase(con)
    has_events = indicator.denominator.count is not None
    words = {
        row["patient_id"]: in_words(indicator.kind, has_events, [row[column] for column in OUTCOME])
        for row in rows.to_dicts()
    }
    return {number: words.get(str(patient_uuid(number)), "not in denominator") for number in drawn_patients(drawing)}


def patient_results(run: Run) -> pl.DataFrame:
    """Return the patient-level results of the latest date, as the view `patient_result` would show them."""
    found = []
    for months, counted in run.lengths.items():
        latest = patient_period(run, months).filter(pl.col("period_end") == max(run.dates))
        found.append(results_of_patients(run.con, run.catalogue, counted, run.bound, latest))
    return pl.concat(found)


def results_of_patients(
    con: duckdb.DuckDBPyConnection, known: Catalogue, counted: Sequence[Counted], bound: Bound, latest: pl.DataFrame
) -> pl.DataFrame:
    """Return the patient-level results of some indicators on rows of `patient_period`."""
    patients = latest_patients(con, known, counted, bound, latest)
    with shown_as(con, "latest_patient", patients):
        statement = " UNION ALL ".join(patient_result_sql(each, "latest_patient") for each in counted)
        rows = fetch(con, statement, bound)
    return rows.rename(dict(zip(rows.columns, COLUMNS, strict=True)))


def words_of_units(
    con: duckdb.DuckDBPyConnection,
    known: Catalogue,
    counted: Sequence[Counted],
    bound: Bound,
    rows: pl.DataFrame,
    events: Mapping[str, pl.DataFrame],
) -> dict[tuple[str, str], str]:
    """Return where a patient's events count, by indicator and patient, if not all where the patient belongs."""
    found: dict[tuple[str, str], str] = {}
    for place in places_of_events(known, counted):
        own, column = known.columns[place.variable.name], UNIT_COLUMN[place.level]
        there = rows_at_units(con, place.variable, own, rows, events[place.variable.name])
        belongs = there.select("patient_id", pl.col(column).cast(pl.String)).join(
            rows.select("patient_id", pl.col(column).cast(pl.String).alias("own")), on="patient_id"
        )
        if belongs.filter(pl.col(column) != pl.col("own")).is_empty():
            continue
        with shown_as(con, "latest_patient", latest_patients(con, known, place.counted, bound, there)):
            for each in place.counted:
                told = fetch(con, patient_result_sql(each, "latest_patient", column, "'here'"), bound)
                told = told.rename(dict(zip(told.columns, (*COLUMNS, "unit", "here"), strict=True)))
                found |= words_of_indicator(each.indicator, told, rows, column, con)
    return found


def words_of_indicator(
    indicator: Indicator, told: pl.DataFrame, rows: pl.DataFrame, column: str, con: duckdb.DuckDBPyConnection
) -> dict[tuple[str, str], str]:
    """Return the words of those patients of one indicator whose events do not all count where they belong."""
    names = fetch(con, "SELECT patient_id AS number, pseudonym AS patient_id FROM member")
    own = dict(
        rows.select(number="patient_id", unit=pl.col(column).cast(pl.String))
        .join(names, on="number")
        .select("patient_id", "unit")
        .iter_rows()
    )
    has_events = indicator.denominator.count is not None
    by_patient: dict[str, list[tuple[str, str]]] = {}
    for row in told.sort("unit").to_dicts():
        words = in_words(indicator.kind, has_events, [row[name] for name in OUTCOME])
        if words != "not in denominator":
            by_patient.setdefault(row["patient_id"], []).append((row["unit"], words))
    return {
        (indicator.id, patient): ": " + ", ".join(f"{words} at {unit}" for unit, words in counted)
        for patient, counted in by_patient.items()
        if [unit for unit, _ in counted] != [own[patient]]
    }


def in_words(kind: str, counts_events: bool, row: Sequence) -> str:
    """Return one patient's outcome in the words of a boundary case."""
    excluded_by, in_denominator, is_missing, numerator, denominator, years, value = row
    if excluded_by:
        return f"excluded: {excluded_by}"
    if not in_denominator:
        return "missing" if is_missing else "not in denominator"
    if kind in ("median", "time_to_event") and value is None:
        return "no value"
    if kind == "median":
        return f"value {value:g}"
    if kind == "time_to_event":
        return f"after {value:g} days" if value % 1 == 0 else f"not in {value - CENSORED_LATER:g} days"
    if kind == "rate_per_1000_patient_years":
        return f"{numerator} in {years * DAYS_PER_YEAR:.0f} days"
    if counts_events:
        return f"{numerator} of {denominator}"
    return "met" if numerator else "not met"


def drawn_patients(drawing: str) -> list[int]:
    """Return the numbers of the drawn patients, in order."""
    return sorted({int(row["patient"]) for rows in parse(drawing).values() for row in rows if row.get("patient")})
