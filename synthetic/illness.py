"""Who gets which kind of diabetes, and when."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr, ndtri

from synthetic.chance import NEVER, YEAR, Chance, Days, Floats, Window
from synthetic.country import Municipality
from synthetic.population import Newcomers

NONE, TYPE_1, TYPE_2 = 0, 1, 2
YOUNGEST_TYPE_2 = 22.0


@dataclass(frozen=True)
class Illness:
    """Diabetes by person: kind (0 none, 1, 2) and day of onset (NEVER without diabetes; may lie before the window)."""

    kind: npt.NDArray[np.int8]
    onset: Days


def _survival(rates: Mapping[str, Any], people: Newcomers, window: Window, *, diabetes: bool) -> Floats:
    """Return each person's chance to be alive and resident on the last day."""
    mortality = rates["mortality"]
    start = np.maximum(people.entered, window.first)
    age = (start - people.born) / YEAR
    years = (window.last - start) / YEAR
    level = mortality["level"] * np.where(people.sex == 2, mortality["female"], 1.0)
    level = level * (mortality["diabetes"] if diabetes else 1.0)
    slope = mortality["slope"]
    hazard = level / slope * (np.exp(slope * (age + years)) - np.exp(slope * age))
    leaving = rates["leaving_rate"] * np.clip(2.2 - age / 35.0, 0.25, 2.0) * years
    return np.exp(-hazard - leaving)


def _lifetime_risk(target: float, had_by_now: Floats, with_diabetes: Floats, without: Floats, adult: Floats) -> float:
    """Find the lifetime risk that gives the target prevalence among adults on the last day (bisection)."""
    low, high = 0.0, 0.9
    for _ in range(40):
        risk = (low + high) / 2
        share = np.minimum(risk * had_by_now, 0.95)
        ill = (share * with_diabetes * adult).sum()
        well = ((1 - share) * without * adult).sum()
        low, high = (risk, high) if ill / (ill + well) < target else (low, risk)
    return risk


def make_illness(
    chance: Chance,
    levels: Mapping[str, Any],
    rates: Mapping[str, Any],
    people: Newcomers,
    municipalities: Sequence[Municipality],
    window: Window,
) -> Illness:
    """Draw type 1 and type 2 diabetes so that each municipality reaches its prevalence on the last day."""
    draw = chance.about("illness")
    count = len(people)
    two = levels["type_2"]
    mean, spread = two["onset_mean"], two["onset_sd"]
    lowest = ndtr((YOUNGEST_TYPE_2 - mean) / spread)
    age_at_end = (window.last - people.born) / YEAR
    had = np.clip((ndtr((age_at_end - mean) / spread) - lowest) / (1 - lowest), 0.0, 1.0)
    factor = np.where(people.sex == 1, two["male_factor"], two["female_factor"])
    with_diabetes = _survival(rates, people, window, diabetes=True)
    without = _survival(rates, people, window, diabetes=False)
    risk = np.zeros(count)
    for index, place in enumerate(municipalities):
        here = people.municipality == index
        adult = (age_at_end[here] >= 18).astype(np.float64)
        target = place.diabetes_prevalence / (two["found"] * two["traced"])
        risk[here] = factor[here] * _lifetime_risk(
            target, factor[here] * had[here], with_diabetes[here], without[here], adult
        )
    gets_two = draw.random(count) < np.minimum(risk, 0.95)
    onset_age = mean + spread * ndtri(lowest + (1 - lowest) * np.clip(draw.random(count), 1e-9, 1 - 1e-9))
    one = levels["type_1"]
    gets_one = draw.random(count) < one["lifetime"]
    early_age = np.clip(
        draw.gamma((one["onset_mean"] / one["onset_sd"]) ** 2, one["onset_sd"] ** 2 / one["onset_mean"], count), 1, 70
    )
    onset = people.born + np.floor(np.where(gets_one, early_age, onset_age) * YEAR)
    kind = np.where(gets_one, TYPE_1, np.where(gets_two, TYPE_2, NONE))
    kind = np.where(onset > window.last, NONE, kind).astype(np.int8)
    return Illness(kind=kind, onset=np.where(kind == NONE, NEVER, onset).astype(np.int32))
