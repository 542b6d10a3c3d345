"""Survey a delivered file: its hash, encoding, separator and header. Nothing of it is kept on disk or in a log."""

import codecs
import gzip
import hashlib
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from tvaers.errors import ExtractError

BLOCK_BYTES = 32 * 1024 * 1024
SEPARATORS = (";", ",", "\t", "|")
SEPARATOR_NAMES = {";": "semicolon", ",": "comma", "\t": "tab", "|": "pipe"}
_GZIP = b"\x1f\x8b"
_WIDE = ("utf-16", "utf-16-le", "utf-16-be")
_ARCHIVES = ((b"PK\x03\x04", 0), (b"7z\xbc\xaf\x27\x1c", 0), (b"Rar!", 0), (b"ustar", 257))
_CONTROL = bytes(set(range(32)) - {9, 10, 12, 13})


@dataclass(frozen=True)
class Extract:
    """What is known about a delivered file before its rows are read.

    Attributes:
        path: Where the file lies.
        file_hash: SHA-256 of the delivered bytes.
        is_compressed: True for gzip.
        encoding: `utf-8`, `utf-8-sig`, `utf-16`, `utf-16-le`, `utf-16-be`, `cp1252` or `latin-1`.
        separator: Field separator; None for JSON.
        header: Column names in lower case, as delivered; empty for JSON.
        data_begins_at: Byte (of the text as UTF-8) at which the first data row begins.
    """

    path: Path
    file_hash: str
    is_compressed: bool
    encoding: str
    separator: str | None
    header: tuple[str, ...]
    data_begins_at: int


def extracts_in(folder: Path) -> list[Path]:
    """Return the delivered files below a folder, in a fixed order; hidden files and our own sidecars are left out.

    Raises:
        ExtractError: The folder does not exist, or holds no file.
    """
    if folder.is_file():
        return [folder]
    if not folder.is_dir():
        raise ExtractError(
            "The folder does not exist.", where=str(folder), what_to_do="Name the folder that holds the extracts."
        )
    found = sorted(
        path for path in folder.rglob("*") if _is_delivered(path) and not _is_ignored(path.relative_to(folder))
    )
    if not found:
        raise ExtractError(
            "The folder holds no extracts.",
            where=str(folder),
            how_much=f"{len(skipped_in(folder))} other files (hidden ones, pages, notes and settings are not read)",
            what_to_do="Name the folder that holds the extracts.",
        )
    return found


def _is_delivered(path: Path) -> bool:
    """Return whether it is a file, or a link to one that is not there: nobody can read that, which is to be told."""
    return path.is_file() or (path.is_symlink() and not path.exists())


def skipped_in(folder: Path) -> list[Path]:
    """Return the files below a folder that `extracts_in` leaves out, in a fixed order."""
    return sorted(path for path in folder.rglob("*") if path.is_file() and _is_ignored(path.relative_to(folder)))


def _is_ignored(path: Path) -> bool:
    hidden = any(part.startswith((".", "_")) for part in path.parts)
    return hidden or path.parts[0] == "known_answers" or path.suffix.lower() in {".md", ".html", ".yaml", ".yml"}


def hash_of(path: Path) -> str:
    """Return the SHA-256 of a file's bytes.

    Raises:
        ExtractError: The file cannot be read.
    """
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as fault:
        raise _no_access(path, fault) from None


def unreadable(path: Path, fault: BaseException) -> ExtractError:
    """Return what is said of a file that could not be read for a reason nobody foresaw; only its kind is told."""
    return ExtractError(
        f"The file could not be read, for a reason that was not foreseen ({type(fault).__name__}).",
        where=path.name,
        what_to_do="Ask the supplier to send it again; if that does not help, report it as a fault of the program.",
        reason="unreadable",
    )


def survey(path: Path, file_hash: str) -> Extract:
    """Read a file once to learn its encoding, separator and header.

    Raises:
        ExtractError: The file is empty, cut short, not text, or its header names a column twice.
    """
    with path.open("rb") as file:
        is_compressed = file.read(2) == _GZIP
    encoding, first = _detect_encoding(path, is_compressed=is_compressed)
    if not first.strip():
        raise ExtractError(
            "The file is empty.", where=path.name, what_to_do="Ask the supplier to send it again.", reason="empty"
        )
    text = first.decode("utf-8", errors="ignore")
    if text.lstrip().startswith(("{", "[")):
        return Extract(path, file_hash, is_compressed, encoding, None, (), 0)
    line, _, _ = text.lstrip("\r\n").partition("\n")
    skipped = len(text) - len(text.lstrip("\r\n"))
    separator = max(SEPARATORS, key=line.count)
    header = tuple(name.strip().strip('"').strip().lower() for name in line.split(separator))
    _refuse_repeated(header, path)
    data_begins_at = skipped + len(line.encode()) + 1
    return Extract(path, file_hash, is_compressed, encoding, separator, header, data_begins_at)


def read_text(extract: Extract) -> Iterator[bytes]:
    """Yield the text of a file as UTF-8, block by block, without byte-order mark.

    Raises:
        ExtractError: The file is cut short, or changed since the survey.
    """
    decoder = codecs.getincrementaldecoder(extract.encoding)()
    as_it_is = extract.encoding == "utf-8"
    for block in _raw_blocks(extract.path, is_compressed=extract.is_compressed):
        if as_it_is:
            yield block
        elif text := decoder.decode(block):
            yield text.encode()
    if not as_it_is and (rest := decoder.decode(b"", final=True)):
        yield rest.encode()


def _detect_encoding(path: Path, *, is_compressed: bool) -> tuple[str, bytes]:
    """Return the encoding that fits the whole file, and its first block as UTF-8."""
    first: bytes | None = None
    candidates: dict[str, codecs.IncrementalDecoder] = {}
    for block in _raw_blocks(path, is_compressed=is_compressed):
        if first is None:
            _refuse_archive(block, path)
            first = block
            candidates = {name: codecs.getincrementaldecoder(name)() for name in _likely_encodings(block)}
        _refuse_binary(block, candidates, path)
        if block.isascii() and len(candidates) > 1 and not _is_inside_a_letter(candidates):
            continue
        for name, decoder in list(candidates.items()):
            try:
                decoder.decode(block)
            except UnicodeDecodeError:
                del candidates[name]
    if first is None:
        return "utf-8", b""
    for name, decoder in list(candidates.items()):
        try:
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            del candidates[name]
    if not candidates:
        raise ExtractError(
            "The file's text is damaged: it does not keep to the encoding it declares.",
            where=path.name,
            what_to_do="Ask the supplier to send it again.",
            reason="wrong_encoding",
        )
    encoding = next(iter(candidates))
    return encoding, codecs.getincrementaldecoder(encoding)().decode(first).encode()


def _refuse_archive(start: bytes, path: Path) -> None:
    if any(start.startswith(mark, place) for mark, place in _ARCHIVES):
        raise ExtractError(
            "The file is an archive (zip, tar, 7z or rar), not an extract.",
            where=path.name,
            what_to_do="Unpack it into the folder, or ask the supplier for single files; .gz is read as it is.",
            reason="archive",
        )


def _is_inside_a_letter(candidates: dict[str, codecs.IncrementalDecoder]) -> bool:
    """Tell whether UTF-8, unless ruled out already, waits for the rest of a letter that the last block began."""
    return "utf-8" in candidates and bool(candidates["utf-8"].getstate()[0])


def _likely_encodings(start: bytes) -> tuple[str, ...]:
    """Return the encodings that the first bytes allow, likeliest first."""
    if start.startswith(codecs.BOM_UTF8):
        return ("utf-8-sig",)
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return ("utf-16",)
    sample = start[:4096]
    if len(sample) >= 4 and sample.count(0) > len(sample) * 0.4:
        odd = sample[1::2].count(0)
        return ("utf-16-le",) if odd > len(sample) // 2 - odd else ("utf-16-be",)
    return ("utf-8", "cp1252", "latin-1")


def _refuse_binary(block: bytes, candidates: dict[str, codecs.IncrementalDecoder], path: Path) -> None:
    if any(name in _WIDE for name in candidates):
        return
    strange = len(block) - len(block.translate(None, _CONTROL))
    if b"\0" in block or strange > len(block) // 1000:
        raise ExtractError(
            "The file is not text.",
            where=path.name,
            what_to_do="Ask the supplier for a text file with separators, or a FHIR bundle.",
            reason="not_text",
        )


def _raw_blocks(path: Path, *, is_compressed: bool) -> Iterator[bytes]:
    try:
        with cast("BinaryIO", gzip.open(path, "rb") if is_compressed else path.open("rb")) as file:
            while block := file.read(BLOCK_BYTES):
                yield block
    except (EOFError, zlib.error, gzip.BadGzipFile):
        raise ExtractError(
            "The compressed file is cut short or damaged.",
            where=path.name,
            what_to_do="Ask the supplier to send it again.",
            reason="cut_short",
        ) from None
    except OSError as fault:
        raise _no_access(path, fault) from None


def _no_access(path: Path, fault: OSError) -> ExtractError:
    return ExtractError(
        f"The file cannot be read: {fault.strerror or 'damaged'}.",
        where=path.name,
        what_to_do="See that you may read it, or ask the supplier to send it again.",
        reason="unreadable",
    )


def _refuse_repeated(header: tuple[str, ...], path: Path) -> None:
    repeated = len(header) - len(set(header))
    if repeated:
        raise ExtractError(
            "The header names a column more than once.",
            where=path.name,
            how_much=f"{repeated} of {len(header)} column names are repeated.",
            what_to_do="Ask the supplier for a file in which every column has its own name.",
            reason="column_repeated",
        )
