"""Backups: copies of what a home cannot make again, each in a folder of its own with a sealed list of its files.

The warehouse and the databases of projects are copied as they lie there, encrypted; no key is ever copied. The list of
files is written last and sealed with the master key, so that a backup cut off or changed by anybody is told apart.
"""

import hashlib
import json
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from filelock import FileLock

from ingest.life.objections import told_apart
from tvaers import __version__, audit_log
from tvaers.errors import WarehouseError
from tvaers.keys import load_master_key
from tvaers.master_key import MasterKey
from tvaers.progress import Advance, track
from tvaers.settings import SETTINGS_FILE, Settings
from warehouse.connection import open_read_only, refuse_missing
from warehouse.swap import one_builder_at_a_time

KEPT = (
    SETTINGS_FILE,
    "warehouse.duckdb",
    "release.duckdb",
    "initiatives.sqlite",
    "objections.json",
    "released",
    "reports",
    "projects",
)
"""What a backup holds of a home, besides its audit log and who is let in."""
LIST = "backup.json"
_PREFIX, _UNFINISHED = "tvaers-", ".unfinished"
# Secrets of the login stay where they are; locks and half-built files belong to a process, not to the data.
_LEFT_OUT = ("login.toml", "*.lock", "*.new", "*.work", "*.wal", "*.key")
_AT_ONCE = 1 << 20


@dataclass(frozen=True)
class Contents:
    """What the sealed list of a backup tells.

    Attributes:
        made_at: When it was begun, in UTC, as ISO text.
        key_id: The key under which its warehouse can be opened.
        code: The version of the code that made it.
        objections: What tells its list of objections from every other; empty when nobody had objected.
        files: Every file's path below the backup, with its SHA-256.
    """

    made_at: str
    key_id: str
    code: str
    objections: str
    files: dict[str, str]


@dataclass(frozen=True)
class Checked:
    """What a check of a backup found.

    Attributes:
        name: The backup's folder.
        made_at: When it was made; empty when that cannot be read.
        faults: What is wrong, a line each; none when it is whole.
        files: How many files it holds.
        bytes: Their size.
        holds_gone: Whether, since it was made, people were erased, their objection was noted or taken back, or rows
            were let go that are kept no longer.
    """

    name: str
    made_at: str
    faults: tuple[str, ...]
    files: int
    bytes: int
    holds_gone: bool


def create_backup(settings: Settings, place: Path) -> Path:
    """Copy a home into a new folder below `place` and return it; a backup cut off is never taken for a whole one.

    Raises:
        WarehouseError: There is no warehouse, a job is writing it, `place` lies in the home, or the disk is full.
    """
    refuse_missing(settings.warehouse)
    if place.resolve().is_relative_to(settings.home.resolve()):
        raise WarehouseError(
            "The backup would lie in the home that it is a backup of.",
            where=str(place),
            what_to_do="Name a folder on another disk.",
        )
    key = load_master_key(settings)
    now = datetime.now(tz=UTC)
    final = place / f"{_PREFIX}{now:%Y%m%dT%H%M%S}Z"
    unfinished = final.with_name(final.name + _UNFINISHED)
    try:
        unfinished.mkdir(parents=True, mode=0o700)
        with ExitStack() as locks:
            locks.enter_context(one_builder_at_a_time(settings.warehouse))
            locks.enter_context(one_builder_at_a_time(settings.release, "release"))
            locks.enter_context(FileLock(settings.home / "audit" / "log.lock", mode=0o600))
            locks.enter_context(_nobody_writes(settings.initiatives))
            found = list(_files_of(settings.home, (*KEPT, "access", "audit")))
            with track("Copying", total=sum(each.stat().st_size for each in found)) as advance:
                copied = [each.relative_to(settings.home).as_posix() for each in found]
                hashes = {name: _copy(settings.home / name, unfinished / name, advance) for name in copied}
        contents = Contents(
            now.isoformat(timespec="seconds"),
            key.key_id,
            __version__,
            told_apart(unfinished / "objections.json"),
            hashes,
        )
        sealed = asdict(contents) | {"seal": key.seal(_sealed(contents))}
        with (unfinished / LIST).open("w", encoding="utf-8") as file:
            json.dump(sealed, file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        unfinished.rename(final)
    except OSError as fault:
        raise WarehouseError(
            f"The backup could not be written: {fault.strerror}.",
            where=str(place),
            what_to_do="Free some space or name another folder; the home is untouched.",
        ) from None
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    return final


@contextmanager
def _nobody_writes(initiatives: Path) -> Iterator[None]:
    """Let no dashboard write initiatives while they are copied, so that no half entry is."""
    if not initiatives.exists():
        yield
        return
    with closing(sqlite3.connect(initiatives)) as database:
        database.execute("BEGIN IMMEDIATE")
        yield


def backups_in(place: Path) -> list[Path]:
    """Return the backups below a folder, oldest first; those that were cut off are not among them."""
    found = sorted(place.glob(f"{_PREFIX}*Z"))
    return [each for each in found if each.is_dir() and (each / LIST).is_file()]


def check_backup(settings: Settings, backup: Path) -> Checked:
    """Compare every file of a backup with its sealed list and open its warehouse.

    Raises:
        SecretKeyError: The key file is missing or unsafe.
    """
    key = load_master_key(settings)
    files = list(_files_of(backup, [each.name for each in backup.iterdir() if each.name != LIST], left_out=()))
    size = sum(each.stat().st_size for each in files)
    contents = read_contents(backup, key)
    if contents is None:
        why = "its list of files is missing, changed, or sealed with another key"
        return Checked(backup.name, "", (why,), len(files), size, holds_gone=True)
    with track(f"Checking {backup.name}", total=size) as advance:
        found = {each.relative_to(backup).as_posix(): _hash(each, advance) for each in files}
    faults = [f"{name} is missing" for name in sorted(contents.files.keys() - found)]
    faults += [f"{name} was put in" for name in sorted(found.keys() - contents.files)]
    faults += [f"{name} was changed" for name in sorted(found) if contents.files.get(name, found[name]) != found[name]]
    if not faults:
        faults += _opened(backup / settings.warehouse.name, contents, key)
    return Checked(
        backup.name, contents.made_at, tuple(faults), len(files), size, _is_before_something_went(settings, contents)
    )


def read_contents(backup: Path, key: MasterKey) -> Contents | None:
    """Return what the list of a backup tells; None when its seal is not that of this key or one before it."""
    try:
        told = json.loads((backup / LIST).read_text(encoding="utf-8"))
        seal = str(told.pop("seal"))
        contents = Contents(**told)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    return contents if key.has_sealed(_sealed(contents), contents.key_id, seal) else None


def _opened(warehouse: Path, contents: Contents, key: MasterKey) -> list[str]:
    if contents.key_id != key.key_id:
        return [f"it opens only with the key {contents.key_id}, which was replaced: keep that key's copy with it"]
    try:
        with open_read_only(warehouse, key.subkey("encryption")) as con:
            con.execute("SELECT count(*) FROM meta.batch")
    except WarehouseError as fault:
        return [f"its warehouse does not open: {fault.what}"]
    return []


def _is_before_something_went(settings: Settings, contents: Contents) -> bool:
    if told_apart(settings.home / "objections.json") != contents.objections:
        return True
    return any(
        each.get("action") in {"erase", "retention"}
        and each.get("outcome") == "done"
        and str(each.get("at")) >= contents.made_at[:19]
        for each in audit_log.entries(settings)
    )


def _files_of(
    folder: Path, names: "tuple[str, ...] | list[str]", left_out: tuple[str, ...] = _LEFT_OUT
) -> Iterator[Path]:
    for name in names:
        whole = folder / name
        for path in sorted(whole.rglob("*")) if whole.is_dir() else [whole]:
            if path.is_file() and not path.is_symlink() and not any(path.match(each) for each in left_out):
                yield path


def _copy(source: Path, target: Path, advance: Advance) -> str:
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with source.open("rb") as given, target.open("wb") as kept:
        told = _read_through(given, advance, kept)
        kept.flush()
        os.fsync(kept.fileno())
    return told


def _hash(path: Path, advance: Advance) -> str:
    with path.open("rb") as given:
        return _read_through(given, advance)


def _read_through(given: BinaryIO, advance: Advance, kept: BinaryIO | None = None) -> str:
    told = hashlib.sha256()
    while part := given.read(_AT_ONCE):
        told.update(part)
        if kept:
            kept.write(part)
        advance(len(part))
    return told.hexdigest()


def _sealed(contents: Contents) -> bytes:
    return b"backup:" + json.dumps(asdict(contents), sort_keys=True).encode()
