"""What is installed elsewhere works without the checkout: nothing was forgotten in the wheel."""

import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

from tests.lib.checkout import PACKAGES, ROOT, files_below, name_of

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def elsewhere(wheel, tmp_path_factory) -> Path:
    """A fresh environment with the wheel; its dependencies are borrowed from this one, but not this one's checkout."""
    folder = tmp_path_factory.mktemp("elsewhere")
    venv.create(folder / "env", with_pip=False, symlinks=True)
    python = folder / "env" / "bin" / "python"
    subprocess.run(
        [sys.executable, "-m", "pip", "--python", str(python), "install", "-q", "--no-deps", "--no-index", str(wheel)],
        check=True,
        capture_output=True,
    )
    (packages,) = (folder / "env" / "lib").glob("python*/site-packages")
    # A line in a .pth file adds a folder but does not follow the .pth files in it, so the editable install stays out.
    (packages / "borrowed.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return folder


def run(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name not in {"PYTHONPATH", "VIRTUAL_ENV"}}
    environment |= {"TVAERS_HOME": str(folder / "home"), "TVAERS_KEY_FILE": str(folder / "keys" / "some.key")}
    done = subprocess.run(
        [str(folder / "env" / "bin" / words[0]), *words[1:]],
        cwd=folder,
        env=environment,
        check=False,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, f"{words}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}"
    return done


def test_the_wheel_holds_every_file_of_every_package_and_no_test(wheel):
    inside = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    wanted = {
        name_of(path) for path in files_below(*PACKAGES, suffixes=(".py", ".sql", ".yaml", ".csv", ".css", ".json"))
    }
    assert wanted - inside == set()
    assert {name.split("/")[0] for name in inside} == set(PACKAGES)


def test_the_wheels_packages_are_the_ones_that_are_imported(elsewhere):
    code = f"import importlib; print(*[importlib.import_module(n).__file__ for n in {PACKAGES!r}], sep='\\n')"
    places = run(elsewhere, "python", "-c", code).stdout.split()
    assert len(places) == len(PACKAGES)
    assert all(Path(place).is_relative_to(elsewhere / "env") for place in places)


def test_the_whole_job_runs_away_from_the_checkout(elsewhere):
    for words in (
        ["--version"],
        ["init"],
        ["doctor"],
        ["synth", "--inhabitants", "500", "--out", "deliveries"],
        ["ingest", "deliveries"],
        ["compute", "--quarters", "1"],
        ["release"],
        ["explain", "hba1c_measured"],
    ):
        run(elsewhere, "tvaers", *words)
    assert (elsewhere / "home" / "release.duckdb").is_file()
