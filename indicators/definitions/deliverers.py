"""Who delivers what, and what silence means: one extract for the whole area, or each practice or municipality its own.

Laboratory results come in one extract, but each municipality reports its own courses and each practice its own record.
The country pack's `deliverers.yaml` says which file types are of which sort.
"""

from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError

from indicators.definitions.definition import Part
from indicators.definitions.reading import describe_fault, read_yaml

DelivererLevel = Literal["practice", "municipality"]


class Deliverers(Part):
    """The content of deliverers.yaml.

    Attributes:
        file_types: File types of which each unit of a level delivers its own; all others come for the whole area.
        leeway_days: A source covers so many days more than its rows reach: on some days nothing happens.
        least_share: What is less than this share of the usual rows counts for nothing: stray rows do not make a month
            covered, and a sector that brings no more may stop without a source being incomplete.
        longest_silence_months: A unit, or a sector as a whole, without a row in more months in a row than this has
            stopped delivering.
        people_missed: ... but only where of a unit of its size so many people would on average have been seen in that
            time, each of them once a month.
        rows_missed: A source as a whole is silent only where so many rows would on average have come in that time.
        history_months: The course of what was ever recorded is judged once the sources reach so far back. Until then a
            share rises because the history grows.
    """

    file_types: dict[DelivererLevel, tuple[str, ...]] = Field(default_factory=dict)
    leeway_days: int = Field(default=7, ge=0)
    least_share: float = Field(default=0.1, ge=0, lt=1)
    longest_silence_months: int = Field(default=6, ge=1)
    people_missed: float = Field(default=30, gt=0)
    rows_missed: float = Field(default=30, gt=0)
    history_months: int = Field(default=120, ge=1)

    def level_of(self, file_type: str | None) -> DelivererLevel | None:
        """Return whose extract a file type is, None for the whole area's and for rows of no known delivery."""
        return next((level for level, types in self.file_types.items() if file_type in types), None)


def load_deliverers(pack_folder: Path) -> Deliverers:
    """Return who delivers what in a country; a pack without the file gets everything for the whole area.

    Raises:
        DefinitionError: The file is written wrongly.
    """
    path = pack_folder / "deliverers.yaml"
    try:
        return Deliverers.model_validate(read_yaml(path) if path.is_file() else {})
    except ValidationError as fault:
        raise describe_fault(path, fault, Deliverers) from None
