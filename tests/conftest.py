"""A small invented region and a home with everything done, made once per run and shared by all test processes."""

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from filelock import FileLock

# As the command does: short vectors are computed faster in one thread, most of all while other tests run beside.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from tvaers import progress
from tvaers.settings import Settings, load_settings

INHABITANTS = 2_000
QUARTERS = 2


@dataclass(frozen=True)
class TinyHome:
    """A home with its key, ready to be opened or copied."""

    settings: Settings
    extracts: Path

    @property
    def home(self) -> Path:
        return self.settings.home

    @property
    def key_file(self) -> Path:
        return self.settings.key_file


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let files with long tests begin first: one that begins last runs alone, while the other processes have ended."""
    long = {item.path for item in items if any(map(item.get_closest_marker, ("slow", "browser")))}
    items.sort(key=lambda item: item.path not in long)


@pytest.fixture(scope="session", autouse=True)
def _no_settings_of_the_person_who_runs_the_tests(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep the tests away from a real home and a real key: both default to folders made for this run."""
    own = tmp_path_factory.mktemp("user")
    changed = {"XDG_DATA_HOME": str(own / "data"), "XDG_CONFIG_HOME": str(own / "config")}
    before = {name: os.environ.get(name) for name in (*changed, "TVAERS_HOME", "TVAERS_KEY_FILE")}
    for name in ("TVAERS_HOME", "TVAERS_KEY_FILE"):
        os.environ.pop(name, None)
    os.environ.update(changed)
    yield
    for name, value in before.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value


@pytest.fixture(autouse=True)
def _progress_as_at_start() -> Iterator[None]:
    """Give back the progress that a command with `--json` has switched off for its process."""
    yield
    progress.be_quiet(quiet=False)


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all test processes of this run share."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base


def made_once(folder: Path, name: str, make: Callable[[Path], None]) -> Path:
    """Return a folder that the first test process to ask for it has made; the others wait for it."""
    with FileLock(folder / f"{name}.lock"):
        if not (folder / f"{name}.ready").exists():
            shutil.rmtree(folder / name, ignore_errors=True)
            make(folder / name)
            (folder / f"{name}.ready").touch()
    return folder / name


def invent(folder: Path, *, messy: bool) -> None:
    """Write a small region as `tvaers synth` does."""
    from synthetic.region import write_region
    from tvaers import invented

    invented.mark(folder)
    write_region(folder, seed=1, inhabitants=INHABITANTS, messy=messy)


@pytest.fixture(scope="session")
def tiny_region(shared_folder: Path) -> Path:
    """Extracts of a clean invented region of about 2,000 inhabitants. Read only: copy before changing."""
    return made_once(shared_folder, "tiny_region", lambda folder: invent(folder, messy=False))


@pytest.fixture(scope="session")
def messy_region(shared_folder: Path) -> Path:
    """The same region with every fault that real deliveries have. Read only: copy before changing."""
    return made_once(shared_folder, "messy_region", lambda folder: invent(folder, messy=True))


@pytest.fixture(scope="session")
def tiny_home(shared_folder: Path, tiny_region: Path) -> TinyHome:
    """A home with `tiny_region` loaded, computed for two quarters, and released.

    Read only: `home_copy` gives a test one of its own.
    """

    def make(folder: Path) -> None:
        from tvaers.cli import main

        os.environ["TVAERS_KEY_FILE"] = str(folder / "keys" / "tiny.key")
        try:
            home = ["--home", str(folder / "home")]
            assert main(["init", *home]) == 0
            assert main(["ingest", str(tiny_region), *home]) == 0
            assert main(["compute", "--quarters", str(QUARTERS), *home]) == 0
            assert main(["release", *home]) == 0
        finally:
            del os.environ["TVAERS_KEY_FILE"]

    folder = made_once(shared_folder, "tiny_home", make)
    return TinyHome(load_settings(folder / "home"), tiny_region)


@pytest.fixture
def home_copy(tiny_home: TinyHome, tmp_path: Path) -> TinyHome:
    """A finished home of this test's own, under a copy of the key."""
    # Other tests ask the shared home meanwhile, which its log tells; a copy begins one of its own.
    shutil.copytree(tiny_home.home, tmp_path / "home", ignore=shutil.ignore_patterns("audit"))
    key_file = tmp_path / "key" / tiny_home.key_file.name
    key_file.parent.mkdir()
    shutil.copy(tiny_home.key_file, key_file)
    settings = tiny_home.settings.model_copy(update={"home": tmp_path / "home", "key_file": key_file})
    settings.save()
    return TinyHome(settings, tiny_home.extracts)
