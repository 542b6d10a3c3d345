"""The warehouse's tables as SQL, generated from the contracts in `core/`; `warehouse/schema.sql` is the result."""

from data_contracts.warehouse_tables import Table, TableColumn, load_tables

SCHEMA_VERSION = 8


def render_schema() -> str:
    """Return the SQL that creates the schemas `core`, `parked` and `meta` in an empty database."""
    tables = load_tables()
    core = [table for table in tables if table.schema == "core"]
    meta = [table for table in tables if table.schema == "meta"]
    parts = [
        "-- Generated from data_contracts/core/*.yaml by `python -m data_contracts.generate`. Do not edit.",
        "CREATE SCHEMA core;\nCREATE SCHEMA parked;\nCREATE SCHEMA meta;",
        *(_create(table, table.schema) for table in (*core, *meta)),
        "-- parked: rows of one batch that tell what another batch tells, or whose contact is not in use.",
        *(f"CREATE TABLE parked.{table.name} AS FROM core.{table.name} LIMIT 0;" for table in core),
        *(_comments(table) for table in (*core, *meta)),
        f"INSERT INTO meta.version VALUES ({SCHEMA_VERSION});",
    ]
    return "\n\n".join(parts) + "\n"


def _create(table: Table, schema: str) -> str:
    columns = ",\n".join(f"    {_column(column)}" for column in table.columns)
    return f"CREATE TABLE {schema}.{table.name} (\n{columns}\n);"


def _column(column: TableColumn) -> str:
    words = [column.name, column.physical_type]
    if column.required:
        words.append("NOT NULL")
    if column.allowed:
        values = ", ".join(_quoted(value) for value, _ in column.allowed)
        words.append(f"CHECK ({column.name} IN ({values}))")
    return " ".join(words)


def _comments(table: Table) -> str:
    name = f"{table.schema}.{table.name}"
    lines = [f"COMMENT ON TABLE {name} IS {_quoted(table.description)};"]
    lines += [f"COMMENT ON COLUMN {name}.{each.name} IS {_quoted(each.description)};" for each in table.columns]
    return "\n".join(lines)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
