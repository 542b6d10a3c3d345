"""The area whose inhabitants are counted: a setting, because an address register also delivers where people move to."""

import polars as pl

from packs.pack import Pack
from tvaers.errors import SettingsError
from tvaers.settings import Settings

BY_PACK, EVERYWHERE = "pack", "everywhere"


def area_of(settings: Settings, pack: Pack) -> frozenset[str] | None:
    """Return the codes of the area's municipalities; None when everybody with a delivered address is counted.

    The setting is a list of codes, `pack` for those that the pack marks `is_in_area`, or `everywhere`.

    Raises:
        SettingsError: A code is unknown to the pack, or the pack marks none.
    """
    if settings.area == EVERYWHERE:
        return None
    listed = pack.municipalities
    if settings.area == BY_PACK:
        found = frozenset(listed.filter(pl.col("is_in_area") == "yes")["municipality_code"])
        if found:
            return found
        raise SettingsError(
            "The pack marks no municipality as part of the area.",
            where=str(pack.folder / "geography" / "municipalities.csv"),
            what_to_do='Mark some with is_in_area yes, or name them in settings.toml: area = ["0791", ...].',
        )
    chosen = frozenset(settings.area)
    if strangers := sorted(chosen - set(listed["municipality_code"])):
        raise SettingsError(
            f"The area has a municipality that the pack does not know: {', '.join(strangers)}.",
            where=str(settings.home / "settings.toml"),
            what_to_do=f"Correct the code, or add it to the pack {pack.name}: geography/municipalities.csv.",
        )
    return chosen


def area_as_text(area: frozenset[str] | None) -> str:
    """Return the codes of an area in their order, or `everywhere`: two texts are equal where the areas are."""
    return EVERYWHERE if area is None else " ".join(sorted(area))
