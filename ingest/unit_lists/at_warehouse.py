"""At the warehouse: the key of a unit, and whom a unit's request is about; no identifier comes here."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

import duckdb
import polars as pl

from ingest.life.objections import read_objections
from ingest.pseudonymise import pseudonymiser_of
from ingest.unit_lists.letter import REQUEST, UnitKey, read_letter
from packs.pack import Pack
from tvaers.errors import DefinitionError, ExtractError, SettingsError
from tvaers.master_key import MasterKey
from tvaers.settings import Settings

LISTS_A_DAY = 10
"""How many lists a unit is made on one day (UTC): project rule, 2026-11-23. Enough to work with, too few to fish."""
REQUEST_DAYS = 14
"""How many days old a request may be: project rule, 2026-11-23. Who is the unit's patient changes."""

# Where a unit's own patients are known: the column of the patients' rows, and where the warehouse knows the unit from.
_KNOWN = {
    "practice": "SELECT count(*) FROM core.practice WHERE practice_id = ?",
    "hospital": "SELECT count(*) FROM core.hospital_contact WHERE hospital_id = ?",
}


@dataclass(frozen=True)
class Request:
    """A unit's request, opened.

    Attributes:
        list_id: What tells its list from every other.
        mark: What tells the unit that an answer belongs to it.
        asked: About how many people it is.
        people: `token` and `patient_id` (as text) of those whom the warehouse may know; nobody who objected.
    """

    list_id: str
    mark: str
    asked: int
    people: pl.DataFrame = field(repr=False)


def refuse_identifiers_in_clear(settings: Settings) -> None:
    """Refuse a home to which a unit would have to name its patients.

    Raises:
        SettingsError: The home takes identifiers in clear.
    """
    if settings.identifiers != "blinded":
        raise SettingsError(
            "Lists for units need a home of blinded identifiers: in this one a unit would have to name its patients.",
            where=str(settings.home),
            what_to_do="A new home: tvaers init --identifiers blinded (docs/how-to/blind_identifiers.md)",
            reason="identifiers_in_clear",
        )


def parts_of(unit: str) -> tuple[str, str]:
    """Return level and id of a treating unit written `practice-010091` or `hospital-…`.

    Raises:
        DefinitionError: It is written otherwise, or of a level whose units treat nobody.
    """
    level, _, unit_id = unit.partition("-")
    if level not in _KNOWN or not unit_id:
        raise DefinitionError(
            "That is no treating unit.",
            where="UNIT",
            what_to_do="Write level and id as the dashboard's addresses do: practice-010091 or hospital-6007.",
        )
    return level, unit_id


def unit_key(con: duckdb.DuckDBPyConnection, key: MasterKey, unit: str) -> UnitKey:
    """Return the key of a unit that the warehouse knows; nothing of it is kept, since it is derived anew each time.

    Raises:
        DefinitionError: There is no such unit; the message does not repeat what was typed.
    """
    level, unit_id = parts_of(unit)
    if con.execute(_KNOWN[level], [unit_id]).fetchone() == (0,):
        raise DefinitionError(
            "The warehouse knows no such unit.",
            where=f"UNIT, level {level}",
            what_to_do="Look up its id: tvaers query 'SELECT practice_id, name FROM core.practice'",
        )
    return UnitKey(unit, key.key_id, key.subkey(f"unit:{unit}"))


def open_request(
    con: duckdb.DuckDBPyConnection, settings: Settings, pack: Pack, key: MasterKey, path: Path, today: date
) -> tuple[UnitKey, Request]:
    """Open a unit's request and return the unit's key, and whom it is about.

    Raises:
        ExtractError: The file is no request, is too old, or names people in clear.
        DefinitionError: The warehouse does not know the unit.
        SecretKeyError: It was not sealed with the unit's key as it is now, or was changed.
        WarehouseError: The list of objections is not as it was written.
    """
    letter = read_letter(path, REQUEST)
    unit = unit_key(con, key, letter.head["unit"])
    content = letter.opened(unit)
    if date.fromisoformat(letter.head["made_on"]) < today - timedelta(days=REQUEST_DAYS):
        raise ExtractError(
            f"The request is older than {REQUEST_DAYS} days: the unit may have other patients by now.",
            where=str(path),
            what_to_do="Have the unit ask again: tvaers unit ask",
            reason="old_request",
        )
    pseudonymiser = pseudonymiser_of(settings, pack, key, born_until=today)
    people = pseudonymiser.people(pl.Series("person", content["people"], dtype=pl.String))
    asked = pl.DataFrame({"token": content["tokens"], "asked": people}, schema={"token": pl.String, "asked": pl.String})
    aliases = con.execute(
        "SELECT replace(CAST(old_patient_id AS VARCHAR), '-', '') AS asked, "
        "replace(CAST(patient_id AS VARCHAR), '-', '') AS today FROM core.person_alias"
    ).pl()
    followed = asked.join(aliases, on="asked", how="left").select(
        "token", patient_id=pl.coalesce("today", "asked"), named=pl.col("asked")
    )
    objecting = pl.Series(sorted(read_objections(settings, key).people), dtype=pl.String).implode()
    stay = followed.filter(~pl.col("patient_id").is_in(objecting) & ~pl.col("named").is_in(objecting))
    return unit, Request(letter.head["list"], str(content["mark"]), asked.height, stay.select("token", "patient_id"))
