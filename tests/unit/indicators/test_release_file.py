"""The release file holds nothing but what it shows, and the same content is the same file."""

import json
import struct
from pathlib import Path

import duckdb
import polars as pl

from indicators.release.ends_of_texts import blocks_of_long_texts, empty_ends
from indicators.release.file import emptied, write_release
from tests.lib.tiny_release import META, completeness, deliveries, quarantine

SECRETS = [7_770_001_234_567 + number for number in range(60)]
INDICATOR = {"indicator_id": ["eye_examined"], "definition_version": [1], "position": [1], "definition": ["{}"]}


def hidden_every_other() -> pl.DataFrame:
    """Return results of which every other number was hidden, as disclosure control hides them."""
    day = pl.date(2026, 9, 30)
    numbers = ("denominator", "patient_years", "eligible", "completeness", "value", "ci_low", "ci_high")
    everything = pl.DataFrame({"numerator": SECRETS}).with_columns(
        pl.lit("eye_examined").alias("indicator_id"),
        pl.lit(1).alias("definition_version"),
        day.alias("period_start"),
        day.alias("period_end"),
        *(pl.lit("all").alias(name) for name in ("level", "sex", "age_band")),
        pl.col("numerator").cast(pl.String).alias("unit_id"),
        pl.when(pl.col("numerator") % 2 == 0).then(pl.lit("shown")).otherwise(pl.lit("suppressed")).alias("state"),
        *(pl.col("numerator").alias(name) for name in numbers),
    )
    hide = [
        pl.when(pl.col("state") == "shown").then(name).otherwise(None).alias(name) for name in ("numerator", *numbers)
    ]
    return everything.with_columns(hide).with_columns(unit_id=pl.int_range(pl.len()).cast(pl.String))


def written(path: Path) -> bytes:
    tables = {
        "result": hidden_every_other(),
        "unit": pl.DataFrame(
            schema=dict.fromkeys(("level", "unit_id", "name", "cluster_id", "municipality_id"), pl.String)
        ),
        "indicator": pl.DataFrame(INDICATOR),
        "delivery": deliveries(),
        "quarantine": quarantine(),
        "completeness": completeness(),
        "policy": pl.DataFrame({"key": ["version"], "value": ["1"], "explanation": ["{}"]}),
        "meta": pl.DataFrame({"key": list(META), "value": list(META.values())}),
    }
    write_release(path, tables)
    return path.read_bytes()


def test_a_hidden_number_is_nowhere_in_the_bytes_of_the_file_and_a_shown_one_is(tmp_path: Path) -> None:
    content = written(tmp_path / "release.duckdb")
    for secret in SECRETS:
        is_there = any(struct.pack(form, secret) in content for form in ("<q", "<d"))
        assert is_there == (secret % 2 == 0)


def test_a_hidden_number_stays_in_memory_beside_its_mark_until_it_is_emptied() -> None:
    def in_memory(frame: pl.DataFrame) -> bytes:
        return bytes(frame["numerator"].to_arrow().buffers()[1])

    hidden = hidden_every_other()
    is_hidden = [struct.pack("<q", secret) for secret in SECRETS if secret % 2]
    assert any(secret in in_memory(hidden) for secret in is_hidden)
    assert not any(secret in in_memory(emptied(hidden)) for secret in is_hidden)
    assert emptied(hidden).equals(hidden)


def test_the_same_content_is_the_same_file_byte_for_byte_whatever_the_file_is_called(tmp_path: Path) -> None:
    assert written(tmp_path / "one.duckdb") == written(tmp_path / "another name.duckdb")


def test_long_texts_leave_nothing_of_the_memory_in_the_file(tmp_path: Path) -> None:
    words = ("disclosure control ", "Behandlung ", "kvalitet ", "x")
    pages = pl.DataFrame(
        {
            "indicator_id": [f"indicator_{number}" for number in range(40)],
            "definition_version": [1] * 40,
            "position": range(40),
            "definition": [json.dumps(words[number % 4] * 900) for number in range(40)],
        }
    )
    path = tmp_path / "release.duckdb"
    files = []
    for _ in range(6):
        path.unlink(missing_ok=True)
        write_release(path, {"indicator": pages, "result": hidden_every_other()})
        files.append(path.read_bytes())
    assert len(set(files)) == 1
    with duckdb.connect(str(path), read_only=True) as con:
        assert (
            con.execute("SELECT definition FROM indicator ORDER BY position")
            .pl()
            .to_series()
            .equals(pages["definition"], check_names=False)
        )
        blocks, size = blocks_of_long_texts(con, ("indicator",))
    assert blocks
    assert empty_ends(path, blocks, size)
    assert path.read_bytes() == files[0]
