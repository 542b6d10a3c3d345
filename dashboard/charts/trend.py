"""A unit's course: line with interval ribbon, the comparison, the target, and hatching where a value is not shown."""

from collections.abc import Sequence
from datetime import date, timedelta

import plotly.graph_objects as go

from dashboard import colours
from dashboard.charts.canvas import Canvas
from dashboard.charts.reach import ends_of, reach, target_sign
from dashboard.charts.sheet import Caption, Sign, escaped, sheet
from dashboard.presenters.breaks import Mark
from dashboard.presenters.drawn import Line, Scale
from dashboard.wording import Wording

HEIGHT = 300
# Two lines below the axis: a month above its year, which stay apart on a phone.
TICKS = 48
_HALF_A_QUARTER_MS = 45 * 86_400_000


def figure(own: Line, other: Line | None, scale: Scale, caption: Caption, words: Wording) -> go.Figure:
    """Return the course of a unit, with whom it is compared with and the target."""
    key = [Sign(colours.SIGN_LINE, colours.ACCENT, own.name)]
    if other is not None:
        key.append(Sign(colours.SIGN_DASHES, colours.MUTED, other.name))
    ends = reach(ends_of([*own.dots, *(other.dots if other else ())]), scale)
    key += target_sign(scale, ends, words)
    if any(dot.is_hidden for dot in own.dots):
        key.append(Sign(colours.SIGN_HATCH, colours.HIDDEN, words("chart.hidden")))
    drawn = sheet(caption, HEIGHT, words, key=key, ticks=TICKS)
    hatch_hidden(drawn, own, ends.low, ends.high)
    for start, end in _stretches(own):
        days = list(own.days[start:end])
        stretch = own.dots[start:end]
        drawn.add(
            "scatter",
            x=[*days, *reversed(days)],
            y=[*[dot.high for dot in stretch], *[dot.low for dot in reversed(stretch)]],
            fill="toself",
            fillcolor=colours.RIBBON,
            # A single value between hidden ones has no ribbon to stand in: its interval is a bar.
            line={"width": 0 if end - start > 1 else 9, "color": colours.RIBBON},
            mode="lines",
            hoverinfo="skip",
        )
    if other is not None:
        drawn.add(
            "scatter",
            x=other.days,
            y=[dot.value for dot in other.dots],
            mode="lines",
            line={"color": colours.MUTED, "width": 2, "dash": "dash"},
            customdata=[escaped(f"{other.name}: {dot.text}") for dot in other.dots],
            hovertemplate="%{customdata}<extra></extra>",
        )
    drawn.add(
        "scatter",
        x=own.days,
        y=[dot.value for dot in own.dots],
        mode="lines+markers",
        line={"color": colours.ACCENT, "width": 3},
        marker={"size": 7, "color": colours.ACCENT},
        customdata=[escaped(f"{dot.label}: {dot.text}") for dot in own.dots],
        hovertemplate="%{customdata}<extra></extra>",
    )
    if ends.target is not None:
        drawn.add(
            "scatter",
            x=[own.days[0], own.days[-1]] if own.days else [],
            y=[ends.target] * 2,
            mode="lines",
            line={"color": colours.TARGET, "width": 1.5, "dash": "dot"},
            hoverinfo="skip",
        )
    drawn.yaxis(range=[ends.low, ends.high], ticksuffix=scale.suffix, nticks=6)
    mark_days(drawn, own.days, words)
    return drawn.figure()


def mark_days(drawn: Canvas, days: Sequence[date], words: Wording) -> None:
    """Write one reporting date a year below the lower axis, and give the first and last room."""
    marks = [day for day in days if day.month == days[-1].month]
    drawn.xaxis(tickvals=marks, ticktext=[words.month(day).replace(" ", "<br>") for day in marks], showgrid=False)
    if days:
        margin = timedelta(days=50)
        drawn.xaxis(range=[days[0] - margin, days[-1] + margin])


def mark_moments(drawn: go.Figure, found: Sequence[Mark], days: Sequence[date], colour: str) -> None:
    """Draw a line where the registration changed or an initiative began, unless no reporting date lies around it."""
    for mark in found:
        if days and days[0] <= mark.day <= days[-1]:
            line = {"color": colour, "width": 1.5, "dash": "dashdot"}
            drawn.add_shape(type="line", x0=mark.day, x1=mark.day, y0=0, y1=1, yref="paper", line=line)
            drawn.add_annotation(
                x=mark.day,
                y=1,
                yref="paper",
                text=escaped(mark.label),
                showarrow=False,
                xanchor="left",
                yanchor="top",
                font={"size": 11, "color": colour},
            )


def _stretches(line: Line) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    start: int | None = None
    for place, dot in enumerate([*line.dots, None]):
        has_interval = dot is not None and dot.low is not None and dot.high is not None
        if has_interval and start is None:
            start = place
        if not has_interval and start is not None:
            found.append((start, place))
            start = None
    return found


def hatch_hidden(drawn: Canvas, line: Line, low: float, high: float) -> None:
    """Hatch the reporting dates on which the value is not shown."""
    hidden = [(day, dot) for day, dot in zip(line.days, line.dots, strict=True) if dot.is_hidden]
    if not hidden:
        return
    drawn.add(
        "bar",
        x=[day for day, _ in hidden],
        y=[high - low] * len(hidden),
        base=[low] * len(hidden),
        width=[2 * _HALF_A_QUARTER_MS] * len(hidden),
        marker={
            "color": "rgba(0,0,0,0)",
            "line": {"width": 0},
            "pattern": {"shape": "/", "fgcolor": colours.HIDDEN, "size": 8, "solidity": 0.15},
        },
        customdata=[escaped(f"{dot.label}: {dot.text}") for _, dot in hidden],
        hovertemplate="%{customdata}<extra></extra>",
    )
