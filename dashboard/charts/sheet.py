"""The sheet every chart is drawn on: type, grid, title, source line, picture button and the language's own marks."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from dashboard import colours
from dashboard.wording import Wording

PICTURE_SCALE = 2
PICTURE_WIDTH = 1100
KEY = {
    "orientation": "h",
    "x": 0,
    "xanchor": "left",
    "y": 1,
    "yanchor": "bottom",
    "itemclick": False,
    "itemdoubleclick": False,
    "font": {"size": 13},
}
_TITLE_ROOM = 64
_SOURCE_ROOM = 36


@dataclass(frozen=True)
class Caption:
    """What a picture says about itself when it is taken out of the page.

    Attributes:
        title: One line.
        subtitle: Whom, when, and what is drawn.
        source: Release, method and, where it applies, that the data are invented.
    """

    title: str
    subtitle: str
    source: str


def sheet(caption: Caption, height: int, words: Wording, *, left: int = 8, top: int = 0, bottom: int = 0) -> go.Figure:
    """Return an empty figure with the house's type and colours.

    Args:
        caption: Texts drawn into the picture.
        height: In pixels, of the drawing area and its ticks, without title and source line.
        words: For the language's decimal mark.
        left: Smallest margin for labels, in pixels; Plotly widens it as needed.
        top: Extra room below the title, in pixels.
        bottom: Extra room above the source line, in pixels.
    """
    figure = go.Figure()
    figure.update_layout(
        height=height + _TITLE_ROOM + _SOURCE_ROOM + top + bottom,
        margin={"l": left, "r": 16, "t": _TITLE_ROOM + top, "b": _SOURCE_ROOM + bottom, "autoexpand": True},
        paper_bgcolor=colours.PAPER,
        plot_bgcolor=colours.PAPER,
        font={"family": colours.FONT, "size": 14, "color": colours.INK},
        separators=words.decimal_mark() + words.thousands_mark(),
        hoverlabel={
            "bgcolor": colours.PAPER,
            "bordercolor": colours.LINE,
            "font": {"color": colours.INK},
            "align": "left",
        },
        title={
            "text": f"<b>{escaped(caption.title)}</b>",
            "subtitle": {"text": escaped(caption.subtitle), "font": {"size": 13, "color": colours.MUTED}},
            "x": 0,
            "xref": "container",
            "xanchor": "left",
            "y": 1,
            "yref": "container",
            "yanchor": "top",
            "pad": {"t": 10, "l": 8},
            "font": {"size": 16},
        },
        showlegend=False,
        dragmode=False,
    )
    figure.add_annotation(
        text=escaped(caption.source),
        xref="paper",
        yref="paper",
        x=0,
        y=0,
        yshift=-(_SOURCE_ROOM + bottom) + 14,
        xanchor="left",
        yanchor="middle",
        showarrow=False,
        align="left",
        font={"size": 11, "color": colours.MUTED},
    )
    figure.update_xaxes(gridcolor=colours.LINE, zeroline=False, linecolor=colours.LINE, ticks="", fixedrange=True)
    figure.update_yaxes(
        gridcolor=colours.LINE, zeroline=False, linecolor=colours.LINE, ticks="", fixedrange=True, automargin=True
    )
    return figure


def config(file_name: str, words: Wording, picture: str = "png") -> dict[str, Any]:
    """Return Plotly's settings: only the picture button, in the reader's language, with a telling file name."""
    dictionary = {
        key: words("chart.picture") for key in ("Download plot as a PNG", "Download plot as a png", "Download plot")
    }
    dictionary |= {
        "Taking snapshot - this may take a few seconds": words("chart.taking"),
        "Snapshot succeeded": words("chart.taken"),
        "Sorry, there was a problem downloading your snapshot!": words("chart.not_taken"),
    }
    return {
        "displaylogo": False,
        "displayModeBar": True,
        "modeBarButtons": [["toImage"]],
        "toImageButtonOptions": {
            "format": picture,
            "filename": file_name,
            "scale": PICTURE_SCALE,
            "width": PICTURE_WIDTH,
        },
        "locale": words.language,
        "locales": {words.language: {"dictionary": dictionary, "format": {}}},
        "responsive": True,
        "scrollZoom": False,
        "doubleClick": False,
    }


def file_name(*parts: str) -> str:
    """Return a file name of lower-case ASCII letters and digits that every system accepts."""
    replaced = (
        "-".join(part for part in parts if part).casefold().replace("æ", "ae").replace("ø", "oe").replace("å", "aa")
    )
    plain = unicodedata.normalize("NFKD", replaced).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", f"tvaers-{plain}").strip("-")


def escaped(text: str) -> str:
    """Return text that Plotly does not read as markup."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def shortened(text: str, length: int) -> str:
    """Return a label of at most this many characters; the pop-up holds it in full."""
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"
