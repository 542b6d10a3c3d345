"""What only DuckDB can do stands here; every other statement of the engine must also be valid Spark SQL."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from functools import cache
from itertools import pairwise

import duckdb
import numpy as np
import polars as pl
import pyarrow as pa
import sqlglot
from sqlglot import exp
from sqlglot.errors import ParseError, UnsupportedError

from tvaers.errors import DefinitionError

Bound = Mapping[str, object]
Column = np.ndarray | np.ma.MaskedArray
# DuckDB gives each thread one batch at a time.
BATCH_ROWS = 61_440
FACTS = (
    "person",
    "residence",
    "registration",
    "hospital_contact",
    "diagnosis",
    "procedure",
    "measurement",
    "dispensing",
    "service",
    "examination",
    "municipal_course",
    "municipal_encounter",
    "message",
)


@cache
def to_spark(sql: str) -> str:
    """Return a statement of the engine in Spark SQL; most packs share most of them.

    Raises:
        DefinitionError: It uses something that Spark SQL does not have.
    """
    try:
        tree = sqlglot.parse_one(sql, read="duckdb")
        strangers = sorted({str(call.this) for call in tree.find_all(exp.Anonymous)})
        if strangers:
            raise DefinitionError(
                f"Not every SQL engine has {', '.join(strangers)}().",
                what_to_do="Write it with standard functions, or add it to indicators/dialect.py.",
            )
        return tree.sql(dialect="spark", unsupported_level=sqlglot.ErrorLevel.RAISE, copy=False)
    except (ParseError, UnsupportedError) as fault:
        raise DefinitionError(
            f"A statement is not in the common subset of SQL: {str(fault).splitlines()[0]}",
            what_to_do="Write it with standard SQL.",
        ) from None


def create_table(con: duckdb.DuckDBPyConnection, name: str, select: str, bound: Bound | None = None) -> None:
    """Create a temporary table from a portable SELECT, replacing one of the same name."""
    con.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {select}", bound_in(select, bound))


def create_view(con: duckdb.DuckDBPyConnection, name: str, select: str) -> None:
    """Create a temporary view on a portable SELECT, replacing one of the same name."""
    con.execute(f"CREATE OR REPLACE TEMP VIEW {name} AS {select}")


def columns_of(con: duckdb.DuckDBPyConnection, select: str, bound: Bound | None = None) -> list[str]:
    """Return the names of the columns of a portable SELECT without running it."""
    return [row[0] for row in con.execute(f"DESCRIBE {select}", bound_in(select, bound)).fetchall()]


def fetch(con: duckdb.DuckDBPyConnection, select: str, bound: Bound | None = None) -> pl.DataFrame:
    """Return the rows of a portable SELECT; sums of whole numbers come as such, not as numbers of 38 digits."""
    rows = con.execute(select, bound_in(select, bound)).pl()
    wide = [name for name, kind in rows.schema.items() if kind == pl.Decimal and kind.scale == 0]  # type: ignore[attr-defined]
    return rows.with_columns(pl.col(wide).cast(pl.Int64)) if wide else rows


def fetch_in_order(con: duckdb.DuckDBPyConnection, select: str, bound: Bound | None = None) -> dict[str, Column]:
    """Return the columns of a portable SELECT over one relation, in the order of its rows, which DuckDB preserves.

    A column in which a value is missing is masked there.
    """
    return con.execute(select, bound_in(select, bound)).fetchnumpy()


def as_categories(frame: pl.DataFrame) -> pl.DataFrame:
    """Return a frame with its texts (units, sexes, age bands) as categories, which are small and quick to compare."""
    return frame.with_columns(pl.col(pl.String).cast(pl.Categorical))


def in_alphabetical_order(frame: pl.DataFrame) -> pl.DataFrame:
    """Return a frame whose categories are those that occur in it, in alphabetical order."""
    found = {}
    for column in frame.select(pl.col(pl.Categorical, pl.Enum)):
        found[column.name] = pl.Enum(column.unique().cast(pl.String).drop_nulls().sort())
    return frame.with_columns(pl.col(name).cast(kind) for name, kind in found.items())


def enum_of(categories: pl.Series) -> str:
    """Return the type of a column that holds only some texts, in their order."""
    texts = ", ".join(f"'{quoted(text)}'" for text in categories)
    return f"ENUM ({texts})"


def quoted(text: str) -> str:
    """Return a text as the inside of a SQL string."""
    return text.replace("'", "''")


def show(con: duckdb.DuckDBPyConnection, name: str, frame: pl.DataFrame) -> None:
    """Let statements read a data frame by name, without a copy, on all threads."""
    table = frame.to_arrow()
    con.register(name, pa.Table.from_batches(table.to_batches(max_chunksize=BATCH_ROWS), schema=table.schema))


@contextmanager
def shown_as(con: duckdb.DuckDBPyConnection, name: str, frame: pl.DataFrame) -> Iterator[None]:
    """Show a data frame under a name within a block."""
    show(con, name, frame)
    try:
        yield
    finally:
        con.unregister(name)


def bound_in(sql: str, bound: Bound | None) -> dict[str, object]:
    """Return those of the values that a statement names; DuckDB refuses the others."""
    if not bound:
        return {}
    names = {name for statement in duckdb.extract_statements(sql) for name in statement.named_parameters}
    return {name: value for name, value in bound.items() if name in names}


def restrict_facts_to(con: duckdb.DuckDBPyConnection, member: str, low: str, high: str) -> None:
    """Put views named like the core tables over them that show only members, under their numbers.

    Facts are stored sorted by pseudonym, so that a range of pseudonyms reads only a part of the file.

    Args:
        con: A connection whose default catalog holds the schema `core`.
        member: A temporary table with the columns patient_id (a number) and pseudonym.
        low: First pseudonym of the range.
        high: Last pseudonym of the range, included.
    """
    for table in FACTS:
        con.execute(
            f"CREATE OR REPLACE TEMP VIEW {table} AS "
            f"SELECT fact.* REPLACE (member.patient_id AS patient_id) FROM core.{table} AS fact "
            f"JOIN {member} AS member ON fact.patient_id = member.pseudonym "
            f"WHERE fact.patient_id BETWEEN UUID '{low}' AND UUID '{high}'"
        )
    show_practices(con)


def show_all_facts(con: duckdb.DuckDBPyConnection, low: str | None = None, high: str | None = None) -> None:
    """Put plain views named like the core tables over them, for everybody in the warehouse (classifiers read these).

    Args:
        con: A connection whose default catalog holds the schema `core`.
        low: First pseudonym to show; the first of all when None.
        high: Last pseudonym to show, included; the last of all when None.
    """
    chosen = f" WHERE patient_id BETWEEN UUID '{low}' AND UUID '{high}'" if low and high else ""
    for table in FACTS:
        con.execute(f"CREATE OR REPLACE TEMP VIEW {table} AS SELECT * FROM core.{table}{chosen}")
    show_practices(con)


def show_practices(con: duckdb.DuckDBPyConnection) -> None:
    """Put a plain view over the practice register."""
    con.execute("CREATE OR REPLACE TEMP VIEW practice AS SELECT * FROM core.practice")


def ranges(parts: int) -> list[tuple[str, str]]:
    """Return the first and last pseudonym of each of so many equal parts of all possible pseudonyms."""
    edges = [part * (1 << 128) // parts for part in range(parts + 1)]
    return [(_uuid_text(low), _uuid_text(high - 1)) for low, high in pairwise(edges)]


def _uuid_text(number: int) -> str:
    digits = f"{number:032x}"
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


def create_days(con: duckdb.DuckDBPyConnection, name: str, spans: Sequence[tuple[date, date]]) -> None:
    """Create a temporary table with one row per day of each span: day, period_start, period_end."""
    frame = pl.DataFrame(spans, schema={"period_start": pl.Date, "period_end": pl.Date}, orient="row")
    days = frame.select(
        pl.date_ranges("period_start", "period_end").alias("day"), "period_start", "period_end"
    ).explode("day")
    store(con, name, days)


def store(con: duckdb.DuckDBPyConnection, name: str, frame: pl.DataFrame) -> None:
    """Store a data frame as a temporary table, replacing one of the same name."""
    con.register("incoming_frame", frame)
    con.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT * FROM incoming_frame")
    con.unregister("incoming_frame")


def add_rows(
    con: duckdb.DuckDBPyConnection, schema: str, name: str, frame: pl.DataFrame, *, pseudonyms: tuple[str, ...] = ()
) -> None:
    """Add the rows of a data frame to a table, which begins with them when it does not exist.

    Args:
        con: A connection.
        schema: Schema of the table; `temp` for a temporary one.
        name: The table.
        frame: The rows; columns are matched by name.
        pseudonyms: Columns that hold pseudonyms as text.
    """
    kept = ", ".join(f"CAST({column} AS UUID) AS {column}" for column in pseudonyms)
    rows = f"SELECT * {f'REPLACE ({kept})' if kept else ''} FROM incoming_frame"
    con.register("incoming_frame", frame)
    kind = "TEMP TABLE" if schema == "temp" else "TABLE"
    con.execute(f"CREATE {kind} IF NOT EXISTS {schema}.{name} AS {rows} LIMIT 0")
    con.execute(f"INSERT INTO {schema}.{name} BY NAME {rows}")
    con.unregister("incoming_frame")


@contextmanager
def at_once(con: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Write all rows that are added in a block when it ends, and none of them when it ends with a fault.

    The file is then brought in order once, instead of whenever enough rows have come together.
    """
    con.begin()
    try:
        yield
    except BaseException:
        con.rollback()
        raise
    con.commit()


def tables_beginning_with(con: duckdb.DuckDBPyConnection, start: str) -> list[str]:
    """Return the names of the tables of any schema that begin with a text."""
    rows = con.execute("SELECT table_name FROM duckdb_tables() WHERE starts_with(table_name, $start)", {"start": start})
    return [name for (name,) in rows.fetchall()]


def drop(con: duckdb.DuckDBPyConnection, schema: str, name: str) -> None:
    """Remove a table or view, whichever has the name, if there is one."""
    found = con.execute(
        "SELECT table_type FROM information_schema.tables WHERE table_schema = $schema AND table_name = $name "
        "AND table_catalog = CASE $schema WHEN 'temp' THEN 'temp' ELSE current_catalog() END",
        {"schema": schema, "name": name},
    ).fetchall()
    for (kind,) in found:
        con.execute(f"DROP {'VIEW' if kind == 'VIEW' else 'TABLE'} {schema}.{name}")
