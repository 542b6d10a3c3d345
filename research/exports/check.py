"""The gate through which everything leaves a project: decide, write the decision down, and hand out what may go."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from indicators.disclosure.policy import load_policy
from packs.pack import load_pack
from research.door import Project
from research.exports.aggregates import read_table, understand
from research.exports.decision import Decision, tables_that_left, write_decision, write_extract
from research.exports.protect import Checked, protect_table
from research.exports.rows import Measured, measure_rows
from research.exports.sensitive import refuse_what_is_not_sensitive, refuse_what_joins_with_earlier
from tvaers.errors import DisclosureError

MAY, MAY_PROTECTED, MAY_NOT = "may leave", "may leave as protected", "may not leave"


@dataclass(frozen=True)
class Outcome:
    """What became of a file.

    Attributes:
        decision: The decision.
        recorded: Where it is written down.
        table: The checked table, for tables.
        rows: The measured rows, for rows.
    """

    decision: Decision
    recorded: Path
    table: Checked | None = None
    rows: Measured | None = None


def check_table(opened: Project, file: Path, out: Path | None) -> Outcome:
    """Decide about a table of numbers, and write what may leave to a file.

    Args:
        opened: The project it was made in.
        file: The table, as CSV or Parquet.
        out: Where to write what may leave; nowhere when None.

    Raises:
        ExtractError: The file cannot be read.
        DisclosureError: Nothing of it may leave.
    """
    policy = load_policy(load_pack(opened.settings.pack).folder / "disclosure.yaml")
    frame = read_table(file)
    try:
        checked = protect_table(understand(frame), policy, tables_that_left(opened.place))
        if frame.height and checked.hidden == frame.height:
            raise DisclosureError(
                "The table may not leave: every row of it would be hidden.",
                how_much=f"{frame.height:,} rows.",
                what_to_do="Make larger groups: fewer columns, wider bands, several years together.",
            )
    except DisclosureError as fault:
        _refuse(opened, "table", policy.version, fault, frame.height)
        raise
    verdict = MAY_PROTECTED if checked.hidden else MAY
    why = (
        f"{checked.hidden:,} of {frame.height:,} rows leave without numbers" if checked.hidden else "no group is small"
    )
    decision = _decision(
        opened, "table", verdict, why, frame.height - checked.hidden, checked.hidden, policy.version, {}
    )
    recorded = write_decision(opened.place, decision, checked.frame if out else None)
    if out:
        write_extract(checked.frame, out, decision)
    opened.noted("export", "table", rows=decision.rows, outcome=verdict)
    return Outcome(decision, recorded, table=checked)


def export_rows(opened: Project, sql: str, sensitive: Sequence[str], out: Path) -> Outcome:
    """Ask a project for rows of people, and write them to a file when nobody in them stands out.

    Args:
        opened: The project.
        sql: The question.
        sensitive: Columns that must not be told by the others.
        out: Where to write them.

    Raises:
        DefinitionError: The question is not allowed or wrong.
        DisclosureError: The rows may not leave.
    """
    policy = load_policy(load_pack(opened.settings.pack).folder / "disclosure.yaml")
    frame = opened.polars(sql)
    try:
        refuse_what_is_not_sensitive(opened.page, sql, sensitive)
        measured = measure_rows(frame, sensitive)
        refuse_what_joins_with_earlier(opened.place, measured.known_by, measured.sensitive)
    except DisclosureError as fault:
        _refuse(opened, "rows", policy.version, fault, frame.height)
        raise
    told: dict[str, object] = {
        "k": measured.smallest_class,
        "l": measured.fewest_values,
        "known_by": list(measured.known_by),
        "sensitive": list(measured.sensitive),
        "people": measured.people,
        "suppressed": round(measured.suppressed, 4),
    }
    why = f"everybody looks like at least {measured.smallest_class - 1} others"
    left_out = frame.height - measured.frame.height
    verdict = MAY_PROTECTED if left_out else MAY
    decision = _decision(opened, "rows", verdict, why, measured.frame.height, left_out, policy.version, told)
    recorded = write_decision(opened.place, decision, measured.frame)
    write_extract(measured.frame, out, decision)
    opened.noted("export", "rows", rows=decision.rows, outcome=verdict)
    return Outcome(decision, recorded, rows=measured)


def _refuse(opened: Project, kind: str, policy: str, fault: DisclosureError, rows: int) -> None:
    decision = _decision(opened, kind, MAY_NOT, " ".join(filter(None, [fault.what, fault.where])), 0, rows, policy, {})
    write_decision(opened.place, decision, None)
    opened.noted("export", kind, rows=rows, outcome=MAY_NOT)


def _decision(
    opened: Project, kind: str, verdict: str, why: str, rows: int, hidden: int, policy: str, measured: dict[str, object]
) -> Decision:
    approval = opened.place.approval()
    return Decision(
        project=opened.place.id,
        kind=kind,
        verdict=verdict,
        why=why,
        rows=rows,
        hidden=hidden,
        policy=policy,
        key_id=approval.key_id if approval else "",
        page=opened.page.fingerprint,
        expires_on=opened.page.expires_on.isoformat(),
        measured=measured,
    )
