"""Write a site's extracts again with blinded identifiers, and without what names a person or is written freely.

The files are read twice: once for the identifiers, which are blinded together, and once to be written. An identifier is
held in memory only.
"""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl

from data_contracts.contract import Contract
from ingest.blinded.site import Blinder
from ingest.blinded.written import HASH_BYTES, HELD_IDENTIFIER, written
from ingest.delivery import Delivery, Receipt, take_stock
from ingest.extract import extracts_in
from ingest.identifier import IdentifierScheme, examine, normalise, with_lost_zeros
from ingest.pseudonymise import PseudonymisedBlock, Pseudonymiser
from ingest.rows import read_rows
from ingest.verdict import FileVerdict
from packs.pack import Pack
from tvaers.errors import ExtractError
from tvaers.progress import track

_OF_RECORDS = b"tvaers record keys of sites"
_SEPARATOR = ";"


@dataclass(frozen=True)
class BlindedFile:
    """A file that was written again.

    Attributes:
        path: Where it lies now.
        file_type: Its contract.
        rows: Its rows, malformed ones included.
        identifiers_in_text: Rows of which another text held an identifier; that text is blank now.
    """

    path: Path
    file_type: str
    rows: int
    identifiers_in_text: int


@dataclass(frozen=True, kw_only=True)
class _SitePseudonymiser(Pseudonymiser):
    """The warehouse's own reading of a block, with blinded identifiers in the place of pseudonyms."""

    known: pl.DataFrame

    def pseudonyms(self, identifiers: pl.Series) -> pl.Series:
        asked = identifiers.alias("identifier").to_frame()
        return asked.join(self.known, on="identifier", how="left", maintain_order="left")["blinded"]


def blind_extracts(
    source: Path, out: Path, pack: Pack, contracts: Mapping[str, Contract], scheme: IdentifierScheme, blinder: Blinder
) -> tuple[list[BlindedFile], list[FileVerdict]]:
    """Blind the tables below a folder; return the files written, and why others were not.

    Every row stays one row, malformed ones too, so that the warehouse counts what the site delivered. A file keeps its
    name; it is written as UTF-8 with semicolons.

    Args:
        source: The folder of extracts.
        out: An empty or new folder.
        pack: The country pack.
        contracts: Accepted file types.
        scheme: How identifiers are written.
        blinder: What blinds the identifiers of all files.

    Raises:
        ExtractError: There are no extracts, or the folder to write into is not empty.
        SecretKeyError: The key holder refused.
    """
    if out.exists() and any(out.iterdir()):
        raise ExtractError("The folder to write into is not empty.", where=str(out), what_to_do="Name a new folder.")
    today = datetime.now(tz=UTC).date()
    deliveries, others = take_stock(extracts_in(source), source, contracts, (), scheme, Receipt(today))
    tables = [each for each in deliveries if each.contract.format == "csv"]
    others += [_not_a_table(each) for each in deliveries if each.contract.format != "csv"]
    tag = pack.settings.identifier.tag
    found = _identifiers(tables, scheme, today)
    outputs = blinder([_OF_RECORDS, *(f"{tag}|{each}".encode() for each in found)])
    known = pl.DataFrame(
        {"identifier": found, "blinded": [each.hex() for each in outputs[1:]]},
        schema={"identifier": pl.String, "blinded": pl.String},
    )
    site = _SitePseudonymiser(tag, scheme, (), (outputs[0],), today, known=known)
    out.mkdir(parents=True, exist_ok=True)
    done = []
    with track("Writing blinded files", len(tables)) as advance:
        for each in tables:
            done.append(_write(each, source, out, site))
            advance(1)
    return done, others


def _identifiers(tables: Sequence[Delivery], scheme: IdentifierScheme, born_until: date) -> list[str]:
    """Return the usable identifiers of all files, each once, in no order that the files have."""
    found = pl.Series("identifier", [], dtype=pl.String)
    with track("Reading identifiers", len(tables)) as advance:
        for each in tables:
            columns = [column.name for column in each.contract.columns if column.type == "identifier"]
            for block in read_rows(each.extract):
                for name in set(columns) & set(block.frame.columns):
                    distinct = with_lost_zeros(normalise(block.frame[name].unique(), scheme), scheme, born_until)
                    usable = distinct.filter(examine(distinct, scheme, born_until)["state"] == "ok")
                    found = pl.concat([found, usable.alias("identifier")]).unique()
            advance(1)
    return found.sort().to_list()


def _write(delivery: Delivery, source: Path, out: Path, site: _SitePseudonymiser) -> BlindedFile:
    contract, path = delivery.contract, delivery.extract.path
    target = out / path.relative_to(source if source.is_dir() else source.parent)
    target = target.with_name(target.name.removesuffix(".gz"))
    target.parent.mkdir(parents=True, exist_ok=True)
    kept = {column.name for column in contract.columns}
    header = [name for name in delivery.extract.header if name in kept]
    rows = held = 0
    with target.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=_SEPARATOR, lineterminator="\n").writerow(header)
        for block in read_rows(delivery.extract):
            blinded = site.apply(block, contract)
            file.write(_lines(blinded, header, contract))
            rows += block.frame.height + block.malformed.len()
            held += sum(each.len() for each in blinded.identifier_in_text.values())
    return BlindedFile(target, contract.file_type, rows, held)


def _lines(block: PseudonymisedBlock, header: Sequence[str], contract: Contract) -> str:
    """Return a block as lines, in the order of its rows; a malformed row is a line of separators, one too many."""
    frame, in_text = block.frame, block.identifier_in_text
    identifiers = {column.name for column in contract.columns if column.type == "identifier"}
    columns = []
    for name in header:
        if name in identifiers:
            column = written(frame[name], frame[f"{name}__state"], frame[f"{name}__has_check_digit"])
        elif name in frame.columns:
            held = frame["row_number"].is_in(in_text[name].implode()) if name in in_text else None
            column = frame[name] if held is None else frame[name].set(held, HELD_IDENTIFIER)
        else:
            column = pl.repeat(None, frame.height, dtype=pl.String, eager=True)
        # A row stays one line.
        columns.append(column.str.replace_all(r"[\r\n]+", " ").alias(name))
    lines = pl.DataFrame([frame["row_number"], *columns])
    text = lines.drop("row_number").write_csv(separator=_SEPARATOR, include_header=False)
    if block.malformed.is_empty():
        return text
    whole = pl.DataFrame({"row_number": lines["row_number"], "line": text.removesuffix("\n").split("\n")})
    broken = pl.DataFrame({"row_number": block.malformed, "line": [_SEPARATOR * len(header)] * block.malformed.len()})
    ordered = pl.concat([whole, broken.cast(whole.schema)]).sort("row_number")
    return "".join(f"{line}\n" for line in ordered["line"])


def _not_a_table(delivery: Delivery) -> FileVerdict:
    return FileVerdict(
        delivery.file_name,
        delivery.contract.file_type,
        delivery.contract.sector,
        "refused",
        message="Only tables can be blinded so far; this file holds resources.",
        reason="not_a_table",
    )


def check_public_key(text: str) -> bytes:
    """Return the bytes of a public key as `tvaers blind public-key` prints it.

    Raises:
        ExtractError: It is none.
    """
    try:
        key = bytes.fromhex(text.strip())
    except ValueError:
        key = b""
    if len(key) != HASH_BYTES:
        raise ExtractError(
            "The public key is not 64 hexadecimal characters.",
            where="--public-key",
            what_to_do="Ask the key holder for what this prints: tvaers blind public-key",
        )
    return key
