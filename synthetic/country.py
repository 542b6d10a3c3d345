"""Country data of the invented region: which places exist and at which levels people live and fall ill there.

One folder below `synthetic/countries/` per country. It holds pages of data; a page that it lacks is that of the country
named by `otherwise` on its page `region`. Its module `shapes` writes the country's identifiers and files.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

import yaml

from tvaers.errors import DefinitionError

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
TOPICS = ("region", "population", "levels", "drugs", "complications", "laboratory", "initiatives")


@dataclass(frozen=True)
class Municipality:
    """One municipality and how care in it differs from the average.

    Attributes:
        code: Official code, four digits.
        name: Official or invented name.
        inhabitants: Relative size.
        diabetes_prevalence: Share of adults with type 2 diabetes on the last day.
        clusters: Number of clusters that its practices belong to.
        control: Shift of blood-sugar control in standard deviations between people; above 0 is worse.
        process: Shift of how often people are examined, in logits; above 0 is better.
        hospital: Code of the hospital that most inhabitants use.
    """

    code: str
    name: str
    inhabitants: int
    diabetes_prevalence: float
    clusters: int
    control: float
    process: float
    hospital: str


@dataclass(frozen=True)
class Country:
    """Everything that steers the invented region, as read from its folder.

    Attributes:
        name: Name of the folder.
        region: Places, hospitals, specialties.
        population: Age pyramid and yearly rates.
        levels: Course of the disease and how often it is examined.
        drugs: Products and who uses them.
        complications: Codes, shares and contact rates.
        laboratory: Codes and units results are delivered under.
        initiatives: What invented units have written down of what they do to become better.
    """

    name: str
    region: Mapping[str, Any]
    population: Mapping[str, Any]
    levels: Mapping[str, Any]
    drugs: Mapping[str, Any]
    complications: Mapping[str, Any]
    laboratory: Mapping[str, Any]
    initiatives: Sequence[Mapping[str, Any]]

    @property
    def municipalities(self) -> tuple[Municipality, ...]:
        """The region's own municipalities."""
        return tuple(Municipality(**row) for row in self.region["municipalities"])


def _folder() -> Traversable:
    return files("synthetic") / "countries"


def country_names() -> list[str]:
    """Return the countries that can be invented."""
    return sorted(entry.name for entry in _folder().iterdir() if entry.is_dir() and not entry.name.startswith("_"))


@lru_cache
def load_country(name: str | None = None) -> Country:
    """Return a country's data.

    Args:
        name: Folder name, or None for the one named in `default.yaml`.

    Raises:
        DefinitionError: No such country.
    """
    if name is None:
        name = str(yaml.safe_load((_folder() / "default.yaml").read_text(encoding="utf-8"))["country"])
    if name not in country_names():
        nearest = get_close_matches(name, country_names(), n=1) or country_names()
        raise DefinitionError(
            f"There is no invented country called '{name}'.",
            where="synthetic/countries/",
            what_to_do=f"Use one of: {', '.join(nearest)}",
        )
    region = _read(name, "region")
    folders = {page.name: name for page in (_folder() / name).iterdir()}
    other = region.get("otherwise", name)
    topics = {topic: _read(folders.get(f"{topic}.yaml", other), topic) for topic in TOPICS}
    return Country(name=name, **topics)


def _read(name: str, topic: str) -> Any:
    page = (_folder() / name / f"{topic}.yaml").read_text(encoding="utf-8")
    return yaml.load(page, Loader=_Loader)  # noqa: S506 - a safe loader
