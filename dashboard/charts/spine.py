"""The spine chart: all indicators of a practice on one scale, between the practices farthest from everybody's value."""

from collections.abc import Sequence

import plotly.graph_objects as go

from dashboard import colours
from dashboard.charts.canvas import Canvas
from dashboard.charts.sheet import Caption, Sign, escaped, sheet, wrapped
from dashboard.comparison import Judgement
from dashboard.presenters.practice import Row
from dashboard.wording import Wording

ROW = 34
LABEL_LENGTH, LABEL_LINES = 25, 4
_LINES_OF_A_ROW, _LINE = 2, 17
# A row of the chart: an indicator, or the group whose indicators follow.
Entry = str | Row
_EDGE = 1.12
_JUDGEMENTS: tuple[Judgement, ...] = ("better", "similar", "worse", "different", "unknown")


def figure(rows: Sequence[Row], group_names: Sequence[tuple[str, str]], caption: Caption, words: Wording) -> go.Figure:
    """Return one row per indicator: a band for all practices, a mark for each group, and the practice's own dot.

    Args:
        rows: In the order of display, from top to bottom.
        group_names: Level and name of the groups that get a mark.
        caption: Texts drawn into the picture.
        words: The reader's language.
    """
    entries = _headed(rows)
    labels = [_label(entry) for entry in entries]
    placed_at, end = _places(labels)
    drawn = sheet(caption, round(ROW * max(end, 3)), words, key=_key(rows, group_names, words))
    known = _rows(entries, placed_at)
    _bands(drawn, known)
    for (level, _), symbol in zip(group_names, ("line-ns", "x-thin", "asterisk"), strict=False):
        placed = [(place, row) for place, row in known if level in row.spine.groups]
        drawn.add(
            "scatter",
            x=[max(-_EDGE, min(_EDGE, row.spine.groups[level])) for _, row in placed],
            y=[place for place, _ in placed],
            mode="markers",
            marker={"symbol": symbol, "size": 11, "line": {"width": 2, "color": colours.INK}},
            hoverinfo="skip",
        )
    _own(drawn, known)
    drawn.shape(type="line", x0=0, x1=0, y0=0, y1=1, yref="y domain", line={"color": colours.INK, "width": 1})
    drawn.xaxis(
        range=[-_EDGE - 0.04, _EDGE + 0.04],
        tickvals=[-0.7, 0.7],
        ticktext=[f"◄ {words('spine.worse')}", f"{words('spine.better')} ►"],
        tickangle=0,
        showgrid=False,
    )
    drawn.yaxis(
        tickvals=placed_at,
        ticktext=labels,
        range=[end + 0.1, -0.1],
        showgrid=False,
        tickfont={"size": 12},
    )
    return drawn.figure()


def _headed(rows: Sequence[Row]) -> list[Entry]:
    groups = dict.fromkeys(row.group for row in rows)
    entries: list[Entry] = []
    for group in groups:
        entries += [group, *(row for row in rows if row.group == group)]
    return entries


def _label(entry: Entry) -> str:
    if isinstance(entry, str):
        return f"<b>{escaped(entry)}</b>"
    return wrapped(entry.title, LABEL_LENGTH, LABEL_LINES)


def _places(labels: Sequence[str]) -> tuple[list[float], float]:
    """Return the middle of each row and the end of the last, in rows; a label of many lines makes its row higher."""
    middles, end = [], 0.0
    for label in labels:
        height = 1 + max(label.count("<br>") + 1 - _LINES_OF_A_ROW, 0) * _LINE / ROW
        middles.append(end + height / 2)
        end += height
    return middles, end


def _rows(entries: Sequence[Entry], placed_at: Sequence[float]) -> list[tuple[float, Row]]:
    return [(place, entry) for place, entry in zip(placed_at, entries, strict=True) if isinstance(entry, Row)]


def _key(rows: Sequence[Row], group_names: Sequence[tuple[str, str]], words: Wording) -> list[Sign]:
    shown = {row.judgement for row in rows if row.spine.position is not None}
    marks = [(colours.MARKS[judgement] or "●", judgement) for judgement in _JUDGEMENTS if judgement in shown]
    key = [Sign(mark, colours.JUDGED[judgement], words(f"chart.judged.{judgement}")) for mark, judgement in marks]
    key += [Sign(sign, colours.INK, name) for sign, (_, name) in zip("|×✳", group_names, strict=False)]
    if any(row.spine.spread for row in rows):
        key.append(Sign(colours.SIGN_BAND, colours.BAND, words("spine.all_practices")))
        key.append(Sign(colours.SIGN_BAND, colours.MIDDLE, words("spine.middle_half")))
    if any(row.spine.position is None for row in rows):
        key.append(Sign(colours.SIGN_HATCH, colours.HIDDEN, words("chart.hidden")))
    return key


def _bands(drawn: Canvas, known: Sequence[tuple[float, Row]]) -> None:
    spread = [(place, row.spine.spread) for place, row in known if row.spine.spread]
    for start, end, colour in ((0, 3, colours.BAND), (1, 2, colours.MIDDLE)):
        drawn.add(
            "bar",
            y=[place for place, _ in spread],
            x=[marks[end] - marks[start] for _, marks in spread],
            base=[marks[start] for _, marks in spread],
            orientation="h",
            width=0.62,
            marker={"color": colour, "line": {"width": 0}},
            hoverinfo="skip",
        )
    hidden = [(place, row) for place, row in known if row.spine.position is None]
    if hidden:
        drawn.add(
            "bar",
            y=[place for place, _ in hidden],
            x=[2 * _EDGE] * len(hidden),
            base=[-_EDGE] * len(hidden),
            orientation="h",
            width=0.62,
            marker={
                "color": "rgba(0,0,0,0)",
                "line": {"width": 0},
                "pattern": {"shape": "/", "fgcolor": colours.HIDDEN, "size": 7, "solidity": 0.15},
            },
            customdata=[_pop_up(row) for _, row in hidden],
            hovertemplate="%{customdata}<extra></extra>",
        )


def _own(drawn: Canvas, known: Sequence[tuple[float, Row]]) -> None:
    shown = [(place, row) for place, row in known if row.spine.position is not None]
    for judgement in _JUDGEMENTS:
        placed = [(place, row) for place, row in shown if row.judgement == judgement]
        if not placed:
            continue
        ends = [(row.spine.low, row.spine.high, place) for place, row in placed if row.spine.low is not None]
        drawn.add(
            "scatter",
            x=[end for low, high, _ in ends for end in (max(-_EDGE, low), min(_EDGE, high or low), None)],
            y=[end for _, _, place in ends for end in (place, place, None)],
            mode="lines",
            line={"color": colours.JUDGED[judgement], "width": 1.6},
            hoverinfo="skip",
        )
        drawn.add(
            "scatter",
            x=[row.spine.position for _, row in placed],
            y=[place for place, _ in placed],
            mode="markers",
            marker={
                "symbol": colours.SYMBOLS[judgement],
                "size": 12,
                "color": colours.JUDGED[judgement],
                "line": {"width": 1.2, "color": colours.PAPER},
            },
            customdata=[_pop_up(row) for _, row in placed],
            hovertemplate="%{customdata}<extra></extra>",
        )


def _pop_up(row: Row) -> str:
    return escaped(" · ".join(part for part in (f"{row.title}: {row.text}", row.verdict.text) if part))
