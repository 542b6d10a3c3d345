"""Compute measures on the facts of test patients: criteria, variables and clauses, set-wise, one period at a time."""

from collections.abc import Mapping
from datetime import date

import duckdb
import polars as pl

from indicators.definitions.clauses import clauses_of, truth
from indicators.definitions.parameters import values_on
from indicators.dialect import create_table, fetch, store
from indicators.measures.criteria import criteria_sql
from indicators.measures.definition import Measure, MeasureSet
from indicators.measures.facts import KEYS, show_period


def compute_measures(con: duckdb.DuckDBPyConnection, measures: MeasureSet, codelists: pl.DataFrame) -> None:
    """Create `patient_period`, one row per test patient: base columns, criteria, columns of variables, populations.

    Args:
        con: A connection with `test_case`, `case_fact`, `coding` and `component`.
        measures: What to compute.
        codelists: The supplied value sets: list, system, code; the pack's own are added.
    """
    store(con, "codelist", pl.concat([measures.codelists.select("list", "system", "code"), codelists]).unique())
    ends = [row[0] for row in con.execute("SELECT DISTINCT period_end FROM test_case ORDER BY 1").fetchall()]
    frames = []
    for period_end in ends:
        show_period(con, period_end)
        bound = values_of(measures, period_end)
        create_table(con, "criterion", criteria_sql(measures.criteria))
        for name, variable in measures.variables.items():
            create_table(con, f"variable_{name}", variable.sql, bound)
        create_table(con, "patient_period", joined_sql(measures))
        frames.append(fetch(con, populated_sql(measures), bound))
    store(con, "patient_period", pl.concat(frames))


def values_of(measures: MeasureSet, day: date) -> Mapping[str, int | float]:
    """Return the values of all parameters that hold on a day."""
    return values_on(measures.parameters, measures.parameters, day, where=f"packs/{measures.pack}")


def joined_sql(measures: MeasureSet) -> str:
    """Return the SELECT of `patient_period` without populations; a criterion of which no fact tells is false."""
    truths = ", ".join(f"coalesce(criterion.{name}, FALSE) AS {name}" for name in measures.criteria.criteria)
    columns = "".join(f", variable_{name}.* EXCLUDE ({', '.join(KEYS)})" for name in measures.variables)
    joins = " ".join(
        f"LEFT JOIN variable_{name} ON variable_{name}.patient_id = patient.patient_id "
        f"AND variable_{name}.period_end = patient.period_end"
        for name in measures.variables
    )
    return (
        f"SELECT patient.*, {truths}{columns} FROM patient LEFT JOIN criterion "
        f"ON criterion.patient_id = patient.patient_id AND criterion.period_end = patient.period_end {joins}"
    )


def populated_sql(measures: MeasureSet) -> str:
    """Return the SELECT of `patient_period` with one truth column per measure and population of a report."""
    columns = [
        f"{sql} AS {column_of(measure, population)}"
        for measure in measures.measures
        for population, sql in populations_of(measures, measure).items()
    ]
    return f"SELECT *, {', '.join(columns)} FROM patient_period"


def column_of(measure: Measure, population: str) -> str:
    """Return the name of the column that tells whether a patient is in a population of a measure."""
    return f"{measure.id}__{population.replace('-', '_')}"


def populations_of(measures: MeasureSet, measure: Measure) -> dict[str, str]:
    """Return the truth expression of each population of a measure's report, by its code in FHIR.

    As the official results do, an excluded patient stays in the denominator and leaves the numerator.
    """
    population = truth(measures.populations[measure.population].when)
    clauses, exclusions = clauses_of(measure, population), len(measure.exclusions)
    return {
        "initial-population": population,
        "denominator": f"{population} AND {truth(measure.denominator.when or 'TRUE')}",
        "denominator-exclusion": truth(f"({clauses.excluded_by}) <= {exclusions}"),
        "denominator-exception": truth(f"({clauses.excluded_by}) > {exclusions}"),
        "numerator": clauses.is_met or "FALSE",
        "numerator-exclusion": "FALSE",
    }
