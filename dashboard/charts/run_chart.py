"""The run chart: a unit's values around their median, between the limits of a control chart."""

from dataclasses import replace

import plotly.graph_objects as go

from dashboard import colours
from dashboard.charts.reach import reach
from dashboard.charts.sheet import Caption, Sign, escaped, sheet
from dashboard.charts.trend import HEIGHT, TICKS, hatch_hidden, mark_days
from dashboard.presenters.drawn import Line, Scale
from dashboard.presenters.run_chart import Bounds
from dashboard.wording import Wording


def figure(own: Line, bounds: Bounds, scale: Scale, caption: Caption, words: Wording) -> go.Figure:
    """Return a unit's values as points, with median and control limits."""
    key = [
        Sign(colours.SIGN_LINE, colours.ACCENT, own.name),
        Sign(colours.SIGN_HEAVY, colours.INK, words("course.median")),
    ]
    if bounds.low:
        key.append(Sign(colours.SIGN_DASHES, colours.LIMIT, words("course.limits")))
    if bounds.outside:
        key.append(Sign(colours.MARKS["different"], colours.DIFFERENT, words("course.outside")))
    if any(dot.is_hidden for dot in own.dots):
        key.append(Sign(colours.SIGN_HATCH, colours.HIDDEN, words("chart.hidden")))
    drawn = sheet(caption, HEIGHT, words, key=key, ticks=TICKS)
    ends = reach([*(dot.value for dot in own.dots), *bounds.low, *bounds.high], replace(scale, target=None))
    hatch_hidden(drawn, own, ends.low, ends.high)
    for line in (bounds.low, bounds.high):
        drawn.add(
            "scatter",
            x=bounds.days,
            y=line,
            mode="lines",
            line={"color": colours.LIMIT, "width": 1.3, "dash": "dash", "shape": "hvh"},
            hoverinfo="skip",
        )
    drawn.add(
        "scatter",
        x=[own.days[0], own.days[-1]],
        y=[bounds.median] * 2,
        mode="lines",
        line={"color": colours.INK, "width": 1.8},
        hoverinfo="skip",
    )
    is_outside = [day in bounds.outside for day in own.days]
    drawn.add(
        "scatter",
        x=own.days,
        y=[dot.value for dot in own.dots],
        mode="lines+markers",
        line={"color": colours.ACCENT, "width": 1.5},
        marker={
            "size": [12 if outside else 8 for outside in is_outside],
            "symbol": [colours.SYMBOLS["different"] if outside else "circle" for outside in is_outside],
            "color": [colours.DIFFERENT if outside else colours.ACCENT for outside in is_outside],
        },
        customdata=[escaped(f"{dot.label}: {dot.text}") for dot in own.dots],
        hovertemplate="%{customdata}<extra></extra>",
    )
    drawn.yaxis(range=[ends.low, ends.high], ticksuffix=scale.suffix, nticks=6)
    mark_days(drawn, own.days, words)
    return drawn.figure()
