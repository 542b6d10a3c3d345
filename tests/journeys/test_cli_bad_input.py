"""Wrong words at the front door end in a clear fault and change nothing."""

import pytest

from tvaers.cli import main


def state_of(folder):
    """Every file below a folder with its content's size and time; logs, of faults and of what was done, may grow."""
    files = (path for path in folder.rglob("*") if path.is_file() and not {"logs", "audit"} & set(path.parts))
    return {path: (path.stat().st_size, path.stat().st_mtime_ns) for path in files}


@pytest.fixture
def new_home(tmp_path, monkeypatch):
    monkeypatch.setenv("TVAERS_KEY_FILE", str(tmp_path / "keys" / "some.key"))
    home = tmp_path / "home"
    assert main(["init", "--home", str(home)]) == 0
    return home


def refused(capsys, *words: str) -> tuple[int, str]:
    capsys.readouterr()
    code = main(words)
    said = capsys.readouterr().err
    assert "Traceback" not in said
    assert "What to do: " in said
    return code, said


def test_a_folder_that_is_not_there(new_home, tmp_path, capsys):
    code, said = refused(capsys, "ingest", str(tmp_path / "nowhere"), "--home", str(new_home))
    assert code == 11
    assert "nowhere" in said


@pytest.mark.parametrize("verb", ["compute", "release"])
def test_a_step_before_its_forerunner(verb, new_home, capsys):
    before = state_of(new_home)
    code, said = refused(capsys, verb, "--home", str(new_home))
    assert code == 14
    assert "tvaers ingest" in said
    assert state_of(new_home) == before


def test_a_query_without_a_warehouse(new_home, capsys):
    code, _ = refused(capsys, "query", "SELECT 1", "--home", str(new_home))
    assert code == 14


def test_an_unknown_indicator_names_the_nearest(new_home, capsys):
    code, said = refused(capsys, "explain", "hba1c_mesured", "--home", str(new_home))
    assert code == 13
    assert "hba1c_measured" in said


def test_an_unknown_pack(tmp_path, capsys):
    code, said = refused(capsys, "init", "--pack", "denmrk", "--home", str(tmp_path / "home"))
    assert code == 13
    assert "denmark" in said
    assert not (tmp_path / "home").exists()


def test_an_unknown_pack_in_the_settings(new_home, capsys):
    settings = new_home / "settings.toml"
    settings.write_text(settings.read_text().replace("denmark", "atlantis"))
    code, said = refused(capsys, "explain", "hba1c_measured", "--home", str(new_home))
    assert code == 13
    assert "atlantis" in said


def test_an_unknown_indicator_set(tmp_path, capsys):
    code, said = refused(capsys, "init", "--disease", "type_3_diabetes", "--home", str(tmp_path / "home"))
    assert code == 13
    assert "type_2_diabetes" in said
    assert not (tmp_path / "home").exists()


def test_a_settings_file_with_a_word_too_much(new_home, capsys):
    settings = new_home / "settings.toml"
    settings.write_text(settings.read_text() + 'colour = "red"\n')
    code, said = refused(capsys, "ingest", "--home", str(new_home))
    assert code == 10
    assert "colour" in said


def test_a_key_file_inside_the_home_is_refused_and_not_left_behind(tmp_path, monkeypatch, capsys):
    monkeypatch.delenv("TVAERS_KEY_FILE", raising=False)
    home = tmp_path / "home"
    code, said = refused(capsys, "init", "--home", str(home), "--key-file", str(home / "my.key"))
    assert code == 16
    assert "outside" in said or "inside" in said
    assert not list(tmp_path.rglob("*.key"))


def test_a_second_init_keeps_the_key(new_home, tmp_path, capsys):
    key = (tmp_path / "keys" / "some.key").read_bytes()
    assert main(["init", "--home", str(new_home)]) == 0
    assert (tmp_path / "keys" / "some.key").read_bytes() == key
    assert "kept" in capsys.readouterr().out


def test_init_makes_no_new_key_for_a_warehouse_that_has_one(new_home, tmp_path, capsys):
    (new_home / "warehouse.duckdb").write_bytes(b"anything")
    (tmp_path / "keys" / "some.key").unlink()
    code, _ = refused(capsys, "init", "--home", str(new_home))
    assert code == 16
    assert not (tmp_path / "keys" / "some.key").exists()


def test_a_release_that_is_not_there(new_home, capsys):
    code, said = refused(capsys, "dashboard", "--home", str(new_home))
    assert code == 17
    assert "tvaers release" in said
