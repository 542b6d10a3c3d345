"""The cells worked out slowly from the rows of the warehouse's core tables, and the engine's own."""

import re
from collections import defaultdict
from datetime import date

import duckdb

from indicators.delivered.silence import find_silences
from synthetic.known_indicators.cells import Cell, Numbers, cells_of
from synthetic.known_indicators.who_and_where import Row
from tests.lib.evaluate import catalogue

TABLES = (
    "person", "residence", "registration", "hospital_contact", "diagnosis", "procedure", "measurement", "dispensing",
    "service", "examination", "municipal_course", "municipal_encounter", "message",
)  # fmt: skip


def rows_by_patient(con: duckdb.DuckDBPyConnection) -> dict[str, dict[str, list[Row]]]:
    """Return every row of everybody whom a classifier found, by patient and table.

    Women who have had gestational diabetes come once more by themselves, with what else they have beside it.
    """
    told = (*TABLES, "diabetes", "other_diabetes", "gestational")
    people: dict[str, dict[str, list[Row]]] = defaultdict(lambda: {table: [] for table in told})
    classifier = con.execute("SELECT value FROM indicator.run WHERE key = 'classifier'").fetchone()
    for table in TABLES:
        _collect(con, people, table, f"SELECT * FROM core.{table} SEMI JOIN indicator.diabetes USING (patient_id)", [])
    of_classifier = "SELECT * FROM indicator.diabetes WHERE definition = ?"
    _collect(con, people, "diabetes", of_classifier, list(classifier or ()))
    _collect(con, people, "gestational", of_classifier, ["gestational_diabetes"])
    known = {patient: rows for patient, rows in people.items() if rows["person"]}
    after = {
        f"{patient}, after pregnancy": rows | {"diabetes": rows["gestational"], "other_diabetes": rows["diabetes"]}
        for patient, rows in known.items()
        if rows["gestational"]
    }
    return {patient: rows for patient, rows in known.items() if rows["diabetes"]} | after


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


def slow_cells(con: duckdb.DuckDBPyConnection, period_end: date) -> dict[Cell, Numbers]:
    """Return the numbers of every cell of one reporting date in which somebody is counted."""
    people = rows_by_patient(con).values()
    return cells_of(people, cluster_of(con, period_end), period_end, silent_units(con, period_end))


def silent_units(con: duckdb.DuckDBPyConnection, period_end: date) -> dict[tuple[str, date], set[tuple[str, str]]]:
    """Return the units that deliver nothing for each indicator, as the engine finds them.

    Which units are silent is drawn in tests/unit/indicators/test_silence.py; what becomes of their people is not taken
    from the engine.
    """
    known = catalogue()
    (dates,) = con.execute("SELECT list(DISTINCT period_end ORDER BY period_end) FROM indicator.result").fetchone()
    silences = find_silences(con, known, dates)
    found: dict[tuple[str, date], set[tuple[str, str]]] = {}
    for indicator in known.indicators:
        named = silences.undelivered.get(indicator.id, "")
        for silence in silences.found:
            if re.search(rf"\b{silence.name}\b", named):
                units = silence.units.filter(months=indicator.period, period_end=period_end)["unit_id"]
                found.setdefault((indicator.id, period_end), set()).update((silence.level, unit) for unit in units)
    return found


def fast_cells(con: duckdb.DuckDBPyConnection, period_end: date) -> dict[Cell, Numbers]:
    """Return the engine's numbers of every computed cell of one reporting date in which somebody is counted.

    Groups of stratifiers have a test of their own.
    """
    counts = ("numerator", "denominator", "patients", "numerator_patients", "complement_patients", "eligible")
    names = (*counts, "patient_years", "value")
    rows = con.execute(
        f"SELECT indicator_id, period_end, level, unit_id, sex, age_band, {', '.join(names)} FROM indicator.result "
        "WHERE period_end = ? AND state IN ('computed', 'too_few') AND greatest(denominator, eligible, patients) > 0 "
        "AND level NOT LIKE 'by!_%' ESCAPE '!'",
        [period_end],
    ).fetchall()
    return {row[:6]: dict(zip(names, row[6:], strict=True)) for row in rows}
