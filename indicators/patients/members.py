"""Who has the disease: run the classifiers once over the whole warehouse, then take members range by range."""

from collections.abc import Mapping, Sequence

import duckdb
import polars as pl

from indicators.dialect import (
    Bound,
    add_rows,
    create_table,
    fetch,
    ranges,
    restrict_facts_to,
    show_all_facts,
    store,
)
from indicators.workers import Range, rounds, work_on
from tvaers.progress import track

# A range of people fits in memory with one row per reporting date, and reading a range has its price too.
ROWS_PER_CHUNK = 400_000
MOST_MEMBERS_PER_CHUNK = 60_000
PEOPLE_PER_CHUNK = 50_000

MEMBERS = """
    SELECT
        CAST(row_number() OVER (ORDER BY person.patient_id, disease.diabetes_type) AS INTEGER) AS patient_id,
        person.patient_id AS pseudonym, person.sex, person.born_on, person.died_on,
        disease.diabetes_type, disease.diabetes_since_on
    FROM indicator.diabetes AS disease
    JOIN core.person AS person ON person.patient_id = disease.patient_id
    JOIN chosen_classifier ON chosen_classifier.definition = disease.definition
    WHERE disease.patient_id BETWEEN CAST($low AS UUID) AND CAST($high AS UUID)
"""
# All that classifiers say about a person, under each of that person's numbers: variables read it like a core table.
CLASSIFIED = """
    SELECT own.patient_id, other.diabetes_type, other.diabetes_since_on
    FROM member AS own
    JOIN member AS other ON other.pseudonym = own.pseudonym
"""
BIRTHS = "SELECT patient_id, born_on FROM member"


def create_diabetes_table(con: duckdb.DuckDBPyConnection) -> None:
    """Create the empty table `indicator.diabetes`, one row per person and classifier."""
    con.execute("CREATE SCHEMA IF NOT EXISTS indicator")
    con.execute(
        "CREATE OR REPLACE TABLE indicator.diabetes (patient_id UUID NOT NULL, diabetes_type VARCHAR NOT NULL, "
        "diabetes_since_on DATE NOT NULL, definition VARCHAR NOT NULL, is_since_date_stable BOOLEAN)"
    )


def classify(
    con: duckdb.DuckDBPyConnection,
    classifiers: Mapping[str, str],
    steps: Mapping[str, str],
    bound: Bound,
    *,
    people_per_chunk: int = PEOPLE_PER_CHUNK,
) -> None:
    """Fill `indicator.diabetes` with what each classifier says about everybody in the warehouse.

    Args:
        con: A connection with the schema `core` and the relation `codelist`.
        classifiers: The SELECT of each classifier by its name.
        steps: The SELECT of each relation that several classifiers read, by its name.
        bound: Values of their parameters.
        people_per_chunk: How many people to work on at a time; bounds memory, never changes a result.
    """
    create_diabetes_table(con)
    codes = fetch(con, "SELECT * FROM codelist")
    people = fetch(con, "SELECT count(*) AS people FROM core.person").item()
    parts = ranges(rounds(max(1, -(-people // people_per_chunk))))

    def work(own: duckdb.DuckDBPyConnection, part: Range) -> dict[str, pl.DataFrame]:
        show_all_facts(own, *part)
        for name, select in steps.items():
            create_table(own, name, select, bound)
        return {name: fetch(own, select, bound) for name, select in classifiers.items()}

    found: dict[str, list[pl.DataFrame]] = {name: [] for name in classifiers}
    with track("Classifying who has diabetes", len(parts)) as advance:
        for answers in work_on(con, parts, lambda own: store(own, "codelist", codes), work):
            for name, answer in answers.items():
                found[name].append(answer)
            advance(1)
    for name, parts_found in found.items():
        everybody = pl.concat(parts_found).sort("patient_id").with_columns(pl.lit(name).alias("definition"))
        add_rows(con, "indicator", "diabetes", everybody, pseudonyms=("patient_id",))


def members_at_a_time(dates: int) -> int:
    """Return how many people are best worked on at a time with so many reporting dates."""
    return min(ROWS_PER_CHUNK // dates + 1, MOST_MEMBERS_PER_CHUNK)


def number_of_chunks(con: duckdb.DuckDBPyConnection, classifier: str, members_per_chunk: int) -> int:
    """Return into how many ranges of pseudonyms the members are best split."""
    row = con.execute("SELECT count(*) FROM indicator.diabetes WHERE definition = $c", {"c": classifier}).fetchone()
    return rounds(max(1, -(-(row[0] if row else 0) // members_per_chunk)))


def create_members(
    con: duckdb.DuckDBPyConnection, classifier: str, low: str, high: str, *, further: Sequence[str] = ()
) -> None:
    """Create `member`, the people of one range of pseudonyms whom classifiers find, and show only their facts.

    Members get numbers that mean nothing outside this table; the engine joins on those, because they are small. Whom
    several classifiers find is a member once for each, with the type and first day that it says: no population is about
    more than one of them. `classified` shows what the others say, and `birth` when they were born.

    Args:
        con: A connection with `indicator.diabetes`.
        classifier: The classifier that decides who has the disease.
        low: First pseudonym of the range.
        high: Last pseudonym of the range, included.
        further: Other classifiers whose people some population is about.
    """
    store(con, "chosen_classifier", pl.DataFrame({"definition": [classifier, *further]}))
    create_table(con, "member", MEMBERS, {"low": low, "high": high})
    create_table(con, "classified", CLASSIFIED)
    create_table(con, "birth", BIRTHS)
    restrict_facts_to(con, "member", low, high)
