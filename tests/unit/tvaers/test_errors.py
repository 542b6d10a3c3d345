import ast
import re
from collections.abc import Iterator

import typer

from tests.lib.checkout import PACKAGES, files_below, name_of
from tvaers import errors
from tvaers.cli import app

_COMMAND = re.compile(r"\btvaers ([a-z]+)(?: ([a-z][a-z-]*))?")


def families():
    return [errors.TvaersError, *errors.TvaersError.__subclasses__()]


def test_every_family_has_an_exit_code_of_its_own():
    codes = [family.exit_code for family in families()]
    assert len(set(codes)) == len(codes)
    assert not {0, 2, 70, 130} & set(codes), "these mean success, wrong usage, an unforeseen fault, and Ctrl-C"


def test_a_fault_is_told_in_four_parts_in_order():
    fault = errors.ContractError("What.", where="Where.", how_much="How much.", what_to_do="Do this.")
    assert str(fault).splitlines() == ["ContractError: What.", "  Where.", "  How much.", "  What to do: Do this."]


def test_parts_that_are_not_known_leave_no_empty_line():
    assert str(errors.ExtractError("What.")) == "ExtractError: What."


def commands_to_run() -> Iterator[tuple[str, str, str]]:
    """Yield file, first and second word of every command that a fault tells the user to run."""
    for path in files_below(*PACKAGES):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.keyword) and node.arg == "what_to_do":
                texts = [one.value for one in ast.walk(node.value) if isinstance(one, ast.Constant)]
                for text in texts:
                    for first, second in _COMMAND.findall(text) if isinstance(text, str) else ():
                        yield name_of(path), first, second


def test_what_a_fault_tells_to_run_is_a_command_that_does_something_by_itself():
    groups = {
        name: set(command.commands)
        for name, command in typer.main.get_command(app).commands.items()
        if hasattr(command, "commands")
    }
    told = list(commands_to_run())
    assert len(told) > 10
    assert [one for one in told if one[1] in groups and one[2] not in groups[one[1]]] == []


def test_a_fault_for_machines_has_the_same_parts():
    fault = errors.WarehouseError("What.", where="Where.").as_dict()
    assert fault == {
        "error": "WarehouseError",
        "exit_code": 14,
        "what": "What.",
        "where": "Where.",
        "how_much": "",
        "what_to_do": "",
    }
