"""What a country's folder gives beside its data: how its identifiers are made and its extracts are written."""

from collections.abc import Iterator
from importlib import import_module
from typing import TYPE_CHECKING, Protocol, cast

import numpy as np
import numpy.typing as npt

from synthetic.chance import Chance, Days
from synthetic.country import Country

if TYPE_CHECKING:
    from synthetic.extracts.delivery import Delivery
    from synthetic.histories import Told
    from synthetic.truth import Region

Text = npt.NDArray[np.str_]


class Shapes(Protocol):
    """The module `synthetic/countries/<country>/shapes.py`."""

    def make_identifiers(self, chance: Chance, born: Days, sex: npt.NDArray[np.int8], *, parts: int = 1) -> Text:
        """Return one distinct identifier per person; `sex` is 1 for a man, 2 for a woman."""

    def changed_identifiers(self, chance: Chance, born: Days, sex: npt.NDArray[np.int8], now: Text) -> Text:
        """Return an earlier identifier, other than the present one, of people whose identifier was changed."""

    def sector_files(
        self, region: "Region", chance: Chance, told: "Told", *, only_views: bool = False
    ) -> dict[str, "Iterator[Delivery]"]:
        """Return what yields each sector's files, by sector."""


def shapes_of(country: Country) -> Shapes:
    """Return how a country's identifiers and files are written."""
    return cast("Shapes", import_module(f"synthetic.countries.{country.name}.shapes"))
