"""The key file: who may read it, where it may lie, what must stand in it, and what is derived from it."""

import hmac
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from tvaers.errors import SecretKeyError
from tvaers.keys import MasterKey, create_key_file, load_master_key
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
