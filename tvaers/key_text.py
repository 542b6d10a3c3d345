"""What stands in the key file: the master key, what is left of earlier ones, and one that is about to come.

    <64 hexadecimal characters>
    earlier <key id> <last day> <sub-key for pseudonyms> <sub-key for record keys>
    coming <day> <64 hexadecimal characters> <mark of the warehouse file it belongs to>

The first line is all there is until the key is changed for the first time.
"""

from dataclasses import dataclass, field
from datetime import date

from tvaers.master_key import KEY_BYTES, EarlierKey, MasterKey

_KEY_ID_CHARACTERS = 8


class KeyLengthError(ValueError):
    """The key has not 32 bytes."""

    def __init__(self, characters: int) -> None:
        super().__init__("wrong length")
        self.characters = characters


@dataclass(frozen=True)
class Coming:
    """A master key that is in force as soon as the warehouse file written under it stands in its place.

    Attributes:
        on: The day of the change.
        secret: 32 random bytes.
        mark: Tells that warehouse file from every other (`tvaers.keys.mark_of`).
    """

    on: date
    secret: bytes = field(repr=False)
    mark: str


@dataclass(frozen=True)
class KeyText:
    """The content of a key file."""

    current: MasterKey
    coming: Coming | None = None

    def written(self) -> str:
        """Return it as it stands in the file."""
        lines = [self.current.secret.hex()]
        lines += [
            f"earlier {each.key_id} {each.until.isoformat()} {each.pseudonyms.hex()} {each.records.hex()}"
            for each in self.current.earlier
        ]
        if coming := self.coming:
            lines.append(f"coming {coming.on.isoformat()} {coming.secret.hex()} {coming.mark}")
        return "\n".join(lines) + "\n"


def read_key_text(text: str) -> KeyText:
    """Return the content of a key file.

    Raises:
        KeyLengthError: The key has not 32 bytes.
        ValueError: Something else stands there than a key file holds.
    """
    first, *others = text.strip().split("\n")
    secret = _key(first.strip())
    earlier: list[EarlierKey] = []
    coming = None
    for line in others:
        match line.split():
            case ["earlier", key_id, until, pseudonyms, records] if len(key_id) == _KEY_ID_CHARACTERS:
                earlier.append(EarlierKey(key_id, date.fromisoformat(until), _key(pseudonyms), _key(records)))
            case ["coming", on, new, mark]:
                coming = Coming(date.fromisoformat(on), _key(new), mark)
            case _:
                raise ValueError("not a line of a key file")
    return KeyText(MasterKey(secret, tuple(earlier)), coming)


def _key(text: str) -> bytes:
    key = bytes.fromhex(text)
    if len(key) != KEY_BYTES:
        raise KeyLengthError(len(text))
    return key
