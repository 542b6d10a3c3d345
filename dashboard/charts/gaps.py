"""How far groups lie from the others: one row each, a dot with its interval, around the line of no difference."""

from collections.abc import Sequence

import plotly.graph_objects as go

from dashboard import colours
from dashboard.charts.dots import LABEL_LENGTH
from dashboard.charts.sheet import Caption, Sign, escaped, sheet, wrapped
from dashboard.presenters.inequality import Compared
from dashboard.wording import Wording

ROW = 40  # pixels: most labels take two lines
_AIR = 0.08


def figure(found: Sequence[Compared], caption: Caption, words: Wording) -> go.Figure:
    """Return one row per comparison, in the order given from top to bottom; there is at least one."""
    key = [Sign(colours.SIGN_DASHES, colours.MUTED, words("inequality.equal"))]
    judgements = dict.fromkeys(each.judgement for each in found)
    key += [
        Sign(colours.MARKS[each], colours.JUDGED[each], words(f"chart.judged.{each}"))
        for each in judgements
        if colours.MARKS[each]
    ]
    drawn = sheet(caption, ROW * max(len(found), 3), words, key=key)
    ends = [0.0, *(end for each in found for end in (each.gap.low or 0.0, each.gap.high or 0.0))]
    air = _AIR * (max(ends) - min(ends) or 1.0)
    drawn.add(
        "scatter",
        x=[each.gap.value for each in found],
        y=list(range(len(found))),
        mode="markers",
        marker={
            "size": 10,
            "color": [colours.JUDGED[each.judgement] for each in found],
            "symbol": [colours.SYMBOLS[each.judgement] for each in found],
        },
        error_x={
            "type": "data",
            "symmetric": False,
            "array": [(each.gap.high or 0.0) - each.gap.value for each in found],
            "arrayminus": [each.gap.value - (each.gap.low or 0.0) for each in found],
            "color": colours.MUTED,
            "thickness": 1.5,
            "width": 4,
        },
        customdata=[escaped(f"{each.label}: {each.gap_text}. {each.verdict}") for each in found],
        hovertemplate="%{customdata}<extra></extra>",
    )
    line = {"color": colours.MUTED, "width": 1.5, "dash": "dash"}
    drawn.shape(type="line", x0=0, x1=0, y0=0, y1=1, yref="y domain", layer="below", line=line)
    drawn.xaxis(range=[min(ends) - air, max(ends) + air], nticks=6)
    drawn.yaxis(
        tickvals=list(range(len(found))),
        ticktext=[wrapped(each.label, LABEL_LENGTH) for each in found],
        range=[len(found) - 0.4, -0.6],
        showgrid=False,
        tickfont={"size": 13},
    )
    return drawn.figure()
