"""Lay FHIR bundles out as rows: one row per resource that the contract names, one text column per contract column."""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime, tzinfo
from typing import Any

import polars as pl

from data_contracts.contract import Contract
from ingest.bundles import Json, bundles_in, profiles_of
from ingest.extract import Extract
from ingest.rows import Block

_STEP = re.compile(r"(\w+)(?:\[([^\]]+)\])?(?:\.|$)")
_MOMENT = re.compile(r"^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.\d+)?(Z|[+-]\d\d:?\d\d)?$")
_ROWS_PER_BLOCK = 200_000

Path = tuple[tuple[tuple[str, tuple[str, ...]], ...], ...]


def recognise_bundles(extract: Extract, contracts: Mapping[str, Contract]) -> Contract | None:
    """Return the contract that bundles fall under: by their profiles, else by the file's name; None when unclear.

    A profile belongs to a contract when it holds the last word of the file type's name.
    """
    bundled = [contract for contract in contracts.values() if contract.format == "fhir"]
    for contract in bundled:
        if extract.path.name.lower().startswith(contract.file_type):
            return contract
    first = next((bundle for bundle in bundles_in(extract) if bundle is not None), None)
    profiles = " ".join(profiles_of(first)) if first else ""
    fitting = [each for each in bundled if re.search(rf"\b{each.file_type.rsplit('_', 1)[-1]}\b", profiles)]
    return fitting[0] if len(fitting) == 1 else None


def read_bundles(extract: Extract, contract: Contract, zone: tzinfo | None) -> Iterator[Block]:
    """Yield the resources of a file of bundles (one JSON document, or one bundle per line) as rows of text.

    Moments are given as `YYYY-MM-DD HH:MM:SS` in local time; references are cut down to the identifier of what they
    point at. A line that is no bundle is one malformed row.

    Args:
        extract: The file.
        contract: The contract it falls under.
        zone: The country's time zone, to which a moment with an offset is converted; one without is local already. None
            keeps every moment as it is written.

    Raises:
        ExtractError: The file is cut short or is no JSON.
    """
    layout = [(column.name, {kind: _paths(path) for kind, path in column.paths}) for column in contract.columns]
    rows: list[tuple[int, ...] | tuple[Any, ...]] = []
    malformed: list[int] = []
    row_number = 0
    for bundle in bundles_in(extract):
        if bundle is None:
            row_number += 1
            malformed.append(row_number)
            continue
        for values in _resources(bundle, layout, contract.resource_types):
            row_number += 1
            rows.append((row_number, *(_in_local_time(each, zone) for each in values)))
        if len(rows) >= _ROWS_PER_BLOCK:
            yield _block(rows, malformed, contract)
            rows, malformed = [], []
    yield _block(rows, malformed, contract)


def _block(rows: list[tuple[Any, ...]], malformed: list[int], contract: Contract) -> Block:
    schema = {"row_number": pl.UInt32, **{column.name: pl.String for column in contract.columns}}
    return Block(pl.DataFrame(rows, schema=schema, orient="row"), pl.Series(malformed, dtype=pl.UInt32))


def _resources(
    bundle: Json, layout: list[tuple[str, dict[str, Path]]], resource_types: tuple[str, ...]
) -> Iterator[list[str | None]]:
    entries = [entry for entry in bundle.get("entry") or [] if isinstance(entry, dict)]
    resources = [
        (entry.get("fullUrl"), entry["resource"]) for entry in entries if isinstance(entry.get("resource"), dict)
    ]
    shared: dict[str, Json] = {"Bundle": bundle}
    for _, resource in resources:
        if resource.get("resourceType") not in resource_types:
            shared.setdefault(str(resource.get("resourceType")), resource)
    for full_url, resource in resources:
        kind = resource.get("resourceType")
        if kind in resource_types:
            own = {"fullUrl": full_url, **resource}
            yield [_value(paths, str(kind), own, shared) for _, paths in layout]


def _value(paths: Mapping[str, Path], kind: str, own: Json, shared: Mapping[str, Json]) -> str | None:
    """Return a column's text: from the resource itself, else from another resource of the bundle that it names."""
    for source in (kind, "*"):
        if source in paths:
            return _text(_follow(own, paths[source]))
    for source, path in paths.items():
        if source in shared:
            return _text(_follow(shared[source], path))
    return None


def _paths(written: str) -> Path:
    """Return the alternatives of a path, each as steps of a name and the systems or extension names to keep."""
    return tuple(
        tuple((name, tuple(kept.split("|")) if kept else ()) for name, kept in _STEP.findall(alternative.strip()))
        for alternative in re.split(r"\s+\|\s+", written)
    )


def _follow(resource: Json, path: Path) -> object:
    for alternative in path:
        found: list[Any] = [resource]
        for name, kept in alternative:
            values = [each.get(name) for each in found if isinstance(each, dict)]
            found = [one for each in values for one in (each if isinstance(each, list) else [each]) if one is not None]
            if kept:
                found = [each for each in found if isinstance(each, dict) and _is_kept(each, kept)]
        if found:
            return _last_part(found[0]) if alternative[-1][0] in ("reference", "fullUrl") else found[0]
    return None


def _is_kept(element: Json, kept: tuple[str, ...]) -> bool:
    """Tell whether a coding or identifier is of a system, or an extension's address ends in a name."""
    address = str(element.get("url", ""))
    return element.get("system") in kept or any(address.lower().endswith(name.lower()) for name in kept)


def _last_part(reference: object) -> object:
    return re.split(r"[/:]", reference)[-1] if isinstance(reference, str) else reference


def _text(value: object) -> str | None:
    if value is None or isinstance(value, dict | list):
        return None
    return str(value).strip() or None


def _in_local_time(text: str | None, zone: tzinfo | None) -> str | None:
    moment = _MOMENT.match(text) if text else None
    if text is None or moment is None:
        return text
    written = f"{moment[1]} {moment[2]}"
    if zone is None or moment[3] is None:
        return written
    try:
        local = datetime.fromisoformat(f"{written}{moment[3]}").astimezone(zone)
    except (ValueError, OverflowError):  # no such day or hour: the contract's rules say so
        return written
    return f"{local:%Y-%m-%d %H:%M:%S}"
