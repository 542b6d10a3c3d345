"""A user's own outlines of municipalities, from GeoJSON to the map of a release: checked, scaled and simplified.

Points are moved to a grid so fine that nobody sees it. A border that two municipalities share is moved in the same way
on both sides, so that no gap opens between them, as it would if each outline were simplified by itself.
"""

import json
import math
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

import polars as pl

from tvaers.errors import DefinitionError

LARGEST_FILE_BYTES = 100_000_000
MAP_SIZE = 7.0
"""Longer side of the map, in tiles."""
GRID = MAP_SIZE / 700
_FEWEST_POINTS = 4  # a triangle, its first point told again at the end
Ring = list[tuple[float, float]]


def read_outlines(path: Path, places: pl.DataFrame, needed: Collection[str]) -> pl.DataFrame:
    """Return the places of a release with the outlines of a GeoJSON file instead of hexagons.

    Args:
        path: A FeatureCollection of polygons in degrees (WGS 84, as RFC 7946 asks); one property, or the id, of each
            feature is the code of its municipality. Several features of one code are one municipality.
        places: `unit_id`, `name` and `short_name` of the municipalities that can be drawn; other features are left out.
        needed: Ids that the file must hold.

    Raises:
        DefinitionError: The file is missing, too large, no such GeoJSON, in other coordinates, or lacks a municipality.
    """
    features = _features(path)
    known = dict(zip(places["unit_id"], zip(places["name"], places["short_name"], strict=True), strict=True))
    rings: dict[str, list[Ring]] = defaultdict(list)
    for code, feature in zip(_codes(features, known, path), features, strict=True):
        if code in known:
            rings[code] += _rings(feature, code, path)
    if missing := sorted(set(needed) - set(rings)):
        raise _fault(
            path,
            "The file lacks municipalities of the release.",
            f"missing: {', '.join(missing)}",
            "Add them to the file, or leave the option out: then the map is drawn in hexagons.",
        )
    flat = _flat(rings)
    rows = []
    for code, own in sorted(flat.items()):
        across, down = _middle(max(own, key=lambda ring: abs(_area(ring))))
        rows.append(
            {
                "unit_id": code,
                "name": known[code][0],
                "short_name": known[code][1],
                "across": across,
                "down": down,
                "outline": json.dumps(_simplified(own)),
            }
        )
    return pl.DataFrame(rows)


def _features(path: Path) -> list[Mapping[str, Any]]:
    if not path.is_file():
        raise _fault(path, "There is no such file.", "", "Name a GeoJSON file of municipalities.")
    if (size := path.stat().st_size) > LARGEST_FILE_BYTES:
        limit = f"at most {LARGEST_FILE_BYTES // 1_000_000} MB"
        raise _fault(path, f"The file has {size // 1_000_000} MB; {limit}.", "", "Export it with fewer points.")
    try:
        read = json.loads(path.read_text(encoding="utf-8"))
    except (UnicodeDecodeError, ValueError):
        raise _fault(path, "The file is no JSON.", "", "Export it as GeoJSON in UTF-8.") from None
    features = read.get("features") if isinstance(read, dict) else None
    if not isinstance(features, list) or read.get("type") != "FeatureCollection" or not features:
        raise _fault(path, "The file holds no FeatureCollection with features.", "", "Export it as GeoJSON.")
    if not all(isinstance(each, dict) for each in features):
        raise _fault(path, "A feature is no object.", "", "Export it as GeoJSON.")
    return features


def _codes(features: Iterable[Mapping[str, Any]], known: Collection[str], path: Path) -> list[str]:
    """Return the code of each feature: of the property, or the id, that holds most of the known codes."""
    length = max((len(code) for code in known), default=0)
    told = [_told(feature, length) for feature in features]
    found = Counter(name for each in told for name, value in each.items() if value in known)
    if not found:
        names = ", ".join(sorted({name for each in told for name in each})) or "none"
        raise _fault(
            path,
            "No property of the features holds the code of a municipality.",
            f"properties: {names}; codes look like {min(known, default='')}",
            "Give each feature a property with the code of its municipality.",
        )
    name = max(sorted(found), key=lambda each: found[each])
    return [each.get(name, "") for each in told]


def _told(feature: Mapping[str, Any], length: int) -> dict[str, str]:
    properties = feature.get("properties")
    stated = {"id": feature.get("id"), **(properties if isinstance(properties, dict) else {})}
    # A code read as a number has lost its leading zeros.
    return {
        name: str(value).zfill(length)
        for name, value in stated.items()
        if isinstance(value, int | str) and not isinstance(value, bool)
    }


def _rings(feature: Mapping[str, Any], code: str, path: Path) -> list[Ring]:
    geometry = feature.get("geometry")
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    if not isinstance(geometry, dict) or kind not in {"Polygon", "MultiPolygon"}:
        raise _fault(path, f"Municipality {code} has no outline.", f"geometry: {kind}", "Draw it as polygons.")
    stated: Any = geometry.get("coordinates")
    polygons = [stated] if kind == "Polygon" else stated
    try:
        rings = [[(float(x), float(y)) for x, y, *_ in ring] for polygon in polygons for ring in polygon]
    except (TypeError, ValueError):
        raise _fault(path, f"The outline of {code} cannot be read.", "", "Export it as GeoJSON.") from None
    for ring in rings:
        if len(ring) < _FEWEST_POINTS or ring[0] != ring[-1]:
            raise _fault(path, f"An outline of {code} does not return to its first point.", "", "Close its rings.")
        if not all(-180 <= x <= 180 and -90 < y < 90 for x, y in ring):
            raise _fault(
                path,
                f"The outline of {code} is not in degrees.",
                "",
                "Export it in longitude and latitude (WGS 84, EPSG:4326).",
            )
    if not rings:
        raise _fault(path, f"Municipality {code} has no outline.", "no ring", "Draw it as polygons.")
    return rings


def _flat(rings: Mapping[str, list[Ring]]) -> dict[str, list[Ring]]:
    """Return the outlines on the map: a degree of longitude as short as it is there, north up, from 0 to the size."""
    xs = [x for own in rings.values() for ring in own for x, _ in ring]
    ys = [y for own in rings.values() for ring in own for _, y in ring]
    west, north = min(xs), max(ys)
    narrower = math.cos(math.radians((min(ys) + north) / 2))
    scale = MAP_SIZE / max((max(xs) - west) * narrower, north - min(ys), 1e-9)

    def place(x: float, y: float) -> tuple[float, float]:
        across, down = (x - west) * narrower * scale, (north - y) * scale
        return round(round(across / GRID) * GRID, 4), round(round(down / GRID) * GRID, 4)

    return {code: [[place(x, y) for x, y in ring] for ring in own] for code, own in rings.items()}


def _simplified(rings: list[Ring]) -> list[Ring]:
    """Return the rings without points that say nothing new, and without islands smaller than the grid."""
    thinned = [_thinned(ring) for ring in rings]
    kept = [ring for ring in thinned if len(ring) >= _FEWEST_POINTS and _area(ring)]
    return kept or [max(rings, key=len)]


def _thinned(ring: Ring) -> Ring:
    found: Ring = []
    for point in ring:
        if found and point == found[-1]:
            continue
        while len(found) > 1 and _is_between(found[-2], found[-1], point):
            found.pop()
        found.append(point)
    return found


def _is_between(one: tuple[float, float], middle: tuple[float, float], other: tuple[float, float]) -> bool:
    turn = (middle[0] - one[0]) * (other[1] - one[1]) - (middle[1] - one[1]) * (other[0] - one[0])
    return abs(turn) < GRID**2 / 10


def _area(ring: Ring) -> float:
    return sum(x * below - right * y for (x, y), (right, below) in pairwise(ring)) / 2


def _middle(ring: Ring) -> tuple[float, float]:
    """Return where a name stands: the centre of gravity, or the middle of the points of a ring without an area."""
    area = _area(ring)
    if not area:
        return sum(x for x, _ in ring) / len(ring), sum(y for _, y in ring) / len(ring)
    across = down = 0.0
    for (x, y), (right, below) in pairwise(ring):
        part = x * below - right * y
        across, down = across + (x + right) * part, down + (y + below) * part
    return round(across / (6 * area), 4), round(down / (6 * area), 4)


def _fault(path: Path, what: str, how_much: str, what_to_do: str) -> DefinitionError:
    return DefinitionError(what, where=path.name, how_much=how_much, what_to_do=what_to_do)
