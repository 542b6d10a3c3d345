"""DuckDB with the OpenSSL-backed module that encrypts a database file safely, and nothing that reaches outside."""

import importlib.resources
from functools import cache
from pathlib import Path

import duckdb

from tvaers.errors import WarehouseError

_CLOSED: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "allow_community_extensions": False,
    "allow_unsigned_extensions": False,
    "allow_persistent_secrets": False,
    "python_enable_replacements": False,
    "python_scan_all_frames": False,
}


def probe_encryption() -> None:
    """Refuse to go on where a database file could not be encrypted safely.

    Raises:
        WarehouseError: DuckDB's OpenSSL-backed module is missing or does not load.
    """
    connect(None).close()


def connect(memory_limit: str | None) -> duckdb.DuckDBPyConnection:
    """Open an empty database in memory to which encrypted files can be attached.

    Args:
        memory_limit: What DuckDB may use, for instance `3GB`; None leaves it to DuckDB.

    Raises:
        WarehouseError: DuckDB's OpenSSL-backed module is missing or does not load.
    """
    con = duckdb.connect(":memory:", config={**_CLOSED, "allow_unsigned_extensions": True})
    try:
        module = _encryption_module()
        found = module.stat()
        _refuse_forged(module, (found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns))
        _load(con, module)
        con.execute("SET allow_unsigned_extensions = false")
        unsafe = con.execute("SELECT current_setting('force_mbedtls_unsafe')").fetchone()
        if unsafe is not None and unsafe[0] is True:
            raise WarehouseError("DuckDB is set to its unsafe encryption module.", what_to_do="tvaers doctor")
        if memory_limit is not None:
            con.execute("SET memory_limit = ?", [memory_limit])
    except (duckdb.Error, ModuleNotFoundError, OSError) as fault:
        con.close()
        raise WarehouseError(
            "Only DuckDB's unsafe encryption module is present, so the warehouse will not be written.",
            where=f"duckdb {duckdb.__version__} without a loadable httpfs extension ({type(fault).__name__})",
            what_to_do=f"pip install duckdb-extension-httpfs=={duckdb.__version__}",
        ) from None
    except WarehouseError:
        con.close()
        raise
    return con


@cache
def _refuse_forged(module: Path, _version: tuple[int, ...]) -> None:
    """Let DuckDB check the module's signature, once per process and version of the file.

    Checking takes five times as long as everything else about opening a database.
    """
    with duckdb.connect(":memory:", config=dict(_CLOSED)) as con:
        _load(con, module)


def _load(con: duckdb.DuckDBPyConnection, module: Path) -> None:
    quoted = str(module).replace("'", "''")
    con.execute(f"LOAD '{quoted}'")


def _encryption_module() -> Path:
    """Return the httpfs extension of the installed PyPI package; it brings OpenSSL, and nothing is downloaded."""
    package = importlib.resources.files("duckdb_extension_httpfs")
    module = Path(str(package)) / "extensions" / f"v{duckdb.__version__}" / "httpfs.duckdb_extension"
    if not module.is_file():
        raise FileNotFoundError(module.name)
    return module
