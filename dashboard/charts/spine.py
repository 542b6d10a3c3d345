"""The spine chart: all indicators of a practice on one scale, between the practices farthest from everybody's value."""

from collections.abc import Sequence

import plotly.graph_objects as go

from dashboard import colours
from dashboard.charts.sheet import KEY, Caption, escaped, sheet, shortened
from dashboard.presenters.practice import Row
from dashboard.wording import Wording

ROW = 27
LABEL_LENGTH = 40
_EDGE = 1.12


def figure(rows: Sequence[Row], group_names: Sequence[tuple[str, str]], caption: Caption, words: Wording) -> go.Figure:
    """Return one row per indicator: a band for all practices, a mark for each group, and the practice's own dot.

    Args:
        rows: In the order of display, from top to bottom.
        group_names: Level and name of the groups that get a mark.
        caption: Texts drawn into the picture.
        words: The reader's language.
    """
    drawn = sheet(caption, ROW * max(len(rows), 3), words, top=58, bottom=26)
    _bands(drawn, rows, words)
    for (level, name), symbol in zip(group_names, ("line-ns", "x-thin"), strict=False):
        placed = [(place, row) for place, row in enumerate(rows) if level in row.spine.groups]
        drawn.add_scatter(
            x=[max(-_EDGE, min(_EDGE, row.spine.groups[level])) for _, row in placed],
            y=[place for place, _ in placed],
            mode="markers",
            marker={"symbol": symbol, "size": 11, "line": {"width": 2, "color": colours.INK}},
            name=escaped(name),
            hoverinfo="skip",
        )
    _own(drawn, rows, words)
    drawn.add_vline(x=0, line={"color": colours.INK, "width": 1})
    drawn.update_xaxes(
        range=[-_EDGE - 0.04, _EDGE + 0.04],
        tickvals=[-0.8, 0, 0.8],
        ticktext=[words("spine.worse"), words("spine.centre"), words("spine.better")],
        showgrid=False,
        side="bottom",
    )
    drawn.update_yaxes(
        tickvals=list(range(len(rows))),
        ticktext=[escaped(shortened(row.title, LABEL_LENGTH)) for row in rows],
        range=[len(rows) - 0.4, -0.6],
        showgrid=False,
        automargin=True,
        tickfont={"size": 13},
    )
    drawn.update_layout(showlegend=True, barmode="overlay", legend=KEY)
    return drawn


def _bands(drawn: go.Figure, rows: Sequence[Row], words: Wording) -> None:
    spread = [(place, row.spine.spread) for place, row in enumerate(rows) if row.spine.spread]
    looks = ((0, 3, "#e8edf1", "spine.all_practices"), (1, 2, "#c3ced7", "spine.middle_half"))
    for start, end, colour, key in looks:
        drawn.add_bar(
            y=[place for place, _ in spread],
            x=[marks[end] - marks[start] for _, marks in spread],
            base=[marks[start] for _, marks in spread],
            orientation="h",
            width=0.62,
            marker={"color": colour, "line": {"width": 0}},
            name=escaped(words(key)),
            hoverinfo="skip",
        )
    hidden = [place for place, row in enumerate(rows) if row.spine.position is None]
    if hidden:
        drawn.add_bar(
            y=hidden,
            x=[2 * _EDGE] * len(hidden),
            base=[-_EDGE] * len(hidden),
            orientation="h",
            width=0.62,
            marker={
                "color": "rgba(0,0,0,0)",
                "line": {"width": 0},
                "pattern": {"shape": "/", "fgcolor": colours.HIDDEN, "size": 7, "solidity": 0.15},
            },
            name=escaped(words("chart.hidden")),
            customdata=[escaped(f"{rows[place].title}: {rows[place].text}") for place in hidden],
            hovertemplate="%{customdata}<extra></extra>",
        )


def _own(drawn: go.Figure, rows: Sequence[Row], words: Wording) -> None:
    shown = [(place, row) for place, row in enumerate(rows) if row.spine.position is not None]
    for place, row in shown:
        if row.spine.low is not None and row.spine.high is not None:
            drawn.add_shape(
                type="line",
                x0=max(-_EDGE, row.spine.low),
                x1=min(_EDGE, row.spine.high),
                y0=place,
                y1=place,
                line={"color": colours.JUDGED[row.judgement], "width": 1.6},
            )
    for judgement in ("better", "similar", "worse", "different", "unknown"):
        placed = [(place, row) for place, row in shown if row.judgement == judgement]
        if not placed:
            continue
        drawn.add_scatter(
            x=[row.spine.position for _, row in placed],
            y=[place for place, _ in placed],
            mode="markers",
            marker={
                "symbol": colours.SYMBOLS[judgement],
                "size": 12,
                "color": colours.JUDGED[judgement],
                "line": {"width": 1.2, "color": colours.PAPER},
            },
            name=escaped(words(f"chart.judged.{judgement}")),
            customdata=[_pop_up(row) for _, row in placed],
            hovertemplate="%{customdata}<extra></extra>",
        )


def _pop_up(row: Row) -> str:
    return escaped(" · ".join(part for part in (f"{row.title}: {row.text}", row.verdict.text) if part))
