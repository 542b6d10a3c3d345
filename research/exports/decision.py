"""What was decided about a file: written down beside the project, with what left it."""

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

import polars as pl

from research.shelf import Shelved


@dataclass(frozen=True)
class Decision:
    """Whether a file may leave a project.

    Attributes:
        project: The project.
        kind: `table` or `rows`.
        verdict: `may leave`, `may leave as protected` or `may not leave`.
        why: In words.
        rows: Rows that leave.
        hidden: Rows of a table without numbers, or people left out.
        policy: Version of the disclosure policy.
        key_id: The master key under which the project's pseudonyms were made.
        page: Fingerprint of the project's page.
        expires_on: Last day of the project.
        measured: What was measured of rows: k, l, columns.
    """

    project: str
    kind: str
    verdict: str
    why: str
    rows: int
    hidden: int
    policy: str
    key_id: str
    page: str
    expires_on: str
    measured: dict[str, object]


def write_decision(project: Shelved, decision: Decision, left: pl.DataFrame | None) -> Path:
    """Write a decision into the project's folder, with the table that left, and return where it is.

    Args:
        project: The project.
        decision: The decision.
        left: What left, when anything did.
    """
    project.exports.mkdir(exist_ok=True)
    moment = datetime.now(tz=UTC)
    number = sum(1 for _ in project.exports.glob("*.json")) + 1
    name = f"{number:04}-{decision.kind}"
    told = asdict(decision) | {"decided_at": moment.isoformat(timespec="seconds")}
    if left is not None and decision.kind == "table":
        # Only what anybody may know is kept, so that the next table can be judged beside it.
        left.write_parquet(project.exports / f"{name}.parquet")
    if left is not None:
        told["content"] = hashlib.sha256(left.write_csv().encode()).hexdigest()
    path = project.exports / f"{name}.json"
    path.write_text(json.dumps(told, indent=2, ensure_ascii=False), encoding="utf-8")
    return path


def tables_that_left(project: Shelved) -> list[pl.DataFrame]:
    """Return every table that left a project, oldest first."""
    return [pl.read_parquet(path) for path in sorted(project.exports.glob("*-table.parquet"))]


def write_extract(frame: pl.DataFrame, out: Path, decision: Decision) -> None:
    """Write rows that leave, with who may use them until when in the file itself.

    Args:
        frame: The rows.
        out: A .csv or .parquet file.
        decision: The decision that lets them leave.
    """
    told = {key: str(value) for key, value in asdict(decision).items()}
    if out.suffix.lower() == ".parquet":
        frame.write_parquet(out, metadata=told)
    else:
        frame.write_csv(out)
    beside = out.with_name(out.name + ".json")
    beside.write_text(json.dumps(asdict(decision), indent=2, ensure_ascii=False), encoding="utf-8")
