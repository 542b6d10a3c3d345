"""Find the FHIR bundles in a file: one JSON document, several in a list, or one bundle on each line."""

import itertools
import json
from collections.abc import Iterator, Mapping
from typing import Any

from ingest.extract import Extract, read_text
from tvaers.errors import ExtractError

LARGEST_DOCUMENT_BYTES = 300_000_000
"""The most text of one JSON document: it takes about ten times as much memory. A file of lines may be of any size."""

Json = Mapping[str, Any]


def bundles_in(extract: Extract) -> Iterator[Json | None]:
    """Yield the bundles of a file, one line at a time where each is on its own line; None for a line that is none.

    Raises:
        ExtractError: The file is cut short, is no JSON, or is one document too large to be read at once.
    """
    lines = _lines(extract)
    first, second = next(lines, b""), next(lines, None)
    if second is None or not _is_document(first):
        yield from _bundles_of_document(extract)
        return
    found = False
    for line in itertools.chain((first, second), lines):
        bundle = _bundle_of(line)
        found = found or bundle is not None
        yield bundle
    if not found:
        raise _incomplete(extract)


def _lines(extract: Extract) -> Iterator[bytes]:
    """Yield the lines of a file that are not blank."""
    held: list[bytes] = []
    for block in read_text(extract):
        *whole, last = block.splitlines(keepends=True)
        for line in whole:
            yield from _not_blank(b"".join([*held, line]))
            held = []
        held.append(last)
        if last.endswith((b"\n", b"\r")):
            yield from _not_blank(b"".join(held))
            held = []
    yield from _not_blank(b"".join(held))


def _not_blank(line: bytes) -> Iterator[bytes]:
    if line.strip():
        yield line


def _is_document(line: bytes) -> bool:
    try:
        json.loads(line)
    except (ValueError, RecursionError):
        return False
    return True


def _bundles_of_document(extract: Extract) -> Iterator[Json | None]:
    """Yield the bundles of a file that is one JSON document, or whose first line is none."""
    text = _whole_text(extract)
    try:
        document = json.loads(text)
    except RecursionError:
        raise ExtractError(
            "The file nests its JSON deeper than any bundle does.",
            where=extract.path.name,
            what_to_do="Ask the supplier for a FHIR bundle.",
            reason="not_json",
        ) from None
    except ValueError:
        lines = [line for line in text.splitlines() if line.strip()]
        bundles = [_bundle_of(line) for line in lines]
        if len(lines) < 2 or all(bundle is None for bundle in bundles):
            raise _incomplete(extract) from None
        yield from bundles
        return
    for each in document if isinstance(document, list) else [document]:
        if _is_named_bundle(each) and not _is_bundle(each):
            raise ExtractError(
                "The file holds a bundle that is not built as FHIR asks: its entries, or what they hold, are of "
                "another kind.",
                where=extract.path.name,
                what_to_do="Ask the supplier for a valid FHIR bundle.",
                reason="not_a_bundle",
            )
        yield each if _is_bundle(each) else None


def _whole_text(extract: Extract) -> bytes:
    blocks: list[bytes] = []
    size = 0
    for block in read_text(extract):
        size += len(block)
        if size > LARGEST_DOCUMENT_BYTES:
            raise ExtractError(
                "The file is one JSON document that is too large to be read at once.",
                where=extract.path.name,
                how_much=f"It holds more than {LARGEST_DOCUMENT_BYTES // 1_000_000} MB of text.",
                what_to_do="Ask the supplier for NDJSON, one bundle on each line, or for several files.",
                reason="too_large",
            )
        blocks.append(block)
    return b"".join(blocks)


def _incomplete(extract: Extract) -> ExtractError:
    return ExtractError(
        "The file is not a complete JSON document.",
        where=extract.path.name,
        what_to_do="Ask the supplier to send it again.",
        reason="not_json",
    )


def _bundle_of(line: bytes) -> Json | None:
    try:
        document = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return document if _is_bundle(document) else None


def _is_named_bundle(document: object) -> bool:
    return isinstance(document, dict) and document.get("resourceType") == "Bundle"


def _is_bundle(document: object) -> bool:
    """Tell whether a document is a bundle whose entries are built so that each one can be read."""
    if not isinstance(document, dict) or not _is_named_bundle(document) or not _has_sound_profiles(document):
        return False
    entries = document.get("entry") or []
    return isinstance(entries, list) and all(
        isinstance(entry, dict) and _has_sound_profiles(entry.get("resource") or {}) for entry in entries
    )


def _has_sound_profiles(resource: object) -> bool:
    if not isinstance(resource, dict):
        return False
    meta = resource.get("meta") or {}
    return isinstance(meta, dict) and isinstance(meta.get("profile") or [], list)


def profiles_of(bundle: Json) -> Iterator[str]:
    """Yield the profiles that a bundle and its resources say they follow."""
    for resource in (bundle, *(entry.get("resource") or {} for entry in bundle.get("entry") or [])):
        yield from (str(profile) for profile in (resource.get("meta") or {}).get("profile") or [])
