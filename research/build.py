"""Write a project's own database: a copy of what its page lists, changed as the page says, and nothing else.

It is a file of its own and never a view over the warehouse, since whoever can read a file can read all of it. It is
encrypted under a key of its own, so that destroying the key closes the project in every backup as well.
"""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
import polars as pl

from research.coarsen import AREAS, birth_band, map_areas, map_codes
from research.columns import Column, all_columns
from research.dictionary import describe
from research.page import ProjectPage
from research.people import MAP, map_names, map_people
from research.shelf import KEY_BYTES, Shelved
from tvaers.master_key import MasterKey
from tvaers.progress import track
from tvaers.settings import Settings
from warehouse.connection import open_to_rewrite
from warehouse.swap import one_builder_at_a_time, replace_atomically


@dataclass(frozen=True)
class Built:
    """What a project was given.

    Attributes:
        people: How many people.
        rows: Rows by table.
    """

    people: int
    rows: dict[str, int]


def build(settings: Settings, project: Shelved, page: ProjectPage, master: MasterKey, today: date) -> Built:
    """Write the database of a project from the warehouse as it is now; an earlier one is replaced.

    Args:
        settings: The home folder.
        project: The project.
        page: Its approved page.
        master: The master key.
        today: The day from which ages are told.

    Raises:
        WarehouseError: There is no warehouse, or it cannot be read or the database not be written.
    """
    pseudonyms = master.subkey(f"project:{page.project}")
    # Not derived from the master key: once it is destroyed, no copy of the database can be read again.
    file_key = secrets.token_bytes(KEY_BYTES)
    with one_builder_at_a_time(project.database, "project"):
        with replace_atomically(project.database) as target, _opened(settings, master, target, file_key) as con:
            people = map_people(con, page.people, pseudonyms)
            map_areas(con, page, today.isoformat())
            rows = {}
            with track("Writing the project's database", len(page.tables)) as advance:
                for table in page.tables:
                    rows[table] = _write_table(con, page, table, pseudonyms, today)
                    advance(1)
            _write_about(con, page, master.key_id, people, today)
            _write_dictionary(con, page)
            con.execute("CHECKPOINT project")
        project.keep_key(file_key)
    return Built(people, rows)


@contextmanager
def _opened(
    settings: Settings, master: MasterKey, target: Path, file_key: bytes
) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the warehouse for reading and a fresh project database beside it; no other file can be reached."""
    with open_to_rewrite(settings.warehouse, master.subkey("encryption"), result=target) as con:
        quoted = str(target).replace("'", "''")
        con.execute(f"ATTACH '{quoted}' AS project (TYPE duckdb, ENCRYPTION_KEY ?)", [file_key.hex()])
        yield con
        con.execute("DETACH project")


def _write_table(con: duckdb.DuckDBPyConnection, page: ProjectPage, table: str, key: bytes, today: date) -> int:
    """Copy one table, changed and shuffled, and return its rows."""
    columns = all_columns()[table]
    wanted = [columns[name] for name in page.tables[table]]
    joins: list[str] = []
    chosen = [f"{MAP}.person"]
    for column in wanted:
        made, join = _changed(con, column, page, key)
        chosen.append(f"{made} AS {column.called(page.dates)}")
        joins += [join] if join else []
    # Fresh chance each time, so that no order tells where a row stood.
    con.execute(
        f"""
        CREATE TABLE project.{table} AS
        SELECT {", ".join(chosen)}
        FROM {columns["patient_id"].source} AS source
        JOIN {MAP} ON {MAP}.patient_id = source.patient_id
        {" ".join(joins)}
        {"WHERE source.definition = (SELECT value FROM indicator.run WHERE key = 'classifier')" * (table == "diabetes")}
        ORDER BY random()
        """,
        {"today": today.isoformat()} if any(column.nature == "birth" for column in wanted) else {},
    )
    row = con.execute(f"SELECT count(*) FROM project.{table}").fetchone()
    return int(row[0]) if row else 0


def _changed(con: duckdb.DuckDBPyConnection, column: Column, page: ProjectPage, key: bytes) -> tuple[str, str | None]:
    """Return the SQL of what becomes of a column, and the join it needs."""
    own = f"source.{column.name}"
    match column.nature:
        case "date":
            return _day(own, page.dates), None
        case "register_date":
            return f"CAST(date_part('year', {own}) AS INTEGER)", None
        case "birth":
            return birth_band(own), None
        case "area":
            join = f"LEFT JOIN {AREAS} ON {AREAS}.patient_id = source.patient_id AND {AREAS}.municipality_code = {own}"
            return f"coalesce({AREAS}.area, 'elsewhere')", join
        case "unit" | "record":
            kind = "practice" if column.name == "provider_id" else column.name
            names = map_names(con, kind.removesuffix("_id"), column.source, column.name, key)
            return f"{names}.new", f"LEFT JOIN {names} ON {names}.old = {own}"
        case "code":
            codes = map_codes(con, column, page.smallest_group)
            return f"{codes}.new", f"LEFT JOIN {codes} ON {codes}.old = {own}"
    return own, None


def _day(own: str, dates: str) -> str:
    match dates:
        case "month":
            return f"strftime({own}, '%Y-%m')"
        case "days_since_index":
            return f"CAST({own} - {MAP}.index_on AS INTEGER)"
    return f"{own} + {MAP}.shift"


def _write_about(con: duckdb.DuckDBPyConnection, page: ProjectPage, key_id: str, people: int, today: date) -> None:
    con.execute(
        "CREATE TABLE project.about (project VARCHAR, owner VARCHAR, purpose VARCHAR, expires_on DATE, "
        "written_on DATE, people BIGINT, dates VARCHAR, key_id VARCHAR, page VARCHAR)"
    )
    con.execute(
        "INSERT INTO project.about VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            page.project,
            page.owner,
            page.purpose,
            page.expires_on,
            today,
            people,
            page.dates,
            key_id,
            page.fingerprint,
        ],
    )


def _write_dictionary(con: duckdb.DuckDBPyConnection, page: ProjectPage) -> None:
    told = con.execute(
        "SELECT schema_name || '.' || table_name, column_name, comment FROM duckdb_columns() "
        "WHERE database_name = 'warehouse' AND comment IS NOT NULL"
    ).fetchall()
    entries = describe(page, {(table, column): str(comment) for table, column, comment in told})
    frame = pl.DataFrame([entry.row() for entry in entries], orient="row", schema=["table", "column", "says", "change"])
    con.register("incoming_entries", frame.to_arrow())
    con.execute(
        'CREATE TABLE project.dictionary AS SELECT "table" AS table_name, "column" AS column_name, says, change '
        "FROM incoming_entries"
    )
    con.unregister("incoming_entries")
