"""The secret that every other key is derived from, and what is left of the secrets before it."""

import hmac
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from typing import Literal

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES = 32

Hashing = Literal["warehouse", "record-key"]
"""The purposes whose keys outlive a change of the master key, since later deliveries go through all of them."""


@dataclass(frozen=True)
class EarlierKey:
    """What is kept of a master key that was replaced: enough to link what is delivered later, and no more.

    Attributes:
        key_id: Its key id.
        until: The day on which it was replaced.
        pseudonyms: Its sub-key `warehouse`.
        records: Its sub-key `record-key`.
    """

    key_id: str
    until: date
    pseudonyms: bytes = field(repr=False)
    records: bytes = field(repr=False)


@dataclass(frozen=True)
class MasterKey:
    """The key that every other key is derived from; its text form never shows it.

    Attributes:
        secret: 32 random bytes.
        earlier: The keys before it, oldest first.
    """

    secret: bytes = field(repr=False)
    earlier: tuple[EarlierKey, ...] = ()

    def subkey(self, label: str) -> bytes:
        """Return 32 bytes derived from the master key by HKDF-SHA256; another label gives an unrelated key.

        Args:
            label: What the key is for: `warehouse` (pseudonyms), `record-key` (keys that suppliers give records),
                `encryption` (the database file), `audit`, or `project:<id>`.
        """
        return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=f"tvaers:{label}".encode()).derive(
            self.secret
        )

    def generations(self, purpose: Hashing) -> tuple[bytes, ...]:
        """Return the sub-keys that a delivered identifier or record key goes through, oldest first, this one's last."""
        before = (each.pseudonyms if purpose == "warehouse" else each.records for each in self.earlier)
        return (*before, self.subkey(purpose))

    def blinding_seed(self) -> bytes:
        """Return 32 bytes for blinding identifiers, derived from the first generation: a change of key changes nothing.

        What sites have sent blinded could not be blinded anew.
        """
        return hmac.new(self.generations("warehouse")[0], b"tvaers:blinded", sha256).digest()

    def seal(self, content: bytes) -> str:
        """Return what proves that a holder of this key has sealed some content."""
        return _seal(self.subkey("record-key"), content)

    def has_sealed(self, content: bytes, key_id: str, seal: str) -> bool:
        """Return whether a seal is that of some content under this key or one before it."""
        keys = {each.key_id: each.records for each in self.earlier} | {self.key_id: self.subkey("record-key")}
        return key_id in keys and hmac.compare_digest(_seal(keys[key_id], content), seal)

    def followed_by(self, secret: bytes, on: date) -> "MasterKey":
        """Return the master key that takes the place of this one on a day."""
        left = EarlierKey(self.key_id, on, self.subkey("warehouse"), self.subkey("record-key"))
        return MasterKey(secret, (*self.earlier, left))

    @property
    def key_id(self) -> str:
        """Eight hexadecimal characters that tell two keys apart and reveal neither."""
        return hmac.new(self.secret, b"key-id", sha256).hexdigest()[:8]


def _seal(key: bytes, content: bytes) -> str:
    # Under a key of its own, so that no seal is also the hash of a record's key.
    return hmac.new(hmac.new(key, b"tvaers:seal", sha256).digest(), content, sha256).hexdigest()
