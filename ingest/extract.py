"""Survey a delivered file: its hash, encoding, separator and header. Nothing of it is kept on disk or in a log."""

import codecs
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ingest.encoding import detect_encoding, no_access, raw_blocks
from tvaers.errors import ExtractError

SEPARATORS = (";", ",", "\t", "|")
_SEPARATOR_LINE = re.compile(r'"?sep=(.)"?\r?\n', re.IGNORECASE)  # what Excel writes, and hides
_GZIP = b"\x1f\x8b"


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
        lines_before: Lines before the first data row: the header, and what stands before it.
    """

    path: Path
    file_hash: str
    is_compressed: bool
    encoding: str
    separator: str | None
    header: tuple[str, ...]
    data_begins_at: int
    lines_before: int = 1

    @property
    def told_separator(self) -> str | None:
        """The separator as it is told: `;`, `,`, `tab` or `|`; None where none was found."""
        if len(self.header) < 2:
            return None
        return "tab" if self.separator == "\t" else self.separator


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
        raise no_access(path, fault) from None


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
        ExtractError: The file is empty, cut short, not text, or has no usual line ends.
    """
    with path.open("rb") as file:
        is_compressed = file.read(2) == _GZIP
    encoding, first = detect_encoding(path, is_compressed=is_compressed)
    if not first.strip():
        raise ExtractError(
            "The file is empty.", where=path.name, what_to_do="Ask the supplier to send it again.", reason="empty"
        )
    text = first.decode("utf-8", errors="ignore")
    if text.lstrip().startswith(("{", "[")):
        return Extract(path, file_hash, is_compressed, encoding, None, (), 0)
    before = text[: len(text) - len(text.lstrip("\r\n"))]
    declared = _SEPARATOR_LINE.match(text, len(before))
    if declared:
        before = text[: declared.end()]
    line, _, _ = text[len(before) :].partition("\n")
    _refuse_odd_line_ends(line, path)
    separator = declared[1] if declared and declared[1] in SEPARATORS else max(SEPARATORS, key=line.count)
    header = tuple(name.strip().strip('"').strip().lower() for name in line.split(separator))
    data_begins_at = len(before.encode()) + len(line.encode()) + 1
    lines_before = before.count("\n") + 1
    return Extract(path, file_hash, is_compressed, encoding, separator, header, data_begins_at, lines_before)


def read_text(extract: Extract) -> Iterator[bytes]:
    """Yield the text of a file as UTF-8, block by block, without byte-order mark.

    Raises:
        ExtractError: The file is cut short, or changed since the survey.
    """
    decoder = codecs.getincrementaldecoder(extract.encoding)()
    as_it_is = extract.encoding == "utf-8"
    for block in raw_blocks(extract.path, is_compressed=extract.is_compressed):
        if as_it_is:
            yield block
        elif text := decoder.decode(block):
            yield text.encode()
    if not as_it_is and (rest := decoder.decode(b"", final=True)):
        yield rest.encode()


def _refuse_odd_line_ends(line: str, path: Path) -> None:
    if "\r" in line.rstrip("\r"):
        raise ExtractError(
            "The file's lines end with a carriage return alone, as on old Macintosh computers, so it is one long line.",
            where=path.name,
            what_to_do="Ask the supplier for a file with the line ends of Windows or Unix.",
            reason="line_ends",
        )


def refuse_repeated_columns(extract: Extract) -> None:
    """Refuse a file whose header names a column twice: which of the two is meant, nobody can tell.

    Raises:
        ExtractError: It does.
    """
    repeated = len(extract.header) - len(set(extract.header))
    if repeated:
        raise ExtractError(
            "The header names a column more than once.",
            where=extract.path.name,
            how_much=f"{repeated} of {len(extract.header)} column names are repeated.",
            what_to_do="Ask the supplier for a file in which every column has its own name.",
            reason="column_repeated",
        )
