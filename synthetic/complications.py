"""Which patients get which complications, and when."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from synthetic.chance import NEVER, YEAR, Chance, Days, Flags, Ints, cutoff
from synthetic.patients import Patients

CARDIOVASCULAR = ("ischaemic_heart_disease", "stroke", "heart_failure", "peripheral_artery_disease")
MAY_PRECEDE_DIABETES = CARDIOVASCULAR
YEARS_BACK = 8


def draw_complications(
    chance: Chance, complications: Mapping[str, Any], patients: Patients, observed_from: Days
) -> dict[str, Ints]:
    """Return the day of onset of each complication by patient (NEVER without; it may lie before the window).

    Heart and vessel disease may precede the diabetes; the others follow it.

    Args:
        chance: Seed.
        complications: Shares and what pulls at them.
        patients: People with diabetes.
        observed_from: By patient: first day on which anything can be recorded.
    """
    draw = chance.about("complications")
    count = len(patients)
    decades = (patients.age_on(np.arange(count), patients.last) - 65) / 10
    duration = np.clip(patients.duration_on(np.arange(count), patients.last), 0, 30)
    onset: dict[str, Ints] = {}
    for name, row in complications["complications"].items():
        score = row["severity"] * patients.severity + row["age"] * decades + row["male"] * (patients.sex == 1)
        if name not in MAY_PRECEDE_DIABETES:
            score = score + 0.07 * duration
        score = score + 0.12 * -patients.quality["control"] + draw.gumbel(0.0, 1.0, count)
        has = (score > cutoff(score, row["ever"])) & ~patients.is_quiet
        earliest = np.minimum(observed_from, patients.last) - YEARS_BACK * YEAR
        if name not in MAY_PRECEDE_DIABETES:
            earliest = np.maximum(earliest, patients.onset)
        span = np.maximum(patients.last - earliest, 1)
        day = earliest + np.floor(span * draw.beta(1.25, 1.0, count))
        day = np.maximum(day, patients.born + 18 * YEAR)
        onset[name] = np.where(has & (day <= patients.last), day, NEVER).astype(np.int64)
    return onset


def at_risk(onset: dict[str, Ints], patients: Patients) -> dict[str, npt.NDArray[np.bool_]]:
    """Return who has cardiovascular disease and who has albuminuria, as the prescriber sees it."""
    cardiovascular: Flags = np.zeros(len(patients), dtype=bool)
    for name in CARDIOVASCULAR:
        cardiovascular |= onset[name] < NEVER
    return {"cardiovascular": cardiovascular, "albuminuria": patients.albumin > 0.84}
