"""Regular diabetes visits: when each patient is seen, and where; blood samples and examinations hang on them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from synthetic.chance import Chance, Days, Flags, Ints, cutoff, day_number, repeated_days, to_weekday
from synthetic.illness import TYPE_1
from synthetic.patients import Patients


@dataclass(frozen=True)
class Visits:
    """All diabetes visits, ordered by patient, then day.

    Attributes:
        patient: Index of the patient.
        day: Day of the visit; no patient has two on one day.
        at_hospital: The visit is to the hospital's diabetes clinic; otherwise to the practice.
        order: 0 for the patient's first visit, 1 for the next ...
        followed_at_hospital: By patient: the clinic follows this patient.
        year_begins: By patient: on which day of the year (0–364) the year of the annual review begins. Practices call
            people in all months; were it January for all, every share with a review would be a saw-tooth.
    """

    patient: Ints
    day: Days
    at_hospital: Flags
    order: Ints
    followed_at_hospital: Flags
    year_begins: Ints

    def __len__(self) -> int:
        return len(self.day)


def make_visits(chance: Chance, levels: Mapping[str, Any], rates: Mapping[str, Any], patients: Patients) -> Visits:
    """Draw visits: most patients every few months, some rarely, fewer in the weeks of the pandemic."""
    draw = chance.about("visits")
    steering = levels["visits"]
    count = len(patients)
    followed = _followed_at_hospital(draw, rates, patients)
    reliability = 0.5 * patients.adherence + 0.35 * patients.quality["process"] + draw.normal(0.0, 0.8, count)
    rarely = reliability < -cutoff(-reliability, steering["rarely_share"])
    interval = steering["interval_days"] * np.exp(draw.normal(0.0, steering["interval_sigma"], count))
    interval *= np.exp(-0.07 * patients.quality["process"] - 0.06 * patients.control)
    interval = np.where(rarely, steering["rarely_interval_days"] * np.exp(draw.normal(0.0, 0.5, count)), interval)
    interval = np.where(followed, np.minimum(interval, rates["specialist_interval_days"]), interval)
    first = np.where(patients.is_new, patients.first + 3, patients.first)
    patient, day = repeated_days(
        draw, np.minimum(first, patients.last), patients.last, interval, at_least=9, starts_at_first=patients.is_new
    )
    begins, ends = (day_number(edge) for edge in steering["pandemic"])
    lost = (day >= begins) & (day <= ends) & (draw.random(len(day)) < steering["pandemic_lost"])
    patient, day = patient[~lost], to_weekday(day[~lost], patients.last[patient[~lost]])
    share_at_hospital = np.where(patients.kind == TYPE_1, 0.92, 0.62)
    at_hospital = followed[patient] & (draw.random(len(day)) < share_at_hospital[patient])
    opening = np.r_[True, patient[1:] != patient[:-1]] if len(patient) else np.empty(0, bool)
    position = np.arange(len(patient))
    order = position - np.maximum.accumulate(np.where(opening, position, 0)) if len(patient) else position
    return Visits(
        patient=patient,
        day=day,
        at_hospital=at_hospital,
        order=order,
        followed_at_hospital=followed,
        year_begins=chance.about("month of the annual review").integers(0, 365, count),
    )


def _followed_at_hospital(draw: np.random.Generator, rates: Mapping[str, Any], patients: Patients) -> Flags:
    """Choose who the hospital's diabetes clinic follows: nearly all with type 1, the more severe of type 2."""
    score = patients.severity + 0.6 * patients.control + draw.normal(0.0, 0.9, len(patients))
    two = (patients.kind != TYPE_1) & ~patients.is_quiet
    limit = cutoff(score[two], rates["specialist_share_type_2"])
    one = (patients.kind == TYPE_1) & (draw.random(len(patients)) < rates["specialist_share_type_1"])
    return one | (two & (score > limit))
