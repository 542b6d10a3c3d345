"""The audit log: who did what to people's data, when, and how it ended; sealed so that no entry is changed unseen.

One line of JSON per entry, in `audit/log.jsonl` of the home. Each names the hash of the line before and is sealed with
the master key. How long the log is stands, sealed too, beside the key file outside the home (`tvaers audit head` prints
it for a place further away), so that the newest entries cannot be cut off unseen either.
No entry holds an identifier, a pseudonym, a value or the words of a question.
"""

import getpass
import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from filelock import FileLock

from tvaers import __version__
from tvaers.errors import SecretKeyError, TvaersError
from tvaers.keys import load_master_key
from tvaers.master_key import MasterKey
from tvaers.settings import SETTINGS_FILE, Settings

_BEGINNING = "0" * 64
_LONGEST_LINE = 65_536


@dataclass(frozen=True)
class Broken:
    """The first entry that is not as it was written.

    Attributes:
        seq: Its number, from 1.
        why: What is wrong with it, in words.
    """

    seq: int
    why: str


@dataclass
class Doing:
    """Something that is being done; what is not known before it ends is filled in.

    Attributes:
        subject: To what it is done.
        rows: How many rows it concerned.
        outcome: How it ended; None until it has.
    """

    subject: str
    rows: int | None = None
    outcome: str | None = field(default=None)


def log_file(settings: Settings) -> Path:
    """Return where the log lies."""
    return settings.home / "audit" / "log.jsonl"


def head_file(settings: Settings) -> Path:
    """Return where the length of the log is kept, outside the home."""
    return settings.key_file.with_name(f"{settings.key_file.name}.audit-head")


def record(
    settings: Settings,
    action: str,
    subject: str,
    *,
    project: str | None = None,
    purpose: str | None = None,
    rows: int | None = None,
    outcome: str = "done",
    role: str = "steward",
) -> None:
    """Write one entry.

    Args:
        settings: The home.
        action: What was done: the verb of the command line.
        subject: To what: a folder's or table's name, never a value.
        project: The research project on whose behalf it was done.
        purpose: What for, as the project's page says.
        rows: How many rows it concerned.
        outcome: `done`, or how it ended instead.
        role: In which role: `steward`, `researcher`, `key holder`, `unit`.

    Raises:
        SecretKeyError: The key file is missing or unsafe; nothing can be sealed.
    """
    key = load_master_key(settings)
    log = log_file(settings)
    log.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with FileLock(log.with_name("log.lock"), mode=0o600):
        last, seq = _last(log)
        entry: dict[str, Any] = {
            "seq": seq + 1,
            "at": datetime.now(tz=UTC).isoformat(timespec="milliseconds"),
            "actor": _actor(),
            "role": role,
            "action": action,
            "subject": subject,
            "project": project,
            "purpose": purpose,
            "rows": rows,
            "outcome": outcome,
            "code": __version__,
            "configuration": _hash((settings.home / SETTINGS_FILE).read_bytes())[:16],
            "key_id": key.key_id,
            "before": _hash(last) if last else _BEGINNING,
        }
        line = json.dumps(entry | {"seal": key.seal(_content(entry))}, ensure_ascii=False).encode() + b"\n"
        with log.open("ab") as file:
            file.write(line)
            file.flush()
            os.fsync(file.fileno())
        _write_head(settings, key, seq + 1, _hash(line))


@contextmanager
def recorded(
    settings: Settings, action: str, subject: str, *, project: str | None = None, purpose: str | None = None
) -> Iterator[Doing]:
    """Write an entry when the block ends: done, refused (with the family of the fault), or failed.

    Raises:
        SecretKeyError: As for `record`; a fault of the block itself goes first.
    """
    doing = Doing(subject)
    try:
        yield doing
    except BaseException as fault:
        doing.outcome = f"refused ({fault.family})" if isinstance(fault, TvaersError) else "failed"
        try:
            record(settings, action, doing.subject, project=project, purpose=purpose, outcome=doing.outcome)
        except (SecretKeyError, OSError) as unsealed:
            fault.add_note(f"The audit log could not be written: {unsealed}")
        raise
    record(
        settings,
        action,
        doing.subject,
        project=project,
        purpose=purpose,
        rows=doing.rows,
        outcome=doing.outcome or "done",
    )


def entries(settings: Settings) -> list[dict[str, Any]]:
    """Return the entries, oldest first, as they stand; whether they are true is told by `first_broken`."""
    log = log_file(settings)
    lines = log.read_bytes().splitlines() if log.exists() else []
    return [_read(line) or {"seq": seq, "outcome": "cannot be read"} for seq, line in enumerate(lines, start=1)]


def head(settings: Settings) -> dict[str, Any] | None:
    """Return how long the log was when its newest entry was written, and that entry's hash; None before the first."""
    path = head_file(settings)
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return found or None


def first_broken(settings: Settings) -> Broken | None:
    """Return the first entry that was changed, moved, put in, or is missing; None when the log is whole.

    Raises:
        SecretKeyError: The key file is missing or unsafe.
    """
    key = load_master_key(settings)
    log = log_file(settings)
    before, seq = _BEGINNING, 0
    for line in log.read_bytes().splitlines(keepends=True) if log.exists() else ():
        seq += 1
        if why := _what_is_wrong(line, seq, before, key):
            return Broken(seq, why)
        before = _hash(line)
    return _cut_off(settings, key, seq, before)


def _read(line: bytes) -> dict[str, Any] | None:
    try:
        entry = json.loads(line)
    except ValueError:
        return None
    return entry if isinstance(entry, dict) else None


def _what_is_wrong(line: bytes, seq: int, before: str, key: MasterKey) -> str:
    entry = _read(line)
    if entry is None:
        return "it cannot be read"
    if not line.endswith(b"\n"):
        return "it was not written to its end"
    seal = entry.pop("seal", None)
    if entry.get("seq") != seq:
        return f"it has the number {entry.get('seq')}: an entry is missing, was moved or put in"
    if entry.get("before") != before:
        return "it does not follow the entry before it"
    if not isinstance(seal, str) or not key.has_sealed(_content(entry), str(entry.get("key_id")), seal):
        return "its seal is broken: it was changed, or written with another key"
    return ""


def _cut_off(settings: Settings, key: MasterKey, seq: int, last: str) -> Broken | None:
    """Compare the log's length with the one that is kept outside the home."""
    kept = head(settings)
    if kept is None:
        return Broken(1, f"how long the log should be is not known: {head_file(settings)} is missing") if seq else None
    told = _content({"seq": kept.get("seq"), "hash": kept.get("hash")})
    if not key.has_sealed(told, str(kept.get("key_id")), str(kept.get("seal"))):
        return Broken(seq, "the record of how long the log should be was changed")
    # A process that was killed between entry and record leaves one entry more, which is sealed.
    if kept["seq"] > seq or (kept["seq"] == seq and kept["hash"] != last):
        return Broken(seq + 1, f"it is missing: the log had {kept['seq']} entries")
    return None


def _write_head(settings: Settings, key: MasterKey, seq: int, last: str) -> None:
    told = {"seq": seq, "hash": last}
    path = head_file(settings)
    beside = path.with_name(f"{path.name}.new")
    beside.write_text(json.dumps(told | {"key_id": key.key_id, "seal": key.seal(_content(told))}), encoding="utf-8")
    beside.chmod(0o600)
    beside.replace(path)


def _last(log: Path) -> tuple[bytes, int]:
    """Return the last line and its number; only the end of a long log is read."""
    if not log.exists():
        return b"", 0
    with log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - _LONGEST_LINE))
        lines = file.read().splitlines(keepends=True)
    last = _read(lines[-1]) if lines else None
    return (lines[-1], int(last["seq"])) if last else (lines[-1] if lines else b"", 0)


def _content(entry: dict[str, Any]) -> bytes:
    return b"audit:" + json.dumps(entry, sort_keys=True, ensure_ascii=False).encode()


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _actor() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"user {os.getuid()}"
