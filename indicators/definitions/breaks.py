"""Breaks: days from which a source registers in another way, kept as data of the country's pack.

A pack without `breaks.yaml` knows of none.
"""

import re
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError

from indicators.catalogue import Catalogue
from indicators.definitions.definition import Indicator, Part, Source, TranslatedText
from indicators.definitions.reading import describe_fault, read_yaml, unknown
from indicators.definitions.variables import SOURCE_DAYS


class Break(Part):
    """A change of registration.

    Attributes:
        from_on: The first day of the new way.
        tables: The core tables whose rows it concerns.
        what: What changed, for a reader of the dashboard.
    """

    from_on: date
    tables: tuple[str, ...] = Field(min_length=1)
    what: TranslatedText
    source: Source


class Breaks(Part):
    """A pack's page of breaks."""

    breaks: tuple[Break, ...]


def load_breaks(pack_folder: Path) -> tuple[Break, ...]:
    """Return the breaks of a pack, oldest first.

    Raises:
        DefinitionError: The page is written wrongly, or names a table that does not exist.
    """
    path = pack_folder / "breaks.yaml"
    if not path.is_file():
        return ()
    try:
        page = Breaks.model_validate(read_yaml(path))
    except ValidationError as fault:
        raise describe_fault(path, fault, Breaks) from None
    for each in page.breaks:
        for table in each.tables:
            if table not in SOURCE_DAYS:
                raise unknown("table", table, SOURCE_DAYS, where=path.name)
    return tuple(sorted(page.breaks, key=lambda each: each.from_on))


def breaks_of(indicator: Indicator, catalogue: Catalogue, breaks: Iterable[Break]) -> list[dict[str, Any]]:
    """Return the breaks of the tables that an indicator's variables read, as plain data for its page."""
    read = " ".join(variable.sql for variable in catalogue.variables_of(indicator))
    return [
        {"from_on": str(each.from_on), "what": each.what.model_dump()}
        for each in breaks
        if any(re.search(rf"\b{table}\b", read) for table in each.tables)
    ]
