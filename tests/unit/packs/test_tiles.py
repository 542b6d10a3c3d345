"""The tile maps of the packs hold every municipality once, and a map that is written wrongly is refused."""

from pathlib import Path

import pytest

from packs.pack import load_pack
from packs.tiles import FILE, read_tiles
from tvaers.errors import DefinitionError

TWO = "municipality_code,name,short_name,across,down\n0001,One,One,0,0\n0002,Two,Two,0.5,1\n"


def test_every_municipality_of_the_danish_pack_has_a_tile_under_its_own_name() -> None:
    pack = load_pack("denmark")
    tiles = read_tiles(pack.folder)
    own = dict(pack.municipalities.select("municipality_code", "name").iter_rows())
    assert dict(tiles.select("municipality_code", "name").iter_rows()) == own
    assert len(own) == 19


def test_the_norwegian_pack_has_a_tile_for_each_of_the_38_municipalities_of_its_county() -> None:
    tiles = read_tiles(load_pack("norway").folder)
    assert tiles.height == 38
    assert tiles["municipality_code"].str.starts_with("50").all()


def test_a_pack_without_a_map_has_no_tiles() -> None:
    assert read_tiles(load_pack("sweden").folder).is_empty()


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("across", "west", "The column 'across' is missing."),
        ("0.5,1", "half,1", "cannot be read"),
        ("0002", "0001", "two tiles"),
        ("0.5,1", "0,0", "the same place"),
        ("0.5,1", "1,1", "at halves"),
        (",Two,Two", ",Two,The second", "at most 8"),
    ],
)
def test_a_map_that_is_written_wrongly_is_refused_and_says_where(tmp_path: Path, old: str, new: str, told: str) -> None:
    (tmp_path / FILE).write_text(TWO, encoding="utf-8")
    assert read_tiles(tmp_path).height == 2
    (tmp_path / FILE).write_text(TWO.replace(old, new), encoding="utf-8")
    with pytest.raises(DefinitionError) as fault:
        read_tiles(tmp_path)
    assert told in fault.value.what
    assert FILE in fault.value.where
