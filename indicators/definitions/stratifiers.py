"""Stratifiers: groups of patients, declared by a country's pack, whose results are shown beside each other.

A pack names them in `stratifiers.yaml`, or a disease brings them for it; without a page there are none. A group is
known from columns of `patient_period`, so from facts of a patient on the reporting date. Results are given for the
groups of the whole area only: in a municipality so many would be small that hiding them, and what gives them away,
would cost more than they tell.
"""

import json
from collections.abc import Collection
from pathlib import Path
from typing import Self

import sqlglot
from pydantic import Field, ValidationError, model_validator
from sqlglot import exp

from indicators.definitions.definition import Indicator
from indicators.definitions.factors import Factor
from indicators.definitions.of_country import COUNTRIES
from indicators.definitions.parts import Part, Source, TranslatedText
from indicators.definitions.reading import describe_fault, disease_folder, read_yaml
from tvaers.errors import DefinitionError

PAGE = "stratifiers.yaml"
LEVEL_BEGINS_WITH = "by_"
TOLD_OTHERWISE = frozenset(
    {"age", "age_band", "born_on", "sex", "municipality_id", "practice_id", "cluster_id", "hospital_id"}
)
"""Columns by which results are published already: a group made of them would be a sum of other published groups, which
disclosure control does not know, so that it could be told from them."""

ATTRIBUTE_OF_A_UNIT = ("municipality_", "cluster_", "practice_", "hospital_")


class Stratifier(Factor):
    """A way to part patients into groups whose results are shown.

    Attributes:
        about: What the groups are, and what is to be kept in mind when they are compared.
    """

    about: TranslatedText
    source: Source

    @property
    def level(self) -> str:
        """The level of results whose units are the groups."""
        return LEVEL_BEGINS_WITH + self.id

    @model_validator(mode="after")
    def _is_told_by_nothing_else(self) -> Self:
        columns = {column.name for column in sqlglot.parse_one(self.sql, read="duckdb").find_all(exp.Column)}
        if known := sorted(columns & TOLD_OTHERWISE):
            raise ValueError(f"results by {', '.join(known)} are published already; a group must not be made of them")
        return self


class Stratifiers(Part):
    """The content of stratifiers.yaml.

    Attributes:
        disease: The disease whose columns they use; None where every disease has them.
        stratifiers: In the order in which they are shown.
    """

    disease: str | None = None
    stratifiers: tuple[Stratifier, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _names_are_used_once(self) -> Self:
        names = [each.id for each in self.stratifiers]
        if len(set(names)) < len(names):
            raise ValueError("two stratifiers have the same id")
        return self

    def splits(self, indicator: Indicator) -> bool:
        """Return whether an indicator is given by group: all but times, whose curves would be of groups too small.

        Disclosure control knows counts of two indicators for the same by their being equal everywhere. Were one of them
        given by group and the other not, it would protect each by itself, and one could be told from the other.
        """
        return indicator.kind != "time_to_event"


def load_stratifiers(pack_folder: Path, disease: str) -> Stratifiers | None:
    """Return the stratifiers of a pack, or those that a disease brings for it; None where none are declared for it.

    Raises:
        DefinitionError: The page is written wrongly.
    """
    brought = disease_folder(disease) / COUNTRIES / pack_folder.name / PAGE
    path = brought if brought.is_file() else pack_folder / PAGE
    if not path.is_file():
        return None
    try:
        found = Stratifiers.model_validate(read_yaml(path))
    except ValidationError as fault:
        raise describe_fault(path, fault, Stratifiers) from None
    return found if found.disease in (None, disease_folder(disease).name) else None


def refuse_attributes_of_units(columns: Collection[str], known: Collection[str]) -> None:
    """Refuse groups made of what a unit is, such as the kind of a municipality or the size of a practice.

    Such a group is a sum of units whose results are published, and disclosure control does not know which units make
    it: a hidden unit could be told by taking the others from the group.

    Raises:
        DefinitionError: A column that is no patient's is named after a unit.
    """
    for name in sorted(set(columns) - set(known)):
        if name.startswith(ATTRIBUTE_OF_A_UNIT):
            raise DefinitionError(
                f"A group cannot be made of '{name}': what a unit is cannot make groups of patients.",
                where=PAGE,
                how_much="Such a group is a sum of units that are published; hidden units could be told from it.",
                what_to_do="Use something that is known of each patient, or leave the group out.",
            )


def told_of(page: Stratifiers | None) -> str:
    """Return the stratifiers as JSON, as a release carries them: level, title, what they are, and their groups."""
    told = [
        {
            "level": each.level,
            "title": each.title.model_dump(),
            "about": each.about.model_dump(),
            "groups": [{"id": group.id, "title": group.title.model_dump()} for group in each.values],
        }
        for each in (page.stratifiers if page else ())
    ]
    return json.dumps(told, ensure_ascii=False)
