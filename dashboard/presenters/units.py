"""The units of a release: their names, how they belong together, and with whom each is fairly compared."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl

from dashboard.wording import Wording

LEVELS = ("all", "municipality", "cluster", "practice", "hospital")
EVERYBODY = "all"
NOBODY = "none"


@dataclass(frozen=True)
class Unit:
    """A practice, cluster, municipality or hospital, or everybody."""

    level: str
    unit_id: str
    name: str
    cluster_id: str | None = None
    municipality_id: str | None = None

    @property
    def key(self) -> str:
        """The unit's name in a link: level and id."""
        return f"{self.level}-{self.unit_id}"


class Directory:
    """All units of a release by key, sorted by level and then by name."""

    def __init__(self, units: Iterable[Unit]) -> None:
        known = [unit for unit in units if unit.level in LEVELS]
        if not any(unit.level == EVERYBODY for unit in known):
            known.append(Unit(EVERYBODY, EVERYBODY, ""))
        known.sort(
            key=lambda unit: (LEVELS.index(unit.level), unit.unit_id == NOBODY, natural(unit.name), unit.unit_id)
        )
        self.by_key = {unit.key: unit for unit in known}

    @property
    def everybody(self) -> Unit:
        """The unit that holds everybody."""
        return next(unit for unit in self.by_key.values() if unit.level == EVERYBODY)

    def of_level(self, level: str) -> list[Unit]:
        """Return the units of a level, sorted by name; those who belong to no unit come last."""
        return [unit for unit in self.by_key.values() if unit.level == level]

    def levels(self) -> list[str]:
        """Return the levels below everybody that have units."""
        return [level for level in LEVELS[1:] if self.of_level(level)]

    def find(self, level: str, unit_id: str | None) -> Unit | None:
        """Return a unit, or None when the release has no such unit."""
        return self.by_key.get(f"{level}-{unit_id}")

    def peers(self, unit: Unit) -> list[Unit]:
        """Return whom a unit is compared with, the smallest group first: its cluster, its municipality, everybody."""
        found = []
        if unit.level == "practice":
            found.append(self.find("cluster", unit.cluster_id))
        if unit.level in {"practice", "cluster"}:
            found.append(self.find("municipality", unit.municipality_id))
        if unit.level != EVERYBODY:
            found.append(self.everybody)
        return [peer for peer in found if peer is not None]

    def comparators(self, unit: Unit) -> list[Unit]:
        """Return whom a unit can be compared with: everybody first, then its own groups, then the municipalities."""
        own = list(reversed(self.peers(unit)))
        others = [other for other in self.of_level("municipality") if other not in own and other != unit]
        return own + (others if unit.level != EVERYBODY else [])


def directory(units: pl.DataFrame) -> Directory:
    """Return the directory of a release's unit table."""
    return Directory(Unit(**row) for row in units.iter_rows(named=True))


def spoken(unit: Unit, words: Wording) -> str:
    """Return a unit's name as it stands inside a sentence."""
    return words("unit.everybody_spoken") if unit.level == EVERYBODY else name(unit, words)


def name(unit: Unit, words: Wording) -> str:
    """Return a unit's name as it stands by itself."""
    if unit.level == EVERYBODY:
        return words("unit.everybody")
    return words(f"unit.without.{unit.level}") if unit.unit_id == NOBODY else unit.name or unit.unit_id


def natural(text: str) -> list[tuple[int, str]]:
    """Return a key that sorts names as people do: 2 before 10, and capital letters like small ones."""
    return [(int(part), "") if part.isdigit() else (0, part) for part in re.split(r"(\d+)", text.casefold())]


def label(unit: Unit, units: Directory, words: Wording) -> str:
    """Return a unit's name with its kind and place, so that a search finds it by either."""
    if unit.level == EVERYBODY:
        return words("unit.everybody")
    place = units.find("municipality", unit.municipality_id) if unit.level in {"practice", "cluster"} else None
    kind = words(f"level.{unit.level}.one")
    return f"{name(unit, words)} · {kind}" + (f" · {place.name}" if place else "")
