"""The practices in a funnel: who lies further from the level than chance, and the ways of practices, make likely."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from dashboard.catalogue import Definition
from dashboard.chance.funnel import (
    INNER_TAIL,
    OUTER_TAIL,
    Funnel,
    Kind,
    Numbers,
    Place,
    around_a_target,
    around_everybody,
    expected_outside,
)
from dashboard.comparison import Difference, Judgement, Measure, judge
from dashboard.presenters import measures
from dashboard.presenters.drawn import factor
from dashboard.presenters.units import NOBODY, Unit, name
from dashboard.presenters.verdicts import target_amount
from dashboard.wording import Wording

AROUND_EVERYBODY, AROUND_TARGET = "everybody", "target"
LEVEL = "practice"
POINTS_ON_A_LINE = 80
SIDES: Mapping[Place, Difference] = {
    "far_below": "lower",
    "below": "lower",
    "inside": "similar",
    "above": "higher",
    "far_above": "higher",
}


@dataclass(frozen=True)
class Spot:
    """One practice in the funnel.

    Attributes:
        size: Cases counted, or patient-years.
        value: On the scale that is printed (shares as 0–100).
        text: Everything about it in one line.
        verdict: Where it lies, in words.
        is_far: Whether it lies outside the outer limits.
    """

    label: str
    size: float
    value: float
    text: str
    verdict: str
    judgement: Judgement
    is_far: bool
    is_own: bool


@dataclass(frozen=True)
class Lines:
    """The limits over the sizes of the practices, on the scale that is printed."""

    sizes: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    far_low: tuple[float, ...]
    far_high: tuple[float, ...]


@dataclass(frozen=True)
class Drawing:
    """A funnel with its practices.

    Attributes:
        level: The centre on the scale that is printed.
        level_text: What the centre is, with its number.
        size_title: What the size of a practice counts.
        is_around_target: Whether the centre is the target.
        told: What the funnel shows, sentence by sentence.
    """

    spots: tuple[Spot, ...]
    lines: Lines
    level: float
    level_text: str
    size_title: str
    is_around_target: bool
    told: tuple[str, ...]

    @property
    def spoken(self) -> str:
        """Everything it tells, for those who do not see the chart."""
        return " ".join(self.told)


def present(
    practices: Sequence[Unit],
    found: Mapping[str, Measure],
    everybody: Measure,
    definition: Definition,
    words: Wording,
    *,
    own_key: str,
    around: str = AROUND_EVERYBODY,
) -> Drawing | None:
    """Return the funnel of an indicator, made from the practices that are shown and nothing else.

    Args:
        practices: In the order of display.
        found: The practices' measures by unit id.
        everybody: The whole area's measure, the centre.
        definition: The indicator; one that is a median has no funnel.
        words: The reader's language.
        own_key: The chosen unit.
        around: The centre.

    Returns:
        None when too few practices are shown, or the centre is not shown.
    """
    if definition.kind == "median" or not everybody.is_shown or everybody.value is None:
        return None
    kept = [
        (unit, found[unit.unit_id])
        for unit in practices
        if unit.unit_id != NOBODY and unit.unit_id in found and _size(found[unit.unit_id], definition) > 0
    ]
    kind: Kind = "share" if definition.kind == "proportion" else "rate"
    per = 1.0 if kind == "share" else measures.PATIENT_YEARS
    values = np.array([measure.value for _, measure in kept], dtype=np.float64) / per
    sizes = np.array([_size(measure, definition) for _, measure in kept], dtype=np.float64)
    counts = np.array([measure.numerator for _, measure in kept], dtype=np.float64)
    funnel = around_everybody(kind, everybody.value / per, counts, sizes, words.smallest_group)
    centre = measures.amount(everybody.value, definition, words)
    target = definition.target_value if around == AROUND_TARGET else None
    if funnel is not None and target is not None:
        funnel, centre = around_a_target(kind, target / per), target_amount(target, definition, words)
    if funnel is None:
        return None
    places = funnel.places(values, sizes)
    spots = tuple(
        _spot(unit, measure, place, definition, words, own_key=own_key, around=around)
        for (unit, measure), place in zip(kept, places, strict=True)
    )
    hidden = sum(unit.unit_id in found and found[unit.unit_id].is_hidden for unit in practices)
    told = [_spread(funnel, values, sizes, words) if target is None else words("funnel.only_chance")]
    told += [words("funnel.own", unit=spot.label, verdict=spot.verdict) for spot in spots if spot.is_own]
    told += [words.count("funnel.hidden", hidden)] if hidden else []
    return Drawing(
        spots=spots,
        lines=_lines(funnel, sizes, per * factor(definition)),
        level=funnel.level * per * factor(definition),
        level_text=words(f"funnel.centre.{around}", value=centre),
        size_title=words(f"funnel.size.{definition.counts if kind == 'share' else 'patient_years'}"),
        is_around_target=target is not None,
        told=tuple(told),
    )


def centres(definition: Definition) -> list[str]:
    """Return around what a funnel of an indicator can be drawn."""
    target = definition.target_value
    ceiling = 1.0 if definition.kind == "proportion" else math.inf
    has_target = target is not None and definition.direction != "neither" and 0 < target < ceiling
    return [AROUND_EVERYBODY, AROUND_TARGET] if has_target else [AROUND_EVERYBODY]


def _size(measure: Measure, definition: Definition) -> float:
    if not measure.is_shown or measure.numerator is None:
        return 0.0
    return float((measure.denominator if definition.kind == "proportion" else measure.patient_years) or 0)


def _spot(
    unit: Unit, measure: Measure, place: Place, definition: Definition, words: Wording, *, own_key: str, around: str
) -> Spot:
    judgement = judge(SIDES[place], definition.direction)
    sentence = words(f"funnel.place.{place}", other=words(f"funnel.other.{around}"))
    is_far = place in {"far_below", "far_above"}
    is_judged = is_far and judgement in {"better", "worse"}
    return Spot(
        label=name(unit, words),
        size=_size(measure, definition),
        value=(measure.value or 0.0) * factor(definition),
        text=measures.in_one_line(measure, definition, words),
        verdict=words(f"judgement.{judgement}", sentence=sentence) if is_judged else sentence,
        judgement=judgement,
        is_far=is_far,
        is_own=unit.key == own_key,
    )


def _spread(funnel: Funnel, values: Numbers, sizes: Numbers, words: Wording) -> str:
    """Return whether practices differ by more than chance, and by what factor."""
    if funnel.dispersion is None:
        return words("funnel.not_judged")
    if not funnel.dispersion.is_present:
        return words("funnel.chance_explains")
    by_chance = Funnel(funnel.kind, funnel.level).places(values, sizes)
    return words(
        "funnel.widened",
        outside=words.whole(sum(place != "inside" for place in by_chance)),
        number=words.whole(len(by_chance)),
        expected=words.whole(round(expected_outside(len(by_chance)))),
        times=words.number(math.sqrt(funnel.dispersion.factor)),
        factor=words.number(funnel.dispersion.factor),
    )


def _lines(funnel: Funnel, sizes: Numbers, times: float) -> Lines:
    along = np.geomspace(sizes.min() * 0.9, sizes.max() * 1.05, POINTS_ON_A_LINE)
    ends = (*funnel.limits(along, INNER_TAIL), *funnel.limits(along, OUTER_TAIL))
    return Lines(tuple(along.tolist()), *(tuple((line * times).tolist()) for line in ends))
