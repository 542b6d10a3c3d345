"""Who objected: a sealed list of pseudonyms beside the warehouse, which every ingest and every erasure goes by.

It lies outside the warehouse, so that a warehouse restored from an older backup does not bring anybody back. It is
written under the key in force; after a change of key it is read through the keys that came since. Where a person's
contacts are known, their keys are listed too: what a later file says of such a contact names no person any more.
Which list is the newest is told beside the key file, outside the home: an older one, or none, would bring people back.
"""

import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from tvaers.errors import WarehouseError
from tvaers.master_key import Hashing, MasterKey
from tvaers.settings import Settings
from warehouse.keyed_hash import HASH_CHARACTERS, hashed_again


@dataclass(frozen=True)
class Objections:
    """Who objected.

    Attributes:
        people: Pseudonyms, as 32 hexadecimal characters: those who objected, and the other numbers that they had.
        records: Keys of their contacts, as the warehouse writes them.
    """

    people: frozenset[str] = field(default_factory=frozenset, repr=False)
    records: frozenset[str] = field(default_factory=frozenset, repr=False)

    def with_also(self, other: "Objections") -> "Objections":
        """Return both lists as one."""
        return Objections(self.people | other.people, self.records | other.records)


def objections_file(settings: Settings) -> Path:
    """Return where the list lies."""
    return settings.home / "objections.json"


def newest_file(settings: Settings) -> Path:
    """Return what tells the newest list from every older one; it lies outside the home."""
    return settings.key_file.with_name(f"{settings.key_file.name}.objections-head")


def read_objections(settings: Settings, key: MasterKey) -> Objections:
    """Return the list under the key in force; empty where nobody objected.

    Raises:
        WarehouseError: The list is missing, changed or not the newest, cannot be read, or was written under a key that
            is not known.
    """
    path = objections_file(settings)
    newest = _newest(settings)
    if newest and told_apart(path) not in newest:
        raise _untrue(path, "it is not the newest one" if path.exists() else "it is missing")
    if not path.exists():
        return Objections()
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        content, key_id, seal = told["content"], str(told["key_id"]), str(told["seal"])
        people, records = list(content["people"]), list(content["records"])
    except (OSError, ValueError, KeyError, TypeError):
        raise _untrue(path, "it cannot be read") from None
    if not key.has_sealed(_sealed(content), key_id, seal):
        raise _untrue(path, "its seal is broken, or it was written under another key")
    generations = [*(each.key_id for each in key.earlier), key.key_id]
    since = generations.index(key_id) + 1
    return Objections(
        frozenset(_walked(people, key, "warehouse", since)), frozenset(_walked(records, key, "record-key", since))
    )


def write_objections(settings: Settings, key: MasterKey, objections: Objections) -> None:
    """Replace the list in one step; its order tells nothing of when or in which order people objected."""
    content = {"people": sorted(objections.people), "records": sorted(objections.records)}
    told = {"key_id": key.key_id, "seal": key.seal(_sealed(content)), "content": content}
    path = objections_file(settings)
    beside = _write(path, told)
    # Killed here, the one in place and the one about to take its place both count as the newest.
    _write(newest_file(settings), [told_apart(path), told_apart(beside)]).replace(newest_file(settings))
    beside.replace(path)
    _write(newest_file(settings), [told_apart(path)]).replace(newest_file(settings))


def told_apart(path: Path) -> str:
    """Return the seal of a list, which no other list has; nothing where there is no list, or it cannot be read."""
    try:
        return str(json.loads(path.read_text(encoding="utf-8"))["seal"])
    except (OSError, ValueError, KeyError, TypeError):
        return ""


@contextmanager
def newest_stays_newest(settings: Settings) -> Iterator[None]:
    """Let the list that was the newest before a block still count as such after it, besides what the block wrote."""
    before = _newest(settings)
    try:
        yield
    finally:
        if before:
            both = list(dict.fromkeys([*before, *_newest(settings)]))
            _write(newest_file(settings), both).replace(newest_file(settings))


def _newest(settings: Settings) -> list[str]:
    try:
        return [str(each) for each in json.loads(newest_file(settings).read_text(encoding="utf-8"))]
    except FileNotFoundError:
        return []


def _write(path: Path, content: object) -> Path:
    """Write beside a file what is to take its place."""
    beside = path.with_name(path.name + ".new")
    beside.unlink(missing_ok=True)
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        json.dump(content, file)
        file.flush()
        os.fsync(file.fileno())
    return beside


def _walked(hashes: Iterable[str], key: MasterKey, purpose: Hashing, since: int) -> list[str]:
    """Return hashes of an earlier key as the later ones make them; what stands before a hash (`lpr2:`) stays."""
    whole = pl.Series("value", list(hashes), dtype=pl.String)
    before, last = whole.str.head(-HASH_CHARACTERS), whole.str.tail(HASH_CHARACTERS)
    for secret in key.generations(purpose)[since:]:
        last = hashed_again(last, secret)
    return (before + last).to_list()


def _sealed(content: object) -> bytes:
    return b"objections:" + json.dumps(content, sort_keys=True).encode()


def _untrue(path: Path, why: str) -> WarehouseError:
    return WarehouseError(
        f"The list of people who objected is not as it was written: {why}.",
        where=str(path),
        what_to_do="Put the newest copy of it back; nothing is loaded without it, since that could bring people back.",
    )
