"""A practice against its cluster, its municipality and everybody, on all indicators at once."""

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from dashboard.catalogue import Definition
from dashboard.comparison import HIDDEN, Judgement, Measure
from dashboard.presenters import measures
from dashboard.presenters.verdicts import Verdict, compared
from dashboard.wording import Wording

FEWEST_FOR_SPREAD = 5


@dataclass(frozen=True)
class Spine:
    """An indicator on the common scale of the spine chart.

    The centre (0) is everybody's value and ±1 the practice farthest from it; better lies to the right, or higher where
    an indicator has no good direction. All positions are None when they are not shown.

    Attributes:
        spread: Positions of the lowest practice, the first and third quartile, and the highest.
        groups: Positions of the practice's cluster and municipality, by level.
    """

    position: float | None
    low: float | None
    high: float | None
    spread: tuple[float, float, float, float] | None
    groups: Mapping[str, float]


@dataclass(frozen=True)
class Row:
    """One indicator of a practice beside those it is compared with."""

    indicator_id: str
    group: str
    title: str
    value: str
    interval: str
    basis: str
    completeness: str
    reason: str
    state: str
    others: tuple[str, ...]
    verdict: Verdict
    judgement: Judgement
    spine: Spine
    text: str


def present(
    definitions: Mapping[str, Definition],
    own: Mapping[str, Measure],
    others: Sequence[tuple[str, str, Mapping[str, Measure]]],
    practices: pl.DataFrame,
    words: Wording,
) -> list[Row]:
    """Return one row per indicator.

    Args:
        definitions: By indicator id, in the order of display.
        own: The practice's measures by indicator id.
        others: Level, name and measures of those it is compared with; the last one is the centre of the spine.
        practices: All practices on the reporting date, as read from the release.
        words: The reader's language.
    """
    shown = practices.filter(pl.col("state") == "shown", pl.col("value").is_not_null())
    values = dict(shown.group_by("indicator_id").agg("value").iter_rows())
    rows = []
    for key, definition in definitions.items():
        mine = own.get(key, measures.ABSENT)
        theirs = [(level, name, found.get(key, measures.ABSENT)) for level, name, found in others]
        verdict = compared(mine, theirs[-1][2], words("unit.everybody_spoken"), definition, words)
        rows.append(
            Row(
                indicator_id=key,
                group=definition.group,
                title=words.text(definition.title),
                value=measures.value(mine, definition, words),
                interval=measures.interval(mine, definition, words),
                basis=measures.basis(mine, definition, words),
                completeness=measures.completeness(mine, definition, words),
                reason=measures.reason(mine, words),
                state=mine.state,
                others=tuple(measures.value(found, definition, words) for _, _, found in theirs),
                verdict=verdict,
                judgement=verdict.judgement,
                spine=spine(definition, mine, {level: found for level, _, found in theirs}, values.get(key)),
                text=measures.in_one_line(mine, definition, words),
            )
        )
    return rows


def drawable(rows: Sequence[Row]) -> list[Row]:
    """Return the rows that a chart has something to say about: those with a number, and those hidden for privacy."""
    return [row for row in rows if row.state in HIDDEN | {"shown"}]


def spine(definition: Definition, own: Measure, groups: Mapping[str, Measure], values: Sequence[float] | None) -> Spine:
    """Return where a practice lies between the worst and the best; empty when everybody's value is not shown."""
    centre = groups["all"].value if groups["all"].is_shown else None
    nothing = Spine(None, None, None, None, {})
    if centre is None:
        return nothing
    spread = values if values is not None and len(values) >= FEWEST_FOR_SPREAD else []
    reach = max(
        (abs(value - centre) for value in [*spread, *([own.value] if own.value is not None else [])]), default=0
    )
    if not reach:
        return nothing
    sign = -1 if definition.direction == "lower_is_better" else 1

    def place(value: float) -> float:
        return sign * (value - centre) / reach

    ends = sorted(place(value) for value in (own.low, own.high) if value is not None) if own.is_shown else []
    marks = None
    if spread:
        placed = sorted(place(value) for value in spread)
        first, _, third = statistics.quantiles(placed, n=4, method="inclusive")
        marks = (placed[0], first, third, placed[-1])
    return Spine(
        position=place(own.value) if own.is_shown and own.value is not None else None,
        low=ends[0] if len(ends) == 2 else None,
        high=ends[1] if len(ends) == 2 else None,
        spread=marks,
        groups={
            level: place(found.value)
            for level, found in groups.items()
            if level != "all" and found.is_shown and found.value is not None
        },
    )
