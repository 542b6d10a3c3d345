"""Invent a whole region in memory: the truth from which every sector's extracts are written."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from synthetic.care import Care, Scene, invent_care
from synthetic.chance import NEVER, Chance, Days, Window
from synthetic.country import Country, Municipality
from synthetic.illness import Illness, make_illness
from synthetic.moves import make_registrations, make_residences
from synthetic.names import name_pools
from synthetic.patients import Patients, make_patients
from synthetic.population import Departures, Newcomers, make_departures, make_newcomers
from synthetic.practices import Practices, make_practices
from synthetic.shapes import Shapes, Text, shapes_of


@dataclass(frozen=True)
class Region:
    """The invented truth. Frames refer to people by index (`person`) and hold days since 1970-01-01.

    Attributes:
        country: The country data it was made from.
        window: Days covered.
        municipalities: Municipalities, by index.
        practices: Practices, by index.
        people: Everybody who ever lived in the region in the window.
        departures: Deaths and departures.
        illness: Who has diabetes.
        patients: People with diabetes and their traits.
        identifier: National identifier by person.
        earlier_identifier: Identifier before a change; empty for nearly all.
        changed_on: Day of the change (NEVER for nearly all).
        residences: person, municipality, starts_on, ends_on.
        registrations: person, practice, starts_on, ends_on.
        care: Everything that is recorded about people's health.
    """

    country: Country
    window: Window
    municipalities: Sequence[Municipality]
    practices: Practices
    people: Newcomers
    departures: Departures
    illness: Illness
    patients: Patients
    identifier: Text
    earlier_identifier: Text
    changed_on: Days
    residences: pl.DataFrame
    registrations: pl.DataFrame
    care: Care


def make_region(
    chance: Chance,
    country: Country,
    municipalities: Sequence[Municipality],
    window: Window,
    *,
    inhabitants: int,
    practices: int,
    parts: int = 1,
) -> Region:
    """Invent people, illness, care and contacts; the same arguments always give the same region."""
    rates, levels = country.population, country.levels
    people = make_newcomers(chance, rates, municipalities, window, inhabitants)
    illness = make_illness(chance, levels, rates, people, municipalities, window)
    departures = make_departures(chance, rates, people, illness.kind > 0, window)
    last_day = departures.last_day(window)
    surgeries = make_practices(
        chance, municipalities, name_pools(country.region["locale"]), window,
        count=practices, closures=rates["practice_closures"],
        fewest=country.region["fewest_practices"], patterns=country.region["names"],
    )  # fmt: skip
    sizes = np.array([place.inhabitants for place in municipalities], dtype=np.float64)
    leaves_on = np.minimum(departures.died, departures.left)
    residences = make_residences(chance, rates, people, leaves_on, sizes, window)
    registrations = make_registrations(chance, rates, residences, people, surgeries, window)
    shapes = shapes_of(country)
    identifier = shapes.make_identifiers(chance, people.born, people.sex, parts=parts)
    earlier, changed_on = _changes(shapes, chance, rates["changed_identifier"], people, last_day, identifier, window)
    latest = registrations.group_by("person", maintain_order=True).agg(pl.col("practice").last())
    practice_of = np.full(len(people), -1, dtype=np.int64)
    practice_of[latest["person"].to_numpy()] = latest["practice"].to_numpy()
    place_control = np.array([place.control for place in municipalities])
    patients = make_patients(chance, levels, people, illness, last_day, practice_of, surgeries, place_control, window)
    first_day = np.maximum(people.entered, window.first).astype(np.int32)
    scene = Scene(chance, country, municipalities, window, people, illness, patients, first_day, last_day)
    return Region(
        country=country,
        window=window,
        municipalities=municipalities,
        practices=surgeries,
        people=people,
        departures=departures,
        illness=illness,
        patients=patients,
        identifier=identifier,
        earlier_identifier=earlier,
        changed_on=changed_on,
        residences=residences,
        registrations=registrations,
        care=invent_care(scene),
    )


def _changes(
    shapes: Shapes, chance: Chance, share: float, people: Newcomers, last_day: Days, identifier: Text, window: Window
) -> tuple[Text, Days]:
    """Let a few people change their identifier on a day in the window."""
    draw = chance.about("changed identifiers")
    rows = np.flatnonzero(
        (draw.random(len(people)) < share) & (people.entered < window.last - 800) & (last_day > window.first + 700)
    )
    earlier = np.full(len(people), "", dtype=identifier.dtype)
    proposed = shapes.changed_identifiers(chance, people.born[rows], people.sex[rows], identifier[rows])
    taken = np.isin(proposed, identifier)
    _, first = np.unique(proposed, return_index=True)
    is_first = np.zeros(len(rows), dtype=bool)
    is_first[first] = True
    earlier[rows] = np.where(taken | ~is_first, "", proposed)
    changed_on = np.full(len(people), NEVER, dtype=np.int32)
    begin = np.maximum(people.entered[rows], window.first) + 60
    span = np.maximum(last_day[rows] - begin, 1)
    day = begin + np.floor(draw.random(len(rows)) * span).astype(np.int64)
    changed_on[rows] = np.where(earlier[rows] == "", NEVER, np.minimum(day, last_day[rows]))
    return earlier, changed_on
