"""The curve of times to an event: the share that has had it, on the days on which it is published."""

import plotly.graph_objects as go

from dashboard import colours
from dashboard.charts.canvas import Canvas
from dashboard.charts.sheet import Caption, Sign, escaped, sheet
from dashboard.presenters.times import Curve, Step, share_in_words
from dashboard.wording import Wording

HEIGHT = 280
TICKS = 48
# Beyond the last day, so that its dot is drawn whole.
_MARGIN = 0.04


def figure(own: Curve, everybody: Curve | None, caption: Caption, words: Wording) -> go.Figure:
    """Return the curve of a unit as dots with intervals, and of everybody as a dashed line; nothing between is known.

    Args:
        own: The unit.
        everybody: The whole area, None when it is the unit.
        caption: Texts drawn into the picture.
        words: The reader's language.
    """
    key = [Sign(colours.SIGN_LINE, colours.ACCENT, own.name)]
    if everybody is not None:
        key.append(Sign(colours.SIGN_DASHES, colours.MUTED, everybody.name))
    drawn = sheet(caption, HEIGHT, words, key=key, ticks=TICKS)
    if everybody is not None:
        _add(drawn, everybody, {"color": colours.MUTED, "width": 2, "dash": "dash"}, words, is_own=False)
    _add(drawn, own, {"color": colours.ACCENT, "width": 2}, words, is_own=True)
    days = [step.day for step in own.steps]
    drawn.xaxis(
        tickvals=[0, *days],
        range=[0, days[-1] * (1 + _MARGIN)],
        title={"text": words("times.days"), "font": {"size": 13}},
        showgrid=False,
    )
    drawn.yaxis(range=[0, 102], ticksuffix=words.percent_suffix(), tickvals=[0, 25, 50, 75, 100])
    return drawn.figure()


def _add(drawn: Canvas, curve: Curve, line: dict[str, object], words: Wording, *, is_own: bool) -> None:
    marks = {"size": 8, "color": colours.ACCENT}
    bars = {
        "type": "data",
        "symmetric": False,
        "array": [0.0, *(_arm(step, step.high) for step in curve.steps)],
        "arrayminus": [0.0, *(_arm(step, step.low) for step in curve.steps)],
        "color": colours.ACCENT,
        "thickness": 1.5,
        "width": 5,
    }
    said = [
        words("times.point", unit=curve.name, day=each.day, share=share_in_words(each, words)) for each in curve.steps
    ]
    drawn.add(
        "scatter",
        x=[0, *(step.day for step in curve.steps)],
        y=[0.0, *(None if step.share is None else 100 * step.share for step in curve.steps)],
        mode="lines+markers" if is_own else "lines",
        line=line,
        marker=marks if is_own else None,
        error_y=bars if is_own else None,
        customdata=["", *map(escaped, said)],
        hovertemplate="%{customdata}<extra></extra>",
    )


def _arm(step: Step, end: float | None) -> float:
    return 0.0 if end is None or step.share is None else 100 * abs(end - step.share)
