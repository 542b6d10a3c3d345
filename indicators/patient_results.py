"""Why each patient counts as they do: one row per patient and indicator on the latest reporting date."""

from collections.abc import Sequence

import duckdb

from indicators.catalogue import Catalogue
from indicators.cells import Counted, populated_sql
from indicators.dialect import Bound, append, create_table

COLUMNS = (
    "patient_id UUID NOT NULL, indicator_id VARCHAR NOT NULL, definition_version INTEGER NOT NULL, "
    "period_start DATE NOT NULL, period_end DATE NOT NULL, in_population BOOLEAN NOT NULL, "
    "in_denominator BOOLEAN NOT NULL, excluded_by VARCHAR, is_missing BOOLEAN NOT NULL, numerator BIGINT, "
    "denominator BIGINT NOT NULL, patient_years DOUBLE, value DOUBLE, evidence_value VARCHAR, evidence_on DATE"
)

LATEST = """
    SELECT populated.*, member.pseudonym
    FROM ({populated}) AS populated
    JOIN member ON member.patient_id = populated.patient_id
"""


def create_patient_results(con: duckdb.DuckDBPyConnection, name: str) -> None:
    """Create the empty table."""
    con.execute(f"CREATE OR REPLACE TABLE {name} ({COLUMNS})")


def collect_patient_results(
    con: duckdb.DuckDBPyConnection,
    name: str,
    catalogue: Catalogue,
    counted: Sequence[Counted],
    bound: Bound,
) -> None:
    """Add the patients of `patient_period`, which holds the latest date only, who are in an indicator's population."""
    indicators = [each.indicator for each in counted]
    create_table(
        con,
        "latest_patient",
        LATEST.format(populated=populated_sql(catalogue, indicators)),
        bound,
    )
    append(con, name, " UNION ALL ".join(patient_result_sql(each) for each in counted), bound)


def patient_result_sql(each: Counted) -> str:
    """Return the SELECT of one indicator's patients, over `latest_patient`."""
    indicator, clauses = each.indicator, each.clauses
    names = " ".join(
        f"WHEN {place} THEN '{quoted(exclusion.who.en)}'" for place, exclusion in enumerate(indicator.exclusions, 1)
    )
    excluded_by = f"CASE {clauses.excluded_by} {names} END" if names else "CAST(NULL AS VARCHAR)"
    evidence = indicator.evidence
    evidence_value = evidence.value if evidence and evidence.value else (indicator.value and indicator.value.of)
    evidence_on = evidence.day if evidence and evidence.day else None
    numerator = clauses.events or (f"CASE WHEN {clauses.is_met} THEN 1 ELSE 0 END" if clauses.is_met else "NULL")
    years = f"{clauses.days} / 365.25" if clauses.days else "CAST(NULL AS DOUBLE)"
    return f"""
        SELECT
            pseudonym, '{indicator.id}', {indicator.version}, period_start, period_end, {clauses.in_population},
            {clauses.in_denominator}, {excluded_by}, {clauses.is_missing},
            CAST({numerator} AS BIGINT), CAST({clauses.denominator} AS BIGINT), {years},
            CAST({clauses.value or "NULL"} AS DOUBLE), CAST({evidence_value or "NULL"} AS VARCHAR),
            CAST({evidence_on or "NULL"} AS DATE)
        FROM latest_patient
        WHERE {clauses.in_population}
    """


def quoted(text: str) -> str:
    """Return a text as the inside of a SQL string."""
    return text.replace("'", "''")
