"""What our own tables promise: the contracts in `core/`, read into frozen objects."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal, cast

from data_contracts.standard import FOLDER, contract_fault, custom_values, read_standard

Hashed = Literal["pseudonym", "record_key", "staged_rows"]
PHYSICAL_TYPES = ("UUID", "VARCHAR", "DATE", "TIMESTAMP", "DOUBLE", "INTEGER", "BIGINT", "BOOLEAN")


@dataclass(frozen=True)
class TableColumn:
    """One column of a warehouse table.

    Attributes:
        name: Column name; a unit, where there is one fixed unit, is part of it.
        physical_type: DuckDB type.
        required: True when the column is never empty.
        description: What it holds.
        allowed: Allowed values with their meaning; empty when free.
        hashed: What of it is a keyed hash; None for everything that a change of key leaves as it is.
    """

    name: str
    physical_type: str
    required: bool
    description: str
    allowed: tuple[tuple[str, str], ...]
    hashed: Hashed | None = None


@dataclass(frozen=True)
class Table:
    """One table of the warehouse.

    Attributes:
        schema: `core` or `meta`; every core table has a twin in `parked`.
        name: Table name.
        description: What one table holds.
        grain: What one row is.
        limitations: What the table does not say; may be empty.
        key: Columns that together name a row.
        sorted_by: Columns the stored rows are sorted by.
        columns: The columns in order.
    """

    schema: str
    name: str
    description: str
    grain: str
    limitations: str
    key: tuple[str, ...]
    sorted_by: tuple[str, ...]
    columns: tuple[TableColumn, ...]


@cache
def load_tables() -> tuple[Table, ...]:
    """Return all warehouse tables, core tables first, each group by name.

    Raises:
        ContractError: A contract in `core/` is written wrongly.
    """
    tables = [_read_table(path) for path in sorted((FOLDER / "core").glob("*.yaml"))]
    return tuple(sorted(tables, key=lambda table: (table.schema != "core", table.name)))


def _read_table(path: Path) -> Table:
    standard = read_standard(path)
    properties = standard.table.properties or []
    for each in properties:
        if each.physicalType not in PHYSICAL_TYPES:
            raise contract_fault(path, f"{each.name}.physicalType", f"must be one of {', '.join(PHYSICAL_TYPES)}")
        if each.classification not in (None, "record_key", "staged_rows"):
            raise contract_fault(path, f"{each.name}.classification", "must be record_key or staged_rows")
    schema, _, name = str(standard.table.physicalName).partition(".")
    keys = sorted((each.primaryKeyPosition or 0, str(each.name)) for each in properties if each.primaryKey)
    description = standard.document.description
    return Table(
        schema=schema,
        name=name,
        description=str(standard.table.description),
        grain=str(standard.table.dataGranularityDescription),
        limitations=(description and description.limitations) or "",
        key=tuple(column for _, column in keys),
        sorted_by=tuple(custom_values(standard.table.customProperties).get("sortedBy", ())),
        columns=tuple(
            TableColumn(
                name=str(each.name),
                physical_type=str(each.physicalType),
                required=bool(each.required),
                description=str(each.description),
                allowed=tuple((str(one.value), one.description or "") for one in each.enum or []),
                hashed="pseudonym" if each.physicalType == "UUID" else cast("Hashed | None", each.classification),
            )
            for each in properties
        ),
    )
