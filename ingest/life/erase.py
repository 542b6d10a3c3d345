"""Erase people who objected: the warehouse is written into a fresh file without them, since deleting erases nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import polars as pl

from ingest.build import open_work, write_sorted
from ingest.life.objections import Objections, read_objections, write_objections
from ingest.life.purge import purge
from ingest.pseudonymise import pseudonymiser_of
from packs.pack import load_pack
from tvaers.errors import ExtractError
from tvaers.keys import load_master_key
from tvaers.master_key import MasterKey
from tvaers.settings import Settings
from warehouse.connection import open_read_only
from warehouse.run_log import refuse_other_key
from warehouse.swap import one_builder_at_a_time, place_beside, remove_leftovers, replace_atomically, working_copy


@dataclass(frozen=True)
class Noted:
    """What noting objections did.

    Attributes:
        given: Identifiers that were given.
        new: Those that were not on the list.
        listed: Pseudonyms on the list now, the other numbers of a person included.
    """

    given: int
    new: int
    listed: int


@dataclass(frozen=True)
class Erased:
    """What an erasure did.

    Attributes:
        listed: Pseudonyms on the list, with the other numbers that were found.
        rows: Rows that were taken out of the warehouse.
    """

    listed: int
    rows: int


def note_objections(settings: Settings, identifiers: Sequence[str], *, withdraw: bool = False) -> Noted:
    """Put people on the list of those who objected, or take them off it; the identifiers are never written.

    Args:
        settings: The home folder.
        identifiers: National identifiers, or blinded ones where the home agrees on those.
        withdraw: Take them off: what is delivered of them from now on is loaded again.

    Raises:
        ExtractError: There is none, or some are no identifiers; then nothing was changed.
        WarehouseError: The list is not as it was written, or a job is writing the warehouse.
    """
    given = [each.strip() for each in identifiers if each.strip()]
    with one_builder_at_a_time(settings.warehouse):
        key = load_master_key(settings)
        people = _pseudonyms(settings, key, given)
        before = read_objections(settings, key)
        after = before.people - people if withdraw else before.people | people
        write_objections(settings, key, Objections(after, before.records if after else frozenset()))
    return Noted(len(given), len(before.people ^ after), len(after))


def erase(settings: Settings) -> Erased:
    """Write the warehouse anew without anything of the people on the list; computed tables are computed again.

    Raises:
        WarehouseError: There is no warehouse, it is busy or under another key, or the list is not as it was written.
    """
    pack = load_pack(settings.pack)
    with one_builder_at_a_time(settings.warehouse):
        key = load_master_key(settings)
        encryption = key.subkey("encryption")
        with open_read_only(settings.warehouse, encryption) as con:
            refuse_other_key(con, key.key_id)
        listed = read_objections(settings, key)
        with (
            working_copy(settings.warehouse) as work,
            open_work(work, encryption, result=place_beside(settings.warehouse), coming=()) as con,
        ):
            listed, rows = purge(con, pack, listed)
            write_objections(settings, key, listed)
            with replace_atomically(settings.warehouse) as beside:
                write_sorted(con, beside, encryption, set())
        remove_leftovers(settings.warehouse, ".work")
    return Erased(len(listed.people), rows)


def _pseudonyms(settings: Settings, key: MasterKey, given: list[str]) -> frozenset[str]:
    pseudonymiser = pseudonymiser_of(settings, load_pack(settings.pack), key, born_until=datetime.now(tz=UTC).date())
    found = pseudonymiser.people(pl.Series("person", given, dtype=pl.String))
    wrong = [number for number, each in enumerate(found, start=1) if each is None]
    if wrong or not given:
        raise ExtractError(
            "Some lines are no identifiers, so nothing was noted." if wrong else "No identifier was given.",
            where=f"lines {', '.join(map(str, wrong[:20]))}" if wrong else "",
            how_much=f"{len(wrong)} of {len(given)} identifiers" if wrong else "",
            what_to_do="Write one national identifier on each line, nothing else.",
        )
    return frozenset(each for each in found if each is not None)
