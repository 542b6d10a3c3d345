"""Look for identifiers in every byte of every file, in every disguise that a careless program would give them."""

import base64
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np

# How many of the first bytes are compared before the rest: all of the shortest disguise. Four would be zeros in many
# files, where each place is then looked at one by one.
_START = 8


def disguises(identifier: str) -> set[bytes]:
    """Return how ten digits may stand in a file.

    Plain, with a dash and reversed, each as it is, hexadecimal or wide; in base64, with a blank, and as a number.
    """
    dashed = f"{identifier[:6]}-{identifier[6:]}"
    found = {f"{identifier[:6]} {identifier[6:]}".encode()}
    for text in (identifier, dashed, identifier[::-1], dashed[::-1]):
        plain = text.encode()
        found |= {plain, plain.hex().encode(), plain.hex().upper().encode()}
        found |= {text.encode(wide) for wide in ("utf-16-le", "utf-16-be", "utf-32-le")}
    found |= {int(identifier).to_bytes(8, "little"), int(identifier).to_bytes(8, "big")}
    return found | _in_base64(identifier.encode()) | _in_base64(dashed.encode())


def _in_base64(plain: bytes) -> set[bytes]:
    """Return the three ways in which base64 can cut the bytes, without the signs that depend on their neighbours."""
    return {
        base64.b64encode(b"\0" * before + plain)[-(-before * 4 // 3) : (before + len(plain)) // 3 * 4]
        for before in range(3)
    }


def files_holding(folders: Iterable[Path], identifiers: Iterable[str]) -> dict[str, int]:
    """Return the files below some folders that hold an identifier in any disguise, and how many different finds.

    Compressed streams are looked into as well, and so are the names of files.
    """
    wanted: dict[bytes, set[bytes]] = {}
    for one in identifiers:
        for each in disguises(one):
            wanted.setdefault(each[:_START], set()).add(each)
    hits = {}
    for folder in folders:
        for path in folder.rglob("*"):
            content = path.read_bytes() if path.is_file() else b""
            found = {
                each for part in (content, _inflated(content), path.name.encode()) for each in _found(part, wanted)
            }
            if found:
                hits[str(path)] = len(found)
    return hits


def _found(content: bytes, wanted: dict[bytes, set[bytes]]) -> Iterator[bytes]:
    """Yield what is wanted and there; the first bytes are compared everywhere at once."""
    starts = np.sort(np.frombuffer(b"".join(wanted), dtype=np.uint64))
    for offset in range(_START):
        usable = (len(content) - offset) // _START * _START
        if usable <= 0:
            continue
        words = np.frombuffer(content, dtype=np.uint64, offset=offset, count=usable // _START)
        for place in np.flatnonzero(np.isin(words, starts)) * _START + offset:
            begin = int(place)
            yield from (each for each in wanted[content[begin : begin + _START]] if content.startswith(each, begin))


def _inflated(content: bytes) -> bytes:
    if content[:2] not in (b"\x1f\x8b", b"\x78\x9c", b"\x78\xda", b"\x78\x01"):
        return b""
    try:
        return zlib.decompressobj(wbits=47).decompress(content)
    except zlib.error:
        return b""
