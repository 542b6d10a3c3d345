"""The run chart: does a course hold more than chance?

The Anhøj rules (Anhøj and Olesen, PLoS ONE 2014;9:e113825): in a random course the longest run on one side of the
median is seldom longer than log2(n) + 3, rounded, and the median is seldom crossed fewer times than the 5 % point of a
binomial distribution. A point on the median counts in neither and breaks no run.
"""

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

FEWEST_POINTS = 10
"""Useful points below which the rules are not published, and nothing is told from a course."""
SELDOM = 0.05


@dataclass(frozen=True)
class Runs:
    """The runs of a course.

    Attributes:
        median: Of all points.
        useful: Points that are not on the median.
        longest: Points in the longest run on one side.
        crossings: How many times neighbouring useful points lie on different sides.
    """

    median: float
    useful: int
    longest: int
    crossings: int

    @property
    def longest_by_chance(self) -> int:
        """The longest run that chance gives often enough."""
        return round(math.log2(self.useful)) + 3 if self.useful else 0

    @property
    def fewest_by_chance(self) -> int:
        """The fewest crossings that chance gives often enough."""
        chances = self.useful - 1
        if chances < 1:
            return 0
        below, crossings = 1, 0
        while below < SELDOM * 2**chances:
            crossings += 1
            below += math.comb(chances, crossings)
        return crossings

    @property
    def is_random(self) -> bool:
        """Whether chance explains the course; also when there are too few useful points to tell."""
        if self.useful < FEWEST_POINTS:
            return True
        return self.longest <= self.longest_by_chance and self.crossings >= self.fewest_by_chance


def runs(values: Sequence[float]) -> Runs | None:
    """Return the runs of a course, oldest value first; None without values."""
    if not values:
        return None
    median = statistics.median(values)
    sides = [value > median for value in values if value != median]
    lengths = [sum(1 for _ in run) for _, run in groupby(sides)]
    return Runs(median, len(sides), max(lengths, default=0), max(len(lengths) - 1, 0))
