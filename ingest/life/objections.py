"""Who objected: a sealed list of pseudonyms beside the warehouse, which every ingest and every erasure goes by.

It lies outside the warehouse, so that a warehouse restored from an older backup does not bring anybody back. It is
written under the key in force; after a change of key it is read through the keys that came since. Where a person's
contacts are known, their keys are listed too: what a later file says of such a contact names no person any more.
"""

import json
import os
from collections.abc import Iterable
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


def read_objections(settings: Settings, key: MasterKey) -> Objections:
    """Return the list under the key in force; empty where nobody objected.

    Raises:
        WarehouseError: The list was changed, cannot be read, or was written under a key that is not known.
    """
    path = objections_file(settings)
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
    beside = path.with_name(path.name + ".new")
    beside.unlink(missing_ok=True)
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        json.dump(told, file)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)


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
