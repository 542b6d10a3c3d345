"""What the changelog tells of a definition's later versions."""

from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from pathlib import Path

from indicators.definitions.definition import Indicator

# In a checkout the changelog lies at its top; an installed wheel carries it beside the definitions.
PLACES = (Path(__file__).resolve().parents[2] / "CHANGELOG.md", Path(str(files("indicators"))) / "CHANGELOG.md")
UNTOLD = "see the changelog"


def history_of(indicator: Indicator, pack: str) -> Iterator[tuple[int, str]]:
    """Yield each version after the first with what changed and for which periods, in English as it was written.

    Args:
        indicator: The definition.
        pack: The country's pack; a definition that is its alone is told of with the pack's name.
    """
    for version in range(2, indicator.version + 1):
        names = (f"`{indicator.id}` version {version}", f"`{pack}/{indicator.id}` version {version}")
        lines = [line for line in _entries() if any(name in line for name in names)]
        yield version, lines[0].partition(": ")[2].partition(" ### ")[0] if lines else UNTOLD


@cache
def _entries() -> tuple[str, ...]:
    """Return the entries under *Numbers that change*, each on one line."""
    text = next((path.read_text(encoding="utf-8") for path in PLACES if path.is_file()), "")
    return tuple(" ".join(line.split()) for line in text.partition("## Versions")[0].split("\n- "))
