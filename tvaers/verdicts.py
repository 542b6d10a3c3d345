"""How an ingest run is told to a data steward: one line per file, then the reasons, then the totals."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from tvaers import screen

if TYPE_CHECKING:
    from ingest.verdict import FileVerdict, RunResult

WORDS = {
    "accepted": "accepted",
    "accepted_with_quarantine": "accepted, some rows quarantined",
    "refused": "REFUSED",
    "already_loaded": "already loaded",
    "unrecognised": "not recognised",
}
COUNTS = ("rows in", "loaded", "quarantined", "duplicates")


def show(result: "RunResult") -> None:
    """Print the verdict on every file, why rows were set aside, and where the validation reports are."""
    rows = [_line(verdict) for verdict in result.files]
    total = [sum(getattr(verdict, name) for verdict in result.files) for name in ("rows_in", "loaded", "quarantined")]
    rows.append(["total", "", f"{len(result.files)} files", *total, sum(v.duplicates for v in result.files), ""])
    screen.show_table("", ("file", "type", "verdict", *COUNTS, "read as"), rows, numbers=COUNTS)
    _show_reasons(result.files)
    for verdict in result.files:
        if verdict.message and verdict.state in {"refused", "unrecognised"}:
            screen.say(f"{verdict.file_name}: {verdict.message}")
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
        "rows_in": sum(verdict.rows_in for verdict in result.files),
        "rows_loaded": sum(verdict.loaded for verdict in result.files),
        "rows_quarantined": sum(verdict.quarantined for verdict in result.files),
        "rows_duplicate": sum(verdict.duplicates for verdict in result.files),
        "states": {state: states.count(state) for state in sorted(set(states))},
    }


def is_any_refused(result: "RunResult") -> bool:
    """Return whether a file broke its contract so badly that nothing of it was taken."""
    return any(verdict.state == "refused" for verdict in result.files)


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
