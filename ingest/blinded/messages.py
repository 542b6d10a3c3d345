"""What site and key holder say to each other: lines of JSON over the site's connection to a command.

The site opens with what it speaks, and is told the public key. Then each request holds blinded elements, and each
answer the evaluated ones with a proof. A request that is refused is told why; no line ever holds an identifier.
"""

import base64
import binascii
import json
from typing import IO, Any

PROTOCOL = "tvaers blinded identifiers 1"
SUITE = "ristretto255-SHA512"
"""The suite of RFC 9497, in its verifiable mode."""

ELEMENT_BYTES = 32
ELEMENTS_AT_ONCE = 5_000
_LONGEST_LINE = 1_000_000


class NotUnderstoodError(Exception):
    """A line is not what it should be; nothing of it is repeated."""


def say(stream: IO[str], **message: Any) -> None:
    """Write one message."""
    stream.write(json.dumps(message) + "\n")
    stream.flush()


def hear(stream: IO[str]) -> dict[str, Any] | None:
    """Return the next message; None when the other side has ended.

    Raises:
        NotUnderstoodError: The line is too long, or no message.
    """
    line = stream.readline(_LONGEST_LINE)
    if not line:
        return None
    try:
        message = json.loads(line)
    except ValueError:
        raise NotUnderstoodError from None
    if not isinstance(message, dict):
        raise NotUnderstoodError
    return message


def packed(elements: list[bytes]) -> str:
    """Return elements as text."""
    return base64.b64encode(b"".join(elements)).decode("ascii")


def unpacked(text: object) -> bytes:
    """Return the bytes that a message holds.

    Raises:
        NotUnderstoodError: It holds none.
    """
    if not isinstance(text, str):
        raise NotUnderstoodError
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise NotUnderstoodError from None


def elements_in(content: bytes) -> list[bytes]:
    """Return the elements of a request.

    Raises:
        NotUnderstoodError: They are not whole, none, or more than may come at once.
    """
    count, rest = divmod(len(content), ELEMENT_BYTES)
    if rest or not 0 < count <= ELEMENTS_AT_ONCE:
        raise NotUnderstoodError
    return [content[place : place + ELEMENT_BYTES] for place in range(0, len(content), ELEMENT_BYTES)]
