"""Why each patient counts as they do: one row per patient and indicator on the latest reporting date.

What is stored is what the definitions look at: `indicator.patient_<months>`, the rows of `patient_period` of the latest
date under pseudonyms. `indicator.patient_result` is a view that applies every definition to them, with the parameters
of that date written out.
"""

from collections.abc import Mapping, Sequence

import duckdb
import polars as pl

from indicators.catalogue import Catalogue
from indicators.counting.cells import UNIT_COLUMN, Counted, in_any_population, populated_sql
from indicators.definitions.definition import PARAMETER, Level
from indicators.dialect import Bound, drop, fetch, quoted, shown_as

COLUMNS = (
    "patient_id",
    "indicator_id",
    "definition_version",
    "period_start",
    "period_end",
    "in_population",
    "in_denominator",
    "excluded_by",
    "is_missing",
    "numerator",
    "denominator",
    "patient_years",
    "value",
    "evidence_value",
    "evidence_on",
)

RESULT = "patient_result"
RESULT_AT_UNIT = "patient_result_at_unit"

LATEST = """
    SELECT populated.*, member.pseudonym
    FROM ({populated}) AS populated
    JOIN member ON member.patient_id = populated.patient_id
    WHERE {in_any_population}
"""


def latest_patients(
    con: duckdb.DuckDBPyConnection, catalogue: Catalogue, counted: Sequence[Counted], bound: Bound, latest: pl.DataFrame
) -> pl.DataFrame:
    """Return those rows of one date whose patients are in an indicator's population, under their pseudonyms."""
    statement = LATEST.format(
        populated=populated_sql(catalogue, [each.indicator for each in counted]),
        in_any_population=in_any_population(counted),
    )
    with shown_as(con, "patient_period", latest):
        return fetch(con, statement, bound).drop("patient_id").rename({"pseudonym": "patient_id"})


def create_patient_results(
    con: duckdb.DuckDBPyConnection, schema: str, lengths: Mapping[int, Sequence[Counted]], bound: Bound
) -> None:
    """Create the view `patient_result` in a schema that holds `patient_<months>` for each length of period."""
    drop(con, schema, RESULT)
    selects = (
        patient_result_sql(each, f"{schema}.{patient_table(months)}")
        for months, counted in lengths.items()
        for each in counted
    )
    statement = PARAMETER.sub(lambda name: literal(bound[name[1]]), " UNION ALL ".join(selects))
    con.execute(f"CREATE VIEW {schema}.patient_result ({', '.join(COLUMNS)}) AS {statement}")


def create_results_at_units(
    con: duckdb.DuckDBPyConnection,
    schema: str,
    places: Mapping[str, tuple[Level, Sequence[Counted]]],
    bound: Bound,
) -> None:
    """Create the view `patient_result_at_unit`: the same by patient and organisation that is responsible.

    Args:
        con: The warehouse.
        schema: The schema that holds the tables and gets the view.
        places: By table, the level of its organisations and the indicators that count there.
        bound: Values of the parameters.
    """
    drop(con, schema, RESULT_AT_UNIT)
    selects = [
        patient_result_sql(each, f"{schema}.{table}", f"'{level}'", f"CAST({UNIT_COLUMN[level]} AS VARCHAR)")
        for table, (level, counted) in places.items()
        for each in counted
    ]
    if selects:
        statement = PARAMETER.sub(lambda name: literal(bound[name[1]]), " UNION ALL ".join(selects))
        columns = ", ".join([*COLUMNS, "level", "unit_id"])
        con.execute(f"CREATE VIEW {schema}.{RESULT_AT_UNIT} ({columns}) AS {statement}")


def patient_table(months: int, variable: str | None = None) -> str:
    """Return the name of the table of patients of one length of period, or of their rows at a variable's units."""
    return f"patient_{months}_{variable}" if variable else f"patient_{months}"


def patient_result_sql(each: Counted, table: str, *others: str) -> str:
    """Return the SELECT of one indicator's patients, over the table of its length of period.

    Args:
        each: The indicator.
        table: The table.
        others: Expressions to return beside them.
    """
    indicator, clauses = each.indicator, each.clauses
    names = " ".join(
        f"WHEN {place} THEN '{quoted(clause.who.en)}'"
        for place, clause in enumerate((*indicator.exclusions, *indicator.exceptions), 1)
    )
    excluded_by = f"CASE {clauses.excluded_by} {names} END" if names else "CAST(NULL AS VARCHAR)"
    evidence = indicator.evidence
    evidence_value = evidence.value if evidence and evidence.value else (indicator.value and indicator.value.of)
    evidence_on = evidence.day if evidence and evidence.day else None
    numerator = clauses.events or (f"CASE WHEN {clauses.is_met} THEN 1 ELSE 0 END" if clauses.is_met else "NULL")
    years = f"{clauses.days} / 365.25" if clauses.days else "CAST(NULL AS DOUBLE)"
    return f"""
        SELECT
            patient_id, '{indicator.id}', CAST({indicator.version} AS INTEGER), period_start, period_end,
            {clauses.in_population}, {clauses.in_denominator}, {excluded_by}, {clauses.is_missing},
            CAST({numerator} AS BIGINT), CAST({clauses.denominator} AS BIGINT), {years},
            CAST({clauses.value or "NULL"} AS DOUBLE), CAST({evidence_value or "NULL"} AS VARCHAR),
            CAST({evidence_on or "NULL"} AS DATE){"".join(f", {other}" for other in others)}
        FROM {table}
        WHERE {clauses.in_population}
    """


def literal(value: object) -> str:
    """Return the value of a parameter as SQL."""
    return f"'{quoted(value)}'" if isinstance(value, str) else str(value)
