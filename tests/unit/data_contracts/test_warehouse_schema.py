import duckdb

from data_contracts.warehouse_schema import SCHEMA_VERSION, render_schema
from data_contracts.warehouse_tables import load_tables


def _empty_warehouse() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute(render_schema())
    return connection


def test_the_generated_schema_creates_every_table_with_its_columns_in_order() -> None:
    connection = _empty_warehouse()
    for table in load_tables():
        found = connection.execute(
            "SELECT column_name, data_type FROM duckdb_columns() WHERE schema_name = ? AND table_name = ? "
            "ORDER BY column_index",
            [table.schema, table.name],
        ).fetchall()
        assert found == [(each.name, each.physical_type) for each in table.columns]


def test_every_core_table_has_a_parked_twin_with_the_same_columns() -> None:
    connection = _empty_warehouse()
    query = "SELECT table_name, column_name, data_type FROM duckdb_columns() WHERE schema_name = ? ORDER BY ALL"
    core = connection.execute(query, ["core"]).fetchall()
    assert core
    assert connection.execute(query, ["parked"]).fetchall() == core


def test_the_schema_carries_its_version() -> None:
    assert _empty_warehouse().execute("SELECT schema_version FROM meta.version").fetchall() == [(SCHEMA_VERSION,)]


def test_every_patient_table_is_sorted_by_patient_first() -> None:
    for table in load_tables():
        names = [each.name for each in table.columns]
        if "patient_id" in names and table.name != "person_alias":
            assert table.sorted_by[0] == "patient_id", table.name
        assert set(table.sorted_by) <= set(names), table.name
        assert set(table.key) <= set(names), table.name


def test_every_core_row_says_which_delivery_it_came_with() -> None:
    for table in load_tables():
        if table.schema == "core":
            last = table.columns[-1]
            assert (last.name, last.physical_type, last.required) == ("batch_id", "INTEGER", True), table.name
