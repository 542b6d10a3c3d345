"""The map of municipalities: hexagons, or outlines of their own, each with its short name and its value."""

from collections.abc import Sequence
from itertools import groupby
from typing import Any

import plotly.graph_objects as go

from dashboard import colours
from dashboard.charts.canvas import Canvas
from dashboard.charts.sheet import Caption, Sign, escaped, sheet
from dashboard.presenters.tile_map import Ring, Shade, Tile
from dashboard.wording import Wording

ROW_HEIGHT = 74
# Rows of hexagons that stand on a point lie three quarters of their height apart; their width is 1.
_ROW = 3**0.5 / 2
_SIDE = 3**-0.5
_HALF = 0.48
_CORNERS = ((0.0, 1.0), (1.0, 0.5), (1.0, -0.5), (0.0, -1.0), (-1.0, -0.5), (-1.0, 0.5), (0.0, 1.0))
_RAMPS = {"ramp": colours.RAMP, "better": colours.RAMP_BETTER, "worse": colours.RAMP_WORSE}
# From here on a colour is so dark that white stands out more than ink.
_DARK = 0.5
FEWEST_ROWS = 4
# Narrower than this, in tiles, a name would lie over its neighbours.
NARROWEST = 0.7


def figure(tiles: Sequence[Tile], shades: Sequence[Shade], caption: Caption, words: Wording) -> go.Figure:
    """Return the map; a tile outside the release is there for the place, and says so.

    Args:
        tiles: Every tile.
        shades: The key.
        caption: Texts drawn into the picture.
        words: The reader's language.
    """
    rings = [ring for tile in tiles for ring in _rings(tile)]
    xs, ys = [x for ring in rings for x, _ in ring], [y for ring in rings for _, y in ring]
    height = ROW_HEIGHT * max(max(ys) - min(ys), FEWEST_ROWS * _ROW)
    drawn = sheet(caption, round(height), words, key=[_sign(shade) for shade in shades], ticks=8)
    ordered = sorted(tiles, key=lambda tile: (tile.shade.hue, tile.shade.depth))
    for _, group in groupby(ordered, key=lambda tile: tile.shade):
        _add_areas(drawn, list(group))
    _add_names(drawn, tiles)
    own = [tile for tile in tiles if tile.is_own]
    if own:
        edge: dict[str, Any] = {"mode": "lines", "line": {"color": colours.INK, "width": 4}, "hoverinfo": "skip"}
        drawn.add("scatter", **_outline(own), **edge)
    air = 0.1
    drawn.xaxis(visible=False, range=[min(xs) - air, max(xs) + air], constrain="domain")
    drawn.yaxis(
        visible=False,
        range=[min(ys) - air, max(ys) + air],
        scaleanchor="x",
        constrain="domain",
        constraintoward="top",
    )
    return drawn.figure()


def _add_areas(drawn: Canvas, tiles: Sequence[Tile]) -> None:
    hue = tiles[0].shade.hue
    fill: dict[str, Any] = {"fillcolor": _colour(tiles[0].shade)}
    if hue in colours.PATTERNS:
        pattern = {"shape": colours.PATTERNS[hue], "fgcolor": colours.HIDDEN, "bgcolor": colours.WASH, "size": 7}
        fill = {"fillpattern": {**pattern, "solidity": 0.12}}
    line = {"color": colours.HIDDEN if hue in colours.PATTERNS else colours.PAPER, "width": 1}
    drawn.add("scatter", **_outline(tiles), mode="lines", fill="toself", line=line, hoverinfo="skip", **fill)


def _add_names(drawn: Canvas, tiles: Sequence[Tile]) -> None:
    columns = max(tile.place.across for tile in tiles) - min(tile.place.across for tile in tiles)
    drawn.add(
        "scatter",
        x=[tile.place.across for tile in tiles],
        y=[_height(tile) for tile in tiles],
        mode="markers+text",
        marker={"size": 30, "opacity": 0},
        text=[_inside(tile) for tile in tiles],
        textposition="middle center",
        textfont={"size": 11 if columns < 6 else 10, "color": [_ink(tile.shade) for tile in tiles]},
        customdata=[escaped(tile.text) for tile in tiles],
        hovertemplate="%{customdata}<extra></extra>",
    )


def _inside(tile: Tile) -> str:
    """Return what stands in a tile; nothing in an outline too narrow for it; pop-up and table tell it."""
    xs = [x for ring in _rings(tile) for x, _ in ring]
    if tile.place.outline and max(xs) - min(xs) < NARROWEST:
        return ""
    return "<br>".join(escaped(each) for each in (tile.place.short_name, tile.number) if each)


def _outline(tiles: Sequence[Tile]) -> dict[str, list[float | None]]:
    points: list[tuple[float | None, float | None]] = []
    for tile in tiles:
        for ring in _rings(tile):
            points += [*ring, (None, None)]
    return {"x": [x for x, _ in points[:-1]], "y": [y for _, y in points[:-1]]}


def _rings(tile: Tile) -> Sequence[Ring]:
    if tile.place.outline:
        return [tuple((x, -y) for x, y in ring) for ring in tile.place.outline]
    middle = tile.place.across, _height(tile)
    return [tuple((middle[0] + _HALF * x, middle[1] + 2 * _HALF * _SIDE * y) for x, y in _CORNERS)]


def _height(tile: Tile) -> float:
    return -tile.place.down * (1.0 if tile.place.outline else _ROW)


def _colour(shade: Shade) -> str:
    if shade.hue not in _RAMPS:
        return colours.ELSEWHERE
    ramp = _RAMPS[shade.hue]
    return ramp[round(shade.depth * (len(ramp) - 1))]


def _ink(shade: Shade) -> str:
    if shade.hue == "elsewhere":
        return colours.MUTED
    return colours.PAPER if shade.hue in _RAMPS and shade.depth > _DARK else colours.INK


def _sign(shade: Shade) -> Sign:
    if shade.hue in colours.PATTERN_SIGNS:
        return Sign(colours.PATTERN_SIGNS[shade.hue], colours.HIDDEN, shade.name)
    return Sign(colours.SIGN_BAND, _colour(shade), shade.name)
