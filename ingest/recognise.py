"""Find out what a delivered file is from its header: which contract it falls under, and how it departs from it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from data_contracts.contract import Contract
from ingest.extract import Extract
from tvaers.errors import ContractError

# A file is taken for a type when at least this share of the type's columns is there; the rest is then missing.
_LEAST_LIKENESS = 0.6
_CORRECTED = re.compile(r"(?:_v(\d+)|_rettet|_corrected)$", re.IGNORECASE)
_ENDINGS = re.compile(r"\.(?:csv|txt|tsv|dsv|json|ndjson)?(?:\.gz)?$", re.IGNORECASE)
_BESIDE = re.compile(r"@\d{4}-\d{2}-\d{2}$")
_A_NAME = re.compile(r"[^\W\d][\w .-]{0,40}")


@dataclass(frozen=True)
class Recognised:
    """A delivered file and the contract it falls under.

    Attributes:
        contract: The contract.
        delivery_key: What the file is a delivery of; another file with the same key corrects it.
        ignored: Delivered columns the contract does not know; they are not read. A name that could hold data is
            given by its place instead.
    """

    contract: Contract
    delivery_key: str
    ignored: tuple[str, ...] = ()


def recognise(extract: Extract, contracts: Mapping[str, Contract]) -> Recognised | None:
    """Return the contract a table falls under; None when it is like no known type.

    Raises:
        ContractError: It is like a known type, but required columns are missing.
    """
    header = set(extract.header)
    tables = [contract for contract in contracts.values() if contract.format == "csv"]
    complete = [contract for contract in tables if header.issuperset(contract.header)]
    nearest = nearest_contract(extract, contracts)
    if complete and not (nearest and nearest not in complete and _is_named(nearest, extract.path)):
        # Of two types that fit, the one that explains more of the header; its name in the file name settles the rest.
        best = max(complete, key=lambda contract: (_explained(contract, header), _is_named(contract, extract.path)))
        known = {column.name for column in best.columns}
        ignored = [_safe_name(name, place) for place, name in enumerate(extract.header, 1) if name not in known]
        return Recognised(best, delivery_key(best.file_type, extract.path), tuple(ignored))
    if nearest is None or _likeness(nearest, header) < _LEAST_LIKENESS:
        return None
    missing = [name for name in nearest.header if name not in header]
    raise ContractError(
        f"The file looks like {nearest.file_type}, but lacks {'a column' if len(missing) == 1 else 'columns'} "
        f"that its contract (version {nearest.version}) requires: {', '.join(missing)}.",
        where=extract.path.name,
        how_much=f"{len(missing)} of {len(nearest.header)} columns are missing.",
        what_to_do="Ask the supplier for a file with these columns.",
        reason="column_missing",
    )


def nearest_contract(extract: Extract, contracts: Mapping[str, Contract]) -> Contract | None:
    """Return the contract whose columns are most like the header; None when nothing is alike.

    Of several that are much alike, the one that the file is named after.
    """
    header = set(extract.header)
    tables = [contract for contract in contracts.values() if contract.format == "csv"]
    alike = [contract for contract in tables if _likeness(contract, header) >= _LEAST_LIKENESS]
    named = [contract for contract in alike if _is_named(contract, extract.path)]
    best = max(
        named or alike or tables,
        key=lambda contract: (_likeness(contract, header), _is_named(contract, extract.path)),
        default=None,
    )
    return best if best is not None and (_likeness(best, header) > 0 or _is_named(best, extract.path)) else None


def delivery_key(file_type: str, path: Path) -> str:
    """Return what a file is a delivery of: its type and its name without endings and marks of correction."""
    return f"{file_type}:{delivery_name(path.name)}"


def key_beside(key: str, first: date | None) -> str:
    """Return the key of a delivery that came under the name of another one and stands beside it, by its first day."""
    return f"{key}@{first}" if first else key


def key_of_name(key: str) -> str:
    """Return the key that a delivery has by its name alone, whether or not it stands beside another one."""
    return _BESIDE.sub("", key)


def delivery_name(file_name: str) -> str:
    """Return a file's name without endings and marks of correction, in lower case."""
    return _CORRECTED.sub("", _ENDINGS.sub("", file_name)).lower()


def version_of(path: Path) -> int:
    """Return which version of a delivery a file's name marks: 1 without a mark, 2 for a correction without a number."""
    marked = _CORRECTED.search(_ENDINGS.sub("", path.name))
    if marked is None:
        return 1
    return int(marked[1]) if marked[1] else 2


def _explained(contract: Contract, header: set[str]) -> int:
    return sum(column.name in header for column in contract.columns)


def _likeness(contract: Contract, header: set[str]) -> float:
    return sum(name in header for name in contract.header) / len(contract.header)


def _is_named(contract: Contract, path: Path) -> bool:
    return path.name.lower().startswith((f"{contract.file_type}_", f"{contract.file_type}."))


def _safe_name(name: str, place: int) -> str:
    """Return a delivered column name, or its place when the header may be a row of data."""
    return name if _A_NAME.fullmatch(name) and not re.search(r"\d{4}", name) else f"column {place}"
