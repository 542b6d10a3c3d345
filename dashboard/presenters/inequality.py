"""How far a unit's groups are apart, in words a manager reads: who lies how far above whom, and is it chance."""

from collections.abc import Sequence
from dataclasses import dataclass

from dashboard.catalogue import Definition
from dashboard.chance.inequality import Apart, gap, others_than, ratio
from dashboard.comparison import Judgement, Measure, difference, judge
from dashboard.presenters import measures
from dashboard.presenters.drawn import factor
from dashboard.presenters.measures import Split
from dashboard.presenters.municipality import SEXES, age
from dashboard.presenters.standards import ages_of
from dashboard.presenters.units import Unit
from dashboard.wording import Wording


@dataclass(frozen=True)
class Compared:
    """One group against the other people of the unit.

    Attributes:
        label: Who is compared with whom.
        own: The group's number.
        other: The others' number.
        gap: On the printed scale, with its interval.
        ratio: The group's number as a multiple of the others'.
        judgement: What the gap means for the group.
        verdict: The same in words.
    """

    label: str
    own: str
    other: str
    gap: Apart
    gap_text: str
    ratio_text: str
    judgement: Judgement
    verdict: str


def compared(unit: Unit, cells: Split, definition: Definition, words: Wording) -> list[Compared]:
    """Return women against men, and each age group against all other ages; those that can be told.

    Args:
        unit: The unit.
        cells: Its cells by unit, sex and age group.
        definition: The indicator; of a median only the sexes can be compared.
        words: The reader's language.
    """
    women, men = (cells.get((unit.unit_id, sex, "all"), measures.ABSENT) for sex in SEXES)
    pairs = [(words("inequality.sexes"), women, men)]
    everybody = cells.get((unit.unit_id, "all", "all"), measures.ABSENT)
    for band, group in ages_of(unit, cells).items():
        others = others_than(group, everybody)
        if others is not None and definition.kind != "median":
            pairs.append((words("inequality.ages", group=age(band, words)), group, others))
    found = (_compared(label, own, other, definition, words) for label, own, other in pairs)
    return [each for each in found if each is not None]


def told(found: Sequence[Compared], words: Wording) -> list[str]:
    """Return what stands out, in sentences; that nothing does is said too."""
    if not found:
        return []
    clear = [each for each in found if each.judgement not in ("similar", "unknown")]
    if not clear:
        return [words("inequality.nothing")]
    return [words("inequality.sentence", label=each.label, verdict=each.verdict, gap=each.gap_text) for each in clear]


def rows(found: Sequence[Compared]) -> list[tuple[str, ...]]:
    """Return who against whom, both numbers, gap, ratio and verdict, one row per comparison."""
    return [(each.label, each.own, each.other, each.gap_text, each.ratio_text, each.verdict) for each in found]


def _compared(label: str, own: Measure, other: Measure, definition: Definition, words: Wording) -> Compared | None:
    apart, times = gap(own, other), ratio(own, other)
    if apart is None or apart.low is None or apart.high is None:
        return None
    place = difference(own, other)
    judgement = judge(place, definition.direction)
    verdict = words(f"inequality.{place}")
    if judgement in {"better", "worse"}:
        verdict = words(f"judgement.{judgement}", sentence=verdict)
    scale = factor(definition)
    printed = Apart(apart.value * scale, apart.low * scale, apart.high * scale)
    return Compared(
        label=label,
        own=measures.value(own, definition, words),
        other=measures.value(other, definition, words),
        gap=printed,
        gap_text=_gap(printed, definition, words),
        ratio_text=_ratio(times, words),
        judgement=judgement,
        verdict=verdict,
    )


def _gap(apart: Apart, definition: Definition, words: Wording) -> str:
    low, high = (words.signed(end) for end in (apart.low or 0.0, apart.high or 0.0))
    unit = words("inequality.points") if definition.kind == "proportion" else measures.unit(definition, words)
    return words("inequality.gap", value=words.signed(apart.value), unit=unit, low=low, high=high)


def _ratio(apart: Apart | None, words: Wording) -> str:
    if apart is None:
        return ""
    value = words.number(apart.value, 2)
    if apart.low is None or apart.high is None:
        return value
    return words.joined(value, f"{words.number(apart.low, 2)}–{words.number(apart.high, 2)}")
