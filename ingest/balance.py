"""Count a delivery's rows where they arrived, and refuse the delivery when they are not those that were counted before.

Rows in = loaded + quarantined + duplicates is how the verdict is worked out; here the rows are found in the tables.
"""

import duckdb

from ingest.stage import DELIVERED, FAILED
from packs.mapping import Mapping, Target
from tvaers.errors import WarehouseError


class UnbalancedRowsError(WarehouseError):
    """Rows of a delivery were lost or doubled between the steps: a fault of this program."""


def refuse_unbalanced(con: duckdb.DuckDBPyConnection, mapping: Mapping, batch_id: int, duplicates: int) -> None:
    """Refuse a delivery whose accepted rows are neither in use, nor duplicates, nor without a row by design.

    Args:
        con: The warehouse being built, with the staged table and its view of accepted rows.
        mapping: The mapping of the delivery's file type.
        batch_id: The delivery.
        duplicates: The accepted rows that were counted as duplicates.

    Raises:
        UnbalancedRowsError: The numbers differ.
    """
    accepted = _count(con, "SELECT count(*) FROM staged")
    # Malformed rows were never among the delivered ones.
    failed = _count(con, f"SELECT count(DISTINCT row_number) FROM {FAILED} WHERE rule <> 'row_malformed'")
    staged = _count(con, f"SELECT count(*) FROM {DELIVERED}") - failed
    first = mapping.targets[0]
    if first.rows == "staged":
        found = _in_use(con, first, batch_id) + _silent(con, mapping, first)
        _refuse(accepted, found + duplicates, f"{found} in use and {duplicates} duplicates")
    _refuse(staged, accepted, f"{accepted} offered to the mapping")


def _in_use(con: duckdb.DuckDBPyConnection, target: Target, batch_id: int) -> int:
    # Without lists that are taken apart, a delivered row is one core row, and a doubled one shall show.
    counted = "DISTINCT row_number" if target.explode else "*"
    return _count(
        con,
        f"SELECT count({counted}) FROM core.{target.table} WHERE batch_id = ? AND row_number IS NOT NULL",
        batch_id,
    )


def _silent(con: duckdb.DuckDBPyConnection, mapping: Mapping, target: Target) -> int:
    """Return how many accepted rows give no core row because the mapping says so."""
    silent = [f"({target.where}) IS NOT TRUE"] if target.where else []
    silent += [f"coalesce(len({target.explode.sql}), 0) = 0"] if target.explode else []
    if not silent:
        return 0
    repeated = f"({mapping.repeats}) IS NOT TRUE AND " if mapping.repeats else ""
    return _count(con, f"SELECT count(*) FROM staged WHERE {repeated}({' OR '.join(silent)})")


def _refuse(expected: int, found: int, told: str) -> None:
    if expected != found:
        raise UnbalancedRowsError(
            "The rows of the file do not add up, so nothing of it was loaded.",
            how_much=f"{expected} rows were accepted, and {told} were found.",
            what_to_do="Keep the file and report this as a fault of the program.",
        )


def _count(con: duckdb.DuckDBPyConnection, question: str, *values: int) -> int:
    row = con.execute(question, list(values)).fetchone()
    return int(row[0]) if row else 0
