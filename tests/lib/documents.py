"""The fenced examples of a Markdown document, and where the document says they run."""

import re
from dataclasses import dataclass
from pathlib import Path

from tests.lib.checkout import name_of, tracked_files

FENCE = re.compile(r"^```(?P<language>\w+)\n(?P<text>.*?)^```$", re.M | re.S)
PLACE = re.compile(r"<!-- runs in: (?P<place>[\w ]+) -->")


@dataclass(frozen=True)
class Example:
    """One fenced block: its language and its text."""

    language: str
    text: str


def documents() -> list[Path]:
    """Every Markdown page of the checkout."""
    return [path for path in tracked_files() if path.suffix == ".md"]


def documents_with_commands() -> list[str]:
    """Names of the pages that tell the reader to run something."""
    return [name_of(path) for path in documents() if any(example.language != "text" for example in examples(path))]


def examples(path: Path) -> list[Example]:
    """The fenced blocks of a page, in their order."""
    return [Example(found["language"], found["text"]) for found in FENCE.finditer(path.read_text(encoding="utf-8"))]


def place(path: Path) -> str:
    """Where the page says its commands run; the checkout when it does not say."""
    found = PLACE.search(path.read_text(encoding="utf-8"))
    return found["place"] if found else "the checkout"


def as_script(path: Path) -> str:
    """All examples of a page as one shell script, in the order a reader would follow."""
    parts = ["set -euo pipefail"]
    for example in examples(path):
        if example.language == "sh":
            parts.append(example.text)
        elif example.language == "python":
            parts.append(f"python - <<'END_OF_EXAMPLE'\n{example.text}END_OF_EXAMPLE\n")
    return "\n".join(parts)
