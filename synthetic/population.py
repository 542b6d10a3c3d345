"""People of the invented region: birth, sex, arrival, and, given who falls ill, death and departure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from synthetic.chance import NEVER, YEAR, Chance, Days, Flags, Floats, Ints, Window, choose
from synthetic.country import Municipality

Sexes = npt.NDArray[np.int8]


@dataclass(frozen=True)
class Newcomers:
    """Everybody who ever lives in the region, before illness and death are known.

    Attributes:
        sex: 1 man, 2 woman.
        born: Day of birth.
        entered: First day of residence; long before the window for most of the people present at its start.
        municipality: Index of the first municipality.
        is_newborn: Born in the region during the window.
    """

    sex: Sexes
    born: Days
    entered: Days
    municipality: Ints
    is_newborn: Flags

    def __len__(self) -> int:
        return len(self.born)


@dataclass(frozen=True)
class Departures:
    """The last day of every person.

    Attributes:
        died: Day of death, or NEVER (also when after the window).
        left: Last day of residence of those who move out of the region, or NEVER.
    """

    died: Days
    left: Days

    def last_day(self, window: Window) -> Days:
        """Return the last day on which anything can be recorded about the person, inclusive."""
        return np.minimum(np.minimum(self.died, self.left), window.last).astype(np.int32)


def make_newcomers(
    chance: Chance,
    rates: Mapping[str, Any],
    municipalities: Sequence[Municipality],
    window: Window,
    inhabitants: int,
) -> Newcomers:
    """Invent the people present at the start, those born, and those who move in."""
    draw = chance.about("population")
    years = window.length / YEAR
    growth = rates["birth_rate"] + rates["arrival_rate"] - rates["leaving_rate"] - 0.0106
    at_start = round(inhabitants / (1.0 + growth * years))
    births, arrivals = (
        round(inhabitants * rates["birth_rate"] * years),
        round(inhabitants * rates["arrival_rate"] * years),
    )
    bands = np.array(list(rates["age_bands"]), dtype=np.float64)
    ages = bands[choose(draw, list(rates["age_bands"].values()), at_start)] + draw.random(at_start) * 5.0
    arrived = draw.integers(window.first, window.last + 1, arrivals)
    arrival_ages = np.clip(18.0 + draw.gamma(1.7, 9.0, arrivals), 0.0, 92.0)
    born_here = draw.integers(window.first, window.last + 1, births)
    born = np.concatenate(
        [window.first - 1 - np.floor(ages * YEAR), arrived - np.floor(arrival_ages * YEAR), born_here]
    )
    settled = window.first - 1 - np.floor(draw.exponential(9.0, at_start) * YEAR)
    entered = np.concatenate([np.maximum(settled, born[:at_start]), arrived, born_here])
    age_at_start = (window.first - born) / YEAR
    women = np.where(age_at_start > 80, 0.62, 0.5)
    count = at_start + births + arrivals
    return Newcomers(
        sex=np.where(draw.random(count) < women, 2, 1).astype(np.int8),
        born=born.astype(np.int32),
        entered=entered.astype(np.int32),
        municipality=choose(draw, [place.inhabitants for place in municipalities], count),
        is_newborn=np.r_[np.zeros(at_start + arrivals, bool), np.ones(births, bool)],
    )


def make_departures(
    chance: Chance, rates: Mapping[str, Any], people: Newcomers, has_diabetes: Flags, window: Window
) -> Departures:
    """Draw deaths (Gompertz hazard, higher with diabetes) and departures among those alive at the start."""
    draw = chance.about("departures")
    mortality = rates["mortality"]
    count = len(people)
    start = np.maximum(people.entered, window.first)
    age = (start - people.born) / YEAR
    level = mortality["level"] * np.where(people.sex == 2, mortality["female"], 1.0)
    level = level * np.where(has_diabetes, mortality["diabetes"], 1.0)
    hazard_now = level * np.exp(mortality["slope"] * age)
    wait: Floats = np.log1p(draw.exponential(1.0, count) * mortality["slope"] / hazard_now) / mortality["slope"]
    died = start + np.floor(wait * YEAR).astype(np.int64) + 1
    young = np.clip(2.2 - age / 35.0, 0.25, 2.0)
    leaving = (
        start + np.floor(draw.exponential(1.0, count) / (rates["leaving_rate"] * young) * YEAR).astype(np.int64) + 30
    )
    left = np.where(leaving < died, leaving, NEVER)
    return Departures(
        died=np.where((died <= window.last) & (left > window.last), died, NEVER).astype(np.int32),
        left=np.where(left <= window.last, left, NEVER).astype(np.int32),
    )
