"""The researcher's queries run, and answer something on a small region."""

import csv
import io

import pytest

from tests.lib.checkout import ROOT
from tvaers.cli import main

QUERIES = sorted((ROOT / "docs/how-to").glob("*.sql"))


@pytest.mark.slow
@pytest.mark.parametrize("path", QUERIES, ids=lambda path: path.stem)
def test_a_documented_query_has_an_answer(path, tiny_home, capfdbinary):
    assert main(["query", str(path), "--format", "csv", "--home", str(tiny_home.home)]) == 0
    rows = list(csv.DictReader(io.StringIO(capfdbinary.readouterr().out.decode())))
    assert rows


def test_every_documented_query_begins_with_what_it_answers():
    assert QUERIES
    for path in QUERIES:
        assert path.read_text(encoding="utf-8").startswith("-- "), path.name


def test_every_documented_query_is_linked_from_the_researchers_page():
    page = (ROOT / "docs/how-to/ask_the_warehouse.md").read_text(encoding="utf-8")
    assert [path.name for path in QUERIES if f"]({path.name})" not in page] == []
