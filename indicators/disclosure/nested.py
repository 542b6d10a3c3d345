"""The people between two counts of which one lies within the other: they are a group too, though no cell counts them.

Whoever reads that 62 of a practice's patients are below 59 and 60 of the same below 53 has found a group of two. So the
difference of every two nested counts is a quantity of its own, protected like every other.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indicators.disclosure.places import ABSENT

Vector = NDArray[np.int64]


@dataclass(frozen=True, order=True)
class Count:
    """One of an indicator's counts.

    Attributes:
        indicator: Its id.
        field: `numerator`, `complement`, `denominator`, `eligible` or `patients`.
    """

    indicator: str
    field: str


@dataclass(frozen=True, order=True)
class Nested:
    """Two counts of which one counts only people (or events) that the other counts too.

    Attributes:
        inner: The count of some of them.
        outer: The count of all of them.
        of_one_denominator: True when that holds only of people whom the denominators of both indicators count.
    """

    inner: Count
    outer: Count
    of_one_denominator: bool = False


def between(counts: Mapping[Count, Vector], nested: Sequence[Nested]) -> list[Vector]:
    """Return how many more each outer count has than its inner one, by place; ABSENT where that is no group to protect.

    A count that lies between the two at a place makes the difference there the sum of two others, which are protected.
    Two counts that turn out not to be nested in these cells tell nothing about a group.

    Args:
        counts: Every count that is told, by place; ABSENT where its indicator has no cell.
        nested: What lies in what.
    """
    numbers = {vector: place for place, vector in enumerate(dict.fromkeys(each.tobytes() for each in counts.values()))}
    number = {count: numbers[vector.tobytes()] for count, vector in counts.items()}
    vectors = {number[count]: vector for count, vector in counts.items()}
    told = [each for each in sorted(nested) if {each.inner, each.outer} <= counts.keys()]
    found = []
    pairs = {(number[each.inner], number[each.outer]) for each in told if not each.of_one_denominator}
    pairs = {(inner, outer) for inner, outer in pairs if inner != outer and _lies_in(vectors[inner], vectors[outer])}
    within = {count: {inner for inner, outer in pairs if outer == count} for count in vectors}
    for inner, outer in sorted(pairs):
        is_known = (vectors[inner] != ABSENT) & (vectors[outer] != ABSENT)
        for middle in within[outer]:
            if inner in within[middle]:
                is_known &= vectors[middle] == ABSENT
        found.append((inner, outer, is_known))
    found += [
        (number[each.inner], number[each.outer], _of_one_denominator(counts, each))
        for each in told
        if each.of_one_denominator
    ]
    return [
        np.where(is_known, vectors[outer] - vectors[inner], ABSENT)
        for inner, outer, is_known in found
        if is_known.any() and (vectors[outer] >= vectors[inner])[is_known].all()
    ]


def _lies_in(inner: Vector, outer: Vector) -> bool:
    is_known = (inner != ABSENT) & (outer != ABSENT)
    return bool((outer >= inner)[is_known].all())


def _of_one_denominator(counts: Mapping[Count, Vector], pair: Nested) -> NDArray[np.bool_]:
    """Return where both indicators have the same denominator."""
    one, other = (counts[Count(each.indicator, "denominator")] for each in (pair.inner, pair.outer))
    return np.asarray((one == other) & (one != ABSENT))
