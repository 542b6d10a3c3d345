"""The tile map of a country: where each municipality stands among the others, so that small ones are seen as well.

The positions are drawn by hand and keep neighbours beside each other as far as hexagons allow. They are no geography.
"""

from pathlib import Path

import polars as pl

from packs.definition_file import definition_fault

FILE = "tiles.csv"
COLUMNS = {
    "municipality_code": pl.String,
    "name": pl.String,
    "short_name": pl.String,
    "across": pl.Float64,
    "down": pl.Int64,
}
LONGEST_SHORT_NAME = 8
"""Characters that fit into a tile on a phone."""


def read_tiles(pack_folder: Path) -> pl.DataFrame:
    """Return the tiles of a pack: code, name, short name, column and row; none when the pack has no map.

    Columns (`across`) grow to the east and rows (`down`) to the south, both in tiles from 0. Every second row is half a
    tile further east, as hexagons are packed.

    Raises:
        DefinitionError: A column is missing or unreadable, a municipality or a place is told twice, a tile lies between
            the places, or a short name is too long for a tile.
    """
    path = pack_folder / FILE
    if not path.is_file():
        return pl.DataFrame(schema=COLUMNS)
    read = pl.read_csv(path, infer_schema=False)
    if missing := [column for column in COLUMNS if column not in read.columns]:
        raise definition_fault(path, missing[0], f"The column '{missing[0]}' is missing.")
    tiles = read.select(pl.col(name).cast(kind, strict=False) for name, kind in COLUMNS.items())
    for code in _codes(tiles, pl.any_horizontal(pl.all().is_null())):
        raise definition_fault(path, code, "A name or a number of this tile is missing or cannot be read.")
    for code in _codes(tiles, pl.col("municipality_code").is_duplicated()):
        raise definition_fault(path, code, "The municipality has two tiles.")
    for code in _codes(tiles, pl.struct("across", "down").is_duplicated()):
        raise definition_fault(path, code, "Another tile stands in the same place.")
    for code in _codes(tiles, (2 * pl.col("across") - pl.col("down")) % 2 != 0):
        raise definition_fault(path, code, "Tiles of even rows stand at whole columns, those of odd rows at halves.")
    for code in _codes(tiles, pl.col("short_name").str.len_chars() > LONGEST_SHORT_NAME):
        raise definition_fault(path, code, f"A short name has at most {LONGEST_SHORT_NAME} characters.")
    return tiles


def _codes(tiles: pl.DataFrame, is_wrong: pl.Expr) -> list[str]:
    return tiles.filter(is_wrong)["municipality_code"].fill_null("").to_list()[:1]
