"""Screening for diabetic eye disease: who is invited, how often, and what is seen."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl

from synthetic.chance import (
    Chance,
    Ints,
    Window,
    choose,
    cutoff,
    repeated_days,
    to_weekday,
)
from synthetic.patients import Patients


def make_eye_screening(
    chance: Chance, levels: Mapping[str, Any], patients: Patients, retinopathy_on: Ints, clinics: int, window: Window
) -> pl.DataFrame:
    """Return eye screenings: person, day, right and left grade 0-4, maculopathy, method, clinic, next_day."""
    draw = chance.about("eye screening")
    steering = levels["eye"]
    score = 0.5 * patients.adherence + 0.4 * patients.quality["eyes"] + draw.normal(size=len(patients))
    invited = (score > cutoff(score, steering["screened_share"])) & ~patients.is_quiet
    rows = np.flatnonzero(invited)
    begin = np.maximum(patients.first[rows], window.first) + np.where(patients.is_new[rows], 90, 0)
    pace = steering["interval_days"] * np.exp(draw.normal(0.0, 0.25, len(rows)))
    pace = np.where(retinopathy_on[rows] < window.last, 0.6 * pace, pace)
    which, day = repeated_days(
        draw, np.minimum(begin, patients.last[rows]), patients.last[rows], pace, shape=9.0, at_least=60
    )
    who = rows[which]
    day = to_weekday(day, patients.last[who])
    affected = day >= retinopathy_on[who]
    grade = np.where(affected, 1 + choose(draw, [6, 2.4, 1.0, 0.6], len(who)), 0)
    other = np.clip(grade + np.where(affected, draw.integers(-1, 2, len(who)), 0), 0, 4)
    swap = draw.random(len(who)) < 0.5
    worst = np.maximum(grade, other)
    months = np.select([worst >= 3, worst == 2, worst == 1], [4, 8, 18], 36)
    return pl.DataFrame(
        {
            "person": patients.person[who].astype(np.int32),
            "day": day,
            "right": np.where(swap, other, grade).astype(np.int8),
            "left": np.where(swap, grade, other).astype(np.int8),
            "maculopathy": affected & (draw.random(len(who)) < 0.09),
            "ungradable": draw.random(len(who)) < 0.012,
            "method": choose(draw, [6, 2, 1], len(who)).astype(np.int8),
            "clinic": draw.integers(0, clinics, len(who)).astype(np.int8),
            "next_day": (day + months * 30).astype(np.int32),
        }
    )
