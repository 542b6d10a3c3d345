"""A practice against its cluster, its municipality and everybody, on all indicators at once."""

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

import polars as pl

from dashboard.catalogue import Definition
from dashboard.chance.hiding import FEWEST_UNITS, Kind, are_never_hidden
from dashboard.comparison import HIDDEN, Judgement, Measure
from dashboard.presenters import case_mix, measures
from dashboard.presenters.verdicts import Verdict, compared
from dashboard.wording import Wording


@dataclass(frozen=True)
class Spine:
    """An indicator on the common scale of the spine chart.

    The centre (0) is everybody's value and ±1 what lies farthest from it of all that is drawn; better lies to the
    right, or higher where an indicator has no good direction. All positions are None when they are not shown.

    Attributes:
        spread: Positions of the lowest practice, the first and third quartile, and the highest, of the practices that
            are too large to be hidden; None where these are too few. Those shown of a rare event would mislead.
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
    expected: Mapping[str, case_mix.Expected] | None = None,
) -> list[Row]:
    """Return one row per indicator.

    Args:
        definitions: By indicator id, in the order of display.
        own: The practice's measures by indicator id.
        others: Level, name and measures of those it is compared with; the last one is the centre of the spine.
        practices: All practices on the reporting date, as read from the release.
        words: The reader's language.
        expected: What the practice's case mix lets expect, by indicator id.
    """
    values = _fair(practices, definitions, others[-1][2], words.smallest_group)
    rows = []
    for key, definition in definitions.items():
        mine = own.get(key, measures.ABSENT)
        theirs = [(level, name, found.get(key, measures.ABSENT)) for level, name, found in others]
        verdict = compared(mine, theirs[-1][2], words("unit.everybody_spoken"), definition, words)
        rows.append(
            Row(
                indicator_id=key,
                group=words.text(definition.group_title),
                title=words.text(definition.title),
                value=measures.value(mine, definition, words),
                interval=measures.interval(mine, definition, words),
                basis=words.joined(
                    measures.basis(mine, definition, words),
                    case_mix.beside(mine, (expected or {}).get(key), definition, words),
                ),
                completeness=measures.completeness(mine, definition, words),
                reason=measures.reason(mine, words),
                state=mine.state,
                others=tuple(measures.value(found, definition, words) for _, _, found in theirs),
                verdict=verdict,
                judgement=verdict.judgement,
                spine=spine(definition, mine, {level: found for level, _, found in theirs}, values.get(key, [])),
                text=measures.in_one_line(mine, definition, words),
            )
        )
    return rows


def drawable(rows: Sequence[Row]) -> list[Row]:
    """Return the rows that a chart has something to say about: those with a number, and those hidden for privacy."""
    return [row for row in rows if row.state in HIDDEN | {"shown"}]


def without_band(rows: Sequence[Row]) -> int:
    """Return of how many indicators a practice is drawn and all practices are not."""
    return sum(row.spine.position is not None and row.spine.spread is None for row in rows)


def _fair(
    practices: pl.DataFrame,
    definitions: Mapping[str, Definition],
    everybody: Mapping[str, Measure],
    smallest_count: int,
) -> dict[str, list[float]]:
    """Return by indicator the values of the practices whose size alone decides that they are shown."""
    known = [
        (key, definition.kind, everybody.get(key, measures.ABSENT).value)
        for key, definition in definitions.items()
        if definition.kind == "median" or everybody.get(key, measures.ABSENT).is_shown
    ]
    levels = pl.DataFrame(
        known, schema={"indicator_id": pl.String, "kind": pl.String, "level": pl.Float64}, orient="row"
    )
    shown = practices.filter(pl.col("state") == "shown", pl.col("value").is_not_null()).join(levels, on="indicator_id")
    fair = [shown.filter(kind="median")]
    for kind, per, size, each in (
        ("share", 1.0, "denominator", shown.filter(kind="proportion")),
        ("rate", float(measures.PATIENT_YEARS), "patient_years", shown.filter(kind="rate_per_1000_patient_years")),
    ):
        sizes = each[size].cast(pl.Float64).fill_null(0).to_numpy()
        is_fair = are_never_hidden(cast("Kind", kind), each["level"].to_numpy() / per, sizes, smallest_count)
        fair.append(each.filter(pl.Series(is_fair)))
    return dict(pl.concat(fair).group_by("indicator_id").agg("value").iter_rows())


def spine(definition: Definition, own: Measure, groups: Mapping[str, Measure], values: Sequence[float]) -> Spine:
    """Return where a practice lies between the worst and the best; empty when everybody's value is not shown.

    Args:
        definition: The indicator.
        own: The practice's measure.
        groups: The measures of everybody (`all`) and of the practice's groups, by level.
        values: Of the practices that tell fairly of all.
    """
    centre = groups["all"].value if groups["all"].is_shown else None
    nothing = Spine(None, None, None, None, {})
    if centre is None:
        return nothing
    spread = values if len(values) >= FEWEST_UNITS else []
    if not (spread or own.is_shown):
        return nothing
    marked = [own, *groups.values()]
    drawn = [*spread, own.low, own.high, *(each.value for each in marked if each.is_shown)]
    reach = max(abs(value - centre) for value in [centre, *drawn] if value is not None)
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
