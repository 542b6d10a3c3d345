"""What a command prints: results on stdout, the next step on stderr, or one JSON document for machines."""

import dataclasses
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

from pydantic import BaseModel
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

NARROWEST_PAGE = 140
"""Columns assumed where nobody watches (a pipe, a log file), so that tables are not folded to 80."""


def paper(*, stderr: bool = False) -> Console:
    """Return the console for results (stdout) or for words to the user (stderr)."""
    stream = sys.stderr if stderr else sys.stdout
    width = None if stream.isatty() else NARROWEST_PAGE
    return Console(file=stream, width=width, highlight=False, soft_wrap=False)


def show_table(
    title: str, columns: Sequence[str], rows: Iterable[Sequence[object]], *, numbers: Sequence[str] = ()
) -> None:
    """Print a table.

    Args:
        title: The line above the table; empty for none.
        columns: The headings.
        rows: The cells; None is printed as nothing, whole numbers with thousands separated.
        numbers: Headings of the columns to align to the right.
    """
    table = Table(title=title or None, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    for column in columns:
        table.add_column(column, justify="right" if column in numbers else "left", overflow="fold")
    for row in rows:
        table.add_row(*(Text(written(cell)) for cell in row))
    paper().print(table)


def written(cell: object) -> str:
    """Return one cell as a reader expects it: `12,345`, `yes`, or nothing for None."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, int):
        return f"{cell:,}"
    return str(cell)


def say(line: str) -> None:
    """Print one line of the result."""
    paper().print(Text(line), soft_wrap=True)


def next_step(command: str) -> None:
    """Print what to do next; it goes to stderr, so that a redirected result stays clean."""
    paper(stderr=True).print(Text.assemble("Next: ", (command, "bold")), soft_wrap=True)


def write_json(content: Mapping[str, Any]) -> None:
    """Print one JSON document; folders, dates and result objects are understood."""
    is_unicode = (sys.stdout.encoding or "utf-8").lower().startswith("utf")
    sys.stdout.write(json.dumps(content, default=plain, ensure_ascii=not is_unicode, indent=2) + "\n")


def plain(value: object) -> Any:
    """Return a value as JSON can hold it.

    Raises:
        TypeError: The value is of a kind that no command prints.
    """
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, UUID | Decimal):
        return str(value)
    if isinstance(value, Path):
        return value.as_posix()
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, set | frozenset | tuple):
        return list(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")
