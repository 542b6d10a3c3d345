"""The key file: who may read it, where it may lie, what must stand in it, and what is derived from it."""

import hmac
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from tvaers.errors import SecretKeyError
from tvaers.keys import announce_key, announced_key, create_key_file, load_master_key, withdraw_key
from tvaers.master_key import MasterKey
from tvaers.settings import Settings


@pytest.fixture
def settings(tmp_path):
    made = Settings(home=tmp_path / "home", key_file=tmp_path / "keys" / "master.key")
    made.home.mkdir()
    create_key_file(made.key_file)
    return made


def rewrite(settings, text, mode=0o600):
    settings.key_file.write_text(text)
    settings.key_file.chmod(mode)


def test_a_new_key_file_holds_32_bytes_that_only_its_owner_can_read(settings):
    assert settings.key_file.stat().st_mode & 0o777 == 0o600
    assert len(bytes.fromhex(settings.key_file.read_text().strip())) == 32
    assert load_master_key(settings).secret == bytes.fromhex(settings.key_file.read_text().strip())


def test_two_new_keys_differ(settings, tmp_path):
    create_key_file(tmp_path / "other.key")
    assert settings.key_file.read_text() != (tmp_path / "other.key").read_text()


def test_an_existing_key_is_never_overwritten(settings):
    before = settings.key_file.read_text()
    with pytest.raises(SecretKeyError, match="already a key file"):
        create_key_file(settings.key_file)
    assert settings.key_file.read_text() == before


def test_a_key_that_cannot_be_written_says_where(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(SecretKeyError) as fault:
        create_key_file(tmp_path / "file" / "master.key")
    assert str(tmp_path) in str(fault.value)


def test_a_missing_key_file_is_refused(settings):
    settings.key_file.unlink()
    with pytest.raises(SecretKeyError, match="missing"):
        load_master_key(settings)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o602, 0o644, 0o666, 0o610])
def test_a_key_file_that_others_can_reach_is_refused(settings, mode):
    settings.key_file.chmod(mode)
    with pytest.raises(SecretKeyError, match="others than its owner") as fault:
        load_master_key(settings)
    assert "chmod 600" in fault.value.what_to_do


@pytest.mark.parametrize("mode", [0o600, 0o400])
def test_a_key_file_that_only_its_owner_can_read_is_accepted(settings, mode):
    settings.key_file.chmod(mode)
    assert load_master_key(settings)


@pytest.mark.parametrize("characters", [0, 2, 62])
def test_a_short_key_is_refused_with_its_length(settings, characters):
    rewrite(settings, "ab" * (characters // 2))
    with pytest.raises(SecretKeyError, match="too short") as fault:
        load_master_key(settings)
    assert fault.value.how_much.startswith(f"{characters} ")


def test_a_long_key_is_refused(settings):
    rewrite(settings, "ab" * 33)
    with pytest.raises(SecretKeyError, match="wrong length"):
        load_master_key(settings)


@pytest.mark.parametrize("text", ["x" * 64, "ab" * 31 + "zz", "æ" * 64, "a" * 63])
def test_a_key_that_is_not_hexadecimal_is_refused_without_showing_it(settings, text):
    rewrite(settings, text)
    with pytest.raises(SecretKeyError, match="hexadecimal") as fault:
        load_master_key(settings)
    assert text not in str(fault.value)


def test_a_key_file_inside_the_home_folder_is_refused(settings):
    inside = settings.home / "keys" / "master.key"
    inside.parent.mkdir()
    settings.key_file.rename(inside)
    with pytest.raises(SecretKeyError, match="inside the home folder"):
        load_master_key(settings.model_copy(update={"key_file": inside}))


def test_a_link_to_a_key_file_inside_the_home_folder_is_refused(settings, tmp_path):
    inside = settings.home / "master.key"
    settings.key_file.rename(inside)
    (tmp_path / "link.key").symlink_to(inside)
    with pytest.raises(SecretKeyError, match="inside the home folder"):
        load_master_key(settings.model_copy(update={"key_file": tmp_path / "link.key"}))


def test_sub_keys_follow_the_standard_and_differ_by_label():
    key = MasterKey(bytes(range(32)))
    expected = HKDF(SHA256(), 32, salt=None, info=b"tvaers:warehouse").derive(bytes(range(32)))
    assert key.subkey("warehouse") == expected
    labels = ["warehouse", "encryption", "audit", "project:1", "project:2"]
    assert len({key.subkey(label) for label in labels} | {key.secret}) == len(labels) + 1


def test_the_key_id_tells_keys_apart_and_is_no_part_of_them():
    key = MasterKey(b"\1" * 32)
    assert key.key_id == hmac.new(b"\1" * 32, b"key-id", sha256).hexdigest()[:8]
    assert key.key_id != MasterKey(b"\2" * 32).key_id
    assert key.key_id not in key.secret.hex()


def test_a_key_does_not_show_itself_in_print():
    key = MasterKey(b"\xab" * 32)
    assert "ab" * 4 not in repr(key) + str(key)
    assert "\\xab" not in repr(key)


def changed_once(settings):
    """Change the key as a rotation does, with a text in place of the warehouse; return both keys."""
    old, new = load_master_key(settings), b"\7" * 32
    beside = settings.home / "beside"
    beside.write_bytes(b"another warehouse")
    announce_key(settings, new, beside)
    assert load_master_key(settings) == old
    beside.replace(settings.warehouse)
    return old, load_master_key(settings)


def test_an_announced_key_is_in_force_when_its_warehouse_stands_in_place(settings):
    old, new = changed_once(settings)
    assert new.secret == b"\7" * 32
    assert [(each.key_id, each.pseudonyms) for each in new.earlier] == [(old.key_id, old.subkey("warehouse"))]
    assert not announced_key(settings)
    settings.warehouse.write_bytes(b"what the next run wrote")
    assert load_master_key(settings) == new


def test_another_warehouse_leaves_the_key_before_in_force(settings):
    (settings.home / "beside").write_bytes(b"another warehouse")
    announce_key(settings, b"\7" * 32, settings.home / "beside")
    old = load_master_key(settings)
    settings.warehouse.write_bytes(b"a restored backup")
    assert load_master_key(settings) == old
    assert announced_key(settings)
    withdraw_key(settings)
    assert not announced_key(settings)
    assert load_master_key(settings) == old


def test_a_key_file_stays_its_owners_and_a_link_stays_a_link(settings, tmp_path):
    real = tmp_path / "elsewhere" / "real.key"
    real.parent.mkdir()
    settings.key_file.rename(real)
    settings.key_file.symlink_to(real)
    changed_once(settings)
    assert settings.key_file.is_symlink()
    assert real.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in real.parent.iterdir() if path.suffix == ".new"] == []


def test_identifiers_go_through_all_keys_and_everything_else_is_the_newest_keys(settings):
    old, new = changed_once(settings)
    assert new.generations("warehouse") == (old.subkey("warehouse"), new.subkey("warehouse"))
    assert new.generations("record-key") == (old.subkey("record-key"), new.subkey("record-key"))
    assert old.generations("warehouse") == (old.subkey("warehouse"),)


@pytest.mark.parametrize("line", ["earlier", "earlier 12345678 2026-01-01 aa bb", "later x", "coming 2026-01-01 zz m"])
def test_a_line_that_no_key_file_has_is_refused_without_showing_it(settings, line):
    rewrite(settings, f"{settings.key_file.read_text()}{line}\n")
    with pytest.raises(SecretKeyError) as fault:
        load_master_key(settings)
    assert line not in str(fault.value)
