"""What a general practice writes in its own record: diagnoses, measurements, examinations."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl

from synthetic.chance import (
    YEAR,
    Chance,
    Flags,
    Floats,
    cutoff,
    logistic,
    to_weekday,
)
from synthetic.illness import TYPE_1
from synthetic.patients import Patients
from synthetic.services import annual
from synthetic.visits import Visits


def make_practice_record(
    chance: Chance, levels: Mapping[str, Any], patients: Patients, visits: Visits, egfr_low: Flags
) -> dict[str, pl.DataFrame]:
    """Return what practices write down: `diagnoses`, `measurements`, `examinations`, each by person and day."""
    draw = chance.about("practice record")
    at_practice = ~visits.at_hospital
    return {
        "diagnoses": _diagnoses(draw, patients, egfr_low),
        "measurements": _measurements(draw, levels, patients, visits, at_practice),
        "examinations": _examinations(draw, levels, patients, visits, at_practice),
    }


def _diagnoses(draw: np.random.Generator, patients: Patients, egfr_low: Flags) -> pl.DataFrame:
    """Code the diabetes of nearly everybody, and common companions of some."""
    coded = np.flatnonzero(
        ~patients.is_quiet & (draw.random(len(patients)) < logistic(2.2 + 0.5 * patients.quality["process"]))
    )
    one = patients.kind[coded] == TYPE_1
    confused = draw.random(len(coded)) < 0.01
    rows = [(coded, np.where(one ^ confused, "T89", "T90"), np.where(one ^ confused, "DE10", "DE11"))]
    for code, twin, share in (("K86", "DI10", 0.55), ("T93", "DE78", 0.30), ("T82", "DE66", 0.22)):
        some = np.flatnonzero(draw.random(len(patients)) < share)
        rows.append((some, np.full(len(some), code), np.full(len(some), twin)))
    low = np.flatnonzero(egfr_low & (draw.random(len(patients)) < 0.4))
    rows.append((low, np.full(len(low), "U99"), np.full(len(low), "DN18")))
    return (
        pl.concat(
            [
                pl.DataFrame(
                    {
                        "person": patients.person[who].astype(np.int32),
                        "day": to_weekday(
                            (patients.first[who] + draw.integers(0, 60, len(who))).astype(np.int32), patients.last[who]
                        ),
                        "icpc2": icpc2,
                        "sks": sks,
                    }
                )
                for who, icpc2, sks in rows
            ]
        )
        .join(
            pl.DataFrame({"person": patients.person.astype(np.int32), "last": patients.last}),
            on="person",
            maintain_order="left",
        )
        .filter(pl.col("day") <= pl.col("last"))
        .drop("last")
    )


def _measurements(
    draw: np.random.Generator, levels: Mapping[str, Any], patients: Patients, visits: Visits, at_practice: Flags
) -> pl.DataFrame:
    """Measure blood pressure at most visits, weight at some, height once."""
    steering, who = levels["measurements"], visits.patient
    process = 0.45 * patients.quality["process"][who]
    drug = -3.0 * (patients.quality["pressure"] > 0)
    own = steering["systolic"]["between"] * draw.normal(size=len(patients)) + 0.10 * (
        patients.age_on(np.arange(len(patients)), patients.last) - 66
    )
    own = own - 1.6 * patients.quality["pressure"] + 0.3 * drug
    noise = draw.normal(size=len(who))
    systolic = steering["systolic"]["mean"] + own[who] + steering["systolic"]["noise"] * noise
    lower = steering["diastolic"]["between"] * draw.normal(size=len(patients)) + 0.25 * own
    diastolic = (
        steering["diastolic"]["mean"]
        + lower[who]
        + steering["diastolic"]["noise"] * (0.6 * noise + 0.8 * draw.normal(size=len(who)))
    )
    height = np.where(patients.sex == 1, draw.normal(177, 7, len(patients)), draw.normal(164, 6.5, len(patients)))
    bmi = np.clip(draw.normal(steering["bmi"]["mean"], steering["bmi"]["sd"], len(patients)), 18, 60)
    bmi = np.where(patients.kind == TYPE_1, bmi - 4.5, bmi)
    weight = (bmi * (height / 100) ** 2)[who] * (1 + draw.normal(0.0, 0.015, len(who)))
    pressure_taken = at_practice & (draw.random(len(who)) < logistic(0.8 + process))
    weight_taken = at_practice & (draw.random(len(who)) < logistic(-1.9 + process))
    height_taken = annual(visits, weight_taken) & (visits.order < 6)
    values = (
        ("systolic", pressure_taken, np.clip(systolic, 84, 228)),
        ("diastolic", pressure_taken, np.clip(np.minimum(diastolic, systolic - 18), 42, 128)),
        ("weight", weight_taken, np.clip(weight, 38, 220)),
        ("height", height_taken, np.clip(height, 138, 208)[who]),
    )
    return pl.concat([_measured(patients, visits, name, flags, value) for name, flags, value in values])


def _measured(patients: Patients, visits: Visits, name: str, flags: Flags, value: Floats) -> pl.DataFrame:
    rows = np.flatnonzero(flags)
    return pl.DataFrame(
        {
            "person": patients.person[visits.patient[rows]].astype(np.int32),
            "day": visits.day[rows],
            "measure": pl.repeat(name, len(rows), eager=True),
            "value": value[rows],
        }
    )


def _examinations(
    draw: np.random.Generator, levels: Mapping[str, Any], patients: Patients, visits: Visits, at_practice: Flags
) -> pl.DataFrame:
    """Examine feet, ask about smoking, do the annual review: at most once in each year of the patient's."""
    who = visits.patient
    process = patients.quality["process"][who]
    yearly = annual(visits, at_practice)
    review = yearly & (draw.random(len(who)) < logistic(1.3 + 0.5 * process))
    keen = 0.6 * patients.quality["feet"] + 0.4 * patients.adherence + draw.normal(size=len(patients))
    examines = keen > cutoff(keen, levels["practice_foot"]["share"])
    foot = yearly & examines[who] & (draw.random(len(who)) < 0.8)
    smoking = yearly & (draw.random(len(who)) < logistic(1.7 + 0.6 * process))
    risk = patients.severity + 0.3 * draw.normal(size=len(patients))
    foot_result = np.select([risk > 2.3, risk > 1.5, risk > 0.6], ["saar", "hoej", "moderat"], "lav")
    habit = draw.random(len(patients))
    current, former = levels["smoking"]["current"], levels["smoking"]["former"]
    smokes = np.select([habit < current, habit < current + former], ["ryger", "tidligere"], "aldrig")
    stops = draw.random(len(patients)) < 0.25
    late = visits.day > patients.first[who] + 4 * YEAR
    habit_now = np.where((smokes[who] == "ryger") & stops[who] & late, "tidligere", smokes[who])
    results = (
        ("fodstatus", foot, foot_result[who]),
        ("rygestatus", smoking, habit_now),
        ("aarskontrol", review, np.full(len(who), "udfoert")),
    )
    frames = []
    for name, flags, result in results:
        rows = np.flatnonzero(flags)
        frames.append(
            pl.DataFrame(
                {
                    "person": patients.person[who[rows]].astype(np.int32),
                    "day": visits.day[rows],
                    "examination": pl.repeat(name, len(rows), eager=True),
                    "result": result[rows],
                },
                schema_overrides={"result": pl.String},
            )
        )
    return pl.concat(frames)
