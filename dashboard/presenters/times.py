"""Times to an event: the share that has had it by each declared day, and after how many days nine of ten have."""

from dataclasses import dataclass
from typing import Any

import polars as pl

from dashboard.presenters.units import Unit, name
from dashboard.wording import Wording

NEARLY_ALL = 0.9


@dataclass(frozen=True)
class Step:
    """One day of a curve; numbers are None where they are not shown.

    Attributes:
        people: Patients whose time began.
        happened: How many of them are known to have had it by the end of the day.
        followed: At most so many are known to be without it then, exact to fewer than ten.
        share: Kaplan–Meier share 0–1 that has had it by then, with its 95 % interval.
    """

    day: int
    state: str
    people: int | None
    happened: int | None
    followed: int | None
    share: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Curve:
    """The curve of a unit, days in order."""

    name: str
    steps: tuple[Step, ...]

    @property
    def is_drawable(self) -> bool:
        """Whether any of its days has a share."""
        return any(step.share is not None for step in self.steps)


def curve(unit: Unit, frame: pl.DataFrame, words: Wording) -> Curve:
    """Return the curve of a unit.

    Args:
        unit: The unit.
        frame: The curves of one indicator on one reporting date.
        words: The reader's language.
    """
    columns = ("day", "state", "patients", "happened", "followed", "share", "ci_low", "ci_high")
    own = frame.filter(level=unit.level, unit_id=unit.unit_id).sort("day").select(columns)
    return Curve(name(unit, words), tuple(_step(*row) for row in own.iter_rows()))


def _step(day: int, state: str, *numbers: Any) -> Step:
    # A step that is not shown has no number here, whatever the release holds.
    return Step(day, state, *(numbers if state == "shown" else [None] * len(numbers)))


def told(unit: Unit, frame: pl.DataFrame, words: Wording) -> list[str]:
    """Return in a sentence after how many days nine of ten of a unit have had it; none without such a number.

    Args:
        unit: The unit.
        frame: The percentiles of one indicator on one reporting date.
        words: The reader's language.
    """
    found = frame.filter(level=unit.level, unit_id=unit.unit_id, share=NEARLY_ALL).to_dicts()
    if not found or found[0]["state"] != "shown":
        return []
    (row,) = found
    share = words.share(row["share"], 0)
    if row["days"] is None:
        return [words("times.late_not_reached", unit=name(unit, words), share=share)]
    sentence = words("times.late", unit=name(unit, words), share=share, days=words.trimmed(row["days"]))
    low, high = row["ci_low"], row["ci_high"]
    if low is not None and high is not None:
        limits = words("measure.interval", interval=f"{words.trimmed(low)}–{words.trimmed(high)}")
        return [f"{sentence} {limits}."]
    if low is not None:
        return [f"{sentence} {words('times.late_at_least', days=words.trimmed(low))}"]
    return [sentence]


def rows(own: Curve, everybody: Curve | None, words: Wording) -> list[tuple[str, ...]]:
    """Return day, known to have had it, still followed, share with interval, and everybody's share, one row per day."""
    theirs = {step.day: step for step in everybody.steps} if everybody else {}
    found = []
    for step in own.steps:
        cells = (
            words.whole(step.day),
            _of_people(step, words),
            "" if step.followed is None else words.whole(step.followed),
            share_in_words(step, words),
        )
        found.append(cells + ((share_in_words(theirs.get(step.day), words),) if everybody else ()))
    return found


def share_in_words(step: Step | None, words: Wording) -> str:
    """Return a share with its interval, or the short word for why there is none."""
    if step is None:
        return ""
    if step.share is None or step.low is None or step.high is None:
        return words(f"state.{step.state if step.state != 'shown' else 'suppressed'}.short")
    return words.joined(words.share(step.share, 0), f"{words.number(step.low * 100, 0)}–{words.share(step.high, 0)}")


def _of_people(step: Step, words: Wording) -> str:
    if step.happened is None or step.people is None:
        return words(f"state.{step.state}.short")
    return words("times.of_people", happened=words.whole(step.happened), people=words.whole(step.people))
