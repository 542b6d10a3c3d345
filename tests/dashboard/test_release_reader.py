import os
import shutil
import threading
from datetime import date
from pathlib import Path

import duckdb
import pytest

from dashboard import release_reader
from dashboard.release_reader import Release, ReleaseUnavailableError, open_release
from tvaers.errors import ReleaseError

NEWEST = date(2026, 9, 30)


@pytest.fixture
def copy(release_path: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(release_path, tmp_path / "release.duckdb"))


def rewrite(path: Path, statement: str) -> None:
    with duckdb.connect(str(path)) as connection:
        connection.execute(statement)


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        ("UPDATE meta SET value = '0' WHERE key = 'schema_version'", "older"),
        ("DELETE FROM meta WHERE key = 'schema_version'", "older"),
        ("DROP TABLE completeness", "older"),
        ("UPDATE meta SET value = '4' WHERE key = 'schema_version'", "newer"),
    ],
)
def test_a_release_of_another_version_is_refused_with_a_reason(copy: Path, statement: str, reason: str) -> None:
    rewrite(copy, statement)
    with pytest.raises(ReleaseUnavailableError) as fault:
        open_release(copy)
    assert fault.value.reason == reason
    assert fault.value.what_to_do


def test_a_missing_release_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(ReleaseError, match="no release to show") as fault:
        open_release(tmp_path / "release.duckdb")
    assert "tvaers release" in fault.value.what_to_do


@pytest.mark.parametrize("content", [b"", b"not a database at all", os.urandom(20_000)])
def test_a_file_that_is_no_release_is_refused_without_naming_the_machine(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "release.duckdb"
    path.write_bytes(content)
    with pytest.raises(ReleaseUnavailableError) as fault:
        open_release(path)
    assert fault.value.reason in {"unreadable", "older"}
    assert str(tmp_path) not in str(fault.value)


def test_a_path_with_a_quote_is_only_a_path(release_path: Path, tmp_path: Path) -> None:
    path = Path(shutil.copy(release_path, tmp_path / "it's; SELECT 1 --.duckdb"))
    assert open_release(path).meta()["schema_version"] == "3"


def test_a_replaced_release_is_noticed_while_the_old_one_is_still_read(copy: Path, tmp_path: Path) -> None:
    before = open_release(copy)
    assert open_release(copy) is before
    newer = Path(shutil.copy(copy, tmp_path / "newer.duckdb"))
    rewrite(newer, "DELETE FROM result WHERE unit_id = '057000'; UPDATE meta SET value = 'x' WHERE key = 'release_id'")
    newer.replace(copy)
    after = open_release(copy)
    assert after is not before
    assert after.meta()["release_id"] == "x" != before.meta()["release_id"]
    assert before.of_level("practice", NEWEST).height > after.of_level("practice", NEWEST).height > 0


def test_a_release_that_comes_back_is_shown_without_a_restart(copy: Path, tmp_path: Path) -> None:
    open_release(copy)
    aside = copy.rename(tmp_path / "aside.duckdb")
    with pytest.raises(ReleaseUnavailableError):
        open_release(copy)
    aside.rename(copy)
    assert open_release(copy).reporting_dates()[0] == NEWEST


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE release.note (text VARCHAR)",
        "DELETE FROM release.result",
        "SELECT * FROM read_csv('/etc/hostname')",
        "SELECT * FROM read_text('/etc/hostname')",
        "ATTACH '/tmp/other.duckdb' AS other",
        "COPY (SELECT 1) TO '/tmp/leaked.csv'",
        "INSTALL httpfs",
        "SET lock_configuration = false",
        "SET enable_external_access = true",
    ],
)
def test_the_connection_reads_the_release_and_nothing_else(release: Release, statement: str) -> None:
    with pytest.raises(duckdb.Error):
        release._connection.cursor().execute(statement).fetchall()


def test_values_are_bound_so_a_strange_unit_finds_nothing(release: Release) -> None:
    assert release.of_unit("practice", "' OR 1 = 1 --").is_empty()


def test_a_query_is_answered_from_memory_the_second_time(release: Release) -> None:
    assert release.of_level("municipality", NEWEST) is release.of_level("municipality", NEWEST)


def test_memory_of_queries_is_bounded(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(release_reader, "REMEMBERED_QUERIES", 3)
    opened = Release(copy)
    for number in range(10):
        opened.of_unit("practice", str(number))
    assert len(opened._remembered) == 3


def test_many_readers_at_once_each_get_their_own_rows(copy: Path) -> None:
    opened = Release(copy)
    units = opened.units().filter(level="practice")["unit_id"].to_list()
    wrong: list[str] = []

    def read(unit_id: str) -> None:
        found = opened.of_unit("practice", unit_id)
        expected = duckdb.connect(":memory:").execute("SELECT 1").fetchone()
        if found.is_empty() or expected != (1,):
            wrong.append(unit_id)

    readers = [threading.Thread(target=read, args=(unit_id,)) for unit_id in units * 3]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    assert wrong == []


def test_of_the_release_only_the_reader_speaks_sql() -> None:
    folder = Path(release_reader.__file__).parent
    for path in folder.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        if path.name != "release_reader.py":
            assert "duckdb" not in text, path.name
            assert "SELECT " not in text or path.parent.name == "initiatives", path.name
