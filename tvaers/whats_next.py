"""Which verb a home needs next, from what lies in it: set up, load, compute, release, or look."""

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
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
    from indicators.computed import latest_loaded, why_outdated
    from packs.pack import load_pack
    from tvaers.keys import load_master_key
    from warehouse.connection import open_read_only

    with open_read_only(settings.warehouse, load_master_key(settings).subkey("encryption")) as con:
        if latest_loaded(con) is None:
            return ("ingest", "FOLDER")
        if why_outdated(con, settings, load_pack(settings.pack)):
            return ("compute",)
    # Computing builds the warehouse anew, so that a release made before is older than its file.
    if not settings.release.exists() or settings.release.stat().st_mtime_ns < settings.warehouse.stat().st_mtime_ns:
        return ("release",)
    return ("dashboard",)
