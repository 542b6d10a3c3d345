import pytest

from tvaers.errors import SettingsError
from tvaers.invented import is_marked, keep_apart, mark
from tvaers.settings import Settings, load_settings


@pytest.fixture
def settings(tmp_path):
    made = Settings(home=tmp_path / "home", key_file=tmp_path / "key")
    made.save()
    return made


@pytest.fixture
def invented(tmp_path):
    mark(tmp_path / "invented")
    return tmp_path / "invented"


@pytest.fixture
def real(tmp_path):
    (tmp_path / "elsewhere" / "real").mkdir(parents=True)
    return tmp_path / "elsewhere" / "real"


def test_a_marked_folder_and_the_sectors_in_it_are_invented(invented, real):
    (invented / "laboratory").mkdir()
    assert is_marked(invented)
    assert is_marked(invented / "laboratory")
    assert not is_marked(real)


def test_a_new_home_remembers_that_its_people_are_invented(settings, invented):
    assert keep_apart(settings, invented).is_synthetic
    assert load_settings(settings.home).is_synthetic


def test_a_home_without_a_warehouse_may_still_change_its_kind_of_people(settings, invented, real):
    keep_apart(keep_apart(settings, invented), real)
    assert not load_settings(settings.home).is_synthetic


def test_invented_people_are_not_loaded_beside_real_ones(settings, invented):
    settings.warehouse.write_bytes(b"real people")
    with pytest.raises(SettingsError, match="never mixed"):
        keep_apart(settings, invented)
    assert not load_settings(settings.home).is_synthetic


def test_real_people_are_not_loaded_beside_invented_ones(settings, invented, real):
    made = keep_apart(settings, invented)
    made.warehouse.write_bytes(b"invented people")
    with pytest.raises(SettingsError, match="never mixed"):
        keep_apart(made, real)


def test_a_folder_that_does_not_exist_brings_nobody(settings, invented, tmp_path):
    made = keep_apart(settings, invented)
    made.warehouse.write_bytes(b"invented people")
    assert keep_apart(made, tmp_path / "missing").is_synthetic
