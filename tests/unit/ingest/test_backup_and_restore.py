"""A backup is whole or says why not, brings a home back as it was, and brings nobody back who was erased."""

import shutil
import time

import pytest

from ingest.job import run
from ingest.life.backup import backups_in, check_backup, create_backup
from ingest.life.erase import erase, note_objections
from ingest.life.objections import objections_file, read_objections
from ingest.life.restore import destroy_backups_with_what_is_gone, restore_backup
from tests.lib.deliveries import PRACTICE, answer, contents, deliver, identifiers, measurements, new_home, text
from tests.unit.ingest.test_change_key import NoReport
from tvaers import audit_log
from tvaers.cli import main
from tvaers.errors import TvaersError, WarehouseError
from tvaers.keys import load_master_key
from tvaers.settings import Settings, load_settings

PEOPLE = identifiers(12)


@pytest.fixture(scope="module")
def loaded(tmp_path_factory):
    folder = tmp_path_factory.mktemp("loaded")
    deliver(folder / "extracts", "praksis_maalinger_2025.csv", text(PRACTICE, measurements(PEOPLE)))
    with pytest.MonkeyPatch.context() as quick:
        quick.setattr("ingest.file_job.Validator", NoReport)
        quick.setattr("ingest.job.load_ahead", lambda: None)
        run(new_home(folder), folder / "extracts")
    return folder


@pytest.fixture
def home(loaded, tmp_path):
    shutil.copytree(loaded / "home", tmp_path / "home")
    shutil.copytree(loaded / "keys", tmp_path / "keys")
    settings = Settings(home=tmp_path / "home", key_file=tmp_path / "keys" / "master.key")
    settings.save()
    (settings.home / "access").mkdir()
    (settings.home / "access" / "roles.yaml").write_text("roles: {}", encoding="utf-8")
    (settings.home / "access" / "login.toml").write_text("client_secret = 'x'", encoding="utf-8")
    (settings.home / "released" / "1").mkdir(parents=True)
    (settings.home / "released" / "1" / "cells.parquet").write_bytes(b"what was released")
    audit_log.record(settings, "ingest", "deliveries")
    return settings


@pytest.fixture
def backup(home, tmp_path):
    return create_backup(home, tmp_path / "backups")


def people_in(settings):
    return {each.hex for (each,) in answer(settings, "SELECT DISTINCT patient_id FROM core.measurement")}


def test_a_home_that_was_lost_comes_back_with_the_same_content(home, backup, tmp_path):
    before, released = contents(home), (home.home / "released/1/cells.parquet").read_bytes()
    log = audit_log.entries(home)
    shutil.rmtree(home.home)
    done = restore_backup(backup, home.home)
    again = load_settings(home.home)
    assert not done.is_rewritten
    assert contents(again) == before
    assert (again.home / "released/1/cells.parquet").read_bytes() == released
    assert again.warehouse.read_bytes() == (backup / "warehouse.duckdb").read_bytes()
    assert audit_log.entries(again)[:-1] == log
    assert audit_log.entries(again)[-1]["action"] == "restore"
    assert audit_log.first_broken(again) is None


def test_a_backup_holds_no_key_and_no_secret_of_the_login(home, backup):
    secret = home.key_file.read_text(encoding="ascii").strip()
    files = [each for each in backup.rglob("*") if each.is_file()]
    assert {each.name for each in files} >= {"roles.yaml", "log.jsonl", "settings.toml", "warehouse.duckdb"}
    assert "login.toml" not in {each.name for each in files}
    assert not [each for each in files if secret.encode() in each.read_bytes()]
    assert not [each for each in files if bytes.fromhex(secret[:64]) in each.read_bytes()]


def change_a_byte(backup):
    path = backup / "warehouse.duckdb"
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)


def say_so_in_the_list_too(backup):
    path = backup / "backup.json"
    path.write_text(path.read_text(encoding="utf-8").replace("settings.toml", "settings.tom"), encoding="utf-8")


FAULTS = {
    "warehouse.duckdb was changed": change_a_byte,
    "settings.toml is missing": lambda backup: (backup / "settings.toml").unlink(),
    "released/2.parquet was put in": lambda backup: (backup / "released/2.parquet").write_bytes(b"x"),
    "its list of files is missing, changed, or sealed with another key": say_so_in_the_list_too,
}


@pytest.mark.parametrize("fault", FAULTS)
def test_what_was_changed_in_a_backup_is_named_and_it_is_not_restored(home, backup, tmp_path, fault):
    assert check_backup(home, backup).faults == ()
    FAULTS[fault](backup)
    assert check_backup(home, backup).faults == (fault,)
    assert main(["backup", "check", str(backup), "--home", str(home.home)]) == WarehouseError.exit_code
    with pytest.raises(TvaersError):
        restore_backup(backup, tmp_path / "again")
    assert not (tmp_path / "again").exists()


def test_nothing_is_restored_over_a_home_and_none_is_made_inside_it(home, backup):
    before = home.warehouse.read_bytes()
    with pytest.raises(WarehouseError, match="not empty"):
        restore_backup(backup, home.home)
    with pytest.raises(WarehouseError, match="would lie in the home"):
        create_backup(home, home.home / "backups")
    assert home.warehouse.read_bytes() == before


def test_a_backup_that_was_cut_off_is_no_backup_and_leaves_nothing(home, tmp_path, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("ingest.life.backup._copy", full)
    with pytest.raises(WarehouseError, match="No space left"):
        create_backup(home, tmp_path / "backups")
    assert list((tmp_path / "backups").iterdir()) == []


def test_an_older_list_of_objections_is_refused_and_the_newest_keeps_the_erased_out(home, backup, tmp_path):
    note_objections(home, PEOPLE[:1])
    erase(home)
    erased = read_objections(home, load_master_key(home)).people
    with pytest.raises(WarehouseError, match="bring people back"):
        restore_backup(backup, tmp_path / "again")
    assert not (tmp_path / "again").exists()
    assert restore_backup(backup, tmp_path / "again", objections_file(home)).is_rewritten
    again = load_settings(tmp_path / "again")
    assert contents(again) == contents(home)
    assert len(people_in(again)) == len(PEOPLE) - 1
    assert not people_in(again) & erased


def test_after_an_erasure_older_backups_are_marked_and_destroyed_once_a_newer_one_is_there(home, backup, tmp_path):
    words = ["--home", str(home.home)]
    place = backup.parent
    (tmp_path / "objections.txt").write_text(PEOPLE[0], encoding="utf-8")
    assert not check_backup(home, backup).holds_gone
    assert main(["object", str(tmp_path / "objections.txt"), *words]) == 0
    assert main(["erase", *words]) == 0
    assert check_backup(home, backup).holds_gone
    with pytest.raises(WarehouseError, match="No whole backup"):
        destroy_backups_with_what_is_gone(home, place, apply=True)
    assert backup.exists()
    # A second apart, since a backup of the erasure's own second counts as one from before it.
    time.sleep(1.1)
    newer = create_backup(home, place)
    assert not check_backup(home, newer).holds_gone
    assert main(["backup", "prune", str(place), *words]) == 0
    assert backups_in(place) == [backup, newer]
    assert main(["backup", "prune", str(place), "--apply", *words]) == 0
    assert backups_in(place) == [newer]
    assert audit_log.entries(home)[-1]["action"] == "prune backups"


def test_an_erasure_that_changed_no_list_marks_a_backup_too(home, tmp_path):
    note_objections(home, PEOPLE[:1])
    held = create_backup(home, tmp_path / "backups")
    assert not check_backup(home, held).holds_gone
    assert main(["erase", "--home", str(home.home)]) == 0
    assert check_backup(home, held).holds_gone


def test_trying_a_restore_leaves_the_home_in_use_as_it_is(home, backup, tmp_path):
    note_objections(home, PEOPLE[:1])
    before = contents(home), audit_log.entries(home), sorted(tmp_path.rglob("*"))
    newest = ["--objections", str(objections_file(home))]
    assert main(["backup", "restore", str(backup), "--try", *newest, "--home", str(home.home)]) == 0
    assert (contents(home), audit_log.entries(home), sorted(tmp_path.rglob("*"))) == before
    assert audit_log.first_broken(home) is None
    assert len(read_objections(home, load_master_key(home)).people) == 1
    assert len(people_in(home)) == len(PEOPLE)
