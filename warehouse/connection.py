"""Open the pseudonymised database: encrypted, and locked so that a query cannot reach anything beyond it."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import duckdb

from tvaers.errors import WarehouseError
from warehouse.encryption import connect
from warehouse.engine_faults import translated
from warehouse.schema import create_schema, refuse_other_version

# What DuckDB writes beside a database file.
_ENDINGS = ("", ".wal", ".wal.checkpoint", ".wal.recovery")

# A statement written wrongly is a fault of this program, not of the user's file, and its text holds no patient's value.
_MISTAKES = (duckdb.BinderException, duckdb.CatalogException, duckdb.ParserException, duckdb.SyntaxException)


@contextmanager
def open_for_build(path: Path, key: bytes, *, memory_limit: str | None = None) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a warehouse file for writing; a file that does not exist yet is created with the current schema.

    The file is attached as `warehouse` and is the default catalog; `memory` is the in-memory catalog. Spilled rows are
    encrypted. When the block ends well everything is in the file and no log stays beside it. The caller builds beside
    the live file (`warehouse.swap`), never on it.

    Args:
        path: The file to write.
        key: 32 bytes, the sub-key `encryption` of the master key.
        memory_limit: For example `4GB`; None leaves the choice to DuckDB.

    Raises:
        WarehouseError: The file is corrupt, busy, of a newer version or under another key, or it could not be
            encrypted safely.
    """
    with _open_for_writing(path, key, memory_limit=memory_limit) as con:
        yield con
        con.execute("CHECKPOINT warehouse")


@contextmanager
def open_working_copy(
    path: Path, key: bytes, *, result: Path, memory_limit: str | None = None, in_memory: bool = False
) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a file to work in that is thrown away afterwards: nothing of it is kept safe, so that work is fast.

    Args:
        path: The working copy; a file that does not exist yet is created with the current schema.
        key: 32 bytes, the sub-key `encryption` of the master key.
        result: The file that will be written from it (`write_result`); no other file can be reached.
        memory_limit: For example `4GB`; None leaves the choice to DuckDB.
        in_memory: Where there is no file yet, make none: rows that do not fit in memory are spilled, encrypted.

    Raises:
        WarehouseError: As for `open_for_build`.
    """
    with _open_for_writing(path, key, memory_limit=memory_limit, result=result, in_memory=in_memory) as con:
        yield con


@contextmanager
def open_to_rewrite(
    path: Path, key: bytes, *, result: Path, memory_limit: str | None = None
) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a warehouse file for reading, to write what it holds into another file (`write_result`).

    Args:
        path: The live file, as catalog `warehouse`; it is not changed.
        key: 32 bytes, the sub-key `encryption` of the master key that it was written under.
        result: The file that will be written, under whichever key; no other file can be reached.
        memory_limit: For example `4GB`; None leaves the choice to DuckDB.

    Raises:
        WarehouseError: As for `open_read_only`.
    """
    refuse_missing(path)
    con = connect(memory_limit)
    try:
        _spill_beside(con, result)
        _attach(con, path, key, alias="warehouse", option="READ_ONLY")
        _reach_only(con, result)
        con.execute("USE warehouse")
        refuse_other_version(con, path)
        yield con
    except _MISTAKES:
        raise
    except duckdb.Error as fault:
        raise translated(fault, path) from fault
    finally:
        with suppress(duckdb.Error):
            con.close()


@contextmanager
def write_result(con: duckdb.DuckDBPyConnection, result: Path, key: bytes) -> Iterator[None]:
    """Attach a fresh file with the current schema as `result`; when the block ends well everything is in it.

    Args:
        con: A connection from `open_working_copy` or `open_to_rewrite` that was told of this file.
        result: The file to write; it must not exist.
        key: 32 bytes, the sub-key `encryption` of the master key.
    """
    _attach(con, result, key, alias="result")
    con.execute("USE result")
    create_schema(con)
    con.execute("USE warehouse")
    yield
    con.execute("CHECKPOINT result")
    con.execute("DETACH result")


@contextmanager
def _open_for_writing(
    path: Path, key: bytes, *, memory_limit: str | None, result: Path | None = None, in_memory: bool = False
) -> Iterator[duckdb.DuckDBPyConnection]:
    con = connect(memory_limit)
    try:
        _spill_beside(con, path)
        is_new = not path.exists()
        path.parent.mkdir(parents=True, exist_ok=True)
        if in_memory and is_new:
            con.execute("ATTACH ':memory:' AS warehouse")
        elif result is None:
            _attach(con, path, key, alias="warehouse")
        else:
            _attach(con, path, key, alias="warehouse", option="RECOVERY_MODE no_wal_writes")
            con.execute("PRAGMA disable_checkpoint_on_shutdown")
        _reach_only(con, result)
        con.execute("USE warehouse")
        if is_new:
            create_schema(con, with_comments=result is None)
        refuse_other_version(con, path)
        yield con
    except _MISTAKES:
        raise
    except duckdb.Error as fault:
        raise translated(fault, path) from fault
    finally:
        with suppress(duckdb.Error):
            con.close()


def refuse_missing(path: Path) -> None:
    """Refuse to go on without a warehouse, and say how one is made.

    Raises:
        WarehouseError: There is no such file.
    """
    if not path.is_file():
        raise WarehouseError(
            "There is no warehouse yet.", where=str(path), what_to_do="Load extracts first: tvaers ingest FOLDER"
        )


@contextmanager
def open_read_only(path: Path, key: bytes, *, memory_limit: str | None = None) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a warehouse file for reading, as catalog `warehouse`, with every other file and every setting locked away.

    Temporary tables are possible and stay in memory.

    Args:
        path: The live warehouse file.
        key: 32 bytes, the sub-key `encryption` of the master key.
        memory_limit: For example `4GB`; None leaves the choice to DuckDB.

    Raises:
        WarehouseError: The file is missing, corrupt, busy, of a newer version or under another key.
    """
    refuse_missing(path)
    con = connect(memory_limit)
    try:
        con.execute("SET max_temp_directory_size = '0B'")
        _attach(con, path, key, alias="warehouse", option="READ_ONLY")
        con.execute("SET enable_external_access = false")
        con.execute("USE warehouse")
        refuse_other_version(con, path)
        con.execute("SET disabled_filesystems = 'LocalFileSystem'")
        con.execute("SET lock_configuration = true")
        yield con
    except _MISTAKES:
        raise
    except duckdb.Error as fault:
        raise translated(fault, path) from fault
    finally:
        with suppress(duckdb.Error):
            con.close()


def _spill_beside(con: duckdb.DuckDBPyConnection, path: Path) -> None:
    """Let rows that do not fit in memory go, encrypted, into a folder beside a file that is being written."""
    con.execute("SET temp_file_encryption = true")
    con.execute(f"SET temp_directory = '{_quoted(path.parent / (path.name + '.spill'))}'")


def _reach_only(con: duckdb.DuckDBPyConnection, result: Path | None) -> None:
    """Lock every file away but those attached and, where one is named, the one to be written."""
    if result is not None:
        reachable = ", ".join(f"'{_quoted(result)}{ending}'" for ending in _ENDINGS)
        con.execute(f"SET allowed_paths = [{reachable}]")
    con.execute("SET enable_external_access = false")


def _attach(con: duckdb.DuckDBPyConnection, path: Path, key: bytes, *, alias: str, option: str = "") -> None:
    options = f", {option}" if option else ""
    try:
        con.execute(f"ATTACH '{_quoted(path)}' AS {alias} (TYPE duckdb, ENCRYPTION_KEY ?{options})", [key.hex()])
    except duckdb.Error as fault:
        raise translated(fault, path) from None


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
