"""Indicator cards and the summary above them."""

from collections.abc import Mapping, Sequence

from dashboard.comparison import Judgement
from dashboard.parts.markup import chip, link, safe
from dashboard.parts.sparkline import sparkline
from dashboard.presenters.next_steps import Step
from dashboard.presenters.overview import Card
from dashboard.wording import Wording

_TARGET_LOOK: Mapping[str, Judgement] = {
    "met": "better",
    "met_uncertain": "similar",
    "acceptable": "similar",
    "not_met_uncertain": "similar",
    "not_met": "worse",
}


def summary(lines: Sequence[tuple[str, Judgement]]) -> str:
    """Return the sentences that tell where a unit stands, as a list."""
    items = "".join(f"<li>{chip(judgement, text)}</li>" for text, judgement in lines)
    return f'<ul class="tv-summary">{items}</ul>'


def advice(steps: Sequence[Step], address: Mapping[str, str]) -> str:
    """Return what to do next as a numbered list; each step leads to its indicator.

    Args:
        steps: The most urgent first.
        address: The choices that the link to an indicator carries along.
    """
    items = "".join(
        f"<li><strong>{link('indicator', step.title, **{**address, 'indicator': step.indicator_id})}</strong> "
        f'<span class="tv-small">{safe(step.why)}</span><br>{safe(step.what_to_do)}</li>'
        for step in steps
    )
    return f'<ol class="tv-steps">{items}</ol>'


def cards(found: Sequence[Card], address: Mapping[str, str] | None, words: Wording, level: int = 3) -> str:
    """Return cards in a grid that becomes one column on a phone.

    Args:
        found: In the order of display.
        address: The choices that the link to an indicator carries along; None on the indicator's own page.
        words: The reader's language.
        level: Of the cards' headings: one below that of the heading they stand under.
    """
    return f'<div class="tv-cards">{"".join(_card(card, address, words, f"h{level}") for card in found)}</div>'


def side_by_side(parts: Mapping[str, Sequence[Card]], address: Mapping[str, str], words: Wording) -> str:
    """Return cards in columns, each under its heading; below each other on a phone. An empty column is left out."""
    columns = "".join(
        f"<section><h3>{safe(heading)}</h3>{cards(found, address, words, 4)}</section>"
        for heading, found in parts.items()
        if found
    )
    return f'<div class="tv-beside">{columns}</div>'


def _card(card: Card, address: Mapping[str, str] | None, words: Wording, heading: str) -> str:
    title = safe(card.title)
    if address is not None:
        title = link("indicator", card.title, **{**address, "indicator": card.indicator_id})
    if card.reason:
        return (
            f'<article class="tv-card tv-hidden"><{heading}>{title}</{heading}>'
            f'<p class="tv-state">{safe(card.value)}</p><p class="tv-small">{safe(card.reason)}</p></article>'
        )
    unit = f' <span class="tv-unit">{safe(card.unit)}</span>' if card.unit else ""
    interval = f'<span class="tv-interval">{safe(words("measure.interval", interval=card.interval))}</span>'
    facts = " · ".join(safe(part) for part in (card.basis, card.completeness) if part)
    chips = chip(card.comparison.judgement, card.comparison.text) + chip(card.trend.judgement, card.trend.text)
    if card.target_text:
        chips += chip(_TARGET_LOOK[card.target], card.target_text)
    unverified = "" if card.is_verified else f'<span class="tv-note">{safe(words("definition.proposed"))}</span>'
    spark = sparkline(card.spark, card.spark_ends, card.spark_target, safe(words("overview.spark", title=card.title)))
    return (
        f'<article class="tv-card tv-edge-{card.comparison.judgement}">'
        f"<{heading}>{title}{unverified}</{heading}>"
        f'<div class="tv-row"><div><p class="tv-value">{safe(card.value)}{unit}</p>'
        f"{interval if card.interval else ''}</div>{spark}</div>"
        f'<p class="tv-small">{facts}</p><div class="tv-chips">{chips}</div></article>'
    )
