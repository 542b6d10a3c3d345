"""What lies beside a project's database from its first day: a dictionary, example queries, and an executed notebook."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import sqlglot
from sqlglot import exp

from research.build import Built
from research.columns import PERSON, all_columns
from research.dictionary import Entry, as_page
from research.page import ProjectPage
from research.shelf import Shelved

QUERIES = Path(__file__).parent / "queries"
NOTEBOOK = "first_look.ipynb"
TO_TAKE_OUT = "table_to_take_out"
SHOWN_ROWS = 40

OPENED = """import tvaers

project = tvaers.open_project("{project}")"""


def example_queries(page: ProjectPage) -> dict[str, str]:
    """Return the example queries that the tables and columns of a project can answer, by name."""
    columns = {table: {PERSON, *_called(page, table)} for table in page.tables}
    found = {}
    for path in sorted(QUERIES.glob("*.sql")):
        sql = path.read_text(encoding="utf-8")
        if _can_be_answered(sql, columns):
            found[path.stem] = sql
    return found


def _called(page: ProjectPage, table: str) -> set[str]:
    return {all_columns()[table][name].called(page.dates) for name in page.tables[table]}


def _can_be_answered(sql: str, columns: dict[str, set[str]]) -> bool:
    """Return whether a query reads only tables and columns that there are, steps of its own and names it makes."""
    tree = sqlglot.parse_one(sql, dialect="duckdb")
    steps = {step.alias for step in tree.find_all(exp.CTE)}
    tables = {table.name for table in tree.find_all(exp.Table)} - steps
    made = {alias.alias for alias in tree.find_all(exp.Alias)}
    if not tables <= columns.keys():
        return False
    known = set().union(*(columns[table] for table in tables)) | made
    return all(column.name in known for column in tree.find_all(exp.Column))


def write_first_day(project: Shelved, page: ProjectPage, built: Built, ask: Callable[[str], pl.DataFrame]) -> None:
    """Write dictionary, queries and notebook into a project's folder.

    Args:
        project: The project.
        page: Its page.
        built: What its database holds.
        ask: How the project is asked.
    """
    entries = [Entry(*row) for row in ask("SELECT table_name, column_name, says, change FROM dictionary").rows()]
    dictionary = as_page(page, entries, built.people, built.rows)
    (project.folder / "dictionary.md").write_text(dictionary, encoding="utf-8")
    queries = example_queries(page)
    folder = project.folder / "queries"
    folder.mkdir(exist_ok=True)
    for path in folder.glob("*.sql"):
        path.unlink()
    for name, sql in queries.items():
        (folder / f"{name}.sql").write_text(sql, encoding="utf-8")
    # The notebook lies in plain text beside the encrypted database, so it has no small groups in it.
    shown = {name: sql for name, sql in queries.items() if name != TO_TAKE_OUT}
    (project.folder / NOTEBOOK).write_text(notebook(project.id, shown, ask), encoding="utf-8")


def notebook(project: str, queries: dict[str, str], ask: Callable[[str], pl.DataFrame]) -> str:
    """Return an executed notebook: every query with the answer that the project gave.

    Args:
        project: Its id.
        queries: The queries by name; each begins with a comment that says what it answers.
        ask: How the project is asked.
    """
    cells = [
        _text(
            f"# A first look at the project {project}\n\nEvery question runs in a sandbox of its own and is recorded."
        ),
        _code(OPENED.format(project=project), 1, None),
    ]
    for number, (_, sql) in enumerate(queries.items(), start=2):
        title, _, statement = sql.partition("\n")
        cells.append(_text(f"## {title.removeprefix('-- ')}"))
        cells.append(_code(f'project.polars("""\n{statement.strip()}\n""")', number, ask(sql)))
    page = {
        "cells": [{"id": f"cell-{number}", **cell} for number, cell in enumerate(cells)],
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(page, indent=1, ensure_ascii=False) + "\n"


def _text(words: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "metadata": {}, "source": words.splitlines(keepends=True)}


def _code(source: str, number: int, answer: pl.DataFrame | None) -> dict[str, Any]:
    outputs = []
    if answer is not None:
        with pl.Config(tbl_rows=SHOWN_ROWS, tbl_cols=-1, fmt_str_lengths=60, tbl_width_chars=140):
            shown = str(answer)
        data = {"text/plain": shown.splitlines(keepends=True)}
        outputs = [{"output_type": "execute_result", "execution_count": number, "metadata": {}, "data": data}]
    return {
        "cell_type": "code",
        "execution_count": number,
        "metadata": {},
        "outputs": outputs,
        "source": source.splitlines(keepends=True),
    }
