"""The municipalities on a map: each a tile with its value, in the colour of the band that its value lies in."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import polars as pl

from dashboard.catalogue import Definition
from dashboard.comparison import Measure
from dashboard.presenters import measures
from dashboard.presenters.drawn import absence, absence_in_words, factor, scale
from dashboard.presenters.units import Unit, name
from dashboard.presenters.verdicts import Verdict, compared
from dashboard.wording import Wording

LEVEL = "municipality"
BANDS_OF_A_RAMP, BANDS_OF_A_SIDE = 5, 3
_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
Hue = Literal["ramp", "better", "worse", "hidden", "left_out", "no_data", "elsewhere"]
Ring = tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Place:
    """Where a municipality stands.

    Attributes:
        across: Column from the west; of an outline, the place of its name.
        down: Row from the north; of an outline, the place of its name.
        outline: The rings of its own outline, on the same grid; empty for a hexagon.
    """

    unit_id: str
    name: str
    short_name: str
    across: float
    down: float
    outline: tuple[Ring, ...]


@dataclass(frozen=True)
class Shade:
    """One entry of the key: what a colour or pattern stands for.

    Attributes:
        depth: Which of the colours of a hue, 0 the lightest and 1 the darkest.
    """

    hue: Hue
    depth: float
    name: str


@dataclass(frozen=True)
class Tile:
    """One municipality as it is drawn.

    Attributes:
        number: The value as it stands in the tile, empty where there is none.
        text: Everything about it in one line.
    """

    place: Place
    shade: Shade
    number: str
    text: str
    is_own: bool


@dataclass(frozen=True)
class Row:
    """One municipality in the table."""

    unit: Unit
    name: str
    value: str
    interval: str
    basis: str
    completeness: str
    verdict: Verdict
    reason: str


def places(frame: pl.DataFrame) -> tuple[Place, ...]:
    """Return the places of a release's map."""
    return tuple(
        Place(row["unit_id"], row["name"], row["short_name"], row["across"], row["down"], _rings(row["outline"]))
        for row in frame.iter_rows(named=True)
    )


def tiles(
    found: Sequence[Place],
    units: Sequence[Unit],
    cells: Mapping[str, Measure],
    definition: Definition,
    words: Wording,
    *,
    own_key: str,
) -> list[Tile]:
    """Return every tile of the map.

    Args:
        found: The places.
        units: The municipalities of the release; the others are drawn as being elsewhere.
        cells: By municipality, on one reporting date.
        definition: The indicator drawn.
        words: The reader's language.
        own_key: The chosen municipality.
    """
    held = {unit.unit_id: unit for unit in units}
    on_map = [cells.get(place.unit_id, measures.ABSENT) for place in found if place.unit_id in held]
    bands = _Bands([each.value for each in on_map if each.is_shown and each.value is not None], definition, words)
    drawn = []
    for place in found:
        cell = cells.get(place.unit_id, measures.ABSENT)
        if place.unit_id not in held:
            shade, said = Shade("elsewhere", 0, words("map.elsewhere")), words("map.elsewhere")
        else:
            said = measures.in_one_line(cell, definition, words)
            shade = bands.shade(cell)
        number = measures.value(cell, definition, words) if cell.is_shown and place.unit_id in held else ""
        is_own = place.unit_id in held and held[place.unit_id].key == own_key
        drawn.append(Tile(place, shade, number, f"{place.name}: {said}", is_own))
    return drawn


def drawn_as(found: Sequence[Place]) -> str:
    """Return whether the map is of `hexagons` or of `outlines` that its owner gave."""
    return "outlines" if any(place.outline for place in found) else "hexagons"


def key(drawn: Sequence[Tile]) -> list[Shade]:
    """Return what the colours and patterns of the drawn tiles stand for, in the order of the values."""
    order = ("worse", "ramp", "better", "hidden", "left_out", "no_data", "elsewhere")
    return sorted(
        {tile.shade for tile in drawn},
        key=lambda shade: (order.index(shade.hue), -shade.depth if shade.hue == "worse" else shade.depth),
    )


def told(definition: Definition, drawn: Sequence[Tile], words: Wording) -> list[str]:
    """Return in sentences how the colours are read, and whether high is good."""
    hues = {tile.shade.hue for tile in drawn}
    if hues & {"better", "worse"}:
        how = [words("map.around_target", target=scale(definition, words).target_text)]
    else:
        how = [words("map.stronger_is_higher")] if "ramp" in hues else [words("map.nothing")]
    return [*how, f"{words(f'definition.directions.{definition.direction}')}."]


def rows(
    units: Sequence[Unit],
    cells: Mapping[str, Measure],
    everybody: Unit,
    reference: Measure,
    definition: Definition,
    words: Wording,
) -> list[Row]:
    """Return the whole area, then each municipality of the release by name, with the numbers of the map."""
    found = []
    for unit, cell in [(everybody, reference), *((unit, cells.get(unit.unit_id, measures.ABSENT)) for unit in units)]:
        verdict = Verdict("unknown", "")
        if unit != everybody:
            verdict = compared(cell, reference, words("unit.everybody_spoken"), definition, words)
        found.append(
            Row(
                unit,
                name(unit, words),
                measures.value(cell, definition, words),
                measures.interval(cell, definition, words),
                measures.basis(cell, definition, words),
                measures.completeness(cell, definition, words),
                verdict,
                measures.reason(cell, words),
            )
        )
    return found


def columns(found: Sequence[Row]) -> list[str]:
    """Return the columns of the table; where nobody is left out for lack of a value, nothing stands of completeness."""
    stated = ["unit", "value", "interval", "basis", "completeness", "verdict"]
    return [each for each in stated if each != "completeness" or any(row.completeness for row in found)]


class _Bands:
    """The bands of a map's values: around the target where there is one, else from the lowest to the highest."""

    def __init__(self, values: Sequence[float], definition: Definition, words: Wording) -> None:
        self._times, self._words = factor(definition), words
        self._suffix = words.percent_suffix() if definition.kind == "proportion" else ""
        self._is_higher_better = definition.direction != "lower_is_better"
        self._is_strict = definition.target is not None and definition.target.is_strict
        self._top = 100.0 if definition.kind == "proportion" else math.inf
        numbers = [value * self._times for value in values]
        target = None if definition.direction == "neither" else definition.target_value
        self._target = None if target is None else target * self._times
        least = 1.0 if definition.kind == "proportion" else 0.1
        if self._target is not None:
            reach = max((abs(number - self._target) for number in numbers), default=0.0)
            self._step = _nice(max(reach / BANDS_OF_A_SIDE, least))
            return
        low, high = min(numbers, default=0.0), max(numbers, default=0.0)
        self._step = _nice(max((high - low) / BANDS_OF_A_RAMP, least))
        self._first = math.floor(low / self._step)
        self._bands = max(math.floor(high / self._step) - self._first, 1)

    def shade(self, cell: Measure) -> Shade:
        """Return the shade of a municipality of the release."""
        if not cell.is_shown or cell.value is None:
            hue = absence(cell.state)
            return Shade(hue, 0, absence_in_words(hue, self._words))
        number = round(cell.value * self._times, 9)
        if self._target is None:
            place = math.floor(number / self._step)
            return Shade("ramp", (place - self._first) / self._bands, self._name(place * self._step))
        gap = (number - self._target) * (1 if self._is_higher_better else -1)
        place = math.ceil(gap / self._step) - 1 if self._is_strict else math.floor(gap / self._step)
        place = min(max(place, -BANDS_OF_A_SIDE), BANDS_OF_A_SIDE - 1)
        steps = place if self._is_higher_better else -place - 1
        depth = (place if place >= 0 else -place - 1) / (BANDS_OF_A_SIDE - 1)
        return Shade("better" if place >= 0 else "worse", depth, self._name(self._target + steps * self._step))

    def _name(self, low: float) -> str:
        ends = max(low, 0.0), min(low + self._step, self._top)
        return (
            self._words("map.band", low=self._words.trimmed(ends[0]), high=self._words.trimmed(ends[1])) + self._suffix
        )


def _nice(least: float) -> float:
    power = 10.0 ** math.floor(math.log10(least))
    return next(step * power for step in _STEPS if step * power >= least * (1 - 1e-9))


def _rings(stated: str | None) -> tuple[Ring, ...]:
    if not stated:
        return ()
    return tuple(tuple((float(x), float(y)) for x, y in ring) for ring in json.loads(stated))
