import subprocess
import sys
from pathlib import Path

import pytest

from dashboard.launch import command, environment

RELEASE = Path("/srv/data/release.duckdb")


def test_the_dashboard_listens_on_this_machine_only_and_tells_nobody() -> None:
    started = command(RELEASE, 8501)
    assert started[:4] == [sys.executable, "-m", "streamlit", "run"]
    for option in (
        "--server.address=127.0.0.1",
        "--server.port=8501",
        "--server.headless=true",
        "--browser.gatherUsageStats=false",
        "--client.showErrorDetails=none",
        "--client.toolbarMode=minimal",
    ):
        assert option in started


def test_every_option_is_one_that_this_streamlit_knows() -> None:
    from streamlit import config

    known = config.get_config_options()
    names = [part[2:].split("=")[0] for part in command(RELEASE, 8501) if part.startswith("--")]
    assert [name for name in names if name not in known] == []


def test_the_process_gets_the_release_and_neither_home_key_nor_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("TVAERS_HOME", "TVAERS_KEY_FILE", "AWS_SECRET_ACCESS_KEY", "PYTHONPATH"):
        monkeypatch.setenv(name, "secret")
    given = environment(RELEASE)
    assert given["TVAERS_RELEASE"] == str(RELEASE)
    assert "secret" not in given.values()
    assert not any("KEY" in name for name in given)
    more = environment(RELEASE, Path("/etc/access"), Path("/var/lib/initiatives.sqlite"))
    assert {name: more[name] for name in more.keys() - given.keys()} == {
        "TVAERS_ACCESS": "/etc/access",
        "TVAERS_INITIATIVES": "/var/lib/initiatives.sqlite",
    }


def test_a_process_started_so_holds_no_key_in_its_environment_or_its_open_files(tmp_path, monkeypatch) -> None:
    key = tmp_path / "master.key"
    key.write_text("ab" * 32)
    monkeypatch.setenv("TVAERS_KEY_FILE", str(key))
    look = (
        "import os; from pathlib import Path; print(Path('/proc/self/environ').read_text()); "
        "print([os.readlink(each) for each in Path('/proc/self/fd').iterdir() if each.exists()])"
    )
    with key.open():
        given = environment(RELEASE)
        told = subprocess.run(
            [sys.executable, "-c", look], env=given, capture_output=True, text=True, check=True
        ).stdout
    assert str(RELEASE) in told
    assert str(tmp_path) not in told
    assert "ab" * 32 not in told


def test_a_relative_path_is_refused_because_the_process_starts_elsewhere() -> None:
    with pytest.raises(ValueError, match="absolute"):
        command(Path("release.duckdb"), 8501)


def test_no_file_of_the_dashboard_hides_a_package_behind_streamlits_search_path() -> None:
    """Streamlit puts the folder of app.py first on the search path, so names there must not be those of packages."""
    from importlib.util import find_spec

    folder = Path(command(RELEASE, 1)[4]).parent
    names = {path.stem for path in folder.iterdir() if path.is_dir() or path.suffix == ".py"} - {"__pycache__"}
    assert {name for name in names if not name.startswith("__") and find_spec(name)} == set()
