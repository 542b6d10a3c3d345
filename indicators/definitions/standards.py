"""Named standard populations by age: data of the country's pack, to which numbers can be standardised.

A pack without `standards.yaml` has none; the area's own people can always be taken as the standard.
"""

import json
from collections.abc import Collection
from pathlib import Path

from pydantic import Field, ValidationError

from indicators.definitions.definition import NAME, Part, Source, TranslatedText
from indicators.definitions.reading import describe_fault, read_yaml
from tvaers.errors import DefinitionError


class Standard(Part):
    """A standard population.

    Attributes:
        name: What it is called on the dashboard.
        weights: Its people in each age band of the breakdowns, or numbers in proportion to them.
    """

    id: str = Field(pattern=NAME)
    name: TranslatedText
    weights: dict[str, float] = Field(min_length=2)
    source: Source


class Standards(Part):
    """A pack's page of standard populations."""

    standards: tuple[Standard, ...]


def load_standards(pack_folder: Path, bands: Collection[str]) -> tuple[Standard, ...]:
    """Return the standard populations of a pack.

    Args:
        pack_folder: The pack.
        bands: Ids of the age bands that every standard must have weights for.

    Raises:
        DefinitionError: The page is written wrongly, or a standard has other age bands or an empty one.
    """
    path = pack_folder / "standards.yaml"
    if not path.is_file():
        return ()
    try:
        page = Standards.model_validate(read_yaml(path))
    except ValidationError as fault:
        raise describe_fault(path, fault, Standards) from None
    for each in page.standards:
        if set(each.weights) != set(bands) or min(each.weights.values()) <= 0:
            raise DefinitionError(
                f"The standard population {each.id} has other age bands than the indicators, or one without anybody.",
                where=path.name,
                how_much=f"The bands are: {', '.join(bands)}.",
                what_to_do="Give each of these bands a weight above 0.",
            )
    return page.standards


def as_text(standards: Collection[Standard]) -> str:
    """Return standard populations as JSON, as a release carries them."""
    return json.dumps([each.model_dump(mode="json", exclude_none=True) for each in standards], ensure_ascii=False)
