"""How an ingest run is told to a data steward: one line per file, then the reasons, then the totals."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from tvaers import screen
from tvaers.errors import ContractError, ExtractError

if TYPE_CHECKING:
    from ingest.verdict import FileVerdict, RunResult

WORDS = {
    "accepted": "accepted",
    "accepted_with_quarantine": "accepted, some rows quarantined",
    "refused": "REFUSED",
    "already_loaded": "already loaded",
    "unrecognised": "not recognised",
}
IN_VAIN = "None of these files can be loaded. Send the reports back; when the corrected files are here, check again."
MOST_NAMES = 5
COUNTS = ("rows in", "loaded", "quarantined", "duplicates")


def show(result: "RunResult") -> None:
    """Print the verdict on every file, why rows were set aside, and where the validation reports are."""
    rows = [_line(verdict) for verdict in result.files]
    total = [sum(getattr(verdict, name) for verdict in result.files) for name in ("rows_in", "loaded", "quarantined")]
    rows.append(["total", "", f"{len(result.files)} files", *total, sum(v.duplicates for v in result.files), ""])
    screen.show_table("", ("file", "type", "verdict", *COUNTS, "read as"), rows, numbers=COUNTS)
    _show_reasons(result.files)
    _show_messages(result.files)
    if result.skipped:
        screen.say(f"Not looked at, since they are no deliveries: {_shortened(result.skipped)}.")
    to_send = [v.report for v in result.files if v.report and v.state in {"refused", "accepted_with_quarantine"}]
    if to_send:
        screen.say("Validation reports to send back to the suppliers:")
        for report in to_send:
            screen.say(f"  {report}")
    if result.report:
        screen.say(f"All reports of this run: {result.report}")


def as_document(result: "RunResult") -> dict[str, Any]:
    """Return the run for `--json` output."""
    states = [verdict.state for verdict in result.files]
    return {
        "run_id": result.run_id,
        "report": result.report,
        "files": result.files,
        "skipped": result.skipped,
        "rows_in": sum(verdict.rows_in for verdict in result.files),
        "rows_loaded": sum(verdict.loaded for verdict in result.files),
        "rows_quarantined": sum(verdict.quarantined for verdict in result.files),
        "rows_duplicate": sum(verdict.duplicates for verdict in result.files),
        "states": {state: states.count(state) for state in sorted(set(states))},
    }


def exit_code(result: "RunResult") -> int:
    """Return 12 when a file was refused, 11 when none was but one was not recognised, and otherwise 0."""
    states = {verdict.state for verdict in result.files}
    if "refused" in states:
        return ContractError.exit_code
    return ExtractError.exit_code if "unrecognised" in states else 0


def is_all_in_vain(result: "RunResult") -> bool:
    """Return whether nothing in the folder was taken, now or before."""
    return all(verdict.state in ("refused", "unrecognised") for verdict in result.files)


def _show_messages(verdicts: Sequence["FileVerdict"]) -> None:
    """Print what was said of each file; files of which the same was said share a line."""
    told: dict[str, list[str]] = {}
    for verdict in verdicts:
        if verdict.message:
            told.setdefault(verdict.message, []).append(verdict.file_name)
    for message, names in told.items():
        screen.say(f"{_shortened(names)}: {message}")


def _shortened(names: Sequence[str]) -> str:
    more = f" and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else ""
    return ", ".join(names[:MOST_NAMES]) + more


def _line(verdict: "FileVerdict") -> list[object]:
    word = WORDS[verdict.state] + (", replaces an earlier delivery" if verdict.replaces else "")
    counts: list[object] = [verdict.rows_in, verdict.loaded, verdict.quarantined, verdict.duplicates]
    if verdict.state == "unrecognised":
        counts = [None] * len(COUNTS)
    read_as = " ".join(part for part in (verdict.encoding, verdict.separator) if part)
    return [verdict.file_name, verdict.file_type, word, *counts, read_as]


def _show_reasons(verdicts: Sequence["FileVerdict"]) -> None:
    quarantined = [(v.file_name, rule, rows, "quarantined") for v in verdicts for rule, rows in v.by_rule.items()]
    warned = [(v.file_name, rule, rows, "warning only") for v in verdicts for rule, rows in v.warnings.items()]
    if quarantined or warned:
        screen.show_table(
            "Why (a row that fails two rules is counted under both)",
            ("file", "rule", "rows", "effect"),
            quarantined + warned,
            numbers=("rows",),
        )
