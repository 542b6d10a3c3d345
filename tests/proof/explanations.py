"""The reviewed list of mutants that no case can notice (explained.yaml)."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

EXPLAINED = Path(__file__).parent / "explained.yaml"
ANY_TEXT = "…"


@dataclass(frozen=True)
class Explanation:
    """Why a change of some subject cannot be noticed."""

    subject: str
    pattern: str
    why: str

    def covers(self, change: str) -> bool:
        """Return whether a change is the one that is explained."""
        parts = (re.escape(part) for part in self.pattern.split(ANY_TEXT))
        return re.fullmatch(".*".join(parts), change) is not None


@cache
def explanations() -> tuple[Explanation, ...]:
    """Return every explanation, one per subject and pattern."""
    entries = yaml.safe_load(EXPLAINED.read_text(encoding="utf-8"))
    return tuple(
        Explanation(subject, pattern, " ".join(entry["why"].split()))
        for entry in entries
        for subject in entry["of"]
        for pattern in entry["changes"]
    )


def unexplained(subject: str, survivors: tuple[str, ...]) -> list[str]:
    """Return the changes of a subject that survive and are not explained."""
    own = [each for each in explanations() if each.subject == subject]
    return [change for change in survivors if not any(each.covers(change) for each in own)]


def explained_subjects() -> set[str]:
    """Return the subjects that the list names."""
    return {each.subject for each in explanations()}


def idle(subject: str, survivors: tuple[str, ...]) -> list[str]:
    """Return the reasons given for a subject of which none of its patterns covers a survivor."""
    own = [each for each in explanations() if each.subject == subject]
    busy = {each.why for each in own if any(each.covers(change) for change in survivors)}
    return sorted({each.why for each in own} - busy)
