"""Units or groups beside each other: one row each, a dot with its interval, hatching where a value is not shown."""

from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

from dashboard import colours
from dashboard.charts.canvas import Canvas
from dashboard.charts.reach import Reach, ends_of, reach, target_sign
from dashboard.charts.sheet import Caption, Sign, escaped, sheet, wrapped
from dashboard.comparison import Judgement
from dashboard.presenters.drawn import Dot, Panel, Scale
from dashboard.wording import Wording

ROW = 27
LABEL_LENGTH = 24
HEADING = "heading"
_JUDGEMENTS: tuple[Judgement, ...] = ("better", "similar", "worse", "different")


def figure(dots: Sequence[Dot], reference: Dot | None, scale: Scale, caption: Caption, words: Wording) -> go.Figure:
    """Return one row per dot, in the order given from top to bottom.

    Args:
        dots: Units, or groups with a heading above each (`headed`).
        reference: Everybody's value, drawn as a line with a band for its interval.
        scale: How the numbers are printed.
        caption: Texts drawn into the picture.
        words: The reader's language.
    """
    centre = reference if reference is not None and reference.value is not None else None
    ends = reach(ends_of([*dots, *([centre] if centre else [])]), scale)
    key = _key(dots, centre, target_sign(scale, ends, words), words)
    drawn = sheet(caption, ROW * max(len(dots), 3), words, key=key)
    _add_rows(drawn, dots, ends)
    for shape in _behind(centre, ends.target):
        drawn.shape(**shape)
    drawn.xaxis(range=[ends.low, ends.high], ticksuffix=scale.suffix, nticks=6)
    drawn.yaxis(
        tickvals=list(range(len(dots))),
        ticktext=[_label(dot) for dot in dots],
        range=[len(dots) - 0.4, -0.6],
        showgrid=False,
        tickfont={"size": 13},
    )
    return drawn.figure()


def _behind(centre: Dot | None, target: float | None) -> list[dict[str, Any]]:
    """Return the shapes behind the dots, from top to bottom: everybody's interval and value, and the target."""
    shapes: list[dict[str, Any]] = []
    if centre is not None:
        if centre.low is not None and centre.high is not None:
            band = {"fillcolor": colours.LINE, "opacity": 0.6, "line": {"width": 0}}
            shapes.append({"type": "rect", "x0": centre.low, "x1": centre.high} | band)
        line = {"color": colours.MUTED, "width": 1.5, "dash": "dash"}
        shapes.append({"type": "line", "x0": centre.value, "x1": centre.value, "line": line})
    if target is not None:
        line = {"color": colours.TARGET, "width": 1.5, "dash": "dot"}
        shapes.append({"type": "line", "x0": target, "x1": target, "line": line})
    return [{"y0": 0, "y1": 1, "yref": "y domain", "layer": "below"} | shape for shape in shapes]


def headed(panels: Sequence[Panel]) -> list[Dot]:
    """Return the dots of several panels below each other, each panel under a row that holds its heading."""
    return [dot for panel in panels for dot in (Dot(panel.heading, None, None, None, "", state=HEADING), *panel.dots)]


def _add_rows(drawn: Canvas, dots: Sequence[Dot], ends: Reach) -> None:
    hidden = [place for place, dot in enumerate(dots) if dot.value is None and dot.state != HEADING]
    if hidden:
        drawn.add(
            "bar",
            y=hidden,
            x=[ends.high - ends.low] * len(hidden),
            base=[ends.low] * len(hidden),
            orientation="h",
            width=[0.5] * len(hidden),
            marker={
                "color": "rgba(0,0,0,0)",
                "line": {"width": 0},
                "pattern": {"shape": "/", "fgcolor": colours.HIDDEN, "size": 7, "solidity": 0.15},
            },
            customdata=[escaped(f"{dots[place].label}: {dots[place].text}") for place in hidden],
            hovertemplate="%{customdata}<extra></extra>",
        )
    shown = [(place, dot) for place, dot in enumerate(dots) if dot.value is not None]
    drawn.add(
        "scatter",
        y=[place for place, _ in shown],
        x=[dot.value for _, dot in shown],
        mode="markers",
        marker={
            "size": [13 if dot.is_own else 9 for _, dot in shown],
            "color": [_colour(dot) for _, dot in shown],
            "symbol": [colours.SYMBOLS[dot.judgement] for _, dot in shown],
            "line": {"width": [2 if dot.is_own else 0 for _, dot in shown], "color": colours.INK},
        },
        error_x={
            "type": "data",
            "symmetric": False,
            "array": [_arm(dot.value, dot.high) for _, dot in shown],
            "arrayminus": [_arm(dot.low, dot.value) for _, dot in shown],
            "thickness": 1.4,
            "width": 0,
            "color": colours.HIDDEN,
        },
        customdata=[escaped(f"{dot.label}: {dot.text}") for _, dot in shown],
        hovertemplate="%{customdata}<extra></extra>",
    )


def _colour(dot: Dot) -> str:
    return colours.ACCENT if dot.judgement == "unknown" else colours.JUDGED[dot.judgement]


def _arm(start: float | None, end: float | None) -> float:
    return 0.0 if start is None or end is None else end - start


def _key(dots: Sequence[Dot], centre: Dot | None, target: Sequence[Sign], words: Wording) -> list[Sign]:
    key = [
        Sign(colours.MARKS[judgement], colours.JUDGED[judgement], words(f"chart.judged.{judgement}"))
        for judgement in _JUDGEMENTS
        if any(dot.judgement == judgement for dot in dots)
    ]
    if centre is not None:
        key.append(Sign(colours.SIGN_DASHES, colours.MUTED, centre.label))
    key += target
    if any(dot.is_hidden for dot in dots):
        key.append(Sign(colours.SIGN_HATCH, colours.HIDDEN, words("chart.hidden")))
    return key


def _label(dot: Dot) -> str:
    name = wrapped(dot.label, LABEL_LENGTH)
    return f"<b>{name}</b>" if dot.is_own or dot.state == HEADING else name
