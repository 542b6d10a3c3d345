"""What a fault of the database engine means for the person at the keyboard, and what to do about it."""

from pathlib import Path

import duckdb

from tvaers.errors import WarehouseError


def translated(fault: duckdb.Error, path: Path) -> WarehouseError:
    """Return a fault of the database as one a user can act on; the text of the statement is left out."""
    text = str(fault)
    for sign, what, what_to_do in _FAULTS:
        if sign.lower() in text.lower():
            return WarehouseError(what, where=str(path), what_to_do=what_to_do)
    return WarehouseError(
        f"The database engine reported {type(fault).__name__}.",
        where=str(path),
        what_to_do="tvaers doctor",
    )


_FAULTS = (
    (
        "wrong encryption key",
        "The warehouse was written under another key.",
        "Use the key file that the warehouse was built with (TVAERS_KEY_FILE), or start a new home folder.",
    ),
    (
        "not encrypted",
        "The warehouse file is not encrypted, so it was not written by this program.",
        "Move the file away and ingest again.",
    ),
    (
        "set lock",
        "Another process is writing this warehouse file.",
        "Wait until it has finished, then try again.",
    ),
    (
        "no space left",
        "The disk is full.",
        "Free some space and run the same command again; the last good warehouse is untouched.",
    ),
    (
        "file too large",
        "The disk, or the limit on a file's size, is full.",
        "Free some space and run the same command again; the last good warehouse is untouched.",
    ),
    (
        "failed to offload",
        "The disk has no room for rows that do not fit in memory.",
        "Free some space or memory and run the same command again; the last good warehouse is untouched.",
    ),
    (
        "out of memory",
        "The work does not fit in the memory allowed.",
        "Close other programs or raise the memory limit, then run the same command again.",
    ),
    (
        "not a valid duckdb database",
        "The warehouse file is corrupt, or is not a warehouse.",
        "Restore it from a backup, or move it away and ingest again.",
    ),
    (
        "newer version",
        "The warehouse file was written by a newer version.",
        "Install the newer version of tvaers, or move the file away and ingest again.",
    ),
    (
        "could not read enough bytes",
        "The warehouse file is cut short.",
        "Restore it from a backup, or move it away and ingest again.",
    ),
    (
        "corrupt",
        "The warehouse file is corrupt.",
        "Restore it from a backup, or move it away and ingest again.",
    ),
    (
        "tag differs",
        "The warehouse file is corrupt: a block does not match its seal.",
        "Restore it from a backup, or move it away and ingest again.",
    ),
)
