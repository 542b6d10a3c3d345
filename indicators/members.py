"""Who has the disease: run the classifiers once over the whole warehouse, then take members range by range."""

from collections.abc import Mapping

import duckdb

from indicators.dialect import Bound, bound_in, create_table, restrict_facts_to, show_all_facts

MEMBERS_PER_CHUNK = 40_000

MEMBERS = """
    SELECT
        CAST(row_number() OVER (ORDER BY person.patient_id) AS INTEGER) AS patient_id,
        person.patient_id AS pseudonym, person.sex, person.born_on, person.died_on,
        disease.diabetes_type, disease.diabetes_since_on
    FROM indicator.diabetes AS disease
    JOIN core.person AS person ON person.patient_id = disease.patient_id
    WHERE disease.definition = $classifier AND disease.patient_id BETWEEN CAST($low AS UUID) AND CAST($high AS UUID)
"""


def create_diabetes_table(con: duckdb.DuckDBPyConnection) -> None:
    """Create the empty table `indicator.diabetes`, one row per person and classifier."""
    con.execute("CREATE SCHEMA IF NOT EXISTS indicator")
    con.execute(
        "CREATE OR REPLACE TABLE indicator.diabetes (patient_id UUID NOT NULL, diabetes_type VARCHAR NOT NULL, "
        "diabetes_since_on DATE NOT NULL, definition VARCHAR NOT NULL, is_since_date_stable BOOLEAN)"
    )


def classify(con: duckdb.DuckDBPyConnection, classifiers: Mapping[str, str], bound: Bound) -> None:
    """Fill `indicator.diabetes` with what each classifier says about everybody in the warehouse.

    Args:
        con: A connection with the schema `core` and the relation `codelist`.
        classifiers: The SELECT of each classifier by its name.
        bound: Values of their parameters.
    """
    create_diabetes_table(con)
    show_all_facts(con)
    for name, select in classifiers.items():
        create_table(con, "classified", select, bound_in(select, bound))
        con.execute(
            "INSERT INTO indicator.diabetes SELECT patient_id, diabetes_type, diabetes_since_on, $name, "
            "is_since_date_stable FROM classified ORDER BY patient_id",
            {"name": name},
        )


def number_of_chunks(con: duckdb.DuckDBPyConnection, classifier: str, members_per_chunk: int) -> int:
    """Return into how many ranges of pseudonyms the members are best split."""
    row = con.execute("SELECT count(*) FROM indicator.diabetes WHERE definition = $c", {"c": classifier}).fetchone()
    return max(1, -(-(row[0] if row else 0) // members_per_chunk))


def create_members(con: duckdb.DuckDBPyConnection, classifier: str, low: str, high: str) -> None:
    """Create `member`, the people of one range of pseudonyms who have the disease, and show only their facts.

    Members get numbers that mean nothing outside this table; the engine joins on those, because they are small.
    """
    create_table(
        con,
        "member",
        MEMBERS,
        {"classifier": classifier, "low": low, "high": high},
    )
    restrict_facts_to(con, "member", low, high)
