"""What a run chart draws beside the values, and what the rules say of them in words."""

from dataclasses import dataclass
from datetime import date

from dashboard.catalogue import Definition
from dashboard.chance.run_chart import FEWEST_POINTS
from dashboard.presenters.course import Course
from dashboard.presenters.drawn import factor
from dashboard.wording import Wording

MONTHS_BETWEEN_POINTS = 3


@dataclass(frozen=True)
class Bounds:
    """Median and control limits on the scale that is printed; no limits for medians.

    Attributes:
        outside: The days on which the value lies outside the control limits.
    """

    days: tuple[date, ...]
    median: float
    low: tuple[float, ...]
    high: tuple[float, ...]
    outside: tuple[date, ...]


def bounds(found: Course, definition: Definition) -> Bounds:
    """Return what a run chart draws beside the values."""
    times = factor(definition)
    low, high = (found.control.low, found.control.high) if found.control else ((), ())
    return Bounds(
        days=found.days,
        median=found.runs.median * times,
        low=tuple(end * times for end in low),
        high=tuple(end * times for end in high),
        outside=tuple(
            day
            for day, value, least, most in zip(found.days, found.values, low, high, strict=bool(low))
            if not least <= value <= most
        ),
    )


def told(found: Course | None, definition: Definition, words: Wording) -> list[str]:
    """Return what the rules say of a course, sentence by sentence, and how far to trust them."""
    sentences = rules(found, definition, words)
    if found is not None and found.is_long_enough and definition.period_months > MONTHS_BETWEEN_POINTS:
        sentences.append(words("course.overlap", months=words.whole(definition.period_months)))
    return sentences


def rules(found: Course | None, definition: Definition, words: Wording) -> list[str]:
    """Return what the rules say of a course, sentence by sentence."""
    if definition.judged_from and (found is None or not found.is_long_enough):
        return [words("course.growing", date=words.date(definition.judged_from))]
    if found is None or not found.is_long_enough:
        return [words("course.too_short", fewest=words.whole(FEWEST_POINTS))]
    sentences = [
        words(
            "course.runs",
            longest=words.whole(found.runs.longest),
            at_most=words.whole(found.runs.longest_by_chance),
            crossings=words.whole(found.runs.crossings),
            at_least=words.whole(found.runs.fewest_by_chance),
        ),
        words("course.random" if found.runs.is_random else "course.not_random"),
    ]
    if found.is_newest_outside:
        sentences.append(words("course.newest_outside"))
    return sentences
