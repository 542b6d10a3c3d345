"""Compare what measures find with what the reports of test patients expect, and say which clause decided."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import duckdb
import sqlglot
from sqlglot import exp

from indicators.definitions.clauses import truth
from indicators.definitions.definition import PARAMETER
from indicators.dialect import fetch
from indicators.measures.criteria import who_of
from indicators.measures.definition import Measure, MeasureSet
from indicators.measures.evaluate import column_of, populations_of, values_of

# A population that stands on another is explained by it first.
STANDS_ON = {
    "denominator": "initial-population",
    "denominator-exclusion": "denominator",
    "denominator-exception": "denominator",
    "numerator": "denominator",
}


@dataclass(frozen=True)
class Agreement:
    """One population of one measure over all its test patients.

    Attributes:
        measure: Published name of the measure.
        population: Code of the population in FHIR.
        cases: Test patients whose report tells of it.
        expected: How many of them the reports expect in it.
        found: How many of them are found in it.
        agreeing: For how many the two are the same.
    """

    measure: str
    population: str
    cases: int
    expected: int
    found: int
    agreeing: int


@dataclass(frozen=True)
class Disagreement:
    """One test patient of whom a measure finds something else than expected.

    Attributes:
        case: Bundle, or folder of loose resources, of the patient.
        description: What the report says the patient is to test.
        reason: The clause that decided, and what it saw.
    """

    measure: str
    case: str
    description: str
    population: str
    expected: int
    found: int
    reason: str


def agreements(con: duckdb.DuckDBPyConnection, measures: MeasureSet, measure: Measure) -> list[Agreement]:
    """Return the agreement on each population of a measure that some report tells of.

    Args:
        con: A connection with `test_case`, `expected` and the `patient_period` of `compute_measures`.
        measures: The measures of the pack.
        measure: One of them.
    """
    found = []
    for population in populations_of(measures, measure):
        counts = con.execute(
            "SELECT count(*), coalesce(sum(expected), 0), coalesce(sum(found), 0), count(*) FILTER (expected = found) "
            f"FROM ({_compared(measure, population)})"
        ).fetchone()
        if counts and counts[0]:
            found.append(Agreement(measure.reports, population, *(int(each) for each in counts)))
    return found


def _compared(measure: Measure, population: str) -> str:
    return (
        "SELECT test_case.patient_id, test_case.group_name, test_case.description, test_case.period_end, "
        f"expected.expected, CAST(patient_period.{column_of(measure, population)} AS INTEGER) AS found "
        "FROM test_case JOIN expected USING (patient_id) JOIN patient_period USING (patient_id) "
        f"WHERE expected.population = '{population}' "
        f"AND regexp_matches(test_case.measure, '^{measure.reports}([^0-9]|$)')"
    )


def disagreements(con: duckdb.DuckDBPyConnection, measures: MeasureSet, measure: Measure) -> list[Disagreement]:
    """Return every test patient of whom a measure finds something else than expected, with the clause that decided."""
    found = []
    for population in populations_of(measures, measure):
        rows = con.execute(
            f"SELECT * FROM ({_compared(measure, population)}) WHERE expected <> found ORDER BY group_name"
        ).fetchall()
        for patient, case, description, period_end, expected, is_found in rows:
            reason = reason_of(con, measures, measure, population, patient, period_end)
            found.append(Disagreement(measure.reports, case, description, population, int(expected), is_found, reason))
    return found


def reason_of(
    con: duckdb.DuckDBPyConnection,
    measures: MeasureSet,
    measure: Measure,
    population: str,
    patient: int,
    period_end: date,
) -> str:
    """Return why one test patient is, or is not, in a population: the clause that decided and what it saw."""
    row = fetch(con, "SELECT * FROM patient_period WHERE patient_id = $patient", {"patient": patient}).row(
        0, named=True
    )
    below = STANDS_ON.get(population)
    if below and not row[column_of(measure, below)]:
        return f"not in the {below}: " + reason_of(con, measures, measure, below, patient, period_end)
    clauses = clauses_behind(measures, measure, population)
    if not clauses:
        return "the measure has no such clause"
    bound = {"patient": patient, **values_of(measures, period_end)}
    columns = ", ".join(f"{truth(sql)} AS clause_{place}" for place, (_, sql) in enumerate(clauses))
    answers = fetch(con, f"SELECT {columns} FROM patient_period WHERE patient_id = $patient", bound).row(0)
    if population == "numerator" and row[column_of(measure, "denominator-exclusion")]:
        return "excluded from the denominator: " + reason_of(
            con, measures, measure, "denominator-exclusion", patient, period_end
        )
    is_found = bool(row[column_of(measure, population)])
    wanted = [clause for clause, answer in zip(clauses, answers, strict=True) if answer == is_found]
    verb = "" if is_found else "not: "
    return "; ".join(f"{verb}{who} ({seen(measures, sql, row, bound)})" for who, sql in wanted or clauses)


def clauses_behind(measures: MeasureSet, measure: Measure, population: str) -> list[tuple[str, str]]:
    """Return the clauses that decide a population, in words and in SQL; those joined by AND one by one."""
    if population == "initial-population":
        said = measures.populations[measure.population]
        return [(_words(measures, part), part) for part in conjuncts(said.when)]
    if population == "denominator":
        return [(measure.denominator.who.en, measure.denominator.when or "TRUE")]
    if population == "denominator-exclusion":
        return [(clause.who.en, clause.when) for clause in measure.exclusions]
    if population == "denominator-exception":
        return [(clause.who.en, clause.when) for clause in measure.exceptions]
    if population == "numerator" and measure.numerator:
        clauses = [(measure.numerator.who.en, measure.numerator.when or "FALSE")]
        if measure.measured and measure.missing_values == "count_as_numerator":
            clauses.append((f"lacks: {measure.measured.who.en}", f"NOT {truth(measure.measured.when)}"))
        return clauses
    return []


def conjuncts(expression: str) -> list[str]:
    """Return the parts of an expression that are joined by AND at its top."""
    tree = sqlglot.parse_one(expression, read="duckdb")
    parts = list(tree.flatten()) if isinstance(tree, exp.And) else [tree]
    return [part.sql(dialect="duckdb") for part in parts]


def _words(measures: MeasureSet, expression: str) -> str:
    names = _names(expression)
    told = [who_of(measures.criteria.criteria, name) for name in names]
    return " or ".join(told) if told else expression


def _names(expression: str) -> list[str]:
    tree = sqlglot.parse_one(PARAMETER.sub("0", expression), read="duckdb")
    return list(dict.fromkeys(column.name for column in tree.find_all(exp.Column)))


def seen(measures: MeasureSet, expression: str, row: Mapping[str, object], bound: Mapping[str, object]) -> str:
    """Return what an expression saw: each column and parameter it reads, and the criteria behind a combined one."""
    told: list[str] = []
    for name in _names(expression):
        told.append(f"{name} = {written(row[name])}")
        criteria = measures.criteria
        if name in criteria.criteria and criteria.criteria[name].any_of and row[name]:
            told += [f"{part} = {written(True)}" for part in criteria.parts_of(name) if row[part]]
    told += [f"{name} = {bound[name]}" for name in dict.fromkeys(PARAMETER.findall(expression))]
    return ", ".join(told) or expression


def written(value: object) -> str:
    """Return a value as the reasons write it."""
    if value is None:
        return "not told"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, float) else str(value)


def unknown_measures(con: duckdb.DuckDBPyConnection, every: Sequence[MeasureSet]) -> list[tuple[str, int]]:
    """Return the measures of which reports tell and no pack has: name, and how many reports."""
    known = [measure for each in every for measure in each.measures]
    told = con.execute(
        "SELECT coalesce(measure, 'no measure'), count(*) FROM test_case GROUP BY 1 ORDER BY 1"
    ).fetchall()
    return [(name, count) for name, count in told if not any(measure.is_told_by(name) for measure in known)]
