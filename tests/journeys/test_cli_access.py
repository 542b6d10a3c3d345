"""From a home with real people's numbers to a dashboard that asks who is there: what each command refuses and says."""

import json
import shutil
from pathlib import Path

import duckdb
import pytest

from tests.lib.tiny_release import tiny_release
from tvaers.cli import main
from tvaers.commands.doctor import examine
from tvaers.settings import Settings


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tiny_release(tmp_path_factory.mktemp("release") / "release.duckdb")
    with duckdb.connect(str(path)) as connection:
        connection.execute("UPDATE meta SET value = 'false' WHERE key = 'is_synthetic'")
    return path


@pytest.fixture
def home(tmp_path: Path, release: Path) -> Path:
    settings = Settings(home=tmp_path / "home", key_file=tmp_path / "some.key")
    settings.save()
    shutil.copy(release, settings.release)
    return settings.home


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The commands of the servers that would have been started."""
    commands: list[list[str]] = []

    class Server:
        def __init__(self, command: list[str], **_: object) -> None:
            commands.append(command)

        def wait(self) -> int:
            return 0

        def terminate(self) -> None: ...

    monkeypatch.setattr("tvaers.commands.dashboard.subprocess.Popen", Server)
    monkeypatch.setattr("tvaers.commands.dashboard.signal.signal", lambda *_: None)
    return commands


def login_finding(home: Path) -> tuple[str, str]:
    (found,) = [finding for finding in examine(home) if finding.point == "login"]
    return found.state, found.detail


def fill_in(home: Path, *, signed: bool = True) -> None:
    roles, login = home / "access" / "roles.yaml", home / "access" / "login.toml"
    login.write_text(login.read_text().replace("REPLACE-ME", "from the provider"))
    if signed:
        text = roles.read_text().replace('approved_by: ""', "approved_by: A. Controller")
        roles.write_text(text.replace("approved_on:\n", "approved_on: 2026-11-23\n"))


def test_real_people_are_served_only_once_everything_is_filled_in_and_signed(
    home: Path, started: list[list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    at_home = ["--home", str(home)]
    assert main(["dashboard", *at_home]) == 10
    assert "nobody would be asked to log in" in capsys.readouterr().err
    assert login_finding(home)[0] == "bad"

    assert main(["access", "init", *at_home]) == 0
    for said in ("Nobody has signed the roles file", "client_secret is not filled in"):
        assert main(["dashboard", *at_home]) == 10
        assert said in capsys.readouterr().err
        assert main(["access", "check", *at_home]) == 10
        assert said in capsys.readouterr().err
        assert login_finding(home)[0] == "bad"
        assert started == []
        if "signed" in said:
            text = (home / "access" / "login.toml").read_text()
            fill_in(home)
            (home / "access" / "login.toml").write_text(text)
    fill_in(home, signed=False)

    assert main(["access", "check", *at_home, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["version"], told["approved_by"], told["address"]) == (1, "A. Controller", "https://tvaers.example.org")
    assert login_finding(home) == ("good", "people log in at https://tvaers.example.org")
    assert main(["dashboard", *at_home]) == 0
    assert f"--secrets.files={home / 'access' / 'login.toml'}" in started[0]
    said = capsys.readouterr().out
    assert "approved by A. Controller on 2026-11-23" in said

    (home / "access" / "login.toml").chmod(0o644)
    assert main(["dashboard", *at_home]) == 10
    assert "Others can read the login's secrets" in capsys.readouterr().err
    assert len(started) == 1


def test_the_dashboards_user_needs_no_home(home: Path, tmp_path: Path, started: list[list[str]]) -> None:
    release, folder = tmp_path / "shown.duckdb", tmp_path / "access"
    shutil.copy(home / "release.duckdb", release)
    shutil.rmtree(home)
    assert main(["access", "init", "--access", str(folder)]) == 0
    (tmp_path / "home").mkdir()
    folder.rename(tmp_path / "home" / "access")
    fill_in(tmp_path / "home")
    served = ["dashboard", "--release", str(release), "--access", str(tmp_path / "home" / "access")]
    assert main(served) == 0
    assert main(served[:3]) == 10
    assert len(started) == 1


def test_groups_can_be_tried_before_anybody_logs_in(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    at_home = ["--home", str(home)]
    assert main(["access", "try", "tvaers-stewards", *at_home]) == 10
    assert "tvaers access init" in capsys.readouterr().err
    main(["access", "init", *at_home])
    capsys.readouterr()
    assert main(["access", "try", "tvaers-practice-012345", "something-else", *at_home, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["role"], told["unit"]) == ("unit", "practice-012345")
    assert "data_quality" not in told["pages"]
    assert main(["access", "try", "something-else", *at_home]) == 10
    assert "turned away" in capsys.readouterr().err
