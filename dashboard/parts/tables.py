"""Tables as real HTML tables: read by screen readers, printed, and sideways scrolled on a phone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dashboard.parts.markup import safe


@dataclass(frozen=True)
class Cell:
    """One cell: text that is made safe, or markup made by this folder.

    Attributes:
        text: Plain text; also what is written into a downloaded file.
        markup: Shown instead of the text; must be safe already.
        note: Small second line; of a hidden cell, why it is hidden, which is written once below the table.
        look: `number`, `hidden`, `long` (sentences, which keep some width on a phone) or empty.
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
    """Return a table whose first column names its rows, and below it why cells are hidden, each reason once."""
    hidden = [cell.note for section in sections for row in section.rows for cell in row if _is_explained_below(cell)]
    numbers = {reason: place for place, reason in enumerate(dict.fromkeys(hidden), start=1)}
    head = "".join(f'<th scope="col">{safe(name)}</th>' for name in header)
    body = "".join(_section(section, len(header), numbers) for section in sections)
    return (
        f'<div class="tv-scroll" tabindex="0" role="region" aria-label="{safe(caption)}"><table class="tv-table">'
        f"<caption>{safe(caption)}</caption><thead><tr>{head}</tr></thead>{body}</table></div>{_reasons(numbers)}"
    )


def _is_explained_below(cell: Cell) -> bool:
    return cell.look == "hidden" and bool(cell.note)


def _reasons(numbers: Mapping[str, int]) -> str:
    lines = "".join(f"<li><sup>{number}</sup> {safe(reason)}</li>" for reason, number in numbers.items())
    return f'<ul class="tv-reasons">{lines}</ul>' if lines else ""


def _section(section: Section, width: int, numbers: Mapping[str, int]) -> str:
    heading = (
        f'<tr><th class="tv-group" scope="colgroup" colspan="{width}">{safe(section.heading)}</th></tr>'
        if section.heading
        else ""
    )
    return f"<tbody>{heading}{''.join(_row(row, numbers) for row in section.rows)}</tbody>"


def _row(row: Sequence[Cell], numbers: Mapping[str, int]) -> str:
    first, *rest = row
    return f'<tr><th scope="row">{_inside(first, numbers)}</th>{"".join(_cell(cell, numbers) for cell in rest)}</tr>'


def _cell(cell: Cell, numbers: Mapping[str, int]) -> str:
    look = f' class="tv-{cell.look}"' if cell.look else ""
    return f"<td{look}>{_inside(cell, numbers)}</td>"


def _inside(cell: Cell, numbers: Mapping[str, int]) -> str:
    shown = cell.markup or safe(cell.text)
    if _is_explained_below(cell):
        return f'{shown} <sup title="{safe(cell.note)}">{numbers[cell.note]}</sup>'
    return shown + (f'<span class="tv-small">{safe(cell.note)}</span>' if cell.note else "")
