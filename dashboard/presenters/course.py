"""A unit's course with the rules of run charts and control charts: does it hold more than chance?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from dashboard.catalogue import Definition
from dashboard.chance.control_chart import Control, control
from dashboard.chance.run_chart import FEWEST_POINTS, Runs, runs
from dashboard.comparison import Measure
from dashboard.presenters.history import History, told
from dashboard.presenters.measures import PATIENT_YEARS


@dataclass(frozen=True)
class Course:
    """The values of a unit that are shown, oldest first, with what chance makes of them.

    Attributes:
        control: On the scale of the values; None for medians, and where the level leaves no room.
    """

    days: tuple[date, ...]
    values: tuple[float, ...]
    runs: Runs
    control: Control | None

    @property
    def is_long_enough(self) -> bool:
        """Whether there are so many points that a change can be told from chance."""
        return len(self.values) >= FEWEST_POINTS

    @property
    def is_newest_outside(self) -> bool:
        """Whether the newest value lies outside the control limits."""
        if self.control is None:
            return False
        return not self.control.low[-1] <= self.values[-1] <= self.control.high[-1]

    @property
    def has_signal(self) -> bool:
        """Whether a rule says that the course holds more than chance."""
        return self.is_long_enough and (not self.runs.is_random or self.is_newest_outside)


def points(history: History, up_to: date, definition: Definition) -> dict[date, Measure]:
    """Return what may be judged: shown up to a reporting date, on one way of registering and a full history only."""
    begin = definition.judged_from or date.min
    newest_break = max((each.from_on for each in definition.breaks if each.from_on <= up_to), default=date.min)
    return {
        day: measure
        for day, measure in told(history).items()
        if begin <= day <= up_to and measure.is_shown and (measure.period_start or date.max) >= newest_break
    }


def is_growing(definition: Definition, day: date) -> bool:
    """Return whether a value of a day still rises because the history grows, so that its course is not judged."""
    return definition.judged_from is not None and day < definition.judged_from


def course(history: History, up_to: date, definition: Definition) -> Course | None:
    """Return the course of a unit up to a reporting date, since the newest break; None when nothing is shown."""
    shown = points(history, up_to, definition)
    values = tuple(measure.value for measure in shown.values() if measure.value is not None)
    found = runs(values)
    if found is None:
        return None
    return Course(tuple(shown), values, found, _control(list(shown.values()), definition))


def _control(shown: Sequence[Measure], definition: Definition) -> Control | None:
    if definition.kind == "median":
        return None
    is_share = definition.kind == "proportion"
    counts = np.array([measure.numerator or 0 for measure in shown], dtype=np.float64)
    sizes = np.array([(measure.denominator if is_share else measure.patient_years) or 0 for measure in shown], float)
    if not (sizes > 0).all():
        return None
    if is_share:
        return control("share", counts, sizes)
    return control("rate", counts, sizes / PATIENT_YEARS)
