"""Every command works on a home full of people, and is told an identifier where none belongs; no byte tells one.

What loading, keys, objecting, blinding and lists for units leave behind is searched in
test_nothing_identifying_on_disk.py, test_blinded_extracts.py and test_cli_resolve.py, where their extracts are drawn.
"""

import io
import re

import pytest
import typer

from tests.lib.byte_search import files_holding
from tests.lib.deliveries import new_home
from tests.lib.project_home import approve, copy_of, create, run
from tvaers.cli import VERBS, app, main
from tvaers.errors import SettingsError

pytestmark = pytest.mark.slow
IDENTIFIER = re.compile(rb"(?<![0-9])[0-3][0-9][01][0-9]{7}(?![0-9])")
PEOPLE = 300
INDICATOR = "hba1c_below_53"
SEARCHED_ELSEWHERE = {"check", "ingest", "keys", "object", "erase", "blind", "unit", "resolve"}
# They write extracts of invented people, identifiers and all: that is what they are for.
WRITE_IDENTIFIERS = {"synth", "demo"}

# What is typed freely and stays on record: by option, a command in which it is typed.
FREE_WORDS = {
    ("release", "--reason"): ["release", "--correct", "2026-06-30"],
    ("project create", "--owner"): ["project", "create", "own", "--purpose", "p", "--expires", "2030-01-01"],
    ("project create", "--purpose"): ["project", "create", "own", "--owner", "o", "--expires", "2030-01-01"],
    ("project approve", "--by"): ["project", "approve", "own"],
    ("project close", "--why"): ["project", "close", "own"],
    ("unit list", "--why"): ["unit", "list", "request", "--open-in", INDICATOR, "--out", "list"],
    ("blind answer", "--site"): ["blind", "answer", "--per-day", "1"],
}


def commands(home, identifier, folder):
    """Return what is called of each verb: as it should be, and with an identifier typed where none belongs."""
    release, out = str(home.settings.release), str(folder)
    rows = folder / "rows.csv"
    rows.write_text("sex,n\nfemale,40\nmale,50\n")
    return {
        "init": [["init", "--home", f"{out}/another"]],
        "compute": [["compute", "--quarters", "1"]],
        "release": [["release"], ["release", "--correct", identifier]],
        "attack": [["attack", release, "--quarters", "1", "--most", "5"], ["attack", f"{out}/{identifier}.duckdb"]],
        "access": [["access", "init"], ["access", "check"], ["access", "try", "--group", identifier]],
        "dashboard": [["dashboard", "--home", f"{out}/nowhere"]],
        "report": [["report", "--unit", identifier], ["report", "--unit", "Skive", "--form", "html"]],
        "query": [
            ["query", "SELECT count(*) FROM core.person"],
            ["query", "SELECT * FROM core.person LIMIT 50", "--format", "csv", "--out", f"{out}/people.csv"],
            ["query", "SELECT * FROM core.measurement LIMIT 500", "--format", "parquet", "--out", f"{out}/m.parquet"],
            ["query", f"SELECT * FROM core.person WHERE patient_id = '{identifier}'"],
        ],
        "project": [
            ["project", "list"],
            ["project", "create", identifier],
            ["project", "close", identifier, "--why", "mistake"],
            ["project", "close", "own", "--why", "mistake"],
        ],
        "shell": [["shell", "--project", "own"]],
        "export": [["export", "check", str(rows), "--project", "own"], ["export", "check", f"{out}/{identifier}.csv"]],
        "explain": [
            ["explain", INDICATOR],
            ["explain", INDICATOR, "--pseudonym", identifier],
            ["explain", identifier],
            ["explain", INDICATOR, "--unit", "all"],
            ["explain", INDICATOR, "--unit", identifier, "--period", identifier],
        ],
        "catalogue": [
            ["catalogue", "--out", f"{out}/catalogue.html"],
            ["catalogue", "--out", f"{out}/{identifier}.txt"],
        ],
        "pack": [["pack", "list"], ["pack", "check", identifier]],
        "measure": [["measure", "check", f"{out}/{identifier}"]],
        "audit": [["audit", "show"], ["audit", "verify"], ["audit", "head"]],
        "retention": [["retention"], ["retention", "--apply"]],
        "backup": [
            ["backup", "create", f"{out}/backup"],
            ["backup", "check", f"{out}/backup"],
            ["backup", "check", f"{out}/{identifier}"],
        ],
        "doctor": [["doctor"]],
    }


@pytest.fixture(scope="module")
def people(tiny_region):
    """Identifiers of people whom the shared home holds."""
    register = next(path for path in sorted(tiny_region.rglob("*.csv")) if path.name.startswith("bef"))
    found = list(dict.fromkeys(IDENTIFIER.findall(register.read_bytes())))
    assert len(found) > PEOPLE
    return [each.decode() for each in found[:PEOPLE]]


def test_every_verb_is_called_here_or_searched_elsewhere(tiny_home, tmp_path):
    called = set(commands(tiny_home, "0101011234", tmp_path))
    assert called | SEARCHED_ELSEWHERE | WRITE_IDENTIFIERS == set(VERBS)
    assert not called & (SEARCHED_ELSEWHERE | WRITE_IDENTIFIERS)


def test_every_option_for_free_words_is_known_here():
    found = set()
    for verb, one in typer.main.get_command(app).commands.items():
        for word, each in getattr(one, "commands", {"": one}).items():
            options = {name for param in each.params for name in param.opts}
            found |= {(f"{verb} {word}".strip(), name) for name in options & {name for _, name in FREE_WORDS}}
    assert found == set(FREE_WORDS)


@pytest.mark.parametrize(("command", "option"), sorted(FREE_WORDS))
def test_an_identifier_in_free_words_is_refused_before_anything_is_written_and_not_repeated(
    command, option, tmp_path, monkeypatch, capfd
):
    settings = new_home(tmp_path)
    before = sorted(path for path in tmp_path.rglob("*"))
    monkeypatch.chdir(tmp_path)
    for words in ("asked by 0101011234", "010101-1234 wants it"):
        assert (
            main([*FREE_WORDS[command, option], option, words, "--home", str(settings.home)]) == SettingsError.exit_code
        )
        told = capfd.readouterr()
        assert option in told.err
        assert "1234" not in told.out + told.err
    assert sorted(path for path in tmp_path.rglob("*")) == before


def test_no_command_leaves_an_identifier_behind_even_when_one_is_typed(
    tiny_home, people, tmp_path, monkeypatch, capfd, caplog
):
    home = copy_of(tiny_home, tmp_path)
    assert create(home, "own") == 0
    assert approve(home, "own") == 0
    spare, out, said = (tmp_path / name for name in ("temporary", "out", "said"))
    for folder in (spare, out, said):
        folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(spare))
    monkeypatch.setenv("HOME", str(tmp_path / "user"))
    monkeypatch.setattr("sys.stdin", io.StringIO(f"SELECT count(*) FROM person;\nSELECT {people[0]};\n.quit\n"))
    codes = {
        " ".join(command[:2]): run(home, *command)
        for calls in commands(home, people[0], out).values()
        for command in calls
    }
    told = capfd.readouterr()
    (said / "all").write_text("\n".join(text.replace(people[0], "typed") for text in (told.out, told.err, caplog.text)))
    assert 0 in codes.values()
    assert 70 not in codes.values(), "a fault that nobody foresaw"
    left = files_holding([home.home, spare, out, said, tmp_path / "user"], people)
    assert left == {}
