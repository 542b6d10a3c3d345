"""The documents name every command and every exit code, and their links lead somewhere."""

import re

import pytest
import typer

from tests.lib.checkout import ROOT, name_of
from tests.lib.documents import documents
from tvaers import errors
from tvaers.cli import app

GUIDES = "\n".join(
    page.read_text(encoding="utf-8") for page in documents() if not name_of(page).startswith("docs/reference/")
)

FOLDERS = ("data_contracts", "ingest", "warehouse", "indicators", "dashboard", "synthetic", "packs", "tvaers")
# A command with options, as a message or docstring writes it: verb, perhaps a second word, options directly behind.
NAMED = re.compile(r"\btvaers ([a-z]+)(?: ([a-z]+))?((?: --[a-z-]+)+)")


def verbs() -> dict[str, object]:
    return typer.main.get_command(app).commands


@pytest.mark.parametrize("verb", sorted(verbs()))
def test_every_verb_is_used_in_a_document_and_has_help(verb):
    assert f"tvaers {verb}" in GUIDES
    assert verbs()[verb].help


def test_the_verbs_are_the_steps_of_the_data_flow_in_their_order():
    flow = (
        "init synth check ingest compute release attack "
        "access dashboard report query project shell export explain catalogue pack measure blind unit resolve keys "
        "audit object erase retention backup doctor demo"
    )
    group = typer.main.get_command(app)
    assert group.list_commands(typer.Context(group)) == flow.split()


def test_every_command_that_a_message_names_exists():
    group = typer.main.get_command(app)
    unknown = []
    for path in sorted(page for folder in FOLDERS for page in (ROOT / folder).rglob("*.py")):
        for verb, word, options in NAMED.findall(path.read_text(encoding="utf-8")):
            command = group.commands.get(verb)
            command = getattr(command, "commands", {}).get(word, command)
            options_of = command.params if command else ()
            known = {name for each in options_of for name in (*each.opts, *each.secondary_opts)}
            if not command or set(options.split()) - known:
                unknown.append(f"{name_of(path)}: tvaers {verb} {word} {options}")
    assert unknown == []


def test_every_exit_code_is_explained_to_the_data_steward():
    page = (ROOT / "docs/how-to/load_a_delivery.md").read_text(encoding="utf-8")
    told = dict(re.findall(r"^\| (\d+) \| (\w+Error) \|", page, re.M))
    assert told == {str(family.exit_code): family.family for family in errors.TvaersError.__subclasses__()}


def test_every_link_to_a_file_leads_to_one():
    target, code = re.compile(r"\]\((?!https?:|mailto:|#)([^)#]+)"), re.compile(r"```.*?```|`[^`\n]+`", re.S)
    links = [
        (page, link) for page in documents() for link in target.findall(code.sub("", page.read_text(encoding="utf-8")))
    ]
    assert [f"{name_of(page)}: {link}" for page, link in links if not (page.parent / link).exists()] == []


def test_every_test_that_a_document_names_as_proof_exists():
    named = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")
    found = [each for page in documents() for each in named.findall(page.read_text(encoding="utf-8"))]
    assert len(found) > 30
    assert [each for each in found if f"def {each[1]}(" not in (ROOT / each[0]).read_text(encoding="utf-8")] == []


def test_decisions_are_numbered_in_their_order():
    page = (ROOT / "docs/decisions.md").read_text(encoding="utf-8")
    numbers = [int(number) for number in re.findall(r"^## (\d+)\. ", page, re.M)]
    assert numbers == list(range(1, len(numbers) + 1))


def test_the_front_page_has_its_parts_in_order():
    page = (ROOT / "README.md").read_text(encoding="utf-8")
    parts = [
        "# Tværs",
        "![",
        "make demo",
        "make test",
        "──►",
        "Quality manager",
        "Researcher",
        "Data steward",
        "What it is not",
    ]
    positions = [page.index(part) for part in parts]
    assert positions == sorted(positions)


def test_the_changelog_begins_with_the_numbers_that_change():
    headings = re.findall(r"^## (.+)$", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.M)
    assert headings[0] == "Numbers that change"
