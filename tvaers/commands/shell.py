"""`tvaers shell`: ask a project one question after the other."""

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from tvaers.commands.options import HomeOption, JsonOption

if TYPE_CHECKING:
    from research.door import Project

SHOWN_ROWS = 50
LEAVE = (".quit", ".exit", "exit", "quit")


def shell(
    project: Annotated[str, typer.Option("--project", help="Id of the project.")],
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Ask a project one question after the other; a question ends with a semicolon.

    Every question runs in a sandbox of its own, as with `tvaers query --project`. `.quit` leaves.
    """
    from research.door import open_project
    from tvaers import screen

    opened = open_project(project, home)
    is_watched = sys.stdin.isatty()
    if is_watched:
        screen.say(
            f"{project}, until {opened.page.expires_on}. Tables: {', '.join(sorted(opened.tables))}. .quit leaves."
        )
    words: list[str] = []
    while True:
        if is_watched:
            sys.stdout.write("    -> " if words else f"{project}> ")
            sys.stdout.flush()
        line = sys.stdin.readline()
        if not line or line.strip().lower() in LEAVE:
            if words and not line:
                _answer(opened, words, as_json=as_json)
            return
        words.append(line)
        if line.rstrip().endswith(";"):
            _answer(opened, words, as_json=as_json)
            words = []


def _answer(opened: "Project", words: list[str], *, as_json: bool) -> None:
    from tvaers import screen
    from tvaers.errors import TvaersError

    question = "".join(words).strip().removesuffix(";")
    if not question.strip():
        return
    try:
        answer = opened.arrow(question)
    except TvaersError as fault:
        if as_json:
            screen.write_json(fault.as_dict())
        else:
            screen.say(str(fault))
        return
    if as_json:
        screen.write_json({"rows": answer.to_pylist()})
        return
    shown = answer.slice(0, SHOWN_ROWS)
    screen.show_table("", answer.column_names, [tuple(row.values()) for row in shown.to_pylist()])
    screen.say(f"{shown.num_rows:,} of {answer.num_rows:,} rows")
