"""Build a new file beside the live one and swap it in at once, so that a reader never meets a half-built database."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from tvaers.errors import WarehouseError

_BESIDE = ".new"
_WORK = ".work"


@contextmanager
def replace_atomically(target: Path, *, start_from_copy: bool = False) -> Iterator[Path]:
    """Yield the path of a file to build; when the block ends well it takes the place of `target`, else it is removed.

    The caller closes the file before the block ends. A process killed at any moment leaves `target` as it was;
    what it left beside is removed by the next build.

    Args:
        target: The live file; it need not exist.
        start_from_copy: Begin with a copy of the live file instead of nothing.

    Raises:
        WarehouseError: The disk is full.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    beside = place_beside(target)
    remove_leftovers(target)
    try:
        with _disk_faults_explained(target):
            if start_from_copy and target.exists():
                shutil.copyfile(target, beside)
        yield beside
        with _disk_faults_explained(target):
            _sync(beside)
            beside.replace(target)
            _sync(target.parent)
    finally:
        remove_leftovers(target)


def place_beside(target: Path) -> Path:
    """Return where the file that is to replace `target` is built."""
    return target.with_name(target.name + _BESIDE)


@contextmanager
def working_copy(target: Path) -> Iterator[Path]:
    """Yield the path of a copy of the live file to work in; it is removed when the block ends.

    Where there is no live file yet, there is no copy either.

    Raises:
        WarehouseError: The disk is full.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    work = target.with_name(target.name + _WORK)
    remove_leftovers(target, _WORK)
    try:
        with _disk_faults_explained(target):
            if target.exists():
                shutil.copyfile(target, work)
        yield work
    finally:
        remove_leftovers(target, _WORK)


def remove_leftovers(target: Path, ending: str = _BESIDE) -> None:
    """Remove what an earlier, killed build of `target` left beside it."""
    for path in target.parent.glob(f"{target.name}{ending}*"):
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


@contextmanager
def one_builder_at_a_time(target: Path, what: str = "warehouse") -> Iterator[None]:
    """Hold the lock of a database for as long as it is being rebuilt; the lock of a killed process frees itself.

    Args:
        target: The database.
        what: What it is called in the message to whoever has to wait.

    Raises:
        WarehouseError: Another process is building it.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(target.with_name(target.name + ".lock"), timeout=0)
    try:
        lock.acquire()
    except Timeout:
        raise WarehouseError(
            f"Another job is writing the {what}.",
            where=str(target),
            what_to_do="Wait until it has finished, then run the same command again.",
        ) from None
    try:
        yield
    finally:
        lock.release()


@contextmanager
def _disk_faults_explained(target: Path) -> Iterator[None]:
    try:
        yield
    except OSError as fault:
        raise WarehouseError(
            f"The new database could not be written: {fault.strerror}.",
            where=str(target),
            what_to_do="Free some space and run the same command again; the last good state is untouched.",
        ) from fault


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
