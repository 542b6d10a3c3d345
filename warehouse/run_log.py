"""What was delivered when, and what became of its rows: the tables of schema `meta`."""

from collections.abc import Iterable
from dataclasses import astuple, dataclass, fields
from datetime import date, datetime

import duckdb

from tvaers.errors import WarehouseError


@dataclass(frozen=True)
class Batch:
    """One delivery, as `meta.batch` keeps it; rows_in = rows_loaded + rows_quarantined + rows_duplicate, always."""

    batch_id: int
    run_id: str
    file_name: str
    file_hash: str
    file_type: str
    sector: str
    contract_version: str
    pack: str
    pack_version: str
    delivery_key: str
    delivered_on: date
    covers_until: date | None
    rows_until: date | None
    key_id: str
    encoding: str | None
    separator: str | None
    rows_in: int
    rows_loaded: int
    rows_quarantined: int
    rows_duplicate: int
    state: str
    started_at: datetime
    ended_at: datetime
    code_version: str


@dataclass(frozen=True)
class Run:
    """One ingest run, as `meta.run` keeps it."""

    run_id: str
    started_at: datetime
    ended_at: datetime
    files_seen: int
    files_loaded: int
    files_refused: int
    files_already_loaded: int
    files_unrecognised: int
    rows_in: int
    rows_loaded: int
    rows_quarantined: int
    rows_duplicate: int
    key_id: str
    pack: str
    pack_version: str
    code_version: str


@dataclass(frozen=True)
class Refusal:
    """A file of which nothing was loaded, as `meta.refusal` keeps it."""

    run_id: str
    file_name: str
    file_hash: str | None
    delivery_name: str
    file_type: str | None
    sector: str | None
    state: str
    reason: str
    delivered_on: date | None
    rows_in: int
    rows_quarantined: int
    refused_at: datetime
    code_version: str


def batches(con: duckdb.DuckDBPyConnection) -> list[Batch]:
    """Return every delivery that was ever loaded, oldest first, also those replaced since."""
    columns = ", ".join(field.name for field in fields(Batch))
    rows = con.execute(f"SELECT {columns} FROM meta.batch ORDER BY batch_id").fetchall()
    return [Batch(*row) for row in rows]


def next_batch_id(con: duckdb.DuckDBPyConnection) -> int:
    """Return a number that no delivery ever had."""
    row = con.execute("SELECT coalesce(max(batch_id), 0) + 1 FROM meta.batch").fetchone()
    return int(row[0]) if row else 1


def refuse_other_key(con: duckdb.DuckDBPyConnection, key_id: str) -> None:
    """Refuse to mix pseudonyms of two keys.

    Raises:
        WarehouseError: A delivery in the warehouse was pseudonymised under another key.
    """
    row = con.execute("SELECT count(*), min(key_id) FROM meta.batch WHERE key_id <> ?", [key_id]).fetchone()
    if row and row[0]:
        raise WarehouseError(
            "The warehouse holds deliveries that were pseudonymised under another key.",
            where=f"key id {row[1]} in the warehouse, key id {key_id} in the key file",
            how_much=f"{row[0]} deliveries",
            what_to_do="Use the key file that the warehouse was built with (TVAERS_KEY_FILE).",
        )


def write_batch(con: duckdb.DuckDBPyConnection, batch: Batch) -> None:
    """Add a delivery.

    Raises:
        WarehouseError: Its rows do not add up.
    """
    if batch.rows_in != batch.rows_loaded + batch.rows_quarantined + batch.rows_duplicate:
        raise WarehouseError(
            "The rows of a file do not add up, so nothing was loaded.",
            where=batch.file_name,
            how_much=f"{batch.rows_in} in, {batch.rows_loaded} loaded, {batch.rows_quarantined} quarantined, "
            f"{batch.rows_duplicate} duplicates",
            what_to_do="Report this as a fault of the program.",
        )
    marks = ", ".join("?" for _ in fields(Batch))
    con.execute(f"INSERT INTO meta.batch VALUES ({marks})", list(astuple(batch)))


def mark_replaced(con: duckdb.DuckDBPyConnection, batch_id: int) -> None:
    """Note that a delivery was replaced by a corrected one."""
    con.execute("UPDATE meta.batch SET state = 'replaced' WHERE batch_id = ?", [batch_id])


def move_duplicates(con: duckdb.DuckDBPyConnection, batch_id: int, rows: int) -> None:
    """Note that rows of a delivery that were duplicates are in use now (a negative number: the other way).

    A delivered row can tell several facts, so no more rows are moved than there are.
    """
    con.execute(
        "UPDATE meta.batch SET rows_loaded = rows_loaded + moved, rows_duplicate = rows_duplicate - moved FROM "
        "(SELECT batch_id AS moving, greatest(least($rows, rows_duplicate), -rows_loaded) AS moved FROM meta.batch) "
        "WHERE batch_id = moving AND batch_id = $batch",
        {"rows": rows, "batch": batch_id},
    )


def unlisted(con: duckdb.DuckDBPyConnection, refusals: Iterable[Refusal]) -> list[Refusal]:
    """Return the refusals that are not listed yet: the same file, refused again for the same reason, is no news."""
    listed = set(con.execute("SELECT file_name, file_hash, reason FROM meta.refusal").fetchall())
    return [each for each in refusals if (each.file_name, each.file_hash, each.reason) not in listed]


def write_refusals(con: duckdb.DuckDBPyConnection, refusals: Iterable[Refusal]) -> None:
    """Add refusals."""
    marks = ", ".join("?" for _ in fields(Refusal))
    for refusal in refusals:
        con.execute(f"INSERT INTO meta.refusal VALUES ({marks})", list(astuple(refusal)))


def write_run(con: duckdb.DuckDBPyConnection, run: Run) -> None:
    """Add a run."""
    marks = ", ".join("?" for _ in fields(Run))
    con.execute(f"INSERT INTO meta.run VALUES ({marks})", list(astuple(run)))
