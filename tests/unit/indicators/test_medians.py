"""Medians that are counted up are those of sorting each unit's values, whatever their number and precision."""

from datetime import date

import numpy as np
import polars as pl
import pytest

from indicators.counting import medians as counted_up
from indicators.counting.adding_up import KEYS
from indicators.counting.groups import counted_once
from indicators.counting.statistics import median_ranks
from tests.lib.evaluate import catalogue

BREAKDOWNS = catalogue().breakdowns
ROWS = 3_000


@pytest.fixture(scope="module")
def values() -> pl.DataFrame:
    chance = np.random.default_rng(3)
    texts = {
        "municipality_id": ["0101", "0102", "0103"],
        "practice_id": [f"practice {number}" for number in range(200)],
        "cluster_id": ["K1", "K2", "none"],
        "hospital_id": ["6001", "none"],
        "sex": ["female", "male"],
        "age_band": ["18-49", "50-64"],
    }
    ends = pl.Series([date(2025, 12, 31), date(2026, 3, 31)])
    return pl.DataFrame(
        {"period_end": ends.gather(pl.Series(chance.integers(0, 2, ROWS)))}
        | {name: pl.Series(chance.choice(known, ROWS)).cast(pl.Categorical) for name, known in texts.items()}
        | {"value": pl.Series(np.round(chance.normal(55, 12, ROWS), 1))}
    )


@pytest.mark.parametrize("most_counts", [counted_up.MOST_COUNTS, 0], ids=["counted", "sorted"])
def test_medians_and_their_intervals_are_those_of_the_sorted_values(values, most_counts, monkeypatch):
    monkeypatch.setattr(counted_up, "MOST_COUNTS", most_counts)
    found = counted_up.medians(values, BREAKDOWNS).rows_by_key(KEYS, unique=True)
    units = {"practice": "practice_id", "municipality": "municipality_id", "hospital": "hospital_id"}
    looked_at = 0
    for level, column in units.items():
        for (end, unit), rows in values.group_by("period_end", column):
            own = np.sort(rows["value"].to_numpy())
            ranks = {name: int(rank[0]) for name, rank in median_ranks(np.array([len(own)])).items()}
            value, low, high = found[(end, level, unit, "all", "all")]
            assert value == (own[ranks["lower"] - 1] + own[ranks["upper"] - 1]) / 2
            assert (low, high) == ((own[ranks["low"] - 1], own[ranks["high"] - 1]) if ranks["low"] else (None, None))
            looked_at += 1
    assert looked_at > 300
    women = values.filter(pl.col("sex") == "female", pl.col("period_end") == date(2025, 12, 31))
    assert found[(date(2025, 12, 31), "all", "all", "female", "all")][0] == np.median(women["value"].to_numpy())


@pytest.mark.parametrize("most_counts", [counted_up.MOST_COUNTS, 0], ids=["counted", "sorted"])
def test_values_counted_once_have_the_medians_of_all_who_have_them(values, most_counts, monkeypatch):
    monkeypatch.setattr(counted_up, "MOST_COUNTS", most_counts)
    counted = counted_once(values)
    assert counted.height < values.height
    assert counted[counted_up.PEOPLE].sum() == values.height
    of_rows = counted_up.medians(values, BREAKDOWNS, ["hospital"]).sort(KEYS)
    assert counted_up.medians(counted, BREAKDOWNS, ["hospital"]).sort(KEYS).equals(of_rows)
