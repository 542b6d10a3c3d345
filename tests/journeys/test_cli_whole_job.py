"""The whole job through the front door, and what happens when it is done again."""

import json

import pytest

from tests.conftest import QUARTERS
from tests.journeys.test_cli_bad_input import state_of
from tvaers.cli import main

pytestmark = pytest.mark.slow


def told(capfd, *words: str) -> dict:
    capfd.readouterr()
    assert main([*words, "--json"]) == 0
    return json.loads(capfd.readouterr().out)


def test_every_row_of_every_file_is_accounted_for(tiny_region, tmp_path, monkeypatch, capfd):
    monkeypatch.setenv("TVAERS_KEY_FILE", str(tmp_path / "some.key"))
    home = ["--home", str(tmp_path / "home")]
    assert main(["init", *home]) == 0
    answer = told(capfd, "check", str(tiny_region), *home)
    assert answer["loaded"] is False
    assert answer["files"]
    for file in answer["files"]:
        assert file["rows_in"] == file["loaded"] + file["quarantined"] + file["duplicates"], file["file_name"]
    assert not (tmp_path / "home" / "warehouse.duckdb").exists()
    assert answer["next_step"].startswith("tvaers ingest ")


def test_loading_the_same_files_again_changes_nothing(home_copy, capfd):
    before = state_of(home_copy.home)
    answer = told(capfd, "ingest", str(home_copy.extracts), "--home", str(home_copy.home))
    assert set(answer["states"]) == {"already_loaded"}
    assert state_of(home_copy.home) == before


def test_computing_and_releasing_again_gives_the_same_release(home_copy, capfd):
    import duckdb

    def released():
        with duckdb.connect(str(home_copy.settings.release), read_only=True) as connection:
            return connection.execute("SELECT * FROM result ORDER BY ALL").fetchall()

    first = released()
    assert first
    told(capfd, "compute", "--quarters", str(QUARTERS), "--home", str(home_copy.home))
    told(capfd, "release", "--home", str(home_copy.home))
    assert released() == first


def test_the_release_knows_that_its_people_are_invented(tiny_home):
    import duckdb

    with duckdb.connect(str(tiny_home.settings.release), read_only=True) as connection:
        assert connection.execute("SELECT value FROM meta WHERE key = 'is_synthetic'").fetchone() == ("true",)


def test_progress_goes_to_stderr_and_results_to_stdout(home_copy, capfd):
    capfd.readouterr()
    assert main(["ingest", str(home_copy.extracts), "--home", str(home_copy.home)]) == 0
    said = capfd.readouterr()
    assert "already loaded" in said.out
    assert "Next: tvaers compute" in said.err
    assert "Next:" not in said.out


def test_the_next_step_is_the_last_thing_said(home_copy, capfd):
    capfd.readouterr()
    assert main(["compute", "--quarters", "1", "--home", str(home_copy.home)]) == 0
    assert capfd.readouterr().err.strip().splitlines()[-1].startswith("Next: tvaers release")


def test_fewer_quarters_can_be_asked_for(home_copy, capfd):
    told(capfd, "compute", "--home", str(home_copy.home), "--quarters", "2", "--until", "2025-12-31")
    sql = "SELECT DISTINCT period_end FROM indicator.result ORDER BY ALL"
    capfd.readouterr()
    assert main(["query", sql, "--format", "json", "--home", str(home_copy.home)]) == 0
    ends = [row["period_end"] for row in json.loads(capfd.readouterr().out)]
    assert ends == ["2025-09-30", "2025-12-31"]


def test_the_doctor_finds_a_finished_home_well(tiny_home, capfd):
    answer = told(capfd, "doctor", "--home", str(tiny_home.home))
    assert answer["well"] is True
    assert {finding["point"] for finding in answer["findings"]} >= {
        "encryption",
        "key",
        "packages",
        "warehouse",
        "release",
    }


def test_the_doctor_finds_a_key_that_others_can_read(home_copy, tmp_path, monkeypatch, capfd):
    key = tmp_path / "open.key"
    key.write_bytes(home_copy.key_file.read_bytes())
    key.chmod(0o644)
    monkeypatch.setenv("TVAERS_KEY_FILE", str(key))
    capfd.readouterr()
    assert main(["doctor", "--json", "--home", str(home_copy.home)]) == 10
    bad = [finding["point"] for finding in json.loads(capfd.readouterr().out)["findings"] if finding["state"] == "bad"]
    assert "key" in bad
