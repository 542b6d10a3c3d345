"""Courses in the municipality: referral, grant, attendance, drop-out; and what the municipality measures."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import numpy as np
import polars as pl

from synthetic.chance import Chance, Flags, Ints, Window, choose, day_number, logistic, to_weekday
from synthetic.patients import Patients

GROUP_SESSIONS = 6
REFERRED_A_YEAR = 0.024
COURSES_FROM = date(2020, 10, 1)


def make_courses(chance: Chance, patients: Patients, window: Window) -> dict[str, pl.DataFrame]:
    """Return municipal courses (`courses`, one row each) and their meetings (`encounters`).

    A course holds: person, law 119 or 140, focus code, referred, granted, closed (day or null), status, and whether
    the referral came by electronic message. People are referred most often in the year after diagnosis.
    """
    draw = chance.about("municipal courses")
    first = np.maximum(np.maximum(patients.first, window.first), day_number(COURSES_FROM))
    span = np.maximum(patients.last - first, 0)
    rate = REFERRED_A_YEAR * np.exp(0.45 * patients.quality["referral"] + np.where(patients.is_new, 0.9, 0.0))
    referred = (draw.random(len(patients)) < -np.expm1(-rate * span / 365.25)) & ~patients.is_quiet & (span > 20)
    rows = np.flatnonzero(referred)
    soon = patients.is_new[rows] & (draw.random(len(rows)) < 0.6)
    wait = np.where(
        soon, np.minimum(draw.exponential(120.0, len(rows)), span[rows]), draw.random(len(rows)) * span[rows]
    )
    start = to_weekday((first[rows] + np.floor(wait)).astype(np.int32), patients.last[rows])
    diabetes = _courses(draw, patients, rows, start, np.full(len(rows), "DE11"), window)
    again = rows[draw.random(len(rows)) < 0.07]
    later = start[np.isin(rows, again)] + draw.integers(30, 500, len(again))
    kept = later <= patients.last[again]
    other = _courses(
        draw, patients, again[kept], later[kept].astype(np.int32), np.full(int(kept.sum()), "DJ44"), window
    )
    courses = pl.concat([diabetes, other]).with_row_index("course").with_columns(pl.col("course").cast(pl.Int64))
    return {"courses": courses, "encounters": _encounters(draw, courses)}


def _courses(
    draw: np.random.Generator, patients: Patients, rows: Ints, referred: np.ndarray, focus: np.ndarray, window: Window
) -> pl.DataFrame:
    """Draw what becomes of each referral."""
    last = patients.last[rows].astype(np.int64)
    pace = 14.0 * np.exp(-0.35 * patients.quality["referral"][rows] + draw.normal(0.0, 0.5, len(rows)))
    granted = referred + 2 + draw.integers(0, 10, len(rows))
    begun = granted + np.floor(pace).astype(np.int64) + 1
    fate = draw.random(len(rows))
    attends = logistic(1.1 + 0.6 * patients.adherence[rows] + 0.3 * patients.quality["referral"][rows])
    never: Flags = (fate > 0.94) | (begun > last)
    completes = ~never & (draw.random(len(rows)) < attends)
    closed = np.where(completes, begun + 70 + draw.integers(0, 40, len(rows)), begun + draw.integers(14, 70, len(rows)))
    closed = np.where(never, granted + draw.integers(10, 40, len(rows)), closed)
    is_open = (closed > last) | (closed > window.last)
    status = np.select([is_open & ~never, never, completes], ["active", "revoked", "completed"], "stopped")
    status = np.where(granted > last, "revoked", status)
    return pl.DataFrame(
        {
            "person": patients.person[rows].astype(np.int32),
            "focus": focus,
            "law": np.where(draw.random(len(rows)) < 0.93, "119", "140"),
            "referred": referred.astype(np.int32),
            "granted": np.minimum(granted, last).astype(np.int32),
            "begun": np.where(never, -1, begun).astype(np.int32),
            "closed": np.where(is_open, -1, closed).astype(np.int32),
            "last": last.astype(np.int32),
            "status": status,
            "reason": choose(draw, [5, 3, 1, 1], len(rows)).astype(np.int8),
        },
        schema_overrides={"focus": pl.String, "law": pl.String, "status": pl.String},
    )


def _encounters(draw: np.random.Generator, courses: pl.DataFrame) -> pl.DataFrame:
    """Draw the meetings: a clarifying talk, sessions, and a closing talk for those who complete."""
    begun = courses["begun"].to_numpy()
    rows = np.flatnonzero(begun >= 0)
    status = courses["status"].to_numpy()[rows]
    sessions = np.where(status == "completed", GROUP_SESSIONS, draw.integers(1, GROUP_SESSIONS, len(rows)))
    which = np.repeat(np.arange(len(rows)), sessions)
    number = np.concatenate([np.arange(many) for many in sessions]) if len(rows) else np.empty(0, np.int64)
    day = begun[rows][which] + number * 9
    end = courses["closed"].to_numpy()[rows]
    last = courses["last"].to_numpy()[rows]
    limit = np.where(end >= 0, np.minimum(end, last), last)[which]
    intervention = np.where(
        number == 0, 0, np.where((number == GROUP_SESSIONS - 1) & (status[which] == "completed"), 5, 1 + number % 4)
    )
    kept = day <= limit
    missed = (draw.random(len(day)) < 0.08) & (number > 0)
    return (
        pl.DataFrame(
            {
                "course": courses["course"].to_numpy()[rows][which][kept],
                "day": day[kept].astype(np.int32),
                "number": number[kept].astype(np.int16),
                "intervention": intervention[kept].astype(np.int8),
                "status": np.where(missed, "cancelled", "finished")[kept],
            },
            schema_overrides={"status": pl.String},
        )
        .with_row_index("encounter")
        .with_columns(pl.col("encounter").cast(pl.Int64))
    )


def make_municipal_measurements(
    chance: Chance, levels: Mapping[str, Any], courses: pl.DataFrame, encounters: pl.DataFrame
) -> pl.DataFrame:
    """Return blood pressure, weight and capillary glucose measured at clarifying talks and some sessions."""
    draw = chance.about("municipal measurements")
    held = encounters.filter(pl.col("status") == "finished").join(
        courses.select("course", "person"), on="course", maintain_order="left"
    )
    chosen = held.filter(pl.Series((held["number"].to_numpy() == 0) | (draw.random(held.height) < 0.12)))
    chosen = chosen.unique(["person", "day"], keep="first", maintain_order=True)
    count = chosen.height
    steering = levels["measurements"]
    systolic = np.clip(draw.normal(steering["systolic"]["mean"] + 2, 12, count), 90, 220)
    values = {
        "systolic": systolic,
        "diastolic": np.clip(np.minimum(draw.normal(79, 8, count), systolic - 18), 45, 125),
        "weight": np.clip(draw.normal(90, 17, count), 45, 200),
        "glucose": np.clip(draw.normal(8.6, 2.3, count), 3.2, 24.0),
    }
    return pl.concat(
        [
            chosen.select("person", "day").with_columns(measure=pl.lit(name), value=pl.Series(value, dtype=pl.Float64))
            for name, value in values.items()
        ]
    )
