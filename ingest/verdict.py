"""What became of each delivered file: the answer a data steward gets."""

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Literal

State = Literal["accepted", "accepted_with_quarantine", "refused", "already_loaded", "unrecognised"]


@dataclass(frozen=True)
class FileVerdict:
    """What became of one delivered file.

    Attributes:
        file_name: Name of the file, without its folder.
        file_type: The contract it was recognised by; None when it was not.
        sector: Sector of that contract.
        state: What became of it.
        replaces: True when it corrects, and replaced, an earlier delivery.
        rows_in: Rows delivered; always loaded + quarantined + duplicates for an accepted file.
        loaded: Rows in use.
        quarantined: Rows held back by at least one rule.
        duplicates: Rows that tell a fact already known.
        by_rule: Rule to number of rows held back by it; a row may be counted under several.
        warnings: Rule to number of rows that broke it and are loaded all the same.
        encoding: Character encoding found.
        separator: Field separator found: `;`, `,`, `tab` or `|`.
        message: What the steward should know, and do.
        report: The validation report of the file.
        reason: Why it was refused or not recognised, by the name the run log uses; empty for other files.
        file_hash: SHA-256 of the delivered bytes; None when the file could not be read.
        delivered_on: Day of the run that looked into it; None when the file was not looked into.
    """

    file_name: str
    file_type: str | None
    sector: str | None
    state: State
    replaces: bool = False
    rows_in: int = 0
    loaded: int = 0
    quarantined: int = 0
    duplicates: int = 0
    by_rule: dict[str, int] = field(default_factory=dict)
    warnings: dict[str, int] = field(default_factory=dict)
    encoding: str | None = None
    separator: str | None = None
    message: str = ""
    report: Path | None = None
    reason: str = ""
    file_hash: str | None = None
    delivered_on: date | None = None


def is_refused(verdict: FileVerdict) -> bool:
    """Return whether nothing of a file was taken and something has to be done about it."""
    return verdict.state in ("refused", "unrecognised")


@dataclass(frozen=True)
class RunResult:
    """What became of a folder of delivered files.

    Attributes:
        run_id: Identifier of the run; None when every file was already loaded.
        files: One verdict per file, in the order in which they were treated.
        is_loaded: True when rows were loaded into the warehouse.
        report: First page of the run's reports.
        skipped: Files in the folder that are no deliveries and were not looked at, below the folder's name.
    """

    run_id: str | None
    files: tuple[FileVerdict, ...]
    is_loaded: bool
    report: Path | None = None
    skipped: tuple[str, ...] = ()
