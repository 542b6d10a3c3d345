"""Where a unit stands: one card per indicator, worse and worsening first."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from dashboard.catalogue import Definition
from dashboard.comparison import Judgement, Measure, TargetState, against_target
from dashboard.presenters import measures
from dashboard.presenters.history import History, told
from dashboard.presenters.verdicts import Verdict, changed, compared, target_text
from dashboard.wording import Wording

WORSENING, TARGET_MISSED, NOT_SHOWN = 2, 3, 5
LOOK_FIRST = 6
GOING_WELL = 3


@dataclass(frozen=True)
class Peer:
    """Whom a unit is compared with: the name as it stands in a sentence, and the measures by indicator and date."""

    name: str
    measures: Mapping[str, History]


@dataclass(frozen=True)
class Card:
    """One indicator of one unit.

    Attributes:
        spark: The value on each reporting date up to the chosen one, oldest first; None where it is not shown.
        spark_ends: Values the line must have room for: the newest interval, so that noise looks small.
        spark_target: The target on the value's scale.
        reason: Why there is no number; empty when there is one.
        urgency: 0 worse and worsening, 1 worse, 2 worsening, 3 target not met, 4 the rest, 5 not shown.
    """

    indicator_id: str
    group: str
    group_title: str
    title: str
    value: str
    unit: str
    interval: str
    basis: str
    completeness: str
    target: TargetState
    target_text: str
    comparison: Verdict
    trend: Verdict
    spark: tuple[float | None, ...]
    spark_ends: tuple[float, ...]
    spark_target: float | None
    reason: str
    urgency: int
    is_verified: bool


@dataclass(frozen=True)
class Story:
    """What an overview tells: sentences first, then cards in order of urgency, then every card by group."""

    summary: tuple[tuple[str, Judgement], ...]
    chance: str
    look_first: tuple[Card, ...]
    going_well: tuple[Card, ...]
    by_group: Mapping[str, tuple[Card, ...]]

    @property
    def cards(self) -> list[Card]:
        """Every card, in the order of display."""
        return [card for group in self.by_group.values() for card in group]


def present(
    definitions: Mapping[str, Definition],
    own: Mapping[str, History],
    peer: Peer | None,
    reporting_date: date,
    words: Wording,
) -> Story:
    """Return the story of a unit on a reporting date.

    Args:
        definitions: By indicator id, in the order of display.
        own: The unit's measures by indicator and reporting date.
        peer: Whom it is compared with; None when it is not compared.
        reporting_date: The last day of the periods shown.
        words: The reader's language.
    """
    cards = [
        _card(definition, own.get(key, {}), peer, reporting_date, words) for key, definition in definitions.items()
    ]
    urgent = sorted((card for card in cards if card.urgency <= WORSENING), key=lambda card: card.urgency)
    well = [
        card
        for card in cards
        if "better" in {card.comparison.judgement, card.trend.judgement} and card.urgency > WORSENING
    ]
    well.sort(key=lambda card: (card.comparison.judgement != "better") + (card.trend.judgement != "better"))
    return Story(
        summary=_summary(cards, words, is_compared=peer is not None),
        chance=_chance(cards, words) if peer is not None else "",
        look_first=tuple(urgent[:LOOK_FIRST]),
        going_well=tuple(well[:GOING_WELL]),
        by_group=_grouped(cards),
    )


def _card(
    definition: Definition,
    own: History,
    peer: Peer | None,
    reporting_date: date,
    words: Wording,
) -> Card:
    latest = own.get(reporting_date, measures.ABSENT)
    target = against_target(
        latest,
        definition.target_value,
        definition.direction,
        is_strict=definition.target is not None and definition.target.is_strict,
        acceptable=definition.acceptable_value,
    )
    theirs = peer.measures.get(definition.indicator_id, {}).get(reporting_date) if peer else None
    comparison = compared(latest, theirs, peer.name if peer else "", definition, words)
    trend = changed(own, reporting_date, definition, words)
    return Card(
        indicator_id=definition.indicator_id,
        group=definition.group,
        group_title=words.text(definition.group_title),
        title=words.text(definition.title),
        value=measures.value(latest, definition, words),
        unit=words("measure.rate") if definition.kind == "rate_per_1000_patient_years" and latest.is_shown else "",
        interval=measures.interval(latest, definition, words),
        basis=measures.basis(latest, definition, words),
        completeness=measures.completeness(latest, definition, words),
        target=target,
        target_text=target_text(target, definition, words),
        comparison=comparison,
        trend=trend,
        spark=tuple(each.value if each.is_shown else None for day, each in told(own).items() if day <= reporting_date),
        spark_ends=tuple(end for end in (latest.low, latest.high) if latest.is_shown and end is not None),
        spark_target=definition.target_value,
        reason=measures.reason(latest, words),
        urgency=_urgency(latest, target, comparison.judgement, trend.judgement),
        is_verified=definition.is_verified,
    )


def _urgency(latest: Measure, target: TargetState, comparison: Judgement, trend: Judgement) -> int:
    if not latest.is_shown:
        return NOT_SHOWN
    if comparison == "worse":
        return 0 if trend == "worse" else 1
    if trend == "worse":
        return WORSENING
    return TARGET_MISSED if target == "not_met" else 4


def _summary(cards: Sequence[Card], words: Wording, *, is_compared: bool) -> tuple[tuple[str, Judgement], ...]:
    shown = [card for card in cards if not card.reason]
    about = "compared" if is_compared else "trend"
    found = Counter(card.comparison.judgement if is_compared else card.trend.judgement for card in shown)
    with_target = [card for card in shown if card.target != "none"]
    met = sum(card.target.startswith("met") for card in with_target)
    lines: list[tuple[str, Judgement]] = [
        (words.count(f"overview.summary.{about}.worse", found["worse"]), "worse"),
        (words.count(f"overview.summary.{about}.better", found["better"]), "better"),
        (words.count(f"overview.summary.{about}.similar", found["similar"] + found["different"]), "similar"),
    ]
    if with_target:
        lines.append(
            (words("overview.summary.target", met=words.whole(met), of=words.whole(len(with_target))), "unknown")
        )
    if hidden := len(cards) - len(shown):
        lines.append((words.count("overview.summary.hidden", hidden), "unknown"))
    return tuple((text, judgement if found[judgement] else "unknown") for text, judgement in lines)


def _chance(cards: Sequence[Card], words: Wording) -> str:
    compared_cards = sum(card.comparison.judgement != "unknown" for card in cards)
    expected = round(compared_cards * 0.05)
    return words.count("overview.chance", expected, of=words.whole(compared_cards)) if expected else ""


def _grouped(cards: Sequence[Card]) -> dict[str, tuple[Card, ...]]:
    groups = dict.fromkeys(card.group for card in cards)
    return {group: tuple(card for card in cards if card.group == group) for group in groups}
