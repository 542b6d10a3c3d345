"""Read one contract file written in the Open Data Contract Standard (v3) and refuse what it does not know."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import yaml
from open_data_contract_standard.model import CustomProperty, OpenDataContractStandard, SchemaObject
from pydantic import ValidationError

from tvaers.errors import ContractError

FOLDER = Path(__file__).parent
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class StandardContract(NamedTuple):
    """A contract as the standard's own model reads it, with its single table at hand."""

    path: Path
    document: OpenDataContractStandard
    table: SchemaObject


def read_standard(path: Path) -> StandardContract:
    """Read a contract file.

    Raises:
        ContractError: The file is not YAML, not the standard, holds a key the standard does not know, or does not
            describe exactly one table.
    """
    try:
        raw = yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506 - a safe loader, the fast one
        document = OpenDataContractStandard.model_validate(raw)
    except (yaml.YAMLError, ValidationError, UnicodeDecodeError) as fault:
        raise contract_fault(path, "", str(fault).splitlines()[0]) from None
    kept = document.model_dump(by_alias=True, exclude_unset=True)
    if lost := next(_lost_keys(raw, kept), None):
        raise contract_fault(path, lost, "is not a key of the Open Data Contract Standard")
    if len(document.schema_ or []) != 1:
        raise contract_fault(path, "schema", "must describe exactly one table")
    return StandardContract(path, document, document.schema_[0])  # type: ignore[index]


def custom_values(properties: list[CustomProperty] | None) -> dict[str, Any]:
    """Return custom properties as a plain mapping."""
    return {str(each.property): each.value for each in properties or []}


def contract_fault(path: Path, key: str, reason: str) -> ContractError:
    """Return the error for a contract that is written wrongly."""
    where = f"{path.parent.name}/{path.name}" + (f": {key}" if key else "")
    return ContractError(
        f"The contract is written wrongly: {key or 'the file'} {reason}.",
        where=where,
        what_to_do="Correct the contract, then: python -m data_contracts.generate",
    )


def _lost_keys(raw: object, kept: object, at: str = "") -> Iterator[str]:
    """Yield the address of every key that the standard's model dropped while reading."""
    if isinstance(raw, dict) and isinstance(kept, dict):
        for key, value in raw.items():
            here = f"{at}.{key}" if at else str(key)
            if key not in kept:
                yield here
            else:
                yield from _lost_keys(value, kept[key], here)
    elif isinstance(raw, list) and isinstance(kept, list):
        for position, (one, other) in enumerate(zip(raw, kept, strict=True)):
            yield from _lost_keys(one, other, f"{at}[{position}]")
