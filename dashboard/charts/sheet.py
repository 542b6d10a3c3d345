"""The sheet every chart is drawn on: type, grid, title, key, picture button and the language's own marks."""

import re
import textwrap
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dashboard import colours
from dashboard.charts.canvas import Canvas
from dashboard.wording import NO_BREAK_SPACE, Wording

PICTURE_SCALE = 2
PICTURE_WIDTH = 1100
# Plotly does not break lines, so lines are broken to fit the narrowest screen.
TITLE_LENGTH, SUBTITLE_LENGTH, SOURCE_LENGTH, KEY_LENGTH = 42, 58, 72, 50
_PAD, _TITLE_LINE, _LINE = 10, 23, 18
# How far from a mark its pop-up opens, in pixels: a finger is broad.
_HOVER_DISTANCE = 40


@dataclass(frozen=True)
class Sign:
    """One entry of a chart's key: a symbol in its colour, and what it stands for."""

    symbol: str
    colour: str
    name: str


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


def sheet(caption: Caption, height: int, words: Wording, *, key: Sequence[Sign] = (), ticks: int = 30) -> Canvas:
    """Return an empty canvas with the house's type and colours.

    The key is written as text below the title: Plotly's own legend lies over the title on a narrow screen.

    Args:
        caption: Texts drawn into the picture.
        height: Of the drawing area, in pixels.
        words: For the language's decimal mark.
        key: What the symbols and lines of the chart stand for.
        ticks: Room for the labels of the lower axis, in pixels.
    """
    title = _lines(caption.title, TITLE_LENGTH) or [""]
    below = [_small(line, 13, colours.MUTED) for line in _lines(caption.subtitle, SUBTITLE_LENGTH)]
    below += [_small(line, 11, colours.MUTED) for line in _lines(caption.source, SOURCE_LENGTH)]
    below += key_lines(key)
    top = 2 * _PAD + len(title) * _TITLE_LINE + len(below) * _LINE
    axis = {"gridcolor": colours.LINE, "zeroline": False, "linecolor": colours.LINE, "ticks": "", "fixedrange": True}
    return Canvas(
        {
            # Plotly's own template would bring colours that are not the house's.
            "template": {},
            "xaxis": axis,
            "yaxis": {**axis, "automargin": True},
            "height": top + height + ticks,
            "margin": {"l": 8, "r": 16, "t": top, "b": ticks, "autoexpand": True},
            "paper_bgcolor": colours.PAPER,
            "plot_bgcolor": colours.PAPER,
            "font": {"family": colours.FONT, "size": 14, "color": colours.INK},
            "separators": words.decimal_mark() + words.thousands_mark(),
            "hoverlabel": {
                "bgcolor": colours.PAPER,
                "bordercolor": colours.LINE,
                "font": {"color": colours.INK},
                "align": "left",
            },
            "hoverdistance": _HOVER_DISTANCE,
            "title": {
                "text": f"<b>{'<br>'.join(escaped(line) for line in title)}</b>",
                "subtitle": {
                    "text": "<br>".join(below),
                    "font": {"size": 13, "color": colours.INK},
                },
                "x": 0,
                "xref": "container",
                "xanchor": "left",
                "y": 1,
                "yref": "container",
                "yanchor": "top",
                "pad": {"t": _PAD, "l": 8},
                "font": {"size": 16},
            },
            "showlegend": False,
            "dragmode": False,
            "barmode": "overlay",
        }
    )


def key_lines(key: Sequence[Sign]) -> list[str]:
    """Return the key as lines of Plotly text that fit the narrowest screen."""
    lines: list[list[str]] = []
    used = KEY_LENGTH
    for sign in key:
        length = len(sign.symbol) + len(sign.name) + 4
        if used + length > KEY_LENGTH:
            lines.append([])
            used = 0
        size = ";font-size:17px" if sign.symbol == colours.SIGN_BAND else ""
        lines[-1].append(f'<span style="color:{sign.colour}{size}">{sign.symbol}</span> {escaped(sign.name)}')
        used += length
    return [(4 * NO_BREAK_SPACE).join(line) for line in lines]


def _lines(text: str, length: int) -> list[str]:
    return textwrap.wrap(text, length, break_on_hyphens=False)


def _small(text: str, size: int, colour: str) -> str:
    return f'<span style="font-size:{size}px;color:{colour}">{escaped(text)}</span>'


def config(file_name: str, words: Wording, picture: str = "png") -> dict[str, Any]:
    """Return Plotly's settings: only the picture button, in the reader's language, with a telling file name."""
    dictionary = {
        key: words("chart.picture") for key in ("Download plot as a PNG", "Download plot as a png", "Download plot")
    }
    dictionary |= {
        "Preparing image - this may take a few seconds": words("chart.taking"),
        "Image download succeeded": words("chart.taken"),
        "Sorry, there was a problem downloading your image!": words("chart.not_taken"),
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


def wrapped(text: str, length: int, lines_at_most: int = 2) -> str:
    """Return a label on a few lines, safe for Plotly; the pop-up holds it in full."""
    lines = textwrap.wrap(text, length, max_lines=lines_at_most, placeholder="…", break_on_hyphens=False)
    return "<br>".join(escaped(line) for line in lines)
