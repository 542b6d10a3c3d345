"""What the warehouse calls people and records: 128 bits of an HMAC-SHA256, hashed again for each later key.

A hash cannot be undone, so a new key cannot start again from the identifier: it hashes what the earlier keys made. An
identifier that is delivered later goes through all keys, oldest first, and so gets the pseudonym of the newest.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import polars as pl
import polars_hash  # registers the `chash` namespace

HASH_CHARACTERS = 32
"""Hexadecimal characters of a hash; with 128 bits and 11 million people one collision has a chance below 10^-24."""

_AGAIN = "again"
_PROJECT = "project"
_SHIFT = "project-shift"
_THREADS = 2
_MIN_ROWS_PER_THREAD = 50_000


def keyed_hash(values: pl.Series, tag: str, keys: Sequence[bytes]) -> pl.Series:
    """Return texts as keyed hashes in hexadecimal; null stays null.

    Args:
        values: The texts.
        tag: What the texts are; hashed together with them, so that equal texts of two kinds never meet.
        keys: 32 bytes each, oldest first: the first one hashes the texts, each later one the hash before.
    """
    first, *later = keys
    hashes = _hmac(values, tag, first)
    for key in later:
        hashes = hashed_again(hashes, key)
    return hashes


def hashed_again(hashes: pl.Series, key: bytes) -> pl.Series:
    """Return hashes as one further key makes them, as the last step of `keyed_hash` does; null stays null."""
    return _hmac(hashes, _AGAIN, key)


def project_pseudonyms(pseudonyms: pl.Series, key: bytes) -> pl.Series:
    """Return what a research project calls people: two projects cannot join what they were given.

    Args:
        pseudonyms: Pseudonyms of the warehouse, 32 hexadecimal characters each; null stays null.
        key: 32 bytes, the sub-key `project:<id>` of the master key; it never leaves the steward's process.
    """
    return _hmac(pseudonyms, _PROJECT, key)


def project_names(values: pl.Series, kind: str, key: bytes) -> pl.Series:
    """Return what a research project calls things that are not people: contacts, practices, hospitals.

    Args:
        values: What the warehouse calls them; null stays null.
        kind: What they are; equal texts of two kinds get unrelated names.
        key: 32 bytes, the sub-key `project:<id>` of the master key.
    """
    return _hmac(values, f"{_PROJECT}:{kind}", key)


def project_shifts(pseudonyms: pl.Series, key: bytes, *, most: int = 182) -> pl.Series:
    """Return by how many days all dates of a person are moved in a project: -most to most, never 0.

    Args:
        pseudonyms: Pseudonyms of the warehouse, 32 hexadecimal characters each.
        key: 32 bytes, the sub-key `project:<id>` of the master key; without it a shift is a guess.
        most: The most days, in either direction.
    """
    # Sixty bits over a few hundred days: every shift is equally likely to fifteen decimals.
    number = _hmac(pseudonyms, _SHIFT, key).str.slice(0, 15).str.to_integer(base=16) % (2 * most)
    days = pl.when(number < most).then(number - most).otherwise(number - most + 1)
    return pl.select(days.alias(pseudonyms.name)).to_series()


def _hmac(values: pl.Series, tag: str, key: bytes) -> pl.Series:
    expression = polars_hash.concat_str(pl.lit(f"{tag}|"), pl.col("value")).chash.hmac_sha256(key=key.hex())
    shortened = expression.str.slice(0, HASH_CHARACTERS).alias(values.name)
    return _in_threads(values.alias("value"), lambda part: part.to_frame().select(shortened).to_series())


def _in_threads(values: pl.Series, work: Callable[[pl.Series], pl.Series]) -> pl.Series:
    """Apply `work` to slices at the same time; Polars leaves Python's lock while it works."""
    size = -(-values.len() // _THREADS)
    if size < _MIN_ROWS_PER_THREAD:
        return work(values)
    parts = [values.slice(start, size) for start in range(0, values.len(), size)]
    with ThreadPoolExecutor(len(parts)) as pool:
        return pl.concat(list(pool.map(work, parts)))
