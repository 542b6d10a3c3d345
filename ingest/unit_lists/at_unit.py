"""At the treating unit: ask about its own patients without naming them, and find them again in its own list.

A patient is named by a token: a keyed hash of the identifier under a secret that never leaves the unit, and that is
another one for each list. Whoever has the answer and not the secret has random characters; whoever has the secret and
not the list of patients has them too.
"""

import secrets
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from ingest.blinded.site import Blinder
from ingest.blinded.written import written
from ingest.identifier import examine, normalise, read_scheme, with_lost_zeros
from ingest.unit_lists.letter import LIST, REQUEST, UnitKey, read_letter, write_letter, write_new
from packs.pack import Pack
from tvaers.errors import ExtractError, SecretKeyError
from tvaers.keys import refuse_readable_by_others
from tvaers.master_key import KEY_BYTES, MasterKey
from warehouse.keyed_hash import keyed_hash


@dataclass(frozen=True)
class Asked:
    """A request that was written.

    Attributes:
        list_id: What tells this list from every other.
        people: How many people it asks about.
        rows_without_identifier: Numbers of the rows of the patient list that are none, from 1.
    """

    list_id: str
    people: int
    rows_without_identifier: tuple[int, ...]


@dataclass(frozen=True)
class Resolved:
    """Whose care is open, as rows of the unit's own list.

    Attributes:
        indicator: In which indicator.
        period_end: On which reporting date.
        ends_on: Last day on which the list can be resolved.
        rows: Row numbers, from 1, in rising order; a person who stands in two rows has both.
        gone: People of the list who do not stand in this patient list any more.
    """

    indicator: str
    period_end: date
    ends_on: date
    rows: tuple[int, ...]
    gone: int


def ask(patients: Path, key_file: Path, key: UnitKey, pack: Pack, blinder: Blinder, out: Path, today: date) -> Asked:
    """Write a request about the patients of a list: tokens, and identifiers as the key holder has blinded them.

    Args:
        patients: A text file with one national identifier a line.
        key_file: The unit's key file; the unit's own secret lies beside it, and is made where there is none.
        key: What it holds.
        pack: The country pack.
        blinder: What blinds identifiers.
        out: The file to write.
        today: The day of the request.

    Raises:
        ExtractError: The list cannot be read or holds no identifier, or the request cannot be written.
        SecretKeyError: The key holder refused, or the unit's own secret can be read by others.
    """
    if out.exists():
        raise ExtractError("There is such a file already.", where=str(out), what_to_do="Name a new file.")
    rows = _rows(patients, pack, today)
    people = rows.drop_nulls("identifier").unique("identifier")
    if people.is_empty():
        raise ExtractError(
            "No row of the list is a national identifier.",
            where=str(patients),
            how_much=f"{rows.height:,} rows",
            what_to_do="Write one national identifier on each line, nothing else.",
        )
    list_id = secrets.token_hex(8)
    secret = _secret_of_list(key_file, list_id, make=True)
    tag = pack.settings.identifier.tag
    # In no order that the list has.
    asked = people.with_columns(_tokens(people["identifier"], tag, secret)).sort("token")
    blinded = blinder([f"{tag}|{each}".encode() for each in asked["identifier"]])
    hashes = pl.Series("blinded", [each.hex() for each in blinded], dtype=pl.String)
    is_ok = pl.repeat("ok", asked.height, eager=True)
    told = written(hashes, is_ok, asked["has_check_digit"])
    content = {"tokens": asked["token"].to_list(), "people": told.to_list(), "mark": _mark(secret)}
    write_letter(out, key, {"what": REQUEST, "list": list_id, "made_on": today.isoformat()}, content)
    without = rows.filter(pl.col("identifier").is_null() & pl.col("is_filled"))["row"].to_list()
    return Asked(list_id, asked.height, tuple(without))


def resolve(patients: Path, answer: Path, key_file: Path, key: UnitKey, pack: Pack, today: date) -> Resolved:
    """Return which rows of the unit's own list an answer is about.

    The order of the list does not matter, and it may have changed since: a row is found by who stands in it.

    Args:
        patients: The unit's list as it is now, one national identifier a line.
        answer: The list that the warehouse made.
        key_file: The unit's key file, with the unit's own secret beside it.
        key: What it holds.
        pack: The country pack.
        today: The day on which it is asked.

    Raises:
        ExtractError: The answer is no list, has ended, or is about nobody in the patient list.
        SecretKeyError: The answer is another unit's, was asked with another secret, or was changed.
    """
    letter = read_letter(answer, LIST)
    content = letter.opened(key)
    ends_on = date.fromisoformat(letter.head["ends_on"])
    if today > ends_on:
        raise ExtractError(
            f"This list ended on {ends_on}: what it says may have been done since.",
            where=str(answer),
            what_to_do="Ask for a new one: tvaers unit ask",
            reason="ended",
        )
    secret = _secret_of_list(key_file, letter.head["list"], make=False)
    if not secrets.compare_digest(_mark(secret), str(content["mark"])):
        raise SecretKeyError(
            "This list was asked for with another secret of the unit than the one beside the key file.",
            where=_own_secret_file(key_file).name,
            what_to_do="Resolve it where it was asked for, or ask for a new one: tvaers unit ask",
            reason="other_secret",
        )
    rows = _rows(patients, pack, today).drop_nulls("identifier")
    rows = rows.with_columns(_tokens(rows["identifier"], pack.settings.identifier.tag, secret))
    tokens = pl.Series("token", content["tokens"], dtype=pl.String)
    found = rows.filter(pl.col("token").is_in(tokens.implode()))
    if tokens.len() and found.is_empty():
        raise ExtractError(
            "Nobody of this list stands in the patient list: it was made about another one.",
            where=str(answer),
            what_to_do="Name the patient list that was asked about, or a newer state of it.",
            reason="other_list",
        )
    gone = tokens.len() - found["token"].n_unique()
    period_end = date.fromisoformat(letter.head["period_end"])
    return Resolved(letter.head["indicator"], period_end, ends_on, tuple(found["row"].sort().to_list()), gone)


def _rows(patients: Path, pack: Pack, today: date) -> pl.DataFrame:
    """Return `row`, `is_filled`, `identifier` (null where it is none) and `has_check_digit` of each line."""
    try:
        lines = patients.read_text(encoding="utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError):
        raise ExtractError(
            "The list of patients cannot be read as text.", where=str(patients), what_to_do="Name a text file in UTF-8."
        ) from None
    scheme = read_scheme(pack.folder)
    delivered = normalise(pl.Series("identifier", lines, dtype=pl.String), scheme)
    identifiers = with_lost_zeros(delivered, scheme, today).alias("identifier")
    examined = examine(identifiers, scheme, today)
    return pl.DataFrame(
        [
            pl.int_range(1, len(lines) + 1, eager=True).alias("row"),
            delivered.is_not_null().alias("is_filled"),
            identifiers.set(examined["state"] != "ok", None),
            examined["has_check_digit"],
        ]
    )


def _tokens(identifiers: pl.Series, tag: str, secret: bytes) -> pl.Series:
    return keyed_hash(identifiers, f"unit-list|{tag}", [secret]).alias("token")


def _mark(secret: bytes) -> str:
    """Return what tells a list's secret from every other, and not what it is."""
    return str(keyed_hash(pl.Series(["mark"]), "unit-list-mark", [secret])[0])


def _own_secret_file(key_file: Path) -> Path:
    return key_file.with_name(f"{key_file.name}.own")


def _secret_of_list(key_file: Path, list_id: str, *, make: bool) -> bytes:
    """Return the secret of one list, derived from the unit's own, which is made where there is none and it may be.

    Raises:
        SecretKeyError: There is none, it can be read by others, or it is not as it was written.
    """
    path = _own_secret_file(key_file)
    if make and not path.exists():
        write_new(path, secrets.token_hex(KEY_BYTES))
    try:
        own = bytes.fromhex(path.read_text(encoding="ascii"))
    except (OSError, ValueError):
        own = b""
    if len(own) != KEY_BYTES:
        raise SecretKeyError(
            "The unit's own secret is not beside its key file, or is not as it was written.",
            where=path.name,
            what_to_do="Work where the list was asked for, or ask for a new one: tvaers unit ask",
            reason="no_secret",
        )
    refuse_readable_by_others(path)
    return MasterKey(own).subkey(f"list:{list_id}")
