"""What criteria and variables of measures read: test patients of one period, and their facts with code lists.

Measures cannot be computed from the core tables, which keep what a register tells: one code, one day, one number. They
ask for a status, several codes of one fact, results that are coded, a stretch of time and the class of an encounter. So
they read this layer; everything above it - criteria, variables, parameters, clauses - is the engine's own.
"""

from collections.abc import Mapping
from datetime import date

import duckdb

from indicators.definitions.parameters import Parameter, values_on
from indicators.definitions.variables import Variable
from indicators.dialect import create_table
from tvaers.errors import DefinitionError

BASE_COLUMNS = ("patient_id", "period_start", "period_end", "born_on", "sex", "age_at_start", "age_at_end")
KEYS = ("patient_id", "period_end")
FACT_COLUMNS = {
    "patient_id": "INTEGER",
    "fact_id": "BIGINT",
    "resource": "VARCHAR",
    "resource_id": "VARCHAR",
    "kind": "VARCHAR",
    "categories": "VARCHAR",
    "status": "VARCHAR",
    "intent": "VARCHAR",
    "starts_at": "TIMESTAMP",
    "ends_at": "TIMESTAMP",
    "value": "DOUBLE",
    "comparator": "VARCHAR",
    "unit": "VARCHAR",
    "has_value": "BOOLEAN",
    "class_code": "VARCHAR",
    "encounter_id": "VARCHAR",
}
"""Columns of `case_fact`, as the reader of FHIR facts fills it."""

OPEN_END = "DATE '9999-12-31'"
ELEMENTS = {"code_lists": "code", "value_lists": "value", "discharge_lists": "discharge"}
# The facts of each patient with the code lists of their codes; only facts of which some code is listed matter.
FACTS = f"""
    WITH listed AS (
        SELECT coding.fact_id, {
    ", ".join(
        f"list(DISTINCT codelist.list) FILTER (coding.element = '{element}') AS {name}"
        for name, element in ELEMENTS.items()
    )
}
        FROM coding JOIN codelist ON codelist.system = coding.system AND codelist.code = coding.code
        GROUP BY coding.fact_id
    )
    SELECT
        case_fact.*, CAST(starts_at AS DATE) AS starts_on, CAST(ends_at AS DATE) AS ends_on,
        CASE WHEN CAST(ends_at AS DATE) < {OPEN_END} THEN CAST(ends_at AS DATE) ELSE CAST(starts_at AS DATE) END
            AS latest_on,
        {", ".join(f"coalesce(listed.{name}, []) AS {name}" for name in ELEMENTS)}
    FROM case_fact LEFT JOIN listed ON listed.fact_id = case_fact.fact_id
"""
AGE = (
    "CAST(date_diff('year', born_on, {day}) - CASE WHEN (month({day}), day({day})) < (month(born_on), day(born_on)) "
    "THEN 1 ELSE 0 END AS INTEGER)"
)
PATIENTS = f"""
    SELECT patient_id, period_start, period_end, born_on, sex,
        {AGE.format(day="period_start")} AS age_at_start, {AGE.format(day="period_end")} AS age_at_end
    FROM test_case WHERE period_end = $period_end
"""


def create_empty_facts(con: duckdb.DuckDBPyConnection) -> None:
    """Create the tables that variables and criteria read, without rows."""
    columns = ", ".join(f"{name} {kind}" for name, kind in FACT_COLUMNS.items())
    con.execute(f"CREATE OR REPLACE TEMP TABLE case_fact ({columns})")
    con.execute("CREATE OR REPLACE TEMP TABLE coding (fact_id BIGINT, element VARCHAR, system VARCHAR, code VARCHAR)")
    con.execute(
        "CREATE OR REPLACE TEMP TABLE component (fact_id BIGINT, system VARCHAR, code VARCHAR, value DOUBLE, "
        "comparator VARCHAR, unit VARCHAR)"
    )
    con.execute(
        "CREATE OR REPLACE TEMP TABLE test_case (patient_id INTEGER, period_start DATE, period_end DATE, born_on DATE, "
        "sex VARCHAR)"
    )
    con.execute("CREATE OR REPLACE TEMP TABLE codelist (list VARCHAR, system VARCHAR, code VARCHAR)")


def columns_of_variables(
    variables: Mapping[str, Variable], parameters: Mapping[str, Parameter]
) -> dict[str, tuple[str, ...]]:
    """Return the value columns of each variable, by asking DuckDB on empty tables.

    Raises:
        DefinitionError: A variable is not valid SQL, or lacks its key columns.
    """
    found = {}
    with duckdb.connect() as con:
        create_empty_facts(con)
        show_period(con, date.max)
        for name, variable in variables.items():
            where = f"measures/variables/{name}.sql"
            bound = values_on(parameters, variable.parameters, date.max, where=where)
            try:
                create_table(con, "asked", variable.sql, bound)
            except duckdb.Error as fault:
                raise DefinitionError(
                    f"A variable is not valid: {str(fault).splitlines()[0]}", where=where, what_to_do="Correct the SQL."
                ) from None
            columns = [row[0] for row in con.execute("DESCRIBE asked").fetchall()]
            if missing := [key for key in KEYS if key not in columns]:
                raise DefinitionError(f"A variable lacks the column {', '.join(missing)}.", where=where)
            found[name] = tuple(column for column in columns if column not in KEYS)
    return found


def show_period(con: duckdb.DuckDBPyConnection, period_end: date) -> None:
    """Create `patient` and `fact`, which criteria and variables read, for the patients of one period."""
    create_table(con, "patient", PATIENTS, {"period_end": period_end})
    create_table(con, "fact", FACTS)
