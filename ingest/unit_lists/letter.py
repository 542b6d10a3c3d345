"""Letters between a treating unit and the warehouse: the head says for whom and until when, the rest is sealed.

A letter is one line of JSON. Its head stands in clear, so that a refusal can name the unit and the list, and is sealed
together with what it stands over: neither can be changed or exchanged. What is sealed can be opened by the unit, under
the key that the warehouse gave it, and by the warehouse, which derives that key from its own.
"""

import base64
import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tvaers.errors import ExtractError, SecretKeyError
from tvaers.keys import refuse_readable_by_others

Kind = Literal["tvaers unit request 1", "tvaers unit list 1"]
REQUEST: Kind = "tvaers unit request 1"
LIST: Kind = "tvaers unit list 1"

_NONCE_BYTES = 12
_KEY_FILE = "tvaers unit key 1"


@dataclass(frozen=True)
class UnitKey:
    """The key that a unit and the warehouse share.

    Attributes:
        unit: The unit, such as `practice-010091`.
        key_id: The warehouse's key from which it was derived.
        secret: 32 bytes.
    """

    unit: str
    key_id: str
    secret: bytes = field(repr=False)


@dataclass(frozen=True)
class Letter:
    """A letter as it was read, not opened yet.

    Attributes:
        path: Where it lies.
        head: What stands in clear.
        sealed: The rest.
    """

    path: Path
    head: Mapping[str, str]
    sealed: bytes = field(repr=False)

    def opened(self, key: UnitKey) -> dict[str, Any]:
        """Return what was sealed.

        Raises:
            SecretKeyError: It is of another unit, under another key, or was changed.
        """
        unit, key_id = self.head["unit"], self.head["key_id"]
        if unit != key.unit:
            raise SecretKeyError(
                f"This was made for another unit: {unit}. The key is that of {key.unit}.",
                where=str(self.path),
                what_to_do="Give it to the unit that it was made for.",
                reason="other_unit",
            )
        if key_id != key.key_id:
            raise SecretKeyError(
                f"This was sealed when the warehouse's key was {key_id}; the unit's key is from {key.key_id}.",
                where=str(self.path),
                what_to_do="The warehouse gives the unit a new key (tvaers unit key); then begin with tvaers unit ask.",
                reason="other_key",
            )
        try:
            plain = AESGCM(key.secret).decrypt(
                self.sealed[:_NONCE_BYTES], self.sealed[_NONCE_BYTES:], _bound(self.head)
            )
            content: dict[str, Any] = json.loads(plain)
        except (InvalidTag, ValueError):
            raise SecretKeyError(
                "This was changed on its way, or sealed with another key.",
                where=str(self.path),
                what_to_do="Have it sent again.",
                reason="changed",
            ) from None
        return content


def write_letter(path: Path, key: UnitKey, head: Mapping[str, str], content: Mapping[str, Any], size: int = 0) -> None:
    """Seal a letter and write it into a new file that only its owner can read.

    Args:
        path: The file.
        key: The key of the unit.
        head: What stands in clear: `what`, `list`, and what else may be read by everybody.
        content: What is sealed.
        size: The bytes to which the content is filled up, so that its length does not tell how much it holds.

    Raises:
        ExtractError: There is such a file already, or it cannot be written.
    """
    full = {**head, "unit": key.unit, "key_id": key.key_id}
    nonce = secrets.token_bytes(_NONCE_BYTES)
    sealed = nonce + AESGCM(key.secret).encrypt(nonce, json.dumps(content).encode().ljust(size), _bound(full))
    write_new(path, json.dumps({"head": full, "sealed": base64.b64encode(sealed).decode()}))


def read_letter(path: Path, kind: Kind) -> Letter:
    """Return a letter of a kind.

    Raises:
        ExtractError: It is none.
    """
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        head, sealed = told["head"], base64.b64decode(told["sealed"], validate=True)
        is_one = head["what"] == kind and all(isinstance(each, str) for each in head.values())
        is_one = is_one and {"unit", "key_id", "list", "made_on"} <= head.keys()
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        is_one = False
    if not is_one:
        made_by = "tvaers unit ask" if kind == REQUEST else "tvaers unit list"
        raise ExtractError("The file is not one that this was made by: " + made_by, where=str(path))
    return Letter(path, head, sealed)


def write_unit_key(path: Path, key: UnitKey) -> None:
    """Write the key of a unit into a new file that only its owner can read.

    Raises:
        ExtractError: There is such a file already, or it cannot be written.
    """
    told = {"what": _KEY_FILE, "unit": key.unit, "key_id": key.key_id, "secret": key.secret.hex()}
    write_new(path, json.dumps(told))


def read_unit_key(path: Path) -> UnitKey:
    """Return the key of a unit.

    Raises:
        SecretKeyError: The file is missing, readable by others, or holds none.
    """
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        key = UnitKey(str(told["unit"]), str(told["key_id"]), bytes.fromhex(told["secret"]))
        is_one = told["what"] == _KEY_FILE
    except (OSError, ValueError, KeyError, TypeError):
        is_one = False
    if not is_one:
        raise SecretKeyError(
            "The file holds no key of a unit.",
            where=str(path),
            what_to_do="Name the file that the warehouse gave the unit (tvaers unit key).",
        )
    refuse_readable_by_others(path)
    return key


def write_new(path: Path, text: str) -> None:
    """Write a new file that only its owner can read.

    Raises:
        ExtractError: There is such a file already, or it cannot be written.
    """
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.write(text + "\n")
    except FileExistsError:
        raise ExtractError("There is such a file already.", where=str(path), what_to_do="Name a new file.") from None
    except OSError as fault:
        raise ExtractError(f"The file cannot be written: {fault.strerror}.", where=str(path)) from None


def _bound(head: Mapping[str, str]) -> bytes:
    return json.dumps(head, sort_keys=True).encode()
