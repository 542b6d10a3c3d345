"""The secret key: one file that only its owner can read, kept away from the data it protects."""

import hmac
import os
import secrets
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from tvaers.errors import SecretKeyError
from tvaers.settings import Settings

KEY_BYTES = 32
_OTHERS = 0o077


@dataclass(frozen=True)
class MasterKey:
    """The key that every other key is derived from; its text form never shows it."""

    secret: bytes = field(repr=False)

    def subkey(self, label: str) -> bytes:
        """Return 32 bytes derived from the master key by HKDF-SHA256; another label gives an unrelated key.

        Args:
            label: What the key is for: `warehouse` (pseudonyms), `record-key` (keys that suppliers give records),
                `encryption` (the database file), `audit`, or `project:<id>`.
        """
        return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=f"tvaers:{label}".encode()).derive(
            self.secret
        )

    @property
    def key_id(self) -> str:
        """Eight hexadecimal characters that tell two keys apart and reveal neither."""
        return hmac.new(self.secret, b"key-id", sha256).hexdigest()[:8]


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
        raise SecretKeyError(
            f"The key file cannot be written: {fault.strerror}.",
            where=str(path),
            what_to_do="Name a writable place outside the home folder with TVAERS_KEY_FILE.",
        ) from None
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(secrets.token_hex(KEY_BYTES) + "\n")
        file.flush()
        os.fsync(file.fileno())


def load_master_key(settings: Settings) -> MasterKey:
    """Return the master key named by the settings.

    Raises:
        SecretKeyError: The file is missing, inside the home folder, readable by others, too short, or not hexadecimal.
    """
    path = settings.key_file
    if not path.is_file():
        raise SecretKeyError(
            "The key file is missing.",
            where=str(path),
            what_to_do="Restore it from the key holder's copy; for a new home folder run: tvaers init",
        )
    _refuse_inside_home(path, settings.home)
    _refuse_readable_by_others(path)
    try:
        text = path.read_text(encoding="ascii").strip()
        secret = bytes.fromhex(text)
    except (OSError, ValueError):
        raise SecretKeyError(
            "The key file does not hold hexadecimal characters.",
            where=str(path),
            what_to_do="Restore it from the key holder's copy.",
        ) from None
    if len(secret) != KEY_BYTES:
        raise SecretKeyError(
            "The key has the wrong length." if len(secret) > KEY_BYTES else "The key is too short.",
            where=str(path),
            how_much=f"{len(text)} hexadecimal characters; {KEY_BYTES * 2} are needed.",
            what_to_do="Restore it from the key holder's copy.",
        )
    return MasterKey(secret)


def _refuse_inside_home(path: Path, home: Path) -> None:
    if path.resolve().is_relative_to(home.resolve()) or path.absolute().is_relative_to(home.absolute()):
        raise SecretKeyError(
            "The key file lies inside the home folder, so that a copy of the data is also a copy of the key.",
            where=str(path),
            what_to_do="Move the key file out of the home folder and name its new place with TVAERS_KEY_FILE.",
        )


def _refuse_readable_by_others(path: Path) -> None:
    mode = path.stat().st_mode
    if mode & _OTHERS:
        raise SecretKeyError(
            "The key file can be read or changed by others than its owner.",
            where=f"{path} (mode {mode & 0o777:04o})",
            what_to_do=f"chmod 600 {path}",
        )
