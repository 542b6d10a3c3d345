"""Rows received per sector and month, compared with the sector's usual month: gaps leap to the eye."""

import math

import plotly.graph_objects as go

from dashboard import colours
from dashboard.charts.sheet import Caption, Sign, escaped, sheet
from dashboard.presenters.data_quality import Received
from dashboard.wording import Wording

ROW = 34
MARKS = 4
_STEPS = tuple(zip((0.0, 0.5, 0.8, 1.0, 1.5), colours.DELIVERED, strict=True))
_MOST = 1.5
# Which of the steps the key names: the middle one is the usual month.
_NAMED = {"none": 0.0, "half": 0.5, "usual": 1.0, "more": _MOST}


def figure(received: Received, caption: Caption, words: Wording) -> go.Figure:
    """Return a heat map; a month without rows, or with a count that is not shown, carries a cross."""
    drawn = sheet(caption, ROW * max(len(received.sectors), 2), words, key=_key(words))
    drawn.add(
        "heatmap",
        z=[[None if share is None else min(share, _MOST) for share in row] for row in received.shares],
        x=received.months,
        y=list(range(len(received.sectors))),
        colorscale=[(place / _MOST, colour) for place, colour in _STEPS],
        zmin=0,
        zmax=_MOST,
        xgap=2,
        ygap=3,
        text=[[escaped(text) for text in row] for row in received.texts],
        hovertemplate="%{text}<extra></extra>",
        showscale=False,
    )
    gaps = [
        (month, place, received.texts[place][column])
        for place, row in enumerate(received.shares)
        for column, (month, share) in enumerate(zip(received.months, row, strict=True))
        if share is None
    ]
    drawn.add(
        "scatter",
        x=[month for month, _, _ in gaps],
        y=[place for _, place, _ in gaps],
        mode="markers",
        marker={"symbol": "x-thin", "size": 9, "line": {"width": 2, "color": colours.WORSE}},
        customdata=[escaped(text) for _, _, text in gaps],
        hovertemplate="%{customdata}<extra></extra>",
    )
    every = max(math.ceil(len(received.months) / MARKS), 1)
    marks = received.months[::-1][::every][::-1]
    drawn.xaxis(tickvals=marks, ticktext=[words.month(month) for month in marks], showgrid=False)
    drawn.yaxis(
        tickvals=list(range(len(received.sectors))),
        ticktext=[escaped(name) for name in received.sectors],
        range=[len(received.sectors) - 0.5, -0.5],
        showgrid=False,
        automargin=True,
    )
    return drawn.figure()


def _key(words: Wording) -> list[Sign]:
    colours_of = dict(_STEPS)
    steps = [
        Sign(colours.SIGN_BAND, colours_of[share], words(f"data_quality.months_key.{name}"))
        for name, share in _NAMED.items()
    ]
    return [*steps, Sign("×", colours.WORSE, words("data_quality.months_key.gap"))]
