import pytest

from tvaers.errors import SettingsError
from tvaers.settings import SETTINGS_FILE, Settings, default_home, default_key_file, load_settings


def test_saved_settings_are_read_back(tmp_path):
    saved = Settings(home=tmp_path / "home", key_file=tmp_path / "key", pack="elsewhere", disease="copd")
    saved.save()
    assert load_settings(tmp_path / "home") == saved


def test_a_home_that_was_never_set_up_names_the_command_that_does_it(tmp_path):
    with pytest.raises(SettingsError) as fault:
        load_settings(tmp_path)
    assert fault.value.what_to_do == f"tvaers init --home {tmp_path}"


@pytest.mark.parametrize(
    "text", ["pack = ", 'pack = "denmark"', 'colour = "red"\nkey_file = "k"', "pack = 3\nkey_file = 'k'"]
)
def test_a_settings_file_that_is_wrong_is_refused(tmp_path, text):
    (tmp_path / "settings.toml").write_text(text)
    with pytest.raises(SettingsError):
        load_settings(tmp_path)


def test_the_environment_names_the_home_and_the_key_file(tmp_path, monkeypatch):
    monkeypatch.setenv("TVAERS_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("TVAERS_KEY_FILE", str(tmp_path / "named"))
    assert default_home() == tmp_path / "home"
    Settings(home=tmp_path / "home", key_file=tmp_path / "other").save()
    assert load_settings().key_file == tmp_path / "named"


def test_two_homes_of_the_same_name_have_two_key_files(tmp_path, monkeypatch):
    monkeypatch.delenv("TVAERS_KEY_FILE", raising=False)
    first, second = default_key_file(tmp_path / "a" / "home"), default_key_file(tmp_path / "b" / "home")
    assert first != second
    assert not first.is_relative_to(tmp_path)


def test_settings_are_replaced_at_once_and_nothing_is_left_beside_them(tmp_path, monkeypatch):
    settings = Settings(home=tmp_path / "home", key_file=tmp_path / "master.key")
    settings.save()
    before = (settings.home / SETTINGS_FILE).read_text()

    def full_disk(*_):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("pathlib.Path.replace", full_disk)
        with pytest.raises(OSError, match="No space left"):
            settings.model_copy(update={"is_synthetic": True}).save()
    assert (settings.home / SETTINGS_FILE).read_text() == before
    settings.model_copy(update={"is_synthetic": True}).save()
    assert load_settings(settings.home).is_synthetic
    assert [path.name for path in settings.home.iterdir()] == [SETTINGS_FILE]
