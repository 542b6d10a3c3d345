"""A SQLAlchemy dialect for reading DuckDB through Great Expectations.

Great Expectations reads a result after SQLAlchemy has ended the transaction, and DuckDB drops a pending result at
rollback ("list index out of range"). Validation only reads, so the transaction's begin and end are left out.
"""

from typing import Any

import duckdb_engine
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


def register_dialect() -> None:
    """Let SQLAlchemy use this dialect for every `duckdb://` address in this process."""
    registry.register("duckdb", "data_contracts.duckdb_dialect", "ReadingDialect")
