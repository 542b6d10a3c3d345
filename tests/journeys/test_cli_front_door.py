"""The front door: help, versions, completion, faults, and how fast it opens."""

import json
import os
import subprocess
import sys

import pytest
import typer

from tvaers import __version__
from tvaers import cli as front_door
from tvaers.cli import app, main

VERBS = sorted(typer.main.get_command(app).commands)


def run(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tvaers", *words],
        check=False,
        capture_output=True,
        text=True,
        env=os.environ | environment,
    )


def test_the_front_door_opens_without_any_heavy_library():
    heavy = "duckdb polars pandas numpy pyarrow great_expectations streamlit plotly faker scipy sqlglot pydantic"
    code = (
        "import sys; from tvaers.cli import main; main(['--help']); "
        f"print('LOADED', [name for name in '{heavy}'.split() if name in sys.modules], len(sys.modules))"
    )
    printed = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    last = printed.strip().splitlines()[-1]
    assert last.startswith("LOADED [] ")
    assert int(last.split()[-1]) < 600


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_help(verb, capsys):
    assert main([verb, "--help"]) == 0
    assert f"tvaers {verb}" in capsys.readouterr().out


@pytest.mark.parametrize("verb", sorted(set(VERBS) - {"pack", "measure", "dashboard", "blind", "unit", "resolve"}))
def test_every_verb_takes_a_home_and_speaks_json(verb):
    command = typer.main.get_command(app).commands[verb]
    for each in getattr(command, "commands", {verb: command}).values():
        assert {"--home", "--json"} <= {name for parameter in each.params for name in parameter.opts}, each.name


def test_the_version_is_told(capsys):
    assert main(["--version"]) == 0
    assert capsys.readouterr().out.strip() == f"tvaers {__version__}"


def test_wrong_usage_has_exit_code_two(capsys):
    assert main(["ingest", "--no-such-option"]) == 2
    assert main(["no-such-verb"]) == 2
    assert "no-such-verb" in capsys.readouterr().err


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_shell_completion_can_be_shown(shell):
    # The shell is named, because the tests may run below another one, or below none.
    done = run("--show-completion", shell, _TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION="1")
    assert done.returncode == 0, done.stderr
    assert "_TVAERS_COMPLETE" in done.stdout
    assert f"complete_{shell}" in done.stdout


def test_shell_completion_knows_the_verbs():
    done = run(_TVAERS_COMPLETE="complete_bash", COMP_WORDS="tvaers re", COMP_CWORD="1")
    assert done.stdout.split() == ["release", "report", "resolve", "retention"]


def test_an_expected_fault_has_its_familys_exit_code_and_no_traceback(tmp_path, capsys):
    assert main(["ingest", "--home", str(tmp_path)]) == 10
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("SettingsError: ")
    assert f"tvaers init --home {tmp_path}" in said.err
    assert "Traceback" not in said.err


def test_an_expected_fault_can_be_read_by_a_machine(tmp_path, capsys):
    assert main(["ingest", "--json", "--home", str(tmp_path)]) == 10
    told = json.loads(capsys.readouterr().out)
    assert (told["error"], told["exit_code"]) == ("SettingsError", 10)
    assert told["what_to_do"].startswith("tvaers init")


def test_an_unforeseen_fault_is_one_line_on_the_screen_and_a_log_without_its_message(tmp_path, monkeypatch, capsys):
    identifier = "010101" + "1234"

    def broken(home):
        raise ValueError(identifier)

    monkeypatch.setattr("tvaers.settings.load_settings", broken)
    assert main(["release", f"--home={tmp_path}"]) == front_door.UNEXPECTED
    said = capsys.readouterr()
    assert len(said.err.splitlines()) == 1
    assert "ValueError" in said.err
    (log,) = (tmp_path / "logs").glob("*.log")
    assert "in broken" in log.read_text()
    assert identifier not in log.read_text() + said.err


def test_an_unforeseen_fault_is_told_even_where_no_log_can_be_written(tmp_path, monkeypatch, capsys):
    def broken(home):
        raise ValueError

    monkeypatch.setattr("tvaers.settings.load_settings", broken)
    (tmp_path / "home").write_text("a file where the folder should be")
    assert main(["release", "--home", str(tmp_path / "home")]) == front_door.UNEXPECTED
    assert "no log could be written" in capsys.readouterr().err


def test_the_home_can_be_named_in_the_environment(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("TVAERS_HOME", str(tmp_path / "named"))
    assert main(["release"]) == 10
    assert str(tmp_path / "named") in capsys.readouterr().err


def test_letters_that_the_terminal_lacks_are_written_as_escapes(tmp_path) -> None:
    told = run("init", "--home", str(tmp_path / "på tværs"), PYTHONIOENCODING="ascii")
    assert told.returncode == 0, told.stderr
    assert "p\\xe5 tv\\xe6rs" in told.stdout
