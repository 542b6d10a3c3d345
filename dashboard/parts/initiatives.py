"""A unit's initiatives as cards, and those of everybody as the rows of a table."""

from collections.abc import Mapping, Sequence

from dashboard.parts.markup import chip, link, safe
from dashboard.parts.prose import paragraphs
from dashboard.parts.tables import Cell, Section
from dashboard.presenters.initiatives import Shown


def initiatives(found: Sequence[Shown], address: Mapping[str, str], history: str) -> str:
    """Return each initiative with its plan, its notes, what may be said of its effect, and its entries folded away.

    Args:
        found: In the order of display.
        address: The choices that the link to an indicator carries along.
        history: The heading of the entries.
    """
    return f'<div class="tv-initiatives">{"".join(_initiative(each, address, history) for each in found)}</div>'


def rows(found: Sequence[Shown], address: Mapping[str, str]) -> list[Section]:
    """Return one row per initiative: what, who, on which indicator, since when, how, and what became of the numbers."""

    def row(each: Shown) -> tuple[Cell, ...]:
        return (
            Cell(each.title, look="long", note=each.state),
            Cell(each.whose),
            Cell(each.indicator, markup=_on_the_chart(each, address)),
            Cell(each.start, look="number"),
            Cell(each.actions, look="long"),
            Cell(each.effect.text, markup=chip(each.effect.judgement, each.effect.text), look="long"),
        )

    return [Section("", tuple(row(each) for each in found))]


def _initiative(each: Shown, address: Mapping[str, str], history: str) -> str:
    entries = "".join(f"<li>{safe(entry)}</li>" for entry in each.written)
    return (
        f'<article class="tv-card tv-edge-{each.effect.judgement}"><h2>{safe(each.title)}'
        f'<span class="tv-note">{safe(each.state)}</span></h2>'
        f"<p>{_on_the_chart(each, address)}</p>"
        f'<div class="tv-chips">{chip(each.effect.judgement, each.effect.text)}</div>'
        f"{paragraphs('', each.facts, is_wide=True)}"
        f'<details class="tv-small"><summary>{safe(history)}</summary><ul>{entries}</ul></details></article>'
    )


def _on_the_chart(each: Shown, address: Mapping[str, str]) -> str:
    choices = {**address, "unit": each.unit, "indicator": each.indicator_id, "course": "run_chart"}
    return link("indicator", each.indicator, **choices)
