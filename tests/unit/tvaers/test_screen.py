import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from uuid import UUID

import pytest

from tvaers import screen


@dataclass(frozen=True)
class Some:
    day: date
    place: Path


@pytest.mark.parametrize(
    ("cell", "text"), [(None, ""), (1234567, "1,234,567"), (True, "yes"), (False, "no"), ("text", "text"), (0, "0")]
)
def test_a_cell_is_written_as_a_reader_expects(cell, text):
    assert screen.written(cell) == text


def test_results_are_on_stdout_and_the_next_step_on_stderr(capsys):
    screen.show_table("", ("a", "b"), [("x", 1)], numbers=("b",))
    screen.say("said")
    screen.next_step("tvaers compute")
    said = capsys.readouterr()
    assert "x" in said.out
    assert "said" in said.out
    assert said.err == "Next: tvaers compute\n"


def test_words_that_look_like_markup_are_printed_as_they_are(capsys):
    screen.say("[bold]file[/bold]")
    screen.show_table("", ("column",), [("[red]cell",)])
    said = capsys.readouterr().out
    assert "[bold]file[/bold]" in said
    assert "[red]cell" in said


def test_dates_paths_and_pseudonyms_have_a_json_form(capsys):
    pseudonym = UUID(int=7)
    screen.write_json({"some": Some(date(2026, 9, 30), Path("a/b")), "who": pseudonym, "set": {1}})
    assert json.loads(capsys.readouterr().out) == {
        "some": {"day": "2026-09-30", "place": "a/b"},
        "who": str(pseudonym),
        "set": [1],
    }


def test_what_no_command_prints_is_not_guessed_at():
    with pytest.raises(TypeError, match="object"):
        screen.plain(object())
