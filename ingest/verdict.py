"""What became of each delivered file: the answer a data steward gets."""

from dataclasses import dataclass, field
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
        message: One sentence for the steward.
        report: The validation report of the file.
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


@dataclass(frozen=True)
class RunResult:
    """What became of a folder of delivered files.

    Attributes:
        run_id: Identifier of the run; None when every file was already loaded.
        files: One verdict per file, in the order in which they were treated.
        is_loaded: True when the warehouse was replaced by a new one.
        report: First page of the run's reports.
    """

    run_id: str | None
    files: tuple[FileVerdict, ...]
    is_loaded: bool
    report: Path | None = None
