"""Which verb a home needs next, from what lies in it: set up, load, compute, release, or look."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb

    from tvaers.settings import Settings


def after_faults(home: Path) -> str:
    """Return what to do about a home that is not well: set it up when nobody has, else heal it."""
    from tvaers.settings import SETTINGS_FILE

    if not (home / SETTINGS_FILE).is_file():
        return f"tvaers init --home {home}"
    return f"put right what is marked bad, then: tvaers doctor --home {home}"


def next_command(settings: "Settings") -> str:
    """Return the next command for a home that is well.

    Raises:
        TvaersError: The warehouse cannot be opened.
    """
    return f"tvaers {_next_verb(settings)} --home {settings.home}"


def _next_verb(settings: "Settings") -> str:
    """Return the first step of the data flow that has not been done with what the step before it made."""
    if not settings.warehouse.exists():
        return "ingest FOLDER"
    from tvaers.keys import load_master_key
    from warehouse.connection import open_read_only

    with open_read_only(settings.warehouse, load_master_key(settings).subkey("encryption")) as con:
        loaded, computed = _latest_batch(con), _latest_batch_computed(con)
    if loaded is None:
        return "ingest FOLDER"
    if computed is None or computed < loaded:
        return "compute"
    # Computing builds the warehouse anew, so that a release made before is older than its file.
    if not settings.release.exists() or settings.release.stat().st_mtime_ns < settings.warehouse.stat().st_mtime_ns:
        return "release"
    return "dashboard"


def _latest_batch(con: "duckdb.DuckDBPyConnection") -> int | None:
    """Return the number of the file loaded last; None when the warehouse holds none."""
    row = con.execute("SELECT max(batch_id) FROM meta.batch HAVING count_if(state = 'loaded') > 0").fetchone()
    return int(row[0]) if row else None


def _latest_batch_computed(con: "duckdb.DuckDBPyConnection") -> int | None:
    """Return the number of the latest file known when indicators were computed; None when they never were."""
    is_there = con.execute(
        "SELECT count(*) FROM duckdb_tables() WHERE schema_name = 'indicator' AND table_name = 'run'"
    ).fetchone()
    if is_there == (0,):
        return None
    row = con.execute("SELECT CAST(value AS INTEGER) FROM indicator.run WHERE key = 'latest_batch'").fetchone()
    return int(row[0]) if row else None
