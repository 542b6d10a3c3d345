"""The one place of a database file where memory that was never written gets onto the disk, emptied afterwards.

A text of more than 4,096 bytes is written into blocks of its own. The last eight bytes of such a block name the block
in which the text goes on; where it goes on in none, the engine writes what lay in memory. That could be eight bytes of
anything, and makes two files of the same content differ.
"""

from pathlib import Path

import duckdb
import numpy as np
from numpy.typing import NDArray

HEAD = 3 * 4096
SUM_BYTES = 8
SEED, FACTOR = np.uint64(5381), np.uint64(0xBF58476D1CE4E5B9)


def blocks_of_long_texts(con: duckdb.DuckDBPyConnection, tables: tuple[str, ...]) -> tuple[list[int], int]:
    """Return the numbers of the blocks that hold long texts, and the size of a block in bytes."""
    blocks: set[int] = set()
    for table in tables:
        for (held,) in con.execute(f"SELECT additional_block_ids FROM pragma_storage_info('{table}')").fetchall():
            blocks |= {*(held or ())}
    size = con.execute("SELECT block_size FROM pragma_database_size() WHERE database_name = current_database()")
    row = size.fetchone()
    return sorted(blocks), int(row[0]) if row else 0


def empty_ends(path: Path, blocks: list[int], size: int) -> bool:
    """Overwrite with zeros what stands at the end of blocks whose text goes on in no other block.

    Args:
        path: A closed database file.
        blocks: Numbers of the blocks that hold long texts.
        size: Bytes of a block.

    Returns:
        False when a block's sum is not reckoned as this module does: the file is of another engine, and is left alone.
    """
    with path.open("r+b") as file:
        for block in blocks:
            file.seek(HEAD + block * size)
            words = np.frombuffer(file.read(size), dtype=np.uint64).copy()
            if words[0] != _sum(words[1:]):
                return False
            if int(words[-1]) not in blocks:
                words[-1] = 0
                words[0] = _sum(words[1:])
                file.seek(HEAD + block * size)
                file.write(words.tobytes())
    return True


def _sum(words: NDArray[np.uint64]) -> np.uint64:
    """Return a block's sum as the engine reckons it."""
    return np.uint64(SEED ^ np.bitwise_xor.reduce(words * FACTOR))
