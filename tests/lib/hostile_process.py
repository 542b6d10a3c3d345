"""A process in which one layer of the sandbox stands alone: `engine` (locked settings) or `process` (limits)."""

import json
import os
import sys
from pathlib import Path

import duckdb

from research.sandbox.limits import close_the_doors, limit_work
from research.sandbox.locked import open_locked
from tests.lib.hostile import CANARY, KEY

MARKS = (CANARY, "root:x:0", "PATH=", "DUCK\\x", "b'\\x00", KEY.hex())
SETTINGS = "SELECT name, value FROM duckdb_settings() ORDER BY name"


def open_without_locks(path: Path) -> duckdb.DuckDBPyConnection:
    """Open the file with an engine that would do anything."""
    con = duckdb.connect(":memory:")
    con.execute(f"ATTACH '{path}' AS project (TYPE duckdb, READ_ONLY, ENCRYPTION_KEY ?)", [KEY.hex()])
    con.execute("USE project")
    return con


def tried(con: duckdb.DuckDBPyConnection, statement: str) -> dict[str, object]:
    """Run one statement and tell whether it leaked anything, and which settings it changed."""
    before = dict(con.execute(SETTINGS).fetchall())
    said = ""
    try:
        said = str(con.execute(statement).fetchmany(2_000))
    except Exception as fault:  # a leak in an error text is a leak
        said = str(fault).replace(statement, "")
    after = dict(con.execute(SETTINGS).fetchall())
    changed = [name for name in before if before[name] != after.get(name)]
    return {"leak": any(mark in said for mark in MARKS), "changed": changed}


def main() -> None:
    layer, path = sys.argv[1], Path(sys.argv[2])
    wanted = json.loads(sys.stdin.read())
    out = os.fdopen(os.dup(1), "w")
    if layer == "process":
        # One engine for all, since the doors are closed once: what one statement changed, the next may use.
        con = open_without_locks(path)
        con.execute("SELECT 1").fetchmany(1)
        limit_work(seconds=120, memory_mb=6_000)
        close_the_doors()
    for statement in wanted:
        if layer == "engine":
            con = open_locked(path, KEY)
        try:
            out.write(json.dumps(tried(con.cursor() if layer == "process" else con, statement)) + "\n")
        except duckdb.Error:
            out.write(json.dumps({"leak": False, "changed": []}) + "\n")
        out.flush()


if __name__ == "__main__":
    main()
