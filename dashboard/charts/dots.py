"""Units or groups beside each other: one row each, a dot with its interval, hatching where a value is not shown."""

from collections.abc import Sequence

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from dashboard import colours
from dashboard.charts.sheet import KEY, Caption, escaped, sheet, shortened
from dashboard.presenters.drawn import Dot, Panel, Scale
from dashboard.wording import Wording

ROW = 26
LABEL_LENGTH = 34


def figure(dots: Sequence[Dot], reference: Dot, scale: Scale, caption: Caption, words: Wording) -> go.Figure:
    """Return the units of a level, in the order given from top to bottom, with everybody's value as a band."""
    drawn = sheet(caption, ROW * max(len(dots), 3), words, top=34, bottom=40)
    ends = axis_range([*dots, reference], scale)
    if reference.value is not None:
        if reference.low is not None and reference.high is not None:
            drawn.add_vrect(
                x0=reference.low, x1=reference.high, fillcolor=colours.LINE, opacity=0.6, line_width=0, layer="below"
            )
        drawn.add_vline(x=reference.value, line={"color": colours.MUTED, "width": 1.5, "dash": "dash"}, layer="below")
    _add_target(drawn, scale)
    _add_rows(drawn, dots, ends)
    _add_key(drawn, dots, reference, scale, words)
    _axes(drawn, dots, ends, scale)
    return drawn


def panels(found: Sequence[Panel], scale: Scale, caption: Caption, words: Wording) -> go.Figure:
    """Return small charts below each other, on one scale, so that they can be compared."""
    rows = [len(panel.dots) for panel in found]
    blank = sheet(caption, sum(rows) * ROW + 46 * len(found), words, top=56, bottom=40)
    drawn = make_subplots(
        rows=len(found),
        cols=1,
        shared_xaxes=True,
        row_heights=rows,
        vertical_spacing=0.34 / max(len(found) * 2, 4),
        subplot_titles=[f"<b>{escaped(panel.heading)}</b>" for panel in found],
    )
    headings = [
        {**heading.to_plotly_json(), "x": 0, "xanchor": "left", "font": {"size": 14, "color": colours.INK}}
        for heading in drawn.layout.annotations
    ]
    own = [note.to_plotly_json() for note in blank.layout.annotations]
    drawn.update_layout(blank.layout)
    drawn.update_layout(annotations=[*headings, *own])
    every = [dot for panel in found for dot in panel.dots]
    ends = axis_range(every, scale)
    for place, panel in enumerate(found, start=1):
        _add_rows(drawn, panel.dots, ends, row=place)
        _axes(drawn, panel.dots, ends, scale, row=place)
    _add_target(drawn, scale)
    _add_key(drawn, every, None, scale, words)
    drawn.update_layout(legend={"y": 1 + 30 / (sum(rows) * ROW + 46 * len(found))})
    drawn.update_xaxes(gridcolor=colours.LINE, showticklabels=True, fixedrange=True, zeroline=False)
    drawn.update_yaxes(fixedrange=True, zeroline=False)
    return drawn


def axis_range(dots: Sequence[Dot], scale: Scale) -> tuple[float, float]:
    """Return the ends of the value axis: every interval and the target, with air, and never outside what can occur."""
    ends = [end for dot in dots for end in (dot.low, dot.high, dot.value) if end is not None]
    if scale.target is not None:
        ends.append(scale.target)
    if not ends:
        return 0.0, 100.0 if scale.is_share else 1.0
    air = max((max(ends) - min(ends)) * 0.06, 0.5 if scale.is_share else 0.05)
    top = max(ends) + air
    return max(min(ends) - air, 0.0), min(top, 101.0) if scale.is_share else top


def _add_rows(drawn: go.Figure, dots: Sequence[Dot], ends: tuple[float, float], row: int | None = None) -> None:
    where = {} if row is None else {"row": row, "col": 1}
    low, high = ends
    hidden = [place for place, dot in enumerate(dots) if dot.value is None]
    if hidden:
        drawn.add_bar(
            y=hidden,
            x=[high - low] * len(hidden),
            base=[low] * len(hidden),
            orientation="h",
            width=[0.5] * len(hidden),
            marker={
                "color": "rgba(0,0,0,0)",
                "line": {"width": 0},
                "pattern": {"shape": "/", "fgcolor": colours.HIDDEN, "size": 7, "solidity": 0.15},
            },
            customdata=[escaped(f"{dots[place].label}: {dots[place].text}") for place in hidden],
            hovertemplate="%{customdata}<extra></extra>",
            showlegend=False,
            **where,
        )
    shown = [(place, dot) for place, dot in enumerate(dots) if dot.value is not None]
    drawn.add_scatter(
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
        showlegend=False,
        **where,
    )


def _colour(dot: Dot) -> str:
    return colours.ACCENT if dot.judgement == "unknown" else colours.JUDGED[dot.judgement]


def _arm(start: float | None, end: float | None) -> float:
    return 0.0 if start is None or end is None else end - start


def _add_target(drawn: go.Figure, scale: Scale) -> None:
    if scale.target is not None:
        drawn.add_vline(x=scale.target, line={"color": colours.TARGET, "width": 1.5, "dash": "dot"}, layer="below")


def _add_key(drawn: go.Figure, dots: Sequence[Dot], reference: Dot | None, scale: Scale, words: Wording) -> None:
    for judgement in ("better", "similar", "worse", "different"):
        if any(dot.judgement == judgement for dot in dots):
            _key(
                drawn,
                words(f"chart.judged.{judgement}"),
                "markers",
                marker={"symbol": colours.SYMBOLS[judgement], "color": colours.JUDGED[judgement], "size": 9},
            )
    if reference is not None and reference.value is not None:
        _key(drawn, reference.label, "lines", line={"color": colours.MUTED, "width": 1.5, "dash": "dash"})
    if scale.target is not None:
        _key(
            drawn,
            words("chart.target", target=scale.target_text),
            "lines",
            line={"color": colours.TARGET, "width": 1.5, "dash": "dot"},
        )
    drawn.update_layout(showlegend=True, legend=KEY)


def _key(drawn: go.Figure, name: str, mode: str, **look: object) -> None:
    drawn.add_scatter(x=[None], y=[None], mode=mode, name=escaped(name), hoverinfo="skip", showlegend=True, **look)


def _axes(
    drawn: go.Figure, dots: Sequence[Dot], ends: tuple[float, float], scale: Scale, row: int | None = None
) -> None:
    where = {} if row is None else {"row": row, "col": 1}
    names = [escaped(shortened(dot.label, LABEL_LENGTH)) for dot in dots]
    labels = [f"<b>{name}</b>" if dot.is_own else name for name, dot in zip(names, dots, strict=True)]
    drawn.update_yaxes(
        tickvals=list(range(len(dots))),
        ticktext=labels,
        range=[len(dots) - 0.4, -0.6],
        showgrid=False,
        automargin=True,
        tickfont={"size": 13},
        **where,
    )
    drawn.update_xaxes(range=list(ends), ticksuffix=scale.suffix, nticks=7, automargin=True, **where)
