"""The database of initiatives: one file, to which entries are added and from which nothing is taken away."""

import json
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from dashboard.access.roles import Role, Visitor
from dashboard.initiatives.initiative import Content, Entry, Initiative, Plan
from tvaers.errors import SettingsError

ENVIRONMENT_NAME = "TVAERS_INITIATIVES"
_SECONDS_TO_WAIT = 10
# What stands here is history: the file itself refuses to have it changed.
_SCHEMA = """
CREATE TABLE IF NOT EXISTS entry (
    entry_id INTEGER PRIMARY KEY,
    initiative_id TEXT NOT NULL,
    unit TEXT NOT NULL,
    written_at TEXT NOT NULL,
    written_by TEXT NOT NULL,
    content TEXT NOT NULL CHECK (json_valid(content))
) STRICT;
CREATE INDEX IF NOT EXISTS entry_by_initiative ON entry (initiative_id);
CREATE TRIGGER IF NOT EXISTS nothing_is_changed BEFORE UPDATE ON entry
BEGIN SELECT RAISE(ABORT, 'entries are not changed'); END;
CREATE TRIGGER IF NOT EXISTS nothing_is_removed BEFORE DELETE ON entry
BEGIN SELECT RAISE(ABORT, 'entries are not removed'); END;
"""


class InitiativesError(SettingsError):
    """The database of initiatives cannot be read or written, or an entry is not this visitor's to write."""


def place() -> Path | None:
    """Return where initiatives are kept; None where nobody has said."""
    named = os.environ.get(ENVIRONMENT_NAME)
    return Path(named) if named else None


def may_write(visitor: Visitor, unit: str) -> bool:
    """Return whether a visitor may write of a unit's initiatives: a unit of its own, the quality manager of all."""
    return visitor.role is Role.QUALITY_MANAGER or (visitor.role is Role.UNIT and visitor.unit == unit)


def read(path: Path) -> list[Initiative]:
    """Return all initiatives, the one begun last first; none where the file is not there yet.

    Raises:
        InitiativesError: The file is there and is no database of initiatives.
    """
    if not path.exists():
        return []
    found: dict[str, Initiative] = {}
    with _opened(path) as database:
        rows = database.execute(
            "SELECT initiative_id, unit, written_at, written_by, content FROM entry ORDER BY entry_id"
        ).fetchall()
    for initiative_id, unit, written_at, written_by, content in rows:
        entry = Entry.model_validate(
            {"written_at": written_at, "written_by": written_by, "content": json.loads(content)}
        )
        known = found.get(initiative_id, Initiative(initiative_id=initiative_id, unit=unit, entries=()))
        found[initiative_id] = known.with_entry(entry)
    return sorted(found.values(), key=lambda each: each.plan.start, reverse=True)


def begin(path: Path, visitor: Visitor, unit: str, plan: Plan) -> Initiative:
    """Write the plan of a new initiative of a unit, and return the initiative.

    Raises:
        InitiativesError: The visitor may not write for this unit, or the file cannot be written.
    """
    return go_on(path, visitor, Initiative(initiative_id=uuid4().hex, unit=unit, entries=()), plan)


def go_on(path: Path, visitor: Visitor, initiative: Initiative, content: Content) -> Initiative:
    """Add a new plan, a note or the end to an initiative, and return it with that.

    Raises:
        InitiativesError: The visitor may not write for its unit, or the file cannot be written.
    """
    if not may_write(visitor, initiative.unit):
        raise InitiativesError(
            "Initiatives are written down by the unit itself or by the quality manager.",
            what_to_do="Log in for the unit whose initiative it is.",
        )
    now = datetime.now(tz=UTC).replace(microsecond=0)
    entry = Entry(written_at=now, written_by=str(visitor.role), content=content)
    with _opened(path) as database, database:
        database.execute(
            "INSERT INTO entry (initiative_id, unit, written_at, written_by, content) VALUES (?, ?, ?, ?, ?)",
            (initiative.initiative_id, initiative.unit, now.isoformat(), entry.written_by, content.model_dump_json()),
        )
    return initiative.with_entry(entry)


@contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    try:
        path.touch(mode=0o600, exist_ok=True)
        with closing(sqlite3.connect(path, timeout=_SECONDS_TO_WAIT)) as database:
            database.executescript(_SCHEMA)
            yield database
    except (sqlite3.Error, OSError, ValueError) as fault:
        raise InitiativesError(
            "The database of initiatives cannot be used.",
            where=str(path),
            what_to_do="See that the dashboard's user may write the file and its folder, or restore it from a backup.",
        ) from fault
