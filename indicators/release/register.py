"""The register of what was released: every number that was ever published, in the order in which it was.

It lies in the home beside the release, one folder per release. It holds published numbers, and from which versions of
what they were computed (`origin.py`), so it is no secret; but a release is judged by it, and whoever could change it
could have a hidden number come out. So each entry is sealed with the master key together with the seal of the one
before: no entry can be changed, dropped or put in between unseen. That the newest is missing is noticed as long as the
release in place is one that the register does not know.
"""

import json
import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from indicators.release.file import TABLES, emptied
from indicators.release.origin import Origin
from tvaers.errors import DisclosureError
from tvaers.master_key import MasterKey
from tvaers.settings import Settings

ENTRY = "entry.json"
BUILT_BESIDE = ".new"
# The tables that hold numbers of people, by period.
NUMBERS = ("result", "time_step", "time_percentile", "case_mix")
Numbers = Mapping[str, pl.DataFrame]


@dataclass(frozen=True)
class Issue:
    """One publication of a quarter.

    Attributes:
        period_end: Last day of the quarter.
        number: 1 for the first publication, 2 for the first correction, and so on.
        released_on: Day of the data of that release.
        reason: Why it was corrected; empty for the first.
    """

    period_end: date
    number: int
    released_on: date
    reason: str = ""


@dataclass(frozen=True)
class Entry:
    """What one release published that no earlier one had.

    Attributes:
        number: Place in the register, from 1.
        release_id: The release.
        pack: Name of the country pack.
        disease: The disease.
        policy_version: Version of the disclosure policy by which it was protected.
        issues: The quarters published for the first time or again.
        origin: What their numbers were computed from; None of a release that was made before this was noted.
        key_id: The key under which the entry is sealed; empty before it is.
    """

    number: int
    release_id: str
    pack: str
    disease: str
    policy_version: str
    issues: tuple[Issue, ...]
    origin: Origin | None = None
    key_id: str = ""


class Register:
    """The register of one home."""

    def __init__(self, folder: Path, key: MasterKey) -> None:
        """Take the folder and the key that seals the entries; nothing is read yet."""
        self.folder, self.key = folder, key

    @cached_property
    def entries(self) -> tuple[Entry, ...]:
        """All entries, oldest first.

        Raises:
            DisclosureError: An entry is missing, was changed, or does not follow the one before it.
        """
        found, seal = [], ""
        places = [path for path in self.folder.glob("*") if path.is_dir() and path.suffix != BUILT_BESIDE]
        for number, place in enumerate(sorted(places), start=1):
            try:
                page = json.loads((place / ENTRY).read_text(encoding="utf-8"))
                entry = _entry(page["entry"], str(page["key_id"]))
                content = _content(page["entry"], seal, place)
                is_sealed = self.key.has_sealed(content, page["key_id"], page["seal"])
            except (OSError, ValueError, KeyError, TypeError):
                is_sealed = False
            if not is_sealed or place.name != _name(number) or entry.number != number:
                raise DisclosureError(
                    "The register of what was released has been changed, so nothing new can be judged by it.",
                    where=str(place),
                    how_much=f"Entry {number} of {len(places)} is not the one that was sealed.",
                    what_to_do="Put the folder back from a backup, then tvaers release.",
                )
            found.append(entry)
            seal = page["seal"]
        return tuple(found)

    def of(self, pack: str, disease: str) -> tuple[Entry, ...]:
        """Return the entries of one disease in one country."""
        return tuple(each for each in self.entries if (each.pack, each.disease) == (pack, disease))

    def numbers(self, entry: Entry) -> Numbers:
        """Return what an entry's release published, as it stood in the release."""
        place = self.folder / _name(entry.number)
        return {name: pl.read_parquet(place / f"{name}.parquet") for name in NUMBERS}

    def knows(self, release: Path) -> bool:
        """Return whether a release file is one of the register's; a file that cannot be read is not judged."""
        found = release_id(release)
        return found is None or found in {each.release_id for each in self.entries}

    def add(self, entry: Entry, numbers: Numbers) -> None:
        """Add a release, on disk before this returns.

        Args:
            entry: What was published; its number is the next one.
            numbers: The tables of `NUMBERS`, of the entry's quarters alone.
        """
        earlier = self.entries
        before = ""
        if earlier:
            before = json.loads((self.folder / _name(len(earlier)) / ENTRY).read_text(encoding="utf-8"))["seal"]
        target = self.folder / _name(len(earlier) + 1)
        beside = target.with_suffix(BUILT_BESIDE)
        shutil.rmtree(beside, ignore_errors=True)
        beside.mkdir(parents=True)
        for name in NUMBERS:
            emptied(numbers[name]).write_parquet(beside / f"{name}.parquet")
        stated = json.loads(json.dumps(asdict(entry), default=str))
        del stated["key_id"]
        seal = self.key.seal(_content(stated, before, beside))
        page = {"entry": stated, "key_id": self.key.key_id, "seal": seal}
        (beside / ENTRY).write_text(json.dumps(page, indent=1, ensure_ascii=False), encoding="utf-8")
        for path in (*beside.iterdir(), beside):
            _sync(path)
        beside.replace(target)
        _sync(self.folder)
        self.__dict__.pop("entries", None)


def opened(settings: Settings, key: MasterKey) -> Register:
    """Return the register of a home; what stands in a release that was made before there was one is taken into it.

    Raises:
        DisclosureError: The register was changed, or lacks the release in place.
    """
    register = Register(settings.register, key)
    if not register.entries and settings.release.is_file():
        _take_in(register, settings.release)
    if not register.knows(settings.release):
        raise DisclosureError(
            "The register of what was released lacks the release in place, so its newest entries are gone.",
            where=str(settings.register),
            how_much=f"{len(register.entries)} entries.",
            what_to_do="Put the folder back from a backup, then tvaers release.",
        )
    return register


def _take_in(register: Register, release: Path) -> None:
    """Make a release that the register does not know its first entry; a file that is none is passed over."""
    try:
        with duckdb.connect(str(release), read_only=True) as con:
            facts = dict(con.execute("SELECT key, value FROM meta").fetchall())
            policy = con.execute("SELECT value FROM policy WHERE key = 'version'").fetchone()
            numbers = {name: _table(con, name) for name in NUMBERS}
        pack, _ = facts["pack"].rsplit(" ", 1)
        on = date.fromisoformat(facts["created_on"])
        of_release = (facts["release_id"], pack, facts["disease"], policy[0] if policy else "")
    except (duckdb.Error, KeyError, ValueError):
        return
    ends = numbers["result"]["period_end"].unique().sort().to_list()
    register.add(Entry(1, *of_release, tuple(Issue(end, 1, on) for end in ends)), numbers)


def _table(con: duckdb.DuckDBPyConnection, name: str) -> pl.DataFrame:
    """Return a table of a release; what is expected of units is empty in a release that was made before there was any.

    Raises:
        duckdb.Error: The release has no such table.
    """
    is_there = con.execute("SELECT count(*) FROM duckdb_tables() WHERE table_name = ?", [name]).fetchone()
    if name == "case_mix" and is_there == (0,):
        with duckdb.connect() as blank:
            blank.execute(f"CREATE TABLE {name} ({TABLES[name][0]})")
            return blank.table(name).pl()
    return con.execute(f"SELECT * FROM {name} ORDER BY ALL").pl()


def release_id(release: Path) -> str | None:
    """Return the id of a release file; None where there is none, or it cannot be read."""
    if not release.is_file():
        return None
    try:
        with duckdb.connect(str(release), read_only=True) as con:
            row = con.execute("SELECT value FROM meta WHERE key = 'release_id'").fetchone()
    except duckdb.Error:
        return None
    return row[0] if row else None


def _name(number: int) -> str:
    return f"{number:04d}"


def _entry(stated: dict[str, object], key_id: str) -> Entry:
    issues: Sequence[dict[str, Any]] = stated["issues"]  # type: ignore[assignment]
    dated = [
        {**each, "period_end": date.fromisoformat(str(each["period_end"]))}
        | {"released_on": date.fromisoformat(str(each["released_on"]))}
        for each in issues
    ]
    told: dict[str, Any] = {**stated, "issues": tuple(Issue(**each) for each in dated), "key_id": key_id}
    if noted := told.get("origin"):
        told["origin"] = Origin(**{**noted, "batches": tuple(noted["batches"])})
    return Entry(**told)


def _content(stated: dict[str, object], before: str, place: Path) -> bytes:
    """Return what is sealed: the entry, the seal of the one before it, and its tables byte by byte."""
    parts = [json.dumps(stated, sort_keys=True).encode(), before.encode()]
    parts += [(place / f"{name}.parquet").read_bytes() for name in NUMBERS]
    return b"".join(len(part).to_bytes(8, "big") + part for part in parts)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
