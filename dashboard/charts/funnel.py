"""The funnel chart: a dot for each practice by its size, between the lines that chance seldom crosses."""

from collections.abc import Sequence
from dataclasses import replace

import plotly.graph_objects as go

from dashboard import colours
from dashboard.charts.canvas import Canvas
from dashboard.charts.reach import reach, target_sign
from dashboard.charts.sheet import Caption, Sign, escaped, sheet
from dashboard.presenters.drawn import Scale
from dashboard.presenters.funnel import Drawing, Spot
from dashboard.wording import Wording

HEIGHT = 380
TICKS = 54


def figure(drawing: Drawing, scale: Scale, caption: Caption, words: Wording) -> go.Figure:
    """Return the funnel of an indicator.

    Args:
        drawing: Practices and limits.
        scale: How the numbers are printed.
        caption: Texts drawn into the picture.
        words: The reader's language.
    """
    if drawing.is_around_target:
        scale = replace(scale, target=None)
    lines = drawing.lines
    ends = reach([*(spot.value for spot in drawing.spots), *lines.low, *lines.high, drawing.level], scale)
    drawn = sheet(caption, HEIGHT, words, key=_key(drawing, target_sign(scale, ends, words), words), ticks=TICKS)
    for low, high, dash in ((lines.low, lines.high, "solid"), (lines.far_low, lines.far_high, "dash")):
        # Both limits in one trace, parted by a gap: each trace costs time on every visit.
        drawn.add(
            "scatter",
            x=[*lines.sizes, None, *lines.sizes],
            y=[*low, None, *high],
            mode="lines",
            line={"color": colours.LIMIT, "width": 1.3, "dash": dash},
            hoverinfo="skip",
        )
    drawn.add(
        "scatter",
        x=[lines.sizes[0], lines.sizes[-1]],
        y=[drawing.level] * 2,
        mode="lines",
        line={"color": colours.INK, "width": 1.8},
        hoverinfo="skip",
    )
    if ends.target is not None:
        drawn.add(
            "scatter",
            x=[lines.sizes[0], lines.sizes[-1]],
            y=[ends.target] * 2,
            mode="lines",
            line={"color": colours.TARGET, "width": 1.5, "dash": "dot"},
            hoverinfo="skip",
        )
    _add_spots(drawn, drawing.spots)
    if own := [spot for spot in drawing.spots if spot.is_own]:
        drawn.add(
            "scatter",
            x=[spot.size for spot in own],
            y=[spot.value for spot in own],
            mode="markers",
            marker={"symbol": "circle-open", "size": 22, "color": colours.INK, "line": {"width": 2}},
            hoverinfo="skip",
        )
    drawn.yaxis(range=[ends.low, ends.high], ticksuffix=scale.suffix, nticks=6)
    drawn.xaxis(
        title={"text": escaped(drawing.size_title), "font": {"size": 13, "color": colours.MUTED}, "standoff": 8},
        range=[0, lines.sizes[-1]],
        nticks=6,
    )
    return drawn.figure()


def _add_spots(drawn: Canvas, spots: Sequence[Spot]) -> None:
    drawn.add(
        "scatter",
        x=[spot.size for spot in spots],
        y=[spot.value for spot in spots],
        mode="markers",
        marker={
            "size": 9,
            "color": [colours.JUDGED[spot.judgement] for spot in spots],
            "symbol": [_symbol(spot) for spot in spots],
            "line": {"width": [2 if _is_open(spot) else 0 for spot in spots]},
        },
        customdata=[escaped(f"{spot.label}: {spot.text} · {spot.verdict}") for spot in spots],
        hovertemplate="%{customdata}<extra></extra>",
    )


def _is_open(spot: Spot) -> bool:
    """Return whether a practice lies between the inner and the outer limits: outside, but not surely."""
    return spot.judgement != "similar" and not spot.is_far


def _symbol(spot: Spot) -> str:
    return colours.SYMBOLS[spot.judgement] + ("-open" if _is_open(spot) else "")


def _key(drawing: Drawing, target: Sequence[Sign], words: Wording) -> list[Sign]:
    key = [Sign(colours.SIGN_RING, colours.INK, spot.label) for spot in drawing.spots if spot.is_own]
    for judgement in ("better", "worse", "different"):
        found = {spot.is_far for spot in drawing.spots if spot.judgement == judgement}
        marks = ((True, colours.MARKS[judgement], "far"), (False, colours.OPEN_MARKS[judgement], "near"))
        key += [
            Sign(mark, colours.JUDGED[judgement], words(f"funnel.{reach}.{judgement}"))
            for is_far, mark, reach in marks
            if is_far in found
        ]
    key += [
        Sign(colours.SIGN_HEAVY, colours.INK, drawing.level_text),
        Sign(colours.SIGN_THIN, colours.LIMIT, words("funnel.inner")),
        Sign(colours.SIGN_DASHES, colours.LIMIT, words("funnel.outer")),
    ]
    return [*key, *target]
