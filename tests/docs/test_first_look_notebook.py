"""The notebook that the documents show is the one that a project gets on its first day."""

import json
from datetime import date

import pytest

from research.lifecycle import approve
from research.shelf import shelved
from tests.lib.checkout import ROOT
from tests.lib.project_home import copy_of, create

SHOWN = ROOT / "docs" / "how-to" / "first_look_at_a_project.ipynb"


@pytest.mark.slow
def test_the_notebook_of_the_documents_is_what_a_project_gets(tiny_home, tmp_path):
    home = copy_of(tiny_home, tmp_path)
    assert create(home, "first-look", expires="2031-12-31") == 0
    approve(home.settings, "first-look", by="C. Controller, head of data", today=date(2026, 11, 23))
    written = shelved(home.settings, "first-look").folder / "first_look.ipynb"
    assert written.read_text("utf-8") == SHOWN.read_text("utf-8"), f"it has changed: cp {written} {SHOWN}"


def test_every_cell_of_the_shown_notebook_has_been_run_and_no_small_group_is_in_it():
    cells = [cell for cell in json.loads(SHOWN.read_text("utf-8"))["cells"] if cell["cell_type"] == "code"]
    assert len(cells) >= 6
    assert [cell["execution_count"] for cell in cells] == list(range(1, len(cells) + 1))
    assert all(cell["outputs"] for cell in cells[1:])
    assert all("HAVING count(" in "".join(cell["source"]) for cell in cells[1:])
