"""Who is in a project, under which pseudonym, and by how much their days are moved: made in memory, never written down.

The map from warehouse to project lives in one process for as long as a project's database is being written.
"""

import duckdb
import polars as pl

from warehouse.keyed_hash import project_names, project_pseudonyms, project_shifts

MAP = "people_of_project"
CHOSEN = "(SELECT value FROM indicator.run WHERE key = 'classifier')"


def map_people(con: duckdb.DuckDBPyConnection, people: str, key: bytes) -> int:
    """Make the temporary table of the project's people: `patient_id`, `person`, `shift` and `index_on`.

    Args:
        con: A connection that reads the warehouse.
        people: `classified` or `everybody`.
        key: The sub-key `project:<id>` of the master key.

    Returns:
        How many people the project has.
    """
    wanted = f"""
        SELECT person.patient_id, min(found.diabetes_since_on) AS index_on
        FROM core.person AS person
        {"LEFT" if people == "everybody" else "INNER"} JOIN indicator.diabetes AS found
            ON found.patient_id = person.patient_id AND found.definition = {CHOSEN}
        GROUP BY person.patient_id
    """
    if people == "everybody":
        wanted = "SELECT patient_id, CAST(NULL AS DATE) AS index_on FROM core.person"
    found = con.execute(
        f"SELECT replace(CAST(patient_id AS VARCHAR), '-', '') AS patient_id, index_on FROM ({wanted})"
    ).pl()
    told = found.with_columns(
        project_pseudonyms(found["patient_id"], key).alias("person"),
        project_shifts(found["patient_id"], key).cast(pl.Int32).alias("shift"),
    )
    _store(
        con,
        MAP,
        told,
        "CAST(patient_id AS UUID) AS patient_id, CAST(person AS UUID) AS person, shift, index_on",
    )
    return found.height


def map_names(con: duckdb.DuckDBPyConnection, kind: str, source: str, column: str, key: bytes) -> str:
    """Make the temporary table of what a project calls the values of one column, and return its name.

    Args:
        con: A connection that reads the warehouse.
        kind: What the values are: columns of one kind get the same names, in every table.
        source: The table, with its schema.
        column: The column.
        key: The sub-key `project:<id>` of the master key.
    """
    found = con.execute(
        f"SELECT DISTINCT {column} AS old FROM {source} SEMI JOIN {MAP} USING (patient_id) WHERE {column} IS NOT NULL"
    ).pl()
    name = f"names_{source.replace('.', '_')}_{column}"
    _store(con, name, found.with_columns(project_names(found["old"], kind, key).alias("new")), "old, new")
    return name


def _store(con: duckdb.DuckDBPyConnection, name: str, frame: pl.DataFrame, columns: str) -> None:
    con.register("incoming_map", frame.to_arrow())
    try:
        con.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT {columns} FROM incoming_map")
    finally:
        con.unregister("incoming_map")
