"""The people with diabetes and what makes each of them different: latent control, severity, adherence, habits."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from synthetic.chance import YEAR, Chance, Days, Flags, Floats, Ints, Window, standardised
from synthetic.illness import TYPE_1, Illness
from synthetic.population import Newcomers
from synthetic.practices import Practices


@dataclass(frozen=True)
class Patients:
    """People with diabetes who are observed for some time in the window, one array element each.

    Attributes:
        person: Index of the person.
        kind: 1 or 2.
        sex: 1 man, 2 woman.
        born: Day of birth.
        onset: Day of onset.
        first: First day on which care can be recorded.
        last: Last such day, inclusive.
        is_new: The onset lies in the window.
        is_quiet: Diet-treated, never measured high, no diagnosis at hospital: registers do not find them.
        practice: Index of the practice whose care shapes the course.
        control: Latent blood-sugar control; 0 average, 1 one standard deviation worse.
        severity: Latent tendency to complications.
        albumin: Latent albumin excretion in standard deviations.
        adherence: Latent tendency to keep appointments; above 0 is better.
        quality: The practice's qualities, spread out to its patients.
    """

    person: Ints
    kind: npt.NDArray[np.int8]
    sex: npt.NDArray[np.int8]
    born: Days
    onset: Days
    first: Days
    last: Days
    is_new: Flags
    is_quiet: Flags
    practice: Ints
    control: Floats
    severity: Floats
    albumin: Floats
    adherence: Floats
    quality: dict[str, Floats]

    def __len__(self) -> int:
        return len(self.person)

    def age_on(self, rows: Ints, days: Days | Ints) -> Floats:
        """Return ages in years of the patients in `rows` on the days."""
        return (days - self.born[rows]) / YEAR

    def duration_on(self, rows: Ints, days: Days | Ints) -> Floats:
        """Return years since onset of the patients in `rows` on the days."""
        return (days - self.onset[rows]) / YEAR


def make_patients(
    chance: Chance,
    levels: Mapping[str, Any],
    people: Newcomers,
    illness: Illness,
    last_day: Days,
    practice_of: Ints,
    practices: Practices,
    place_control: Floats,
    window: Window,
) -> Patients:
    """Select the people whose diabetes is observed and draw their latent traits.

    Args:
        chance: Seed.
        levels: Levels of the disease course.
        people: Everybody.
        illness: Who has diabetes.
        last_day: Last recordable day by person.
        practice_of: Latest practice by person (-1 when never registered).
        practices: All practices.
        place_control: Shift of control by municipality.
        window: Days covered.
    """
    draw = chance.about("patients")
    first = np.maximum(np.maximum(people.entered, window.first), illness.onset)
    person = np.flatnonzero((illness.kind > 0) & (first < last_day))
    count = len(person)
    kind = illness.kind[person]
    practice = np.maximum(practice_of[person], 0)
    shift = place_control[practices.municipality[practice]]
    spread = levels["control"]
    control = (
        np.sqrt(spread["between_people"]) * draw.normal(size=count)
        + np.sqrt(spread["between_practices"]) * -practices.quality["control"][practice]
        + shift
        + np.where(kind == TYPE_1, spread["type_1_shift"], 0.0)
    )
    duration = np.clip((last_day[person] - illness.onset[person]) / YEAR, 0, 40)
    severity = standardised(0.45 * control + 0.06 * duration + draw.normal(size=count))
    adherence = standardised(-0.30 * control + draw.normal(size=count))
    is_quiet = (draw.random(count) > levels["type_2"]["found"]) & (kind != TYPE_1)
    control = np.where(is_quiet, -1.5, control)
    return Patients(
        person=person,
        kind=kind,
        sex=people.sex[person],
        born=people.born[person],
        onset=illness.onset[person],
        first=first[person].astype(np.int32),
        last=last_day[person],
        is_new=illness.onset[person] >= np.maximum(people.entered[person], window.first),
        is_quiet=is_quiet,
        practice=practice,
        control=control,
        severity=severity,
        albumin=0.5 * severity + 0.866 * draw.normal(size=count),
        adherence=adherence,
        quality={name: values[practice] for name, values in practices.quality.items()},
    )
