"""What is done with a project is written down in its own journal; the audit log has it as well.

The journal tells a project's owner what the audit log tells the data controller. Neither holds a pseudonym, a value or
the words of a question.
"""

import json
from datetime import UTC, datetime

from research.shelf import Shelved


def note(project: Shelved, action: str, *, purpose: str, rows: int | None = None, outcome: str = "done") -> None:
    """Write down one thing that was done, or refused.

    Args:
        project: The project.
        action: What was done, for example `query`.
        purpose: The project's purpose.
        rows: How many rows it concerned.
        outcome: How it ended.
    """
    at = datetime.now(tz=UTC).isoformat(timespec="seconds")
    told = {"at": at, "action": action, "purpose": purpose, "rows": rows, "outcome": outcome}
    with (project.folder / "journal.jsonl").open("a", encoding="utf-8") as journal:
        journal.write(json.dumps(told, ensure_ascii=False) + "\n")
