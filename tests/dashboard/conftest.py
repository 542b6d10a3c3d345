from pathlib import Path

import pytest

from dashboard import release_reader
from dashboard.catalogue import Definition, catalogue
from dashboard.release_reader import Release
from dashboard.wording import Wording, wording
from tests.lib.tiny_release import tiny_release

LANGUAGES = ("da", "nb", "en")


@pytest.fixture(scope="session")
def release_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_release(tmp_path_factory.mktemp("release") / "release.duckdb")


@pytest.fixture(scope="session")
def release(release_path: Path) -> Release:
    return release_reader.open_release(release_path)


@pytest.fixture(scope="session")
def definitions(release: Release) -> dict[str, Definition]:
    return catalogue(release.indicators())


@pytest.fixture(scope="session")
def danish() -> Wording:
    return wording("da")


@pytest.fixture(scope="session")
def english() -> Wording:
    return wording("en")
