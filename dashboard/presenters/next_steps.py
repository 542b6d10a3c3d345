"""What a unit can do next: the definitions' own advice for what most needs it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dashboard.catalogue import Definition
from dashboard.presenters.overview import TARGET_MISSED, WORSENING, Card
from dashboard.wording import Wording

AT_MOST = 3


@dataclass(frozen=True)
class Step:
    """One thing to do: for which indicator, why, and what."""

    indicator_id: str
    title: str
    why: str
    what_to_do: str


def next_steps(cards: Sequence[Card], definitions: Mapping[str, Definition], words: Wording) -> tuple[Step, ...]:
    """Return at most three steps, the most urgent first; no advice is given twice, and no group takes two places.

    Nothing is advised where a number is not shown, is no worse than others, and meets its target.

    Args:
        cards: All cards of a unit.
        definitions: By indicator id.
        words: The reader's language.
    """
    pressing = sorted((card for card in cards if card.urgency <= TARGET_MISSED), key=lambda card: card.urgency)
    steps: dict[str, Step] = {}
    said: set[str] = set()
    for card in pressing:
        advice = words.text(definitions[card.indicator_id].what_to_do)
        if not advice or advice in said or card.group in steps:
            continue
        said.add(advice)
        steps[card.group] = Step(card.indicator_id, card.title, _why(card), advice)
    return tuple(steps.values())[:AT_MOST]


def _why(card: Card) -> str:
    if card.urgency < WORSENING:
        return card.comparison.text
    return card.trend.text if card.urgency == WORSENING else card.target_text
