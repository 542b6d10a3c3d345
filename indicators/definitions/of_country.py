"""What a country says of a disease: the pages of its pack, and those that the disease brings for it.

Numbers, code lists and sets of a disease may lie in the pack, as all of them did, or in `countries/<pack>/` of the
disease's folder, laid out like the pack. So a disease can be added without touching the pack of a country.
"""

from pathlib import Path

from indicators.definitions.reading import disease_folder, disease_name
from tvaers.errors import DefinitionError

COUNTRIES = "countries"


def pages_of_country(pack_folder: Path, disease: str | None, room: str, ending: str = ".yaml") -> list[Path]:
    """Return the pages of one room of a pack and those that a disease brings for it, in order of their names.

    Args:
        pack_folder: The country pack.
        disease: The disease, by name or path; None for the pack's own pages alone.
        room: `parameters`, `codelists` or `sets`.
        ending: How the files end.

    Raises:
        DefinitionError: The pack and the disease have a page of one name: nobody could say which of them counts.
    """
    own = sorted((pack_folder / room).glob(f"*{ending}"))
    brought = brought_pages(pack_folder, disease, room, ending) if disease else []
    if twice := sorted({path.name for path in own} & {path.name for path in brought}):
        raise DefinitionError(
            f"The pack and the disease both have a page '{twice[0]}'.",
            where=f"{pack_folder.name}/{room} and {disease_name(disease or '')}/{COUNTRIES}/{pack_folder.name}/{room}",
            what_to_do="Remove one of them, or give the disease's another name.",
        )
    return sorted([*own, *brought], key=lambda path: path.name)


def brought_pages(pack_folder: Path, disease: str, room: str, ending: str = ".yaml") -> list[Path]:
    """Return the pages that a disease brings for one room of a pack."""
    return sorted((disease_folder(disease) / COUNTRIES / pack_folder.name / room).glob(f"*{ending}"))
