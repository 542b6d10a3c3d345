"""Names of files and folders as they can be told: they stand in verdicts, reports and the run log, for long.

A name that holds what looks like a person's identifier is never told, and what bears it is not read.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import polars as pl

from ingest.identifier import IdentifierScheme, holds_identifier
from ingest.verdict import FileVerdict
from tvaers.errors import ExtractError

_IN_NAME = (
    "The file name holds what looks like a person's identifier, so the name is masked and the file was not read. "
    "Give it a name without one."
)
_IN_FOLDER = (
    "The name of a folder it lies in holds what looks like a person's identifier, so the file was not read. "
    "Give the folder a name without one."
)


def shown(path: Path) -> str:
    """Return a file's name as it can be written: bytes of it that are no text become question marks."""
    return path.name.encode(errors="replace").decode()


def refuse_telling_folder(folder: Path, scheme: IdentifierScheme) -> None:
    """Refuse a folder whose path holds what looks like an identifier, before anything tells the path.

    Raises:
        ExtractError: It does; the error tells the path with every digit masked.
    """
    written = str(folder)
    if _holding([written], scheme)[0]:
        raise ExtractError(
            "The path holds what looks like a person's identifier, so nothing was read.",
            where=_masked(written),
            what_to_do="Give the folder a name without one, and run the same command again.",
            reason="identifier_in_folder",
        )


def set_aside_telling_names(
    paths: Sequence[Path], root: Path, scheme: IdentifierScheme
) -> tuple[list[Path], list[FileVerdict]]:
    """Set files aside whose name, or the name of whose folder below the root, holds what looks like an identifier."""
    in_name = _holding([shown(path) for path in paths], scheme)
    in_folder = _holding([_folder_of(path, root) for path in paths], scheme)
    kept, refused = [], []
    for path, is_named, is_in_folder in zip(paths, in_name, in_folder, strict=True):
        name = _masked(shown(path)) if is_named else shown(path)
        if is_named:
            refused.append(FileVerdict(name, None, None, "refused", message=_IN_NAME, reason="identifier_in_name"))
        elif is_in_folder:
            refused.append(FileVerdict(name, None, None, "refused", message=_IN_FOLDER, reason="identifier_in_folder"))
        else:
            kept.append(path)
    return kept, refused


def told(paths: Iterable[Path], root: Path, scheme: IdentifierScheme) -> tuple[str, ...]:
    """Return paths below the root as they can be told: digits are masked where they look like an identifier."""
    written = [path.relative_to(root).as_posix().encode(errors="replace").decode() for path in paths]
    holding = _holding(written, scheme)
    return tuple(_masked(name) if holds else name for name, holds in zip(written, holding, strict=True))


def _folder_of(path: Path, root: Path) -> str:
    inside = path.parent.relative_to(root) if path.is_relative_to(root) else Path()
    return inside.as_posix().encode(errors="replace").decode()


def _holding(names: list[str], scheme: IdentifierScheme) -> list[bool]:
    return holds_identifier(pl.Series(names, dtype=pl.String), scheme, datetime.now(tz=UTC).date()).to_list()


def _masked(name: str) -> str:
    return re.sub(r"\d", "#", name)
