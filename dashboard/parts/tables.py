"""Tables as real HTML tables: read by screen readers, printed, and sideways scrolled on a phone."""

from collections.abc import Sequence
from dataclasses import dataclass

from dashboard.parts.markup import safe


@dataclass(frozen=True)
class Cell:
    """One cell: text that is made safe, or markup made by this folder.

    Attributes:
        text: Plain text; also what is written into a downloaded file.
        markup: Shown instead of the text; must be safe already.
        note: Small second line.
        look: `number`, `hidden` or empty.
    """

    text: str
    markup: str = ""
    note: str = ""
    look: str = ""


@dataclass(frozen=True)
class Section:
    """Rows under a heading of their own; an empty heading is not shown."""

    heading: str
    rows: tuple[tuple[Cell, ...], ...]


def table(caption: str, header: Sequence[str], sections: Sequence[Section]) -> str:
    """Return a table whose first column names its rows."""
    head = "".join(f'<th scope="col">{safe(name)}</th>' for name in header)
    body = "".join(_section(section, len(header)) for section in sections)
    return (
        f'<div class="tv-scroll" tabindex="0" role="region" aria-label="{safe(caption)}"><table class="tv-table">'
        f"<caption>{safe(caption)}</caption><thead><tr>{head}</tr></thead>{body}</table></div>"
    )


def _section(section: Section, width: int) -> str:
    heading = (
        f'<tr><th class="tv-group" scope="colgroup" colspan="{width}">{safe(section.heading)}</th></tr>'
        if section.heading
        else ""
    )
    return f"<tbody>{heading}{''.join(_row(row) for row in section.rows)}</tbody>"


def _row(row: Sequence[Cell]) -> str:
    first, *rest = row
    return f'<tr><th scope="row">{_inside(first)}</th>{"".join(_cell(cell) for cell in rest)}</tr>'


def _cell(cell: Cell) -> str:
    look = f' class="tv-{cell.look}"' if cell.look else ""
    return f"<td{look}>{_inside(cell)}</td>"


def _inside(cell: Cell) -> str:
    note = f'<span class="tv-small">{safe(cell.note)}</span>' if cell.note else ""
    return (cell.markup or safe(cell.text)) + note
