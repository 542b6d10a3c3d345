"""Replace identifiers and record keys by keyed hashes and drop what names a person, before any database sees a row."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date

import polars as pl
import polars_hash  # registers the `chash` namespace

from data_contracts.contract import Column, Contract
from ingest.identifier import IdentifierScheme, examine, holds_identifier, normalise, with_lost_zeros
from ingest.rows import Block

# 128 bits: for 11 million people the chance of one collision is below 10^-24.
PSEUDONYM_CHARACTERS = 32
# A text that begins so may be a date as agreed; identifiers are looked for in the others only, since that is slow.
_BEGINS_LIKE_A_DATE = r"^[0-9]{1,4}[-/.]"
_MOMENTS = frozenset({"date", "datetime", "time", "iso_week"})
_RECORD = "record"
_THREADS = 2
_MIN_ROWS_PER_THREAD = 50_000


@dataclass(frozen=True)
class PseudonymisedBlock:
    """Some rows of a file, without anything that names a person.

    Attributes:
        frame: `row_number`, and the columns of the contract; identifiers as pseudonym, `__state`, `__has_check_digit`.
        malformed: Numbers of the rows that could not be split into fields.
        identifier_in_text: Column to the numbers of the rows whose text held an identifier; the text is null now.
    """

    frame: pl.DataFrame
    malformed: pl.Series
    identifier_in_text: dict[str, pl.Series]


@dataclass(frozen=True)
class Pseudonymiser:
    """What turns identifiers into pseudonyms: the country's scheme and the key.

    Attributes:
        tag: Country and scheme; hashed together with the identifier, so that two countries' numbers never meet.
        scheme: How identifiers are written.
        key: 32 bytes, the sub-key `warehouse` of the master key.
        record_key: 32 bytes, the sub-key `record-key`: a record key built from an identifier is then no pseudonym.
        born_until: A date of birth after this day is impossible.
    """

    tag: str
    scheme: IdentifierScheme
    key: bytes
    record_key: bytes
    born_until: date

    def __repr__(self) -> str:
        return f"Pseudonymiser({self.tag})"

    def pseudonyms(self, identifiers: pl.Series) -> pl.Series:
        """Return the first 128 bits of HMAC-SHA256 of the tagged identifiers, as hexadecimal; null stays null."""
        return _keyed_hash(identifiers, self.tag, self.key)

    def record_keys(self, keys: pl.Series) -> pl.Series:
        """Return the first 128 bits of HMAC-SHA256 of the keys that a supplier gave records; null stays null."""
        return _keyed_hash(keys, _RECORD, self.record_key)

    def apply(self, block: Block, contract: Contract) -> PseudonymisedBlock:
        """Return a block as the staged table wants it.

        Identifier columns become pseudonym, `__state` and `__has_check_digit`; record keys become hashes; direct
        identifiers, free text and columns that the contract does not know go; any other text that holds an identifier
        becomes null.
        """
        frame = block.frame
        columns: list[pl.Series] = [frame["row_number"]]
        found: dict[str, pl.Series] = {}
        for column in contract.columns:
            if column.is_dropped or column.name not in frame.columns:
                continue
            values = frame[column.name]
            if column.type == "identifier":
                columns += self._identifier(values, column.name)
            elif column.privacy == "record_key":
                columns.append(self.record_keys(values))
            else:
                holds = self._holds_identifier(values, column)
                if holds.any():
                    found[column.name] = frame["row_number"].filter(holds)
                    values = values.set(holds, None)
                columns.append(values)
        return PseudonymisedBlock(pl.DataFrame(columns), block.malformed, found)

    def _identifier(self, values: pl.Series, name: str) -> list[pl.Series]:
        delivered = normalise(values, self.scheme)
        identifiers = with_lost_zeros(delivered, self.scheme, self.born_until)
        examined = examine(identifiers, self.scheme, self.born_until)
        usable = identifiers.set(examined["state"] != "ok", None)
        has_got_zero = (identifiers != delivered).fill_null(value=False)
        return [
            self.pseudonyms(usable).alias(name),
            examined["state"].set(has_got_zero, "zero_lost").alias(f"{name}__state"),
            examined["has_check_digit"].alias(f"{name}__has_check_digit"),
        ]

    def _holds_identifier(self, values: pl.Series, column: Column) -> pl.Series:
        if column.type in _MOMENTS:
            is_long = values.str.len_bytes() >= self.scheme.length
            is_other = (is_long & ~values.str.contains(_BEGINS_LIKE_A_DATE)).fill_null(value=False)
            if not is_other.any():
                return is_other
            values = values.set(~is_other, None)
        return holds_identifier(values, self.scheme, self.born_until)


def _keyed_hash(values: pl.Series, tag: str, key: bytes) -> pl.Series:
    expression = polars_hash.concat_str(pl.lit(f"{tag}|"), pl.col("value")).chash.hmac_sha256(key=key.hex())
    shortened = expression.str.slice(0, PSEUDONYM_CHARACTERS).alias(values.name)
    return _in_threads(values.alias("value"), lambda part: part.to_frame().select(shortened).to_series())


def _in_threads(values: pl.Series, work: Callable[[pl.Series], pl.Series]) -> pl.Series:
    """Apply `work` to slices at the same time; Polars leaves Python's lock while it works."""
    size = -(-values.len() // _THREADS)
    if size < _MIN_ROWS_PER_THREAD:
        return work(values)
    parts = [values.slice(start, size) for start in range(0, values.len(), size)]
    with ThreadPoolExecutor(len(parts)) as pool:
        return pl.concat(list(pool.map(work, parts)))
