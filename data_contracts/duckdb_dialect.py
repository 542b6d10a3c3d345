"""A SQLAlchemy dialect for reading DuckDB through Great Expectations.

Great Expectations reads a result after SQLAlchemy has ended the transaction, and DuckDB drops a pending result at
rollback ("list index out of range"). Validation only reads, so the transaction's begin and end are left out.

The columns of a table are asked of DuckDB directly: through the catalogue of PostgreSQL, which it imitates, that takes
longer than checking the rows.
"""

from typing import Any

import duckdb_engine
from sqlalchemy import types
from sqlalchemy.dialects import registry


class ReadingDialect(duckdb_engine.Dialect):
    """DuckDB without transactions, for connections that only read."""

    supports_statement_cache = False

    def do_begin(self, connection: Any) -> None:
        """Begin nothing."""

    def do_rollback(self, connection: Any) -> None:
        """Roll nothing back."""

    def do_commit(self, connection: Any) -> None:
        """Commit nothing."""

    def get_columns(self, connection: Any, table_name: str, schema: str | None = None, **_: Any) -> list[Any]:
        """Return the names of a table's columns; validation needs no types."""
        name = ".".join(self.identifier_preparer.quote_identifier(part) for part in (schema, table_name) if part)
        described = connection.exec_driver_sql(f"DESCRIBE {name}")
        return [{"name": row[0], "type": types.NullType(), "nullable": True, "default": None} for row in described]

    def get_pk_constraint(self, *_: Any, **__: Any) -> Any:
        """Return no primary key: a staged table has none."""
        return {"constrained_columns": [], "name": None}


def register_dialect() -> None:
    """Let SQLAlchemy use this dialect for every `duckdb://` address in this process."""
    registry.register("duckdb", "data_contracts.duckdb_dialect", "ReadingDialect")
