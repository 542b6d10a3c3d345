"""Outlines of a user's own: drawn instead of hexagons, simplified without gaps, and refused with the reason."""

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from indicators.release.geometry import GRID, MAP_SIZE, read_outlines
from tvaers.errors import DefinitionError

PLACES = pl.DataFrame({"unit_id": ["0001", "0002"], "name": ["One", "Two"], "short_name": ["One", "Two"]})
WEST = [[9.0, 56.0], [9.5, 56.0], [9.5001, 56.25], [9.5, 56.5], [9.0, 56.5], [9.0, 56.0]]
EAST = [[9.5, 56.0], [10.0, 56.0], [10.0, 56.5], [9.5, 56.5], [9.5001, 56.25], [9.5, 56.0]]


def feature(code: Any, ring: Any, kind: str = "Polygon", name: str = "code") -> dict[str, Any]:
    coordinates = [ring] if kind == "Polygon" else [[ring]]
    return {"type": "Feature", "properties": {name: code}, "geometry": {"type": kind, "coordinates": coordinates}}


def written(folder: Path, *features: Any) -> Path:
    path = folder / "own.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    return path


def outlines(found: pl.DataFrame) -> dict[str, Any]:
    return {row["unit_id"]: json.loads(row["outline"]) for row in found.iter_rows(named=True)}


def test_neighbours_keep_their_common_border_and_north_is_up(tmp_path: Path) -> None:
    found = read_outlines(written(tmp_path, feature("0001", WEST), feature("0002", EAST)), PLACES, ["0001"])
    (west,), (east,) = outlines(found).values()
    assert {tuple(point) for point in west} & {tuple(point) for point in east} >= {(west[1][0], west[1][1])}
    one, two = found.sort("unit_id").iter_rows(named=True)
    assert one["across"] < two["across"]
    assert min(y for _, y in west) == 0
    assert max(*(x for x, _ in east), *(y for _, y in east)) == pytest.approx(MAP_SIZE, abs=GRID)


def test_points_that_nobody_sees_are_left_out(tmp_path: Path) -> None:
    many = [[9.0 + step / 5_000, 56.0] for step in range(2_500)] + WEST[1:]
    found = read_outlines(written(tmp_path, feature("0001", many), feature("0002", EAST)), PLACES, [])
    assert len(outlines(found)["0001"][0]) < 10


def test_an_island_smaller_than_the_grid_is_left_out_but_no_municipality(tmp_path: Path) -> None:
    speck = [[9.9, 55.9], [9.90001, 55.9], [9.9, 55.90001], [9.9, 55.9]]
    path = written(tmp_path, feature("0001", WEST), feature("0001", speck), feature("0002", EAST))
    assert len(outlines(read_outlines(path, PLACES, []))["0001"]) == 1
    only = written(tmp_path, feature("0001", WEST), feature("0002", speck))
    assert len(outlines(read_outlines(only, PLACES, []))["0002"]) == 1


@pytest.mark.parametrize(("code", "name"), [("0001", "kommunekode"), (1, "number")])
def test_the_code_is_found_in_any_property_also_without_its_zeros(tmp_path: Path, code: Any, name: str) -> None:
    path = written(tmp_path, feature(code, WEST, "MultiPolygon", name), feature("9999", EAST, name=name))
    assert outlines(read_outlines(path, PLACES, ["0001"])).keys() == {"0001"}


@pytest.mark.parametrize(
    ("features", "told"),
    [
        ([feature("0001", WEST)], "lacks municipalities"),
        ([feature("7777", WEST)], "No property of the features"),
        ([feature("0001", WEST[:-1])], "does not return to its first point"),
        ([feature("0001", [[x * 60_000, y * 100_000] for x, y in WEST])], "not in degrees"),
        ([feature("0001", [[9.0, "north"], [9.0, 1], [9.1, 1], [9.0, "north"]])], "cannot be read"),
        ([{"type": "Feature", "properties": {"code": "0001"}, "geometry": None}], "has no outline"),
        ([], "no FeatureCollection"),
        ([5], "no object"),
    ],
)
def test_a_file_that_cannot_be_drawn_is_refused_with_the_reason(tmp_path: Path, features: list[Any], told: str) -> None:
    with pytest.raises(DefinitionError) as fault:
        read_outlines(written(tmp_path, *features), PLACES, ["0001", "0002"])
    assert told in fault.value.what
    assert fault.value.where == "own.geojson"
    assert fault.value.what_to_do


def test_what_is_no_json_or_not_there_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "own.geojson"
    with pytest.raises(DefinitionError, match="no such file"):
        read_outlines(path, PLACES, [])
    path.write_bytes(b"\xff\xfe not json")
    with pytest.raises(DefinitionError, match="no JSON"):
        read_outlines(path, PLACES, [])
