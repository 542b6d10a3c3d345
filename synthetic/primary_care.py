"""General practice: health-insurance services, and what the practice writes in its own record."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl

from synthetic.chance import (
    YEAR,
    Chance,
    Days,
    Flags,
    Floats,
    Ints,
    Window,
    choose,
    cutoff,
    day_number,
    logistic,
    repeated_days,
    to_weekday,
)
from synthetic.illness import TYPE_1
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
    """Return which of the chosen visits are the first chosen one of the patient's calendar year."""
    year = visits.day.astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64)
    key = visits.patient * 100 + (year - 40)
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
    """Return services of people with diabetes: practice contacts, podiatrist, eye specialist, follow-up of discharges."""
    draw = chance.about("services")
    detailed = visits.day >= day_number(levels["panel"]["detailed_from"])
    at_practice = ~visits.at_hospital & detailed
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
    begin = np.maximum(patients.first, day_number(levels["panel"]["detailed_from"]))
    between, day = repeated_days(
        draw, np.minimum(begin, patients.last), patients.last, np.full(len(patients), 450.0), shape=1.0, at_least=7
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


def make_practice_record(
    chance: Chance, levels: Mapping[str, Any], patients: Patients, visits: Visits, egfr_low: Flags
) -> dict[str, pl.DataFrame]:
    """Return what practices write down: `diagnoses`, `measurements`, `examinations`, each by person and day."""
    draw = chance.about("practice record")
    at_practice = ~visits.at_hospital & (visits.day >= day_number(levels["panel"]["detailed_from"]))
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
    weight_taken = at_practice & (draw.random(len(who)) < logistic(-1.4 + process))
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
    """Examine feet, ask about smoking, do the annual review: at most once a calendar year."""
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
