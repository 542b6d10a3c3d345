"""Layer 2: a DuckDB that has one database open for reading and can reach nothing else, whatever it is told.

The order matters. What only a connection can be given comes first; external access ends once the file is attached;
the file system is taken away after that, since DuckDB puts the attached file itself on its list of allowed paths and
would read it as raw blocks; the lock on all settings comes last.
"""

from pathlib import Path

import duckdb

CLOSED: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "allow_community_extensions": False,
    "allow_unsigned_extensions": False,
    "allow_persistent_secrets": False,
    "python_enable_replacements": False,
    "python_scan_all_frames": False,
    "threads": 1,
    "max_temp_directory_size": "0B",
}
CATALOG = "project"


def open_locked(path: Path, key: bytes, *, memory_limit: str = "512MB") -> duckdb.DuckDBPyConnection:
    """Open one encrypted database for reading and lock everything else away.

    Args:
        path: The project's database file.
        key: The 32 bytes it was written under.
        memory_limit: What the engine may use; nothing is ever spilled to disk.

    Raises:
        duckdb.Error: The file is missing, damaged or under another key.
    """
    con = duckdb.connect(":memory:", config={**CLOSED, "memory_limit": memory_limit})
    try:
        quoted = str(path).replace("'", "''")
        con.execute(f"ATTACH '{quoted}' AS {CATALOG} (TYPE duckdb, READ_ONLY, ENCRYPTION_KEY ?)", [key.hex()])
        con.execute("SET enable_external_access = false")
        con.execute(f"USE {CATALOG}")
        con.execute("SET disabled_filesystems = 'LocalFileSystem'")
        con.execute("SET lock_configuration = true")
    except duckdb.Error:
        con.close()
        raise
    return con
