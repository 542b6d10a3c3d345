"""What the commands write can be read by its owner only, whatever the system's habit is."""

import os
import stat

import pytest

from tests.lib.deliveries import PRACTICE, deliver, identifiers, measurements, text
from tvaers.cli import main


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("TVAERS_KEY_FILE", str(tmp_path / "keys" / "master.key"))
    habit = os.umask(0o022)
    home = tmp_path / "home"
    deliver(tmp_path / "extracts", "praksis_maalinger_2025.csv", text(PRACTICE, measurements(identifiers(12))))
    assert main(["init", "--home", str(home)]) == 0
    assert main(["ingest", str(tmp_path / "extracts"), "--home", str(home)]) == 0
    yield home
    assert os.umask(habit) == 0o022


def test_files_below_the_home_and_answers_are_the_owners_alone(home, tmp_path, capsys):
    out = tmp_path / "answer.csv"
    out.write_text("an older answer")
    out.chmod(0o644)
    assert main(["query", "SELECT 1 AS one", "--out", str(out), "--home", str(home)]) == 0
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    written = [home, *home.rglob("*")]
    assert {"warehouse.duckdb", "index.html"} <= {path.name for path in written}
    assert [path for path in written if stat.S_IMODE(path.stat().st_mode) & 0o077] == []


def test_an_answer_for_a_folder_that_is_not_there_is_a_clear_fault(home, tmp_path, capsys):
    out = tmp_path / "missing" / "answer.csv"
    assert main(["query", "SELECT 1 AS one", "--out", str(out), "--home", str(home)]) == 11
    said = capsys.readouterr().err
    assert "The answer cannot be written" in said
    assert "folder that exists" in said
    assert list((home / "logs").glob("*")) == []
