"""Health-insurance services: contacts with the practice, follow-up of discharges, foot therapy."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl

from synthetic.chance import (
    YEAR,
    Chance,
    Days,
    Flags,
    Ints,
    choose,
    cutoff,
    logistic,
    repeated_days,
    to_weekday,
)
from synthetic.patients import Patients
from synthetic.visits import Visits

GENERAL_PRACTICE, PODIATRY, EYE_SPECIALIST = "80", "54", "19"
CONSULTATION, ANNUAL_REVIEW, PHONE, E_CONSULTATION = "0101", "0120", "0201", "0105"


def services_frame(
    person: Ints, day: Days | Ints, specialty: str, service: np.ndarray | str, quantity: Ints | int = 1
) -> pl.DataFrame:
    """Return services as rows: person, day, specialty, service, quantity."""
    count = len(person)
    return pl.DataFrame(
        {
            "person": person.astype(np.int32),
            "day": np.asarray(day).astype(np.int32),
            "specialty": pl.repeat(specialty, count, eager=True),
            "service": np.broadcast_to(np.asarray(service), count),
            "quantity": np.broadcast_to(np.asarray(quantity), count).astype(np.int8),
        },
        schema_overrides={"service": pl.String},
    )


def annual(visits: Visits, chosen: Flags) -> Flags:
    """Return which of the chosen visits are the first chosen one of the patient's own year (see `Visits`)."""
    year = np.floor((visits.day - visits.year_begins[visits.patient]) / YEAR).astype(np.int64)
    key = visits.patient.astype(np.int64) * 100 + (year - year.min(initial=0))
    first = np.zeros(len(visits), dtype=bool)
    rows = np.flatnonzero(chosen)
    _, opening = np.unique(key[rows], return_index=True)
    first[rows[opening]] = True
    return first


def make_services(
    chance: Chance,
    levels: Mapping[str, Any],
    patients: Patients,
    visits: Visits,
    discharges: tuple[Ints, Ints],
) -> pl.DataFrame:
    """Return services of people with diabetes: practice contacts, follow-up of discharges, podiatrist."""
    draw = chance.about("services")
    at_practice = ~visits.at_hospital
    review = annual(visits, at_practice) & (
        draw.random(len(visits)) < logistic(1.1 + 0.4 * patients.quality["process"][visits.patient])
    )
    who = visits.patient[at_practice]
    parts = [
        services_frame(
            patients.person[who],
            visits.day[at_practice],
            GENERAL_PRACTICE,
            np.where(review[at_practice], ANNUAL_REVIEW, CONSULTATION),
        )
    ]
    between, day = repeated_days(
        draw,
        np.minimum(patients.first, patients.last),
        patients.last,
        np.full(len(patients), 650.0),
        shape=1.0,
        at_least=7,
    )
    kind = np.array([PHONE, E_CONSULTATION])[draw.integers(0, 2, len(between))]
    parts.append(
        services_frame(patients.person[between], to_weekday(day, patients.last[between]), GENERAL_PRACTICE, kind)
    )
    parts.append(_after_discharge(draw, patients, discharges))
    parts.append(_podiatrist(draw, levels["podiatrist"], patients))
    return pl.concat(parts)


def _after_discharge(draw: np.random.Generator, patients: Patients, discharges: tuple[Ints, Ints]) -> pl.DataFrame:
    """Draw the practice's first contact after a discharge: quick in some practices, slow or missing in others."""
    who, day = discharges
    pace = np.where(draw.random(len(who)) < 0.45, 4.0, 16.0) * np.exp(-0.25 * patients.quality["process"][who])
    seen = day + 1 + np.floor(draw.exponential(1.0, len(who)) * pace).astype(np.int64)
    kept = (seen <= np.minimum(patients.last[who], day + 40)) & (draw.random(len(who)) < 0.85)
    seen_on = to_weekday(seen[kept].astype(np.int32), patients.last[who[kept]])
    return services_frame(patients.person[who[kept]], seen_on, GENERAL_PRACTICE, CONSULTATION)


def _podiatrist(draw: np.random.Generator, steering: Mapping[str, Any], patients: Patients) -> pl.DataFrame:
    """Draw treatments by a podiatrist with diabetes as the ground: regular for some, never for the others."""
    score = 0.45 * patients.quality["feet"] + 0.35 * patients.adherence + 0.5 * patients.severity
    score = (
        score
        + 0.012 * (patients.age_on(np.arange(len(patients)), patients.last) - 65)
        + draw.normal(size=len(patients))
    )
    user = (score > cutoff(score, steering["user_share"])) & ~patients.is_quiet
    rows = np.flatnonzero(user)
    pace = steering["interval_days"] * np.exp(draw.normal(0.0, 0.35, len(rows)))
    started = patients.first[rows] + np.where(patients.is_new[rows], 60, 0) + draw.integers(0, 900, len(rows))
    which, day = repeated_days(draw, np.minimum(started, patients.last[rows]), patients.last[rows], pace, at_least=14)
    service = np.array(["2170", "2180", "2131", "1001"])[choose(draw, [3, 0.5, 0.3, 3], len(which))]
    return services_frame(patients.person[rows[which]], to_weekday(day, patients.last[rows[which]]), PODIATRY, service)
