"""`tvaers demo`: everything in one go, and again in seconds."""

import json
import shutil

import pytest

from dashboard.content import content
from dashboard.initiatives.store import read
from dashboard.release_reader import open_release
from tests.journeys.test_cli_bad_input import state_of
from tvaers.cli import main

pytestmark = pytest.mark.slow

OPTIONS = ("--inhabitants", "600", "--no-serve")


@pytest.fixture(scope="module")
def demo_home(tmp_path_factory):
    """A finished small demo; its key is named in the environment for as long as the module's tests run."""
    folder = tmp_path_factory.mktemp("demo")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TVAERS_KEY_FILE", str(folder / "some.key"))
        patch.setattr("tvaers.commands.compute.QUARTERS", 1)
        assert main(["demo", "--home", str(folder / "home"), *OPTIONS]) == 0
        yield folder / "home"


def again(home, capfd, *options: str) -> tuple[int, dict]:
    capfd.readouterr()
    code = main(["demo", "--home", str(home), "--json", *(options or OPTIONS)])
    return code, json.loads(capfd.readouterr().out)


def test_a_demo_ends_with_a_release(demo_home):
    assert (demo_home / "release.duckdb").is_file()


def test_a_demo_has_initiatives_of_units_that_its_release_holds(demo_home):
    written = read(demo_home / "initiatives.sqlite")
    held = content(open_release(demo_home / "release.duckdb"))
    assert written
    assert {each.unit for each in written} <= held.units.by_key.keys()
    assert {each.plan.indicator_id for each in written} <= held.definitions.keys()


def test_a_second_demo_changes_nothing(demo_home, capfd):
    before = state_of(demo_home)
    code, answer = again(demo_home, capfd)
    assert (code, answer["changed"]) == (0, False)
    assert set(answer["states"]) == {"already_loaded"}
    assert state_of(demo_home) == before


def test_a_demo_stopped_before_its_release_is_taken_up_again(demo_home, tmp_path, capfd):
    shutil.copytree(demo_home, tmp_path / "home")
    (tmp_path / "home" / "release.duckdb").unlink()
    code, answer = again(tmp_path / "home", capfd)
    assert (code, answer["changed"]) == (0, True)
    assert (tmp_path / "home" / "release.duckdb").is_file()


def test_two_demos_of_other_people_are_never_mixed(demo_home, capfd):
    before = state_of(demo_home)
    code, answer = again(demo_home, capfd, "--inhabitants", "700", "--no-serve")
    assert (code, answer["error"]) == (10, "SettingsError")
    assert state_of(demo_home) == before


def test_a_demo_never_touches_a_warehouse_that_it_did_not_make(demo_home, tmp_path, capfd):
    shutil.copytree(demo_home, tmp_path / "home")
    (tmp_path / "home" / "demo.json").unlink()
    before = state_of(tmp_path / "home")
    code, answer = again(tmp_path / "home", capfd)
    assert (code, answer["error"]) == (10, "SettingsError")
    assert state_of(tmp_path / "home") == before
