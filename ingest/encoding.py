"""Read a delivered file's bytes in blocks, unpacked, and find the encoding that fits all of them."""

import codecs
import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, cast

from tvaers.errors import ExtractError

BLOCK_BYTES = 32 * 1024 * 1024
_BEGINNING_BYTES = 1024 * 1024
_WIDE = ("utf-16", "utf-16-le", "utf-16-be")
_ARCHIVES = ((b"PK\x03\x04", 0), (b"7z\xbc\xaf\x27\x1c", 0), (b"Rar!", 0), (b"ustar", 257))
_CONTROL = bytes(set(range(32)) - {9, 10, 12, 13})


def detect_encoding(path: Path, *, is_compressed: bool) -> tuple[str, bytes]:
    """Return the encoding that fits the whole file, and its beginning, where the header stands, as UTF-8.

    Raises:
        ExtractError: The file is cut short, an archive, not text, or keeps to no encoding.
    """
    first: bytes | None = None
    candidates: dict[str, codecs.IncrementalDecoder] = {}
    for block in raw_blocks(path, is_compressed=is_compressed):
        if first is None:
            _refuse_archive(block, path)
            first = block[:_BEGINNING_BYTES]
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


def raw_blocks(path: Path, *, is_compressed: bool) -> Iterator[bytes]:
    """Yield a file's bytes, unpacked, block by block.

    Raises:
        ExtractError: The file is cut short or cannot be read.
    """
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
        raise no_access(path, fault) from None


def no_access(path: Path, fault: OSError) -> ExtractError:
    """Return what is said of a file that the operating system does not let us read."""
    return ExtractError(
        f"The file cannot be read: {fault.strerror or 'damaged'}.",
        where=path.name,
        what_to_do="See that you may read it, or ask the supplier to send it again.",
        reason="unreadable",
    )
