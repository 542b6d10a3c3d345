"""Which verb a home needs next, from what lies in it: set up, load, compute, release, or look."""

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb

    from tvaers.settings import Settings


def command(*words: str | Path, home: Path | None = None) -> str:
    """Return a command of `tvaers` as it is typed into a shell: a name with blanks is quoted."""
    place = ["--home", str(home)] if home else []
    return shlex.join(["tvaers", *map(str, words), *place])


def after_faults(home: Path) -> str:
    """Return what to do about a home that is not well: set it up when nobody has, else heal it."""
    from tvaers.settings import SETTINGS_FILE

    if not (home / SETTINGS_FILE).is_file():
        return command("init", home=home)
    return f"put right what is marked bad, then: {command('doctor', home=home)}"


def next_command(settings: "Settings") -> str:
    """Return the next command for a home that is well.

    Raises:
        TvaersError: The warehouse cannot be opened.
    """
    return command(*_next_words(settings), home=settings.home)


def _next_words(settings: "Settings") -> tuple[str, ...]:
    """Return the first step of the data flow that has not been done with what the step before it made."""
    if not settings.warehouse.exists():
        return ("ingest", "FOLDER")
    from tvaers.keys import load_master_key
    from warehouse.connection import open_read_only

    with open_read_only(settings.warehouse, load_master_key(settings).subkey("encryption")) as con:
        loaded, computed = _latest_batch(con), _computed(con)
    if loaded is None:
        return ("ingest", "FOLDER")
    if int(computed.get("latest_batch", -1)) < loaded or _is_of_something_else(computed, settings):
        return ("compute",)
    # Computing builds the warehouse anew, so that a release made before is older than its file.
    if not settings.release.exists() or settings.release.stat().st_mtime_ns < settings.warehouse.stat().st_mtime_ns:
        return ("release",)
    return ("dashboard",)


def _latest_batch(con: "duckdb.DuckDBPyConnection") -> int | None:
    """Return the number of the file loaded last; None when the warehouse holds none."""
    row = con.execute("SELECT max(batch_id) FROM meta.batch HAVING count_if(state = 'loaded') > 0").fetchone()
    return int(row[0]) if row else None


def _is_of_something_else(computed: dict[str, str], settings: "Settings") -> bool:
    """Return whether the indicators were computed for another area or disease than the settings name now."""
    from indicators.area import area_as_text, area_of
    from packs.pack import load_pack

    area = area_as_text(area_of(settings, load_pack(settings.pack)))
    return (computed.get("area", area), computed.get("disease")) != (area, settings.disease)


def _computed(con: "duckdb.DuckDBPyConnection") -> dict[str, str]:
    """Return what is noted of the last computation; nothing when there was none."""
    is_there = con.execute(
        "SELECT count(*) FROM duckdb_tables() WHERE schema_name = 'indicator' AND table_name = 'run'"
    ).fetchone()
    if is_there == (0,):
        return {}
    return dict(con.execute("SELECT key, value FROM indicator.run").fetchall())
