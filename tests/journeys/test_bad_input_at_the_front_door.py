"""Bad input through the commands: an exit code, what happened and where, what to do, and nothing loaded or lost."""

import gzip
import json

import duckdb
import pytest

from tests.lib.deliveries import (
    LABKA,
    PRACTICE,
    answer,
    contents,
    deliver,
    identifiers,
    measurements,
    new_home,
    results,
    text,
)
from tests.lib.tiny_release import tiny_release
from tvaers.cli import main
from tvaers.keys import create_key_file, load_master_key
from warehouse.connection import open_for_build
from warehouse.swap import one_builder_at_a_time

PEOPLE = identifiers(60)
PERSON = PEOPLE[0]
NAME = "Zacharine Marksdatter"
WRITTEN = text(PRACTICE, measurements(PEOPLE[:30], value="47"))
LACKING = text(PRACTICE[:3] + PRACTICE[4:], [row[:3] + row[4:] for row in measurements(PEOPLE[:30])])
BROKEN = text(PRACTICE, measurements([person[2:] for person in PEOPLE[:30]]))
MIXED = "\N{BOM}".encode() + WRITTEN.replace("mmol/mol", "mål").encode("cp1252")
ALONE = text(("recnum", "c_diag", "c_diagtype"), [("000000000100000001", "DE119", "A")])

# What is wrong: (file, content, exit code, words that the command must say).
FILES = {
    "empty file": ("praksis_maalinger_a.csv", "", 12, ["is empty", "send it again"]),
    "header only": ("praksis_maalinger_b.csv", text(PRACTICE, []), 12, ["header but no rows", "send it again"]),
    "unknown file type": ("vagtplan.csv", f"dag;navn;vagt\n1;{NAME};nat\n", 11, ["no known file type", "Take it out"]),
    "wrong separator": ("praksis_maalinger_c.csv", WRITTEN.replace(";", "^"), 11, ["Only one column", "separator"]),
    "binary junk": ("praksis_maalinger_d.csv", bytes(range(256)) * 9, 12, ["not text", "Ask the supplier"]),
    "truncated gzip": ("lab.csv.gz", gzip.compress(WRITTEN.encode())[:-30], 12, ["cut short", "send it again"]),
    "wrong encoding": ("praksis_maalinger_e.csv", MIXED, 12, ["encoding", "send it again"]),
    "missing column": ("praksis_maalinger_f.csv", LACKING, 12, ["kode", "1 of 6 columns", "Ask the supplier"]),
    "all rows invalid": ("praksis_maalinger_g.csv", BROKEN, 12, ["30 of 30 rows", "send the report back"]),
    "no partner file": ("lpr_diag_2017.csv", ALONE, 12, ["Deliver a file of lpr_adm", "run the same command"]),
    "name of a person": (f"lab_{PERSON}.csv", WRITTEN, 12, ["masked", "Give it a name without one"]),
    "folder of a person": (f"{PERSON}/lab.csv", WRITTEN, 12, ["folder", "Give the folder a name without one"]),
}  # fmt: skip


def said_by(capsys, *words):
    capsys.readouterr()
    code = main([str(word) for word in words])
    said = capsys.readouterr()
    assert "Traceback" not in said.err
    told = " ".join((said.out + said.err).split())
    for secret in (PERSON, f"{PERSON[:6]}-{PERSON[6:]}", NAME):
        assert secret not in told
    return code, told


def state(settings):
    return contents(settings, "core", "parked"), answer(settings, "FROM meta.batch"), answer(settings, "FROM meta.run")


@pytest.fixture(scope="module")
def loaded(tmp_path_factory):
    """A home with one good delivery; every test leaves its data as they are."""
    folder = tmp_path_factory.mktemp("front_door")
    settings = new_home(folder)
    deliver(folder / "extracts", "labka_2025.csv", text(LABKA, results(PEOPLE)))
    assert main(["ingest", str(folder / "extracts"), "--home", str(settings.home)]) == 0
    return settings


@pytest.mark.parametrize("kind", FILES)
def test_a_file_that_cannot_be_loaded(loaded, tmp_path, capsys, kind):
    name, content, code, words = FILES[kind]
    deliver(tmp_path / "in", name, content)
    before = state(loaded)
    checked, told = said_by(capsys, "check", tmp_path / "in", "--home", loaded.home)
    assert checked == code
    assert state(loaded) == before
    found, told = said_by(capsys, "ingest", tmp_path / "in", "--home", loaded.home)
    assert found == code
    shown = name.split("/")[-1].replace(PERSON, "#" * 10)
    for word in (shown, *words):
        assert word in told
    # Whoever has nothing new to compute is not told to compute.
    assert "tvaers compute" not in told
    assert f"Next: tvaers check {tmp_path / 'in'}" in told
    rows, batches, runs = state(loaded)
    assert (rows, batches) == before[:2]
    assert len(runs) == len(before[2]) + 1


def test_a_bad_file_beside_a_good_one_does_not_keep_it_out(tmp_path, capsys):
    settings = new_home(tmp_path)
    deliver(tmp_path / "in", "praksis_maalinger_f.csv", LACKING)
    extra = text((*PRACTICE, "Navn"), [(*row, NAME) for row in measurements(PEOPLE[:30])])
    deliver(tmp_path / "in", "praksis_maalinger_2025.csv", extra)
    deliver(tmp_path / "in", "notes.md", f"Ask {NAME}")
    deliver(tmp_path / "in", "_old/lab.csv", WRITTEN)
    code, told = said_by(capsys, "ingest", tmp_path / "in", "--home", settings.home)
    assert code == 12
    assert "praksis_maalinger_2025.csv: Columns not in the contract were not read: navn." in told
    assert "Not looked at, since they are no deliveries: _old/lab.csv, notes.md." in told
    assert "Next: tvaers compute" in told
    assert answer(settings, "SELECT count(*) FROM core.measurement") == [(30,)]
    again, told = said_by(capsys, "ingest", tmp_path / "in", "--home", settings.home)
    assert again == 12
    assert "praksis_maalinger_2025.csv: Loaded before, on " in told


def test_an_identifier_in_a_text_costs_the_row_and_not_the_file(tmp_path, capsys):
    settings = new_home(tmp_path)
    rows = measurements(PEOPLE[1:41])
    rows[6] = (*rows[6][:5], f"{NAME} {PERSON[:6]}-{PERSON[6:]}")
    deliver(tmp_path / "in", "praksis_maalinger_2025.csv", text(PRACTICE, rows))
    code, told = said_by(capsys, "ingest", tmp_path / "in", "--home", settings.home)
    assert code == 0
    assert "identifier_in_text 1 quarantined" in told
    assert answer(settings, "SELECT row_number, column_name FROM meta.quarantine") == [(7, "enhed")]


def test_a_duplicate_delivery_is_recognised_and_no_fault(loaded, tmp_path, capsys):
    deliver(tmp_path / "in", "another_name.csv", text(LABKA, results(PEOPLE)))
    before = loaded.warehouse.read_bytes()
    code, told = said_by(capsys, "ingest", tmp_path / "in", "--home", loaded.home)
    assert code == 0
    assert "already loaded" in told
    assert loaded.warehouse.read_bytes() == before


@pytest.mark.parametrize("folder", ["{0}", "sag_{1}-{2}/lab"])
@pytest.mark.parametrize("verb", ["check", "ingest"])
def test_a_path_named_after_a_person_is_refused_and_not_repeated(loaded, tmp_path, capsys, verb, folder):
    named = tmp_path / folder.format(PERSON, PERSON[:6], PERSON[6:])
    deliver(named, "praksis_maalinger_2025.csv", WRITTEN)
    before = loaded.warehouse.read_bytes()
    code, told = said_by(capsys, verb, named, "--home", loaded.home)
    assert code == 11
    assert "####" in told
    assert "What to do: Give the folder a name without one" in told
    assert loaded.warehouse.read_bytes() == before


def spoilt(kind, settings):
    """Do something to a home; return the exit code that the next ingest must end with, and a word it must say."""
    key = load_master_key(settings).subkey("encryption")
    if kind == "delivery under another key":
        settings.key_file.unlink()
        create_key_file(settings.key_file)
        return 14, "another key"
    if kind == "key file missing":
        settings.key_file.unlink()
        return 16, "key file is missing"
    if kind == "key file world-readable":
        settings.key_file.chmod(0o644)
        return 16, "chmod 600"
    if kind == "key too short":
        settings.key_file.write_text(settings.key_file.read_text()[:20])
        return 16, "too short"
    if kind == "key inside the data folder":
        inside = settings.home / "master.key"
        settings.key_file.rename(inside)
        settings.model_copy(update={"key_file": inside}).save()
        return 16, "inside the home folder"
    if kind == "warehouse corrupt":
        settings.warehouse.write_bytes(b"junk" * 5000)
        return 14, "Restore it from a backup"
    with open_for_build(settings.warehouse, key) as con:
        con.execute(f"UPDATE meta.version SET schema_version = schema_version {'+' if 'newer' in kind else '-'} 1")
    return 14, "newer" if "newer" in kind else "older"


@pytest.mark.parametrize(
    "kind",
    [
        "delivery under another key",
        "key file missing",
        "key file world-readable",
        "key too short",
        "key inside the data folder",
        "warehouse corrupt",
        "warehouse from a newer version",
        "warehouse from an older version",
    ],
)
def test_a_home_that_is_not_sound(tmp_path, capsys, kind):
    settings = new_home(tmp_path)
    deliver(tmp_path / "in", "labka_2025.csv", text(LABKA, results(PEOPLE)))
    assert main(["ingest", str(tmp_path / "in"), "--home", str(settings.home)]) == 0
    code, word = spoilt(kind, settings)
    before = settings.warehouse.read_bytes()
    deliver(tmp_path / "in", "praksis_maalinger_2025.csv", WRITTEN)
    found, told = said_by(capsys, "ingest", tmp_path / "in", "--home", settings.home)
    assert found == code
    assert word in told
    assert "What to do: " in told
    assert settings.warehouse.read_bytes() == before


def test_two_ingests_at_once(loaded, tmp_path, capsys):
    deliver(tmp_path / "in", "praksis_maalinger_2025.csv", WRITTEN)
    before = loaded.warehouse.read_bytes()
    with one_builder_at_a_time(loaded.warehouse):
        code, told = said_by(capsys, "ingest", tmp_path / "in", "--home", loaded.home)
    assert code == 14
    assert "Another job is writing the warehouse." in told
    assert "What to do: Wait" in told
    assert loaded.warehouse.read_bytes() == before


def test_computing_where_nothing_was_ever_loaded_is_a_clear_fault(tmp_path, capsys):
    """The run log of a folder full of refused files makes a warehouse, but not one to compute from."""
    settings = new_home(tmp_path)
    deliver(tmp_path / "in", "praksis_maalinger_f.csv", LACKING)
    assert said_by(capsys, "ingest", tmp_path / "in", "--home", settings.home)[0] == 12
    code, told = said_by(capsys, "compute", "--home", settings.home)
    assert code == 14
    assert "tvaers ingest" in told


@pytest.mark.parametrize(("version", "word"), [("0", "tvaers release"), ("99", "Upgrade tvaers")])
def test_a_release_of_another_version_is_not_shown(tmp_path, capsys, version, word):
    settings = new_home(tmp_path)
    tiny_release(settings.release, patients=300, practices=4, clusters=2, quarters=1)
    with duckdb.connect(str(settings.release)) as con:
        con.execute("UPDATE meta SET value = ? WHERE key = 'schema_version'", [version])
    code, told = said_by(capsys, "dashboard", "--home", settings.home)
    assert code == 17
    assert word in told
    assert "What to do: " in told


def test_a_machine_reads_reason_and_message_of_every_file(loaded, tmp_path, capsys):
    deliver(tmp_path / "in", "praksis_maalinger_f.csv", LACKING + "\n")
    deliver(tmp_path / "in", "notes.md", "nothing")
    capsys.readouterr()
    assert main(["check", str(tmp_path / "in"), "--home", str(loaded.home), "--json"]) == 12
    document = json.loads(capsys.readouterr().out)
    (file,) = document["files"]
    assert (file["state"], file["reason"]) == ("refused", "column_missing")
    assert "Ask the supplier" in file["message"]
    assert document["skipped"] == ["notes.md"]
    assert document["next_step"].startswith("tvaers check ")
