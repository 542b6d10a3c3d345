"""Before and after: a unit's values around their median, a line at the date, and the two periods as bars."""

import plotly.graph_objects as go

from dashboard import colours
from dashboard.charts.reach import ends_of, reach
from dashboard.charts.sheet import Caption, Sign, escaped, sheet
from dashboard.charts.trend import HEIGHT, TICKS, hatch_hidden, mark_days
from dashboard.presenters.before_after import BeforeAfter
from dashboard.presenters.drawn import Line, Scale, without_target
from dashboard.wording import Wording


def figure(own: Line, found: BeforeAfter, scale: Scale, caption: Caption, words: Wording) -> go.Figure:
    """Return a unit's values with the periods before and after a date, each as a bar with its interval."""
    key = [
        Sign(colours.SIGN_LINE, colours.ACCENT, own.name),
        Sign(colours.SIGN_HEAVY, colours.INK, words("course.median")),
        Sign(colours.SIGN_BAND, colours.MIDDLE, words("before_after.both")),
        Sign(colours.SIGN_DASHES, colours.WORSE, words.short_date(found.at)),
    ]
    if any(dot.is_hidden for dot in own.dots):
        key.append(Sign(colours.SIGN_HATCH, colours.HIDDEN, words("chart.hidden")))
    drawn = sheet(caption, HEIGHT, words, key=key, ticks=TICKS)
    periods = (found.before, found.after)
    dots = [period.dot for period in periods]
    ends = reach([*(dot.value for dot in own.dots), *ends_of(dots), found.median], without_target(scale))
    hatch_hidden(drawn, own, ends.low, ends.high)
    for period in periods:
        across = [period.start, period.end]
        drawn.add(
            "scatter",
            x=[*across, *reversed(across)],
            y=[period.dot.low, period.dot.low, period.dot.high, period.dot.high],
            fill="toself",
            fillcolor=colours.RIBBON,
            line={"width": 0, "color": colours.RIBBON},
            mode="lines",
            hoverinfo="skip",
        )
        drawn.add(
            "scatter",
            x=across,
            y=[period.dot.value] * 2,
            mode="lines",
            line={"color": colours.MUTED, "width": 4},
            hoverinfo="skip",
        )
    drawn.add(
        "scatter",
        x=[own.days[0], own.days[-1]],
        y=[found.median] * 2,
        mode="lines",
        line={"color": colours.INK, "width": 1.8},
        hoverinfo="skip",
    )
    drawn.add(
        "scatter",
        x=own.days,
        y=[dot.value for dot in own.dots],
        mode="lines+markers",
        line={"color": colours.ACCENT, "width": 1.5},
        marker={"size": 8, "color": colours.ACCENT},
        customdata=[escaped(f"{dot.label}: {dot.text}") for dot in own.dots],
        hovertemplate="%{customdata}<extra></extra>",
    )
    at = {"color": colours.WORSE, "width": 1.5, "dash": "dash"}
    drawn.shape(type="line", x0=found.at, x1=found.at, y0=0, y1=1, yref="paper", line=at)
    drawn.yaxis(range=[ends.low, ends.high], ticksuffix=scale.suffix, nticks=6)
    mark_days(drawn, own.days, words)
    return drawn.figure()
