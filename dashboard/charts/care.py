"""The links of a course of care, one below the other: each a track from nobody to all, filled to its own share.

The width of a bar is a published share and nothing else. A link whose share is not shown is a hatched track of full
width, whatever its number: no flow leads from bar to bar whose width could tell it.
"""

from collections.abc import Mapping, Sequence

import plotly.graph_objects as go

from dashboard import colours
from dashboard.charts.canvas import Canvas
from dashboard.charts.sheet import Caption, Sign, escaped, sheet, wrapped
from dashboard.presenters.care import DrawnLink
from dashboard.presenters.drawn import Absence, absence, absence_in_words
from dashboard.wording import Wording

LINK_HEIGHT = 96
LINE_LENGTH = 50
TICKS = (0, 25, 50, 75, 100)
_THICK = 0.2
_ABOVE, _BELOW = 0.14, 0.15


def figure(links: Sequence[DrawnLink], other_name: str, caption: Caption, words: Wording) -> go.Figure:
    """Return the links of one course.

    Args:
        links: From the first to the last.
        other_name: Whom the unit is compared with; empty without a comparison.
        caption: Texts drawn into the picture.
        words: The reader's language.
    """
    shown = [place for place, link in enumerate(links) if link.own.value is not None]
    others = [place for place, link in enumerate(links) if link.other is not None and link.other.value is not None]
    absent: dict[Absence, list[int]] = {}
    for place, link in enumerate(links):
        if link.own.value is None:
            absent.setdefault(absence(link.own.state), []).append(place)
    key = [Sign(colours.SIGN_BAND, colours.ACCENT, words("care.key.share"))] if shown else []
    key += [Sign(colours.SIGN_THIN, colours.INK, words("care.key.interval"))] if shown else []
    key += [Sign("◇", colours.INK, other_name)] if others else []
    key += [Sign(colours.PATTERN_SIGNS[why], colours.HIDDEN, absence_in_words(why, words)) for why in absent]
    drawn = sheet(caption, LINK_HEIGHT * len(links), words, key=key)
    _add_tracks(drawn, links, shown, {"color": colours.BAND})
    for why, places in absent.items():
        pattern = {"shape": colours.PATTERNS[why], "fgcolor": colours.HIDDEN, "size": 7, "solidity": 0.15}
        _add_tracks(drawn, links, places, {"color": colours.PAPER, "pattern": pattern})
    _add_shares(drawn, links, shown)
    drawn.add(
        "scatter",
        y=others,
        x=[dot.value for place in others if (dot := links[place].other) is not None],
        mode="markers",
        marker={"symbol": "diamond", "size": 11, "color": colours.PAPER, "line": {"width": 1.5, "color": colours.INK}},
        customdata=[escaped(f"{dot.label}: {dot.text}") for place in others if (dot := links[place].other) is not None],
        hovertemplate="%{customdata}<extra></extra>",
    )
    for place, link in enumerate(links):
        for note in _texts(place, link):
            drawn.note(**note)
    drawn.xaxis(range=[-1, 101], tickvals=TICKS, ticktext=[words.share(tick / 100, 0) for tick in TICKS])
    drawn.yaxis(visible=False, range=[len(links) - 0.45, -0.55])
    return drawn.figure()


def _add_tracks(drawn: Canvas, links: Sequence[DrawnLink], places: Sequence[int], look: Mapping[str, object]) -> None:
    drawn.add(
        "bar",
        y=list(places),
        x=[100] * len(places),
        orientation="h",
        width=[_THICK] * len(places),
        marker={**look, "line": {"width": 1, "color": colours.HIDDEN}},
        customdata=[escaped(f"{links[place].name}: {links[place].own.text}") for place in places],
        hovertemplate="%{customdata}<extra></extra>",
    )


def _add_shares(drawn: Canvas, links: Sequence[DrawnLink], places: Sequence[int]) -> None:
    dots = [links[place].own for place in places]
    drawn.add(
        "bar",
        y=list(places),
        x=[dot.value for dot in dots],
        orientation="h",
        width=[_THICK] * len(places),
        marker={"color": colours.ACCENT, "line": {"width": 0}},
        error_x={
            "type": "data",
            "symmetric": False,
            "array": [_arm(dot.value, dot.high) for dot in dots],
            "arrayminus": [_arm(dot.low, dot.value) for dot in dots],
            "thickness": 2,
            "width": 4,
            "color": colours.INK,
        },
        customdata=[escaped(f"{links[place].name}: {links[place].own.text}") for place in places],
        hovertemplate="%{customdata}<extra></extra>",
    )


def _texts(place: int, link: DrawnLink) -> list[dict[str, object]]:
    lead = "↓ " if link.is_next else ""
    above = {"yanchor": "bottom", "text": f"<b>{lead}{wrapped(link.name, LINE_LENGTH)}</b>", "font": {"size": 13}}
    below = {
        "yanchor": "top",
        "text": wrapped(link.details, LINE_LENGTH),
        "font": {"size": 12, "color": colours.MUTED},
    }
    common = {"x": 0, "xanchor": "left", "align": "left", "showarrow": False}
    return [{**common, **above, "y": place - _ABOVE}, {**common, **below, "y": place + _BELOW}]


def _arm(start: float | None, end: float | None) -> float:
    return 0.0 if start is None or end is None else end - start
