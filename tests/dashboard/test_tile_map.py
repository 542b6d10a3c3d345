"""The map colours by value, says what its colours mean, and shows nothing of what is hidden."""

from dataclasses import replace
from datetime import date

import pytest

from dashboard.catalogue import DatedValue, Definition
from dashboard.charts.sheet import Caption
from dashboard.charts.tile_map import figure
from dashboard.comparison import Measure
from dashboard.presenters import tile_map
from dashboard.presenters.tile_map import Place, Shade, Tile
from dashboard.presenters.units import Unit
from dashboard.release_reader import Release
from dashboard.wording import Wording

PLACES = tuple(Place(f"000{number}", f"Place {number}", f"P{number}", number, 0, ()) for number in range(1, 7))
UNITS = [Unit("municipality", f"000{number}", f"Place {number}") for number in range(1, 6)]
CAPTION = Caption("Title", "below", "source")


def share(value: float) -> Measure:
    return Measure("shown", value, value - 0.02, value + 0.02, 60, 100)


def drawn(definition: Definition, words: Wording, **cells: Measure) -> list[Tile]:
    found = {name.removeprefix("m"): cell for name, cell in cells.items()}
    return tile_map.tiles(PLACES, UNITS, found, definition, words, own_key="municipality-0002")


def shades(tiles: list[Tile]) -> dict[str, Shade]:
    return {tile.place.unit_id: tile.shade for tile in tiles}


@pytest.fixture
def plain(definitions: dict[str, Definition]) -> Definition:
    return replace(definitions["hba1c_below_53"], target=None)


@pytest.fixture
def aimed(definitions: dict[str, Definition]) -> Definition:
    return replace(definitions["eye_examined"], target=DatedValue(0.9, "share", date(2020, 1, 1), ""))


def test_without_a_target_a_higher_value_is_never_lighter(plain: Definition, english: Wording) -> None:
    found = shades(drawn(plain, english, m0001=share(0.412), m0002=share(0.5), m0003=share(0.633)))
    assert [found[place].hue for place in ("0001", "0002", "0003")] == ["ramp"] * 3
    assert found["0001"].depth == 0 < found["0002"].depth < found["0003"].depth == 1
    assert found["0001"].name == "40 to 45%"


def test_a_value_on_the_edge_belongs_to_the_band_that_begins_there(plain: Definition, english: Wording) -> None:
    found = shades(drawn(plain, english, m0001=share(0.4), m0002=share(0.45), m0003=share(0.6)))
    assert found["0002"].name == "45 to 50%"


@pytest.mark.parametrize(
    ("direction", "value", "hue"),
    [
        ("higher_is_better", 0.9, "better"),
        ("higher_is_better", 0.899, "worse"),
        ("lower_is_better", 0.9, "better"),
        ("lower_is_better", 0.901, "worse"),
    ],
)
def test_around_a_target_the_colour_says_which_side_is_good(
    aimed: Definition, english: Wording, direction: str, value: float, hue: str
) -> None:
    found = drawn(replace(aimed, direction=direction), english, m0001=share(value), m0002=share(0.7))
    assert shades(found)["0001"].hue == hue


def test_a_strict_target_is_not_reached_by_itself(aimed: Definition, english: Wording) -> None:
    strict = replace(aimed, target=DatedValue(0.9, "share", None, "", is_strict=True))
    assert shades(drawn(strict, english, m0001=share(0.9)))["0001"].hue == "worse"


def test_the_farther_from_the_target_the_darker_and_the_band_holds_the_value(
    aimed: Definition, english: Wording
) -> None:
    found = shades(drawn(aimed, english, m0001=share(0.61), m0002=share(0.88), m0003=share(0.97)))
    assert found["0001"].depth > found["0002"].depth
    assert [found[place].name for place in ("0001", "0002", "0003")] == ["60 to 70%", "80 to 90%", "90 to 100%"]


def test_every_state_without_a_number_has_a_pattern_of_its_own(plain: Definition, english: Wording) -> None:
    states = {"m0001": "suppressed", "m0002": "left_out", "m0003": "no_data", "m0004": "withheld"}
    tiles = drawn(plain, english, **{name: Measure(state) for name, state in states.items()}, m0005=share(0.5))
    found = shades(tiles)
    assert [found[f"000{number}"].hue for number in range(1, 7)] == [
        "hidden",
        "left_out",
        "no_data",
        "hidden",
        "ramp",
        "elsewhere",
    ]
    picture = figure(tiles, tile_map.key(tiles), CAPTION, english)
    assert {area.fillpattern.shape for area in picture.data if area.fill} == {"/", "x", "-", None}
    assert {"Not shown", "Left out", "No data", "Not in this release"} <= {shade.name for shade in tile_map.key(tiles)}


def test_a_municipality_outside_the_release_shows_no_number_even_if_there_is_one(
    plain: Definition, english: Wording
) -> None:
    (outside,) = [tile for tile in drawn(plain, english, m0006=share(0.5)) if tile.place.unit_id == "0006"]
    assert (outside.number, outside.text) == ("", "Place 6: Not in this release")


def test_a_hidden_cell_that_holds_a_number_all_the_same_is_drawn_like_any_other(
    plain: Definition, english: Wording
) -> None:
    pictures = []
    for hidden in (Measure("suppressed"), Measure("suppressed", 0.123, 0.1, 0.2, 3, 24, None, 0.77)):
        tiles = drawn(plain, english, m0001=hidden, m0002=share(0.5))
        pictures.append(figure(tiles, tile_map.key(tiles), CAPTION, english).to_json())
    assert pictures[0] == pictures[1]


def test_the_pop_up_and_the_table_tell_value_count_interval_and_completeness(
    aimed: Definition, english: Wording
) -> None:
    cell = replace(share(0.5), completeness=0.87)
    text = drawn(aimed, english, m0001=cell)[0].text
    assert text == "Place 1: 50.0% · 95% interval 48.0–52.0% · 60 of 100 patients · value known for 87%"
    everybody = Unit("all", "all", "")
    row = tile_map.rows(UNITS[:1], {"0001": cell}, everybody, share(0.5), aimed, english)[1]
    assert (row.value, row.interval, row.basis, row.completeness) == (
        "50.0%",
        "48.0–52.0%",
        "60 of 100 patients",
        "value known for 87%",
    )


def test_an_outline_of_its_own_is_drawn_instead_of_the_hexagon(plain: Definition, english: Wording) -> None:
    square = (((0.0, 0.0), (2.0, 0.0), (2.0, 2.0), (0.0, 0.0)),)
    tiles = [replace(tile, place=replace(PLACES[0], outline=square)) for tile in drawn(plain, english)[:1]]
    area = figure(tiles, tile_map.key(tiles), CAPTION, english).data[0]
    assert list(zip(area.x, area.y, strict=True)) == [(0, 0), (2, 0), (2, -2), (0, 0)]


def test_the_release_has_a_place_for_each_of_its_municipalities(release: Release) -> None:
    units = set(release.units().filter(level="municipality")["unit_id"]) - {"none"}
    found = tile_map.places(release.places())
    assert units
    assert units <= {place.unit_id for place in found}
    assert len(found) == 19
