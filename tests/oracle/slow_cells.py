"""Adds patients up to units and breakdowns, one patient at a time, and compares the cells with the engine's."""

from collections import defaultdict
from datetime import date
from statistics import median

import duckdb

from tests.oracle.slow_facts import Row
from tests.oracle.slow_indicators import DURING_PERIOD, MONTHS, PRESENT, Counted, count
from tests.oracle.slow_patient import Patient

TABLES = (
    "person", "residence", "registration", "hospital_contact", "diagnosis", "procedure", "measurement", "dispensing",
    "service", "examination", "municipal_course", "municipal_encounter",
)  # fmt: skip
Cell = tuple[str, date, str, str, str, str]
MEDIANS = ("hba1c_median", "referral_to_start")
INDICATORS = (*PRESENT, *DURING_PERIOD)


def rows_by_patient(con: duckdb.DuckDBPyConnection) -> dict[str, dict[str, list[Row]]]:
    """Return every row of everybody whom the classifier found, by patient and table."""
    people: dict[str, dict[str, list[Row]]] = defaultdict(lambda: {table: [] for table in (*TABLES, "diabetes")})
    classifier = con.execute("SELECT value FROM indicator.run WHERE key = 'classifier'").fetchone()
    for table in TABLES:
        _collect(con, people, table, f"SELECT * FROM core.{table} SEMI JOIN indicator.diabetes USING (patient_id)", [])
    of_classifier = "SELECT * FROM indicator.diabetes WHERE definition = ?"
    _collect(con, people, "diabetes", of_classifier, list(classifier or ()))
    return {patient: rows for patient, rows in people.items() if rows["diabetes"] and rows["person"]}


def _collect(
    con: duckdb.DuckDBPyConnection, people: dict[str, dict[str, list[Row]]], table: str, sql: str, bound: list[str]
) -> None:
    found = con.execute(sql, bound)
    columns = [column[0] for column in found.description]
    for values in found.fetchall():
        row = dict(zip(columns, values, strict=True))
        people[str(row["patient_id"])][table].append(row)


def cluster_of(con: duckdb.DuckDBPyConnection, day: date) -> dict[str, str]:
    """Return the cluster of each practice on a day."""
    clusters: dict[str, tuple[date, str]] = {}
    for practice, cluster, starts_on in con.execute(
        "SELECT practice_id, cluster_id, starts_on FROM core.practice"
    ).fetchall():
        if starts_on <= day and (practice not in clusters or starts_on > clusters[practice][0]):
            clusters[practice] = (starts_on, cluster or "none")
    return {practice: cluster for practice, (_, cluster) in clusters.items()}


def places(patient: Patient, clusters: dict[str, str]) -> list[tuple[str, str, str, str]]:
    """Return every level, unit, sex and age band in which a patient is counted."""
    sex, band = patient.person["sex"], patient.age_band
    found = [("all", "all", s, b) for s in ("all", sex) for b in ("all", band)]
    found += [("municipality", patient.municipality, s, b) for s, b in (("all", "all"), (sex, "all"), ("all", band))]
    found.append(("practice", patient.practice, "all", "all"))
    found.append(("cluster", clusters.get(patient.practice, "none"), "all", "all"))
    found.append(("hospital", patient.hospital, "all", "all"))
    return found


def slow_cells(con: duckdb.DuckDBPyConnection, period_end: date) -> dict[Cell, dict[str, float | None]]:
    """Return the numbers of every cell of one reporting date in which somebody is counted."""
    people = rows_by_patient(con)
    clusters = cluster_of(con, period_end)
    added: dict[Cell, list[Counted]] = defaultdict(list)
    for rows in people.values():
        seen = {months: Patient(rows, period_end, months) for months in {12, *MONTHS.values()}}
        for indicator in INDICATORS:
            patient = seen[MONTHS.get(indicator, 12)]
            counted = count(patient, indicator)
            if counted is not None:
                for level, unit, sex, band in places(patient, clusters):
                    added[indicator, period_end, level, unit, sex, band].append(counted)
    found = {cell: numbers_of(counted, is_median=cell[0] in MEDIANS) for cell, counted in added.items()}
    return {cell: numbers for cell, numbers in found.items() if numbers["eligible"]}


def numbers_of(counted: list[Counted], *, is_median: bool) -> dict[str, float | None]:
    """Return a cell's numbers from the patients in it."""
    inside = [each for each in counted if each.denominator > 0 and (each.days > 0 or not any(c.days for c in counted))]
    values = [each.value for each in inside if each.value is not None]
    days = sum(each.days for each in inside)
    numerator, denominator = sum(each.numerator for each in inside), sum(each.denominator for each in inside)
    found: dict[str, float | None] = {
        "numerator": None if is_median else numerator,
        "denominator": denominator,
        "patients": len(inside),
        "numerator_patients": None if is_median else sum(each.numerator > 0 for each in inside),
        "eligible": denominator + sum(each.is_missing for each in counted),
        "patient_years": days / 365.25 if days else None,
        "value": None,
    }
    if values:
        found["value"] = float(median(values))
    elif days:
        found["value"] = 1000 * numerator / (days / 365.25)
    elif denominator and not is_median:
        found["value"] = numerator / denominator
    return found


def fast_cells(con: duckdb.DuckDBPyConnection, period_end: date) -> dict[Cell, dict[str, float | None]]:
    """Return the engine's numbers of every computed cell of one reporting date in which somebody is counted."""
    names = ("numerator", "denominator", "patients", "numerator_patients", "eligible", "patient_years", "value")
    rows = con.execute(
        f"SELECT indicator_id, period_end, level, unit_id, sex, age_band, {', '.join(names)} FROM indicator.result "
        "WHERE period_end = ? AND state = 'computed' AND greatest(denominator, eligible, patients) > 0",
        [period_end],
    ).fetchall()
    return {row[:6]: dict(zip(names, row[6:], strict=True)) for row in rows}
