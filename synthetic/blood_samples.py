"""Blood and urine results of people with diabetes: HbA1c, lipids, kidney function, drawn together and correlated."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl

from synthetic.chance import YEAR, Chance, Flags, Floats, Window, cutoff, logistic
from synthetic.patients import Patients
from synthetic.visits import Visits

ANALYTES = (
    "hba1c", "ldl", "total_cholesterol", "hdl", "triglyceride", "creatinine", "egfr", "uacr", "potassium",
    "mean_glucose",
)  # fmt: skip
Analyte = pl.Enum(ANALYTES)


def creatinine_from_egfr(egfr: Floats, age: Floats, is_woman: Flags) -> Floats:
    """Return the creatinine (µmol/L) that the CKD-EPI 2009 equation turns into the eGFR (mL/min/1.73 m2)."""
    kappa = np.where(is_woman, 61.9, 79.6)
    alpha = np.where(is_woman, -0.329, -0.411)
    at_kappa = 141.0 * 0.993**age * np.where(is_woman, 1.018, 1.0)
    ratio = egfr / at_kappa
    return kappa * np.where(ratio > 1.0, ratio ** (1.0 / alpha), ratio ** (1.0 / -1.209))


def hba1c_course(
    chance: Chance, levels: Mapping[str, Any], patients: Patients, visits: Visits, window: Window
) -> Floats:
    """Return the HbA1c in mmol/mol at every visit.

    A new patient starts high and settles at the own level within months; the level walks slowly and follows the
    national trend.
    """
    draw = chance.about("hba1c")
    steering = levels["control"]
    who = visits.patient
    years = (visits.day - window.first) / YEAR
    slope = np.sqrt(steering["yearly_walk"]) * draw.normal(size=len(patients))
    z = (
        patients.control[who]
        + slope[who] * (years - 5.0) / 2.0
        + steering["trend_per_year"] * (years - steering["trend_is_nil_after_years"])
        + np.sqrt(steering["noise"]) * draw.normal(size=len(who))
    )
    level = steering["base"] + steering["spread"] * np.exp(steering["sigma"] * np.clip(z, -3.5, 3.2))
    at_diagnosis = 48.0 + np.where(patients.sex == 1, 8.5, 5.5) * np.exp(draw.normal(0.0, 1.25, len(patients)))
    fading = np.exp(-np.maximum(visits.day - patients.onset[who], 0) / 75.0)
    value = np.where(patients.is_new[who], level + (np.minimum(at_diagnosis, 135.0)[who] - level) * fading, level)
    return np.clip(np.where(patients.is_quiet[who], np.minimum(value, 46.0), value), 24.0, 168.0)


def _egfr(draw: np.random.Generator, levels: Mapping[str, Any], patients: Patients, visits: Visits) -> Floats:
    steering = levels["measurements"]["egfr"]
    who = visits.patient
    own = steering["between"] * draw.normal(size=len(patients)) - 4.0 * patients.severity
    loss = 0.5 * np.exp(0.55 * patients.severity + 0.5 * draw.normal(size=len(patients)))
    age = patients.age_on(who, visits.day)
    years = np.clip(patients.duration_on(who, visits.day), 0, 25)
    value = steering["at_50"] + steering["per_year_of_age"] * (age - 50) + own[who] - loss[who] * years * 0.55
    return np.clip(value + steering["noise"] * draw.normal(size=len(who)), 5.0, 128.0)


def _uacr(draw: np.random.Generator, levels: Mapping[str, Any], patients: Patients, visits: Visits) -> Floats:
    steering = levels["measurements"]["uacr"]
    who = visits.patient
    own = steering["between"] * patients.albumin
    return steering["median"] * np.exp(own[who] + steering["noise"] * draw.normal(size=len(who)))


def make_blood_samples(
    chance: Chance,
    levels: Mapping[str, Any],
    patients: Patients,
    visits: Visits,
    statin_from: Floats,
    window: Window,
) -> pl.DataFrame:
    """Return results in canonical units: person, day, analyte, value, at_hospital.

    Args:
        chance: Seed.
        levels: Levels of the disease course.
        patients: People with diabetes.
        visits: Their visits.
        statin_from: By patient: first day on a lipid-lowering drug (infinity without).
        window: Days covered.
    """
    draw = chance.about("blood samples")
    panel, who = levels["panel"], visits.patient
    care = 0.30 * patients.quality["process"][who] + 0.22 * patients.adherence[who]
    value = {"hba1c": hba1c_course(chance, levels, patients, visits, window)}
    taken: dict[str, Flags] = {"hba1c": draw.random(len(who)) < 0.985}

    def asked(analyte: str, extra: Floats | float = 0.0) -> Flags:
        odds = np.log(panel[analyte] / (1 - panel[analyte]))
        flags: Flags = draw.random(len(who)) < logistic(odds + care + extra)
        return flags

    lipid = levels["measurements"]["ldl"]
    on_statin = visits.day >= statin_from[who]
    between = draw.normal(size=len(patients))[who] * 0.8 + draw.normal(size=len(who)) * 0.6
    between = between - 0.12 * patients.quality["lipids"][who] - 0.015 * (visits.day - window.first) / YEAR
    value["ldl"] = np.clip(
        np.where(
            on_statin,
            lipid["treated"] + lipid["treated_sd"] * between,
            lipid["untreated"] + lipid["untreated_sd"] * between,
        ),
        0.4,
        7.5,
    )
    value["hdl"] = np.clip(draw.normal(1.25, 0.32, len(who)) - 0.12 * patients.control[who], 0.5, 3.0)
    value["triglyceride"] = np.clip(
        1.6 * np.exp(0.45 * draw.normal(size=len(who)) + 0.12 * patients.control[who]), 0.4, 12.0
    )
    value["total_cholesterol"] = value["ldl"] + value["hdl"] + np.minimum(value["triglyceride"], 4.5) / 2.2
    value["egfr"] = _egfr(draw, levels, patients, visits)
    value["creatinine"] = creatinine_from_egfr(
        np.maximum(value["egfr"], 6.0), patients.age_on(who, visits.day), patients.sex[who] == 2
    )
    value["uacr"] = _uacr(draw, levels, patients, visits)
    value["potassium"] = np.clip(draw.normal(4.1, 0.38, len(who)), 2.4, 6.8)
    for analyte in ("ldl", "total_cholesterol", "hdl", "triglyceride", "creatinine", "egfr", "potassium"):
        taken[analyte] = asked(analyte)
    willing = 0.45 * patients.quality["kidneys"] + 0.3 * patients.adherence + 0.2 * patients.severity
    willing = willing + draw.normal(size=len(patients))
    rarely = willing < -cutoff(-willing, panel["uacr_rarely_share"])
    taken["uacr"] = asked("uacr", np.where(rarely[who], -3.2, 1.0))
    return pl.concat(
        [
            pl.DataFrame(
                {
                    "person": patients.person[who[rows]].astype(np.int32),
                    "day": visits.day[rows],
                    "analyte": pl.repeat(analyte, len(rows), dtype=Analyte, eager=True),
                    "value": value[analyte][rows],
                    "at_hospital": visits.at_hospital[rows],
                }
            )
            for analyte, rows in ((name, np.flatnonzero(flags)) for name, flags in taken.items())
        ]
    )
