"""What each column of the warehouse is, and what it is called and becomes in a project."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

PAGE = Path(__file__).with_name("columns.yaml")
PERSON = "person"
LEFT_OUT = frozenset({"never", "unit"})
"""Natures of columns that a new project's page does not list by itself."""

_RENAMED = {"birth": "birth_band", "area": "area"}


@dataclass(frozen=True)
class Column:
    """One column that a project can have.

    Attributes:
        table: Table of the warehouse, without its schema.
        name: Its name there.
        nature: What it is: see columns.yaml.
        lengths: For codes: how many characters are kept, longest first.
    """

    table: str
    name: str
    nature: str
    lengths: tuple[int, ...] = ()

    @property
    def source(self) -> str:
        """The table of the warehouse with its schema."""
        return f"indicator.{self.table}" if self.table == "diabetes" else f"core.{self.table}"

    def called(self, dates: str) -> str:
        """Return the column's name in a project, given the form of its dates: a changed content has a changed name."""
        if self.nature == "date":
            stem = self.name.removesuffix("_on")
            return {"shifted": f"{stem}_on_shifted", "month": f"{stem}_month"}.get(dates, f"{stem}_day")
        if self.nature == "register_date":
            return f"{self.name.removesuffix('_on')}_year"
        return PERSON if self.nature == "person" else _RENAMED.get(self.nature, self.name)


@cache
def all_columns() -> dict[str, dict[str, Column]]:
    """Return every classified column, by table and name."""
    page: dict[str, dict[str, str]] = yaml.safe_load(PAGE.read_text(encoding="utf-8"))
    return {
        table: {name: _column(table, name, words.split()) for name, words in columns.items()}
        for table, columns in page.items()
    }


def _column(table: str, name: str, words: list[str]) -> Column:
    nature, *lengths = words
    return Column(table, name, nature, tuple(int(length) for length in lengths))


def offered(table: str) -> tuple[str, ...]:
    """Return the columns of a table that a new project's page lists by itself."""
    return tuple(name for name, column in all_columns()[table].items() if column.nature not in LEFT_OUT | {"person"})


def askable(table: str) -> tuple[str, ...]:
    """Return the columns of a table that a project's page may list."""
    return tuple(name for name, column in all_columns()[table].items() if column.nature not in {"never", "person"})
