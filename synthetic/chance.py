"""Seeded chance and days: what every part of the invented region is drawn with."""

import zlib
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

Days = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

NEVER = 2**30
"""A day that does not come: still resident, still alive."""

YEAR = 365.25


def day_number(day: date) -> int:
    """Return a date as days since 1970-01-01."""
    return int(np.datetime64(day, "D").astype(np.int64))


@dataclass(frozen=True)
class Window:
    """The days that the extracts cover, both inclusive, as days since 1970-01-01."""

    first: int
    last: int

    @property
    def length(self) -> int:
        """Number of days."""
        return self.last - self.first + 1


@dataclass(frozen=True)
class Chance:
    """Independent streams of random numbers by topic, so that a change in one topic leaves the others as they were."""

    seed: int
    part: int = 0

    def about(self, topic: str) -> np.random.Generator:
        """Return the stream of a topic; the same seed, part and topic always give the same numbers."""
        return np.random.default_rng([self.seed, self.part, zlib.crc32(topic.encode())])


def repeated_days(
    chance: np.random.Generator,
    first: npt.NDArray[np.int64] | Days,
    last: npt.NDArray[np.int64] | Days,
    interval: Floats,
    *,
    shape: float = 6.0,
    at_least: int = 8,
    starts_at_first: Flags | None = None,
) -> tuple[Ints, Days]:
    """Return the days of events that come back at irregular intervals (a gamma renewal process).

    Args:
        chance: Random numbers.
        first: First possible day per row.
        last: Last possible day per row, inclusive.
        interval: Mean days between events per row.
        shape: Regularity; 1 is a Poisson process, higher is more regular.
        at_least: Shortest interval in days.
        starts_at_first: Rows whose first event falls on the first day itself; the others start at a random point.

    Returns:
        Row index and day of every event, ordered by row, then day; no day twice in a row.
    """
    span = np.maximum(last - first, 0).astype(np.float64)
    if len(span) == 0:
        return np.empty(0, np.int64), np.empty(0, np.int32)
    most = np.ceil(span / interval * 1.35).astype(np.int64) + 4
    rows = np.repeat(np.arange(len(span)), most)
    starts = np.cumsum(most) - most
    steps = np.maximum(chance.gamma(shape, 1.0 / shape, len(rows)) * interval[rows], at_least)
    opening = chance.random(len(span)) * interval
    if starts_at_first is not None:
        opening = np.where(starts_at_first, 0.0, opening)
    steps[starts] = opening
    total = np.cumsum(steps)
    before = np.repeat(total[starts] - steps[starts], most)
    days = (first[rows] + np.floor(total - before)).astype(np.int32)
    kept = days <= last[rows]
    return rows[kept], days[kept]


def to_weekday(days: Days, last: npt.NDArray[np.int64] | Days) -> Days:
    """Move days in a weekend to the Monday after, unless that is after the last possible day."""
    weekday = (days + 3) % 7  # 1970-01-01 was a Thursday; 0 = Monday
    moved = days + np.where(weekday == 5, 2, np.where(weekday == 6, 1, 0))
    return np.where(moved <= last, moved, days).astype(np.int32)


def standardised(values: Floats) -> Floats:
    """Return values with mean 0 and standard deviation 1 (all 0 when they do not differ)."""
    spread = values.std()
    return (values - values.mean()) / spread if spread > 0 else np.zeros_like(values)


def logistic(values: Floats) -> Floats:
    """Return the logistic function of the values."""
    return 1.0 / (1.0 + np.exp(-values))


def cutoff(values: Floats, share: float) -> float:
    """Return the value that the given share of the values lies above."""
    return float(np.quantile(values, 1.0 - share)) if len(values) else 0.0


def choose(chance: np.random.Generator, weights: npt.ArrayLike, size: int) -> Ints:
    """Return `size` indices drawn in proportion to the weights."""
    bounds = np.cumsum(np.asarray(weights, dtype=np.float64))
    return np.searchsorted(bounds, chance.random(size) * bounds[-1], side="right").astype(np.int64)
