"""A new file takes the old one's place at once, or not at all."""

import pytest

from tvaers.errors import WarehouseError
from warehouse import swap
from warehouse.swap import one_builder_at_a_time, replace_atomically, working_copy


@pytest.fixture
def live(tmp_path):
    path = tmp_path / "home" / "warehouse.duckdb"
    path.parent.mkdir()
    path.write_text("old")
    return path


def names(live):
    return sorted(path.name for path in live.parent.iterdir())


def test_the_new_file_takes_the_place_of_the_old_one(live):
    with replace_atomically(live) as beside:
        beside.write_text("new")
        assert live.read_text() == "old"
    assert live.read_text() == "new"
    assert names(live) == ["warehouse.duckdb"]


def test_a_build_that_fails_leaves_the_old_file_and_nothing_else(live):
    def build():
        with replace_atomically(live) as beside:
            beside.write_text("half")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        build()
    assert live.read_text() == "old"
    assert names(live) == ["warehouse.duckdb"]


def test_what_a_killed_build_left_is_removed_by_the_next(live):
    live.with_name("warehouse.duckdb.new").write_text("half")
    live.with_name("warehouse.duckdb.new.wal").write_text("log")
    live.with_name("warehouse.duckdb.new.spill").mkdir()
    (live.with_name("warehouse.duckdb.new.spill") / "block.tmp").write_text("rows")
    with replace_atomically(live) as beside:
        assert names(live) == ["warehouse.duckdb"]
        beside.write_text("new")
    assert names(live) == ["warehouse.duckdb"]


def test_a_build_can_start_from_a_copy(live):
    with replace_atomically(live, start_from_copy=True) as beside:
        assert beside.read_text() == "old"
        beside.write_text("old and more")
    assert live.read_text() == "old and more"


def test_the_first_build_makes_the_folder(tmp_path):
    target = tmp_path / "home" / "warehouse.duckdb"
    with replace_atomically(target, start_from_copy=True) as beside:
        assert not beside.exists()
        beside.write_text("first")
    assert target.read_text() == "first"


def test_a_full_disk_is_told_in_words_and_changes_nothing(live, monkeypatch):
    def full(source, destination):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(swap.shutil, "copyfile", full)
    with pytest.raises(WarehouseError, match="No space left") as fault, working_copy(live):
        pass
    assert "last good state is untouched" in fault.value.what_to_do
    assert live.read_text() == "old"
    assert names(live) == ["warehouse.duckdb"]


def test_a_fault_of_the_builder_is_not_taken_for_a_full_disk(live):
    with pytest.raises(FileNotFoundError), replace_atomically(live):
        raise FileNotFoundError


def test_a_working_copy_is_gone_afterwards_and_never_the_live_file(live):
    with working_copy(live) as work:
        work.write_text("changed")
        assert live.read_text() == "old"
    assert names(live) == ["warehouse.duckdb"]


def test_two_builders_at_once_are_refused(live):
    with (
        one_builder_at_a_time(live),
        pytest.raises(WarehouseError, match="Another job"),
        one_builder_at_a_time(live),
    ):
        pass


def test_the_lock_is_free_again_after_a_build_that_failed(live):
    with pytest.raises(ZeroDivisionError), one_builder_at_a_time(live):
        raise ZeroDivisionError
    with one_builder_at_a_time(live):
        pass
