"""The rows of the catalogue's tables, and what was written in English only."""

from collections.abc import Sequence

from dashboard.parts.markup import safe
from dashboard.parts.prose import sentences
from dashboard.parts.tables import Cell, Section
from dashboard.presenters.entry import NumberRow, Told


def clauses(found: Told) -> list[Section]:
    """Return one row per clause, in the order in which they are applied."""
    rows = ((Cell(part), Cell(who), Cell(exact, markup=_code(exact))) for part, who, exact in found.clauses)
    return [Section("", tuple(rows))]


def variables(found: Told) -> list[Section]:
    """Return one row per variable that the clauses name; its words are marked as English."""
    rows = (
        (Cell(name, markup=_code(name)), _english(made, "long"), _english(ties), _english(codes, "long"))
        for name, made, ties, codes in found.variables
    )
    return [Section("", tuple(rows))]


def numbers(found: Told) -> list[Section]:
    """Return one row per value of each number; its source is a link where it has an address."""
    return [Section("", tuple(_number(each) for each in found.numbers))]


def beside(found: Told) -> list[Section]:
    """Return one row per definition that answers the same question."""
    return [Section("", tuple(tuple(Cell(text) for text in row) for row in found.beside))]


def in_english(note: str, texts: Sequence[str]) -> str:
    """Return texts as a list that is marked as English, below the sentence that says so to readers of others."""
    below = f'<p class="tv-note-line">{safe(note)}</p>' if note else ""
    return f'{below}<ul class="tv-prose" lang="en">{"".join(f"<li>{safe(text)}</li>" for text in texts)}</ul>'


def versions(found: Told) -> str:
    """Return the versions, each with what changed; all but the first are told in English."""
    first, *later = (f"{version}: {why}" for version, why in found.versions)
    return sentences([first]) + (in_english(found.in_english, later) if later else "")


def _number(each: NumberRow) -> tuple[Cell, ...]:
    is_address = each.href.startswith(("https://", "http://"))
    address = f'<a class="tv-link" href="{safe(each.href)}" rel="noreferrer">{safe(each.source)}</a>'
    return (
        Cell(each.description, note=each.name),
        Cell(each.value, look="number"),
        Cell(each.from_on),
        Cell(each.source, markup=address if is_address else ""),
        Cell(each.state),
    )


def _english(text: str, look: str = "") -> Cell:
    return Cell(text, look=look, markup=f'<span lang="en">{safe(text)}</span>')


def _code(text: str) -> str:
    return f'<code class="tv-code">{safe(text)}</code>'
