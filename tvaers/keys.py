"""The key file: one file that only its owner can read, kept away from the data it protects."""

import os
import secrets
from contextlib import suppress
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from filelock import FileLock

from tvaers.errors import SecretKeyError
from tvaers.key_text import Coming, KeyLengthError, KeyText, read_key_text
from tvaers.master_key import KEY_BYTES, MasterKey
from tvaers.settings import Settings

_OTHERS = 0o077
_HEAD_BYTES = 4096


def create_key_file(path: Path) -> None:
    """Write a new random master key as 64 hexadecimal characters into a file that only its owner can read.

    Raises:
        SecretKeyError: A file is already there, or it cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise SecretKeyError(
            "There is already a key file, and replacing it would make the warehouse unreadable.",
            where=str(path),
            what_to_do="Keep it, or name another file with TVAERS_KEY_FILE.",
        ) from None
    except OSError as fault:
        raise _not_written(path, fault) from None
    _write(handle, KeyText(MasterKey(secrets.token_bytes(KEY_BYTES))))


def load_master_key(settings: Settings) -> MasterKey:
    """Return the master key in force; a change of key that was cut off after the warehouse's swap is completed.

    Raises:
        SecretKeyError: The file is missing, inside the home folder, readable by others, too short, or not hexadecimal.
    """
    return _settled(settings).current


def announced_key(settings: Settings) -> bool:
    """Return whether the key file holds a key of which the warehouse knows nothing: a change that was cut off.

    Raises:
        SecretKeyError: As for `load_master_key`.
    """
    return _settled(settings).coming is not None


def announce_key(settings: Settings, secret: bytes, warehouse: Path) -> None:
    """Write beside the master key the one that follows it, for the moment in which the warehouse is swapped.

    From here on the key in force is told by which warehouse stands in its place, so that the two never disagree.

    Args:
        settings: The home folder.
        secret: 32 random bytes.
        warehouse: The finished file that is about to take the warehouse's place.

    Raises:
        SecretKeyError: The key file is unsafe or cannot be written.
    """
    today = datetime.now(tz=UTC).date()
    with _alone(settings.key_file):
        held = _read(settings)
        _replace(settings.key_file, KeyText(held.current, Coming(today, secret, mark_of(warehouse))))


def withdraw_key(settings: Settings) -> None:
    """Take out the announced key when the warehouse was not swapped.

    Raises:
        SecretKeyError: The key file is unsafe or cannot be written.
    """
    if announced_key(settings):
        with _alone(settings.key_file):
            _replace(settings.key_file, KeyText(_read(settings).current))


def mark_of(warehouse: Path) -> str:
    """Return what tells one warehouse file from every other, or nothing when there is none.

    The head of an encrypted database holds random bytes of its own, which no other file shares.
    """
    try:
        with warehouse.open("rb") as file:
            return sha256(file.read(_HEAD_BYTES)).hexdigest()
    except FileNotFoundError:
        return ""


def _settled(settings: Settings) -> KeyText:
    """Return the content of the key file, once the announced key stands where its warehouse does."""
    held = _read(settings)
    if held.coming is None or held.coming.mark != mark_of(settings.warehouse):
        return held
    with _alone(settings.key_file):
        held = _read(settings)
        coming = held.coming
        if coming is not None and coming.mark == mark_of(settings.warehouse):
            held = KeyText(held.current.followed_by(coming.secret, coming.on))
            _replace(settings.key_file, held)
    return held


def _read(settings: Settings) -> KeyText:
    path = settings.key_file
    if not path.is_file():
        raise SecretKeyError(
            "The key file is missing.",
            where=str(path),
            what_to_do="Restore it from the key holder's copy; for a new home folder run: tvaers init",
        )
    _refuse_inside_home(path, settings.home)
    refuse_readable_by_others(path)
    try:
        return read_key_text(path.read_text(encoding="ascii"))
    except KeyLengthError as fault:
        raise SecretKeyError(
            "The key has the wrong length." if fault.characters > KEY_BYTES * 2 else "The key is too short.",
            where=str(path),
            how_much=f"{fault.characters} hexadecimal characters; {KEY_BYTES * 2} are needed.",
            what_to_do="Restore it from the key holder's copy.",
        ) from None
    except (OSError, ValueError):
        raise SecretKeyError(
            "The key file does not hold hexadecimal characters.",
            where=str(path),
            what_to_do="Restore it from the key holder's copy.",
        ) from None


def _alone(path: Path) -> FileLock:
    """Return the lock under which the key file is changed."""
    return FileLock(path.resolve().with_name(path.resolve().name + ".lock"), mode=0o600)


def _replace(path: Path, content: KeyText) -> None:
    """Put another content into the key file in one step; a link to it stays a link."""
    target = path.resolve()
    beside = target.with_name(target.name + ".new")
    try:
        with suppress(FileNotFoundError):
            beside.unlink()
        _write(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), content)
        beside.replace(target)
        folder = os.open(target.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError as fault:
        raise _not_written(path, fault) from None


def _write(handle: int, content: KeyText) -> None:
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(content.written())
        file.flush()
        os.fsync(file.fileno())


def _not_written(path: Path, fault: OSError) -> SecretKeyError:
    return SecretKeyError(
        f"The key file cannot be written: {fault.strerror}.",
        where=str(path),
        what_to_do="Name a writable place outside the home folder with TVAERS_KEY_FILE.",
    )


def _refuse_inside_home(path: Path, home: Path) -> None:
    if path.resolve().is_relative_to(home.resolve()) or path.absolute().is_relative_to(home.absolute()):
        raise SecretKeyError(
            "The key file lies inside the home folder, so that a copy of the data is also a copy of the key.",
            where=str(path),
            what_to_do="Move the key file out of the home folder and name its new place with TVAERS_KEY_FILE.",
        )


def refuse_readable_by_others(path: Path) -> None:
    """Refuse a file of a secret that others than its owner can read or change.

    Raises:
        SecretKeyError: They can.
    """
    mode = path.stat().st_mode
    if mode & _OTHERS:
        raise SecretKeyError(
            "The key file can be read or changed by others than its owner.",
            where=f"{path} (mode {mode & 0o777:04o})",
            what_to_do=f"chmod 600 {path}",
        )
