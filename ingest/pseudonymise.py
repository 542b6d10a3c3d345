"""Replace identifiers and record keys by keyed hashes and drop what names a person, before any database sees a row."""

from dataclasses import dataclass
from datetime import date

import polars as pl

from data_contracts.contract import Column, Contract
from ingest.blinded import written
from ingest.identifier import IdentifierScheme, examine, holds_identifier, normalise, read_scheme, with_lost_zeros
from ingest.rows import Block
from packs.pack import Pack
from tvaers.master_key import MasterKey
from tvaers.settings import Settings
from warehouse.keyed_hash import keyed_hash

# A text that begins so may be a date as agreed; identifiers are looked for in the others only, since that is slow.
_BEGINS_LIKE_A_DATE = r"^[0-9]{1,4}[-/.]"
_MOMENTS = frozenset({"date", "datetime", "time", "iso_week"})
_RECORD = "record"
_DELIVERED = "as delivered"


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
        keys: The sub-keys `warehouse` of all master keys so far, 32 bytes each, oldest first.
        record_keys: The sub-keys `record-key`, likewise: a record key built from an identifier is then no pseudonym.
        born_until: A date of birth after this day is impossible.
        is_blinded: Whether identifiers come as a site and a key holder have blinded them, and never in clear.
    """

    tag: str
    scheme: IdentifierScheme
    keys: tuple[bytes, ...]
    record_keys: tuple[bytes, ...]
    born_until: date
    is_blinded: bool = False

    def __repr__(self) -> str:
        return f"Pseudonymiser({self.tag})"

    def pseudonyms(self, identifiers: pl.Series) -> pl.Series:
        """Return the keyed hashes of the tagged identifiers (`warehouse.keyed_hash`); null stays null."""
        return keyed_hash(identifiers, self.tag, self.keys)

    def hashed_record_keys(self, delivered: pl.Series) -> pl.Series:
        """Return the keyed hashes of the keys that a supplier gave records; null stays null."""
        return keyed_hash(delivered, _RECORD, self.record_keys)

    def people(self, identifiers: pl.Series) -> list[str | None]:
        """Return the pseudonyms of identifiers as people type them; None for each that is no identifier.

        Raises:
            ExtractError: They come in clear where blinded ones are agreed, or the other way round.
        """
        return self._identifier(identifiers, "person")[0].to_list()

    def apply(self, block: Block, contract: Contract) -> PseudonymisedBlock:
        """Return a block as the staged table wants it.

        Identifier columns become pseudonym, `__state` and `__has_check_digit`; record keys become hashes; direct
        identifiers, free text and columns that the contract does not know go; any other text that holds an identifier
        becomes null.

        Raises:
            ExtractError: Identifiers come in clear where blinded ones are agreed, or the other way round.
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
                columns.append(self.hashed_record_keys(values))
            else:
                holds = self._holds_identifier(values, column)
                if holds.any():
                    found[column.name] = frame["row_number"].filter(holds)
                    values = values.set(holds, None)
                columns.append(values)
        return PseudonymisedBlock(pl.DataFrame(columns), block.malformed, found)

    def _identifier(self, values: pl.Series, name: str) -> list[pl.Series]:
        """Return pseudonym, state and check digit of each value; equal ones are looked at once."""
        distinct = values.unique()
        written.refuse_other_kind(distinct, self.scheme, self.born_until, is_blinded=self.is_blinded)
        pseudonyms, states, check_digits = (self._blinded if self.is_blinded else self._in_clear)(distinct)
        known = pl.DataFrame(
            [
                distinct.alias(_DELIVERED),
                pseudonyms.alias(name),
                states.alias(f"{name}__state"),
                check_digits.alias(f"{name}__has_check_digit"),
            ]
        )
        rows = values.alias(_DELIVERED).to_frame()
        joined = rows.join(known, on=_DELIVERED, how="left", nulls_equal=True, maintain_order="left")
        return joined.drop(_DELIVERED).get_columns()

    def _in_clear(self, distinct: pl.Series) -> tuple[pl.Series, pl.Series, pl.Series]:
        delivered = normalise(distinct, self.scheme)
        identifiers = with_lost_zeros(delivered, self.scheme, self.born_until)
        examined = examine(identifiers, self.scheme, self.born_until)
        usable = identifiers.set(examined["state"] != "ok", None)
        has_got_zero = (identifiers != delivered).fill_null(value=False)
        states = examined["state"].set(has_got_zero, "zero_lost")
        return self.pseudonyms(usable), states, examined["has_check_digit"]

    def _blinded(self, distinct: pl.Series) -> tuple[pl.Series, pl.Series, pl.Series]:
        told = written.read(distinct)
        return keyed_hash(told["hash"], f"{self.tag}-blinded", self.keys), told["state"], told["has_check_digit"]

    def _holds_identifier(self, values: pl.Series, column: Column) -> pl.Series:
        if self.is_blinded:
            is_told = (values == written.HELD_IDENTIFIER).fill_null(value=False)
            return is_told | self._holds_one_in_clear(values, column)
        return self._holds_one_in_clear(values, column)

    def _holds_one_in_clear(self, values: pl.Series, column: Column) -> pl.Series:
        if column.type in _MOMENTS:
            is_long = values.str.len_bytes() >= self.scheme.length
            is_other = (is_long & ~values.str.contains(_BEGINS_LIKE_A_DATE)).fill_null(value=False)
            if not is_other.any():
                return is_other
            values = values.set(~is_other, None)
        return holds_identifier(values, self.scheme, self.born_until)


def pseudonymiser_of(settings: Settings, pack: Pack, key: MasterKey, *, born_until: date) -> Pseudonymiser:
    """Return the pseudonymiser of a home under its key; a date of birth after `born_until` is impossible."""
    return Pseudonymiser(
        pack.settings.identifier.tag,
        read_scheme(pack.folder),
        key.generations("warehouse"),
        key.generations("record-key"),
        born_until=born_until,
        is_blinded=settings.identifiers == "blinded",
    )
