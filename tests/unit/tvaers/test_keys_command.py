"""`tvaers keys`: the key is looked at, checked and replaced, and never shown."""

import json

import pytest

from tests.lib.deliveries import new_home
from tvaers.cli import main
from tvaers.errors import SecretKeyError
from tvaers.keys import create_key_file, load_master_key
from warehouse.connection import open_for_build, open_read_only


@pytest.fixture
def home(tmp_path):
    """A home whose warehouse is empty but for one loaded file."""
    settings = new_home(tmp_path)
    key = load_master_key(settings)
    with open_for_build(settings.warehouse, key.subkey("encryption")) as con:
        con.execute(
            "INSERT INTO meta.batch BY NAME SELECT 1 AS batch_id, 'r1' AS run_id, 'labka_2025.csv' AS file_name, "
            "'' AS file_hash, 'labka' AS file_type, 'laboratory' AS sector, '1' AS contract_version, 'p' AS pack, "
            "'1' AS pack_version, 'labka:2025' AS delivery_key, DATE '2026-10-05' AS delivered_on, ? AS key_id, "
            "1 AS rows_in, 1 AS rows_loaded, 0 AS rows_quarantined, 0 AS rows_duplicate, 'loaded' AS state, "
            "TIMESTAMP '2026-10-05' AS started_at, TIMESTAMP '2026-10-05' AS ended_at, '0' AS code_version",
            [key.key_id],
        )
        con.execute(
            "INSERT INTO meta.run BY NAME SELECT 'r1' AS run_id, TIMESTAMP '2026-10-05' AS started_at, "
            "TIMESTAMP '2026-10-05' AS ended_at, 1 AS files_seen, 1 AS files_loaded, 0 AS files_refused, "
            "0 AS files_already_loaded, 0 AS files_unrecognised, 1 AS rows_in, 1 AS rows_loaded, "
            "0 AS rows_quarantined, 0 AS rows_duplicate, ? AS key_id, 'p' AS pack, '1' AS pack_version, "
            "'0' AS code_version",
            [key.key_id],
        )
    return settings


def said(capsys, *words):
    code = main(["keys", *words])
    told = capsys.readouterr()
    return code, told.out + told.err


def as_document(capsys, *words):
    code = main(["keys", *words, "--json"])
    return code, json.loads(capsys.readouterr().out)


def test_the_key_in_force_is_told_by_its_id_and_what_came_under_it(home, capsys):
    code, told = said(capsys, "show", "--home", str(home.home))
    key = load_master_key(home)
    assert code == 0
    assert key.key_id in told
    assert "2026-10-05" in told
    assert str(home.key_file) in told


def test_after_a_change_both_keys_are_told_with_their_deliveries(home, capsys):
    old = load_master_key(home)
    code, done = as_document(capsys, "rotate", "--home", str(home.home))
    assert code == 0
    assert done["change"]["old_key_id"] == old.key_id
    _, shown = as_document(capsys, "show", "--home", str(home.home))
    before, now = shown["keys"]
    assert (before["key_id"], now["key_id"]) == (old.key_id, load_master_key(home).key_id)
    assert before["until"] == now["since"]
    assert [each["file_name"] for each in before["deliveries"]] == ["labka_2025.csv"]
    assert now["deliveries"] == []
    assert as_document(capsys, "check", "--home", str(home.home))[0] == 0


def test_no_command_shows_a_key(home, capsys):
    def secrets(key):
        return [key.secret, *(key.subkey(each) for each in ("warehouse", "record-key", "encryption"))]

    old = load_master_key(home)
    told = [said(capsys, verb, "--home", str(home.home))[1] for verb in ("show", "check", "rotate", "show", "check")]
    for secret in (*secrets(old), *secrets(load_master_key(home))):
        assert secret.hex() not in "".join(told)
        assert secret.hex()[:12] not in "".join(told)


def test_after_a_change_the_old_secret_is_gone_from_the_file_and_opens_nothing(home, capsys):
    old = load_master_key(home)
    assert said(capsys, "rotate", "--home", str(home.home))[0] == 0
    text = home.key_file.read_text()
    assert old.secret.hex() not in text
    assert old.subkey("encryption").hex() not in text
    assert home.key_file.stat().st_mode & 0o777 == 0o600
    with pytest.raises(Exception, match="another key"), open_read_only(home.warehouse, old.subkey("encryption")):
        pass


def test_a_safe_key_passes_with_the_next_step(home, capsys):
    code, told = as_document(capsys, "check", "--home", str(home.home))
    assert (code, told["well"]) == (0, True)
    assert told["next_step"].startswith("tvaers ")
    assert {each["state"] for each in told["findings"]} == {"good"}


@pytest.mark.parametrize("kind", ["readable", "missing", "short", "another"])
def test_an_unsafe_or_strange_key_fails_with_what_to_do(home, capsys, kind):
    key = home.key_file
    if kind == "readable":
        key.chmod(0o644)
    elif kind == "short":
        key.write_text("ab" * 20)
    else:
        key.unlink()
        if kind == "another":
            create_key_file(key)
    code, told = as_document(capsys, "check", "--home", str(home.home))
    assert (code, told["well"]) == (SecretKeyError.exit_code, False)
    assert told["findings"][-1]["state"] == "bad"
    assert told["next_step"]


def test_a_folder_that_others_can_write_to_is_noted(home, capsys):
    home.key_file.parent.chmod(0o777)
    _, told = as_document(capsys, "check", "--home", str(home.home))
    assert "chmod 700" in " ".join(each["detail"] for each in told["findings"] if each["state"] == "note")
