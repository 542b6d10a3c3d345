"""The groups in which the indicators of a disease are shown: content like the indicators, and so are their words.

`groups.yaml` of a disease names them in the order in which they are shown. Each is a folder of definitions, in the
disease's folder or in a country's own.
"""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from indicators.definitions.parts import Part, TranslatedText
from indicators.definitions.reading import NAME, describe_fault, disease_folder, disease_name, read_yaml
from tvaers.errors import DefinitionError

PAGE = "groups.yaml"
NO_GROUPS = ("variables", "classifier", "countries", "cases")
"""Folders of a disease that hold no definitions."""
TAKEN = (*NO_GROUPS, "all")


class IndicatorGroup(Part):
    """One group of indicators.

    Attributes:
        title: What the dashboard calls it.
        about: What its indicators ask, in a line.
    """

    title: TranslatedText
    about: TranslatedText


def load_groups(disease: str) -> Mapping[str, IndicatorGroup]:
    """Return the groups of a disease by name, in the order in which they are shown.

    Raises:
        DefinitionError: The page is missing or written wrongly, or names a group that no folder could have.
    """
    path = disease_folder(disease) / PAGE
    where = f"{disease_name(disease)}/{PAGE}"
    if not path.is_file():
        raise DefinitionError(
            "The groups of a disease's indicators are missing.",
            where=where,
            what_to_do="Name each group with its `title` and `about`, in the order in which they are shown.",
        )
    page: Any = read_yaml(path)
    if not isinstance(page, dict) or not page:
        raise DefinitionError("The page names no group.", where=where, what_to_do="Name at least one group.")
    if wrong := [str(name) for name in page if not NAME.fullmatch(str(name)) or name in TAKEN]:
        raise DefinitionError(
            f"'{wrong[0]}' cannot be the name of a group.",
            where=where,
            what_to_do=f"Use small letters, digits and _, as in the name of its folder, none of {', '.join(TAKEN)}.",
        )
    try:
        return {name: IndicatorGroup.model_validate(stated) for name, stated in page.items()}
    except ValidationError as fault:
        raise describe_fault(path, fault, IndicatorGroup) from None
