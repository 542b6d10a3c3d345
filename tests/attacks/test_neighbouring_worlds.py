"""Two hundred pairs of worlds that differ by one person each way: how often the pattern of hidden cells alone differs.

In the neighbour of a world, one person of a practice less meets an indicator and one of another practice of its cluster
more. Both practices are hidden and all totals are the same, so no number that both releases show differs.
"""

import numpy as np
import polars as pl
import pytest

from indicators.disclosure.control import protect
from indicators.disclosure.primary import too_small
from tests.attacks.worlds import OF_OUTSIDERS
from tests.lib.invented_cells import invented_cells

INDICATORS = ("hba1c_measured", "ldl_measured", "albuminuria_examined", "eye_examined", "foot_examined", "all_or_none")
CELL = ["indicator_id", "level", "unit_id"]
SEEDS, NEIGHBOURS = (1, 3), 100
COUNTS = {"numerator": 1, "numerator_patients": 1, "complement_patients": -1}
# Measured: 0 of 65 and 3 of 88. What else is hidden is chosen by the true numbers, so it is not nought.
MOST_THAT_DIFFER = 0.1


@pytest.fixture(scope="module", params=SEEDS)
def compared(request: pytest.FixtureRequest) -> pl.DataFrame:
    """The cells of every neighbour beside those of the world, of which each neighbour is a period of its own."""
    rng = np.random.default_rng(request.param)
    invented = invented_cells(seed=request.param, patients=1_300, practices=30, clusters=5, quarters=1)
    world = invented.results.filter(
        pl.col("indicator_id").is_in(INDICATORS)
        & pl.col("level").is_in(["all", "cluster", "practice"])
        & (pl.col("sex") == "all")
        & (pl.col("age_band") == "all")
    )
    first = protect(world, OF_OUTSIDERS, invented.parents).cells.select(*CELL, "state", "numerator")
    hidden = (
        world.drop("state")
        .join(first.filter(pl.col("state") == "suppressed").select(CELL), on=CELL)
        .join(invented.parents.select("unit_id", "cluster_id"), on="unit_id")
        .filter((pl.col("level") == "practice") & (pl.col("unit_id") != "none"))
    )
    pairs = (
        hidden.join(hidden, on=["indicator_id", "cluster_id"], suffix="_of_other")
        .filter(
            (pl.col("unit_id") != pl.col("unit_id_of_other"))
            & (pl.col("numerator") > 0)
            & (pl.col("numerator_of_other") < pl.col("denominator_of_other"))
        )
        .sort("indicator_id", "unit_id", "unit_id_of_other")
        .select("indicator_id", less="unit_id", more="unit_id_of_other")
    )
    drawn = pairs[rng.permutation(pairs.height)[:NEIGHBOURS]].with_row_index("neighbour", offset=1)
    day = pl.lit(world["period_end"][0]) + pl.duration(days="neighbour")
    change = (
        pl.when((pl.col("level") == "practice") & (pl.col("indicator_id") == pl.col("of_indicator")))
        .then((pl.col("unit_id") == pl.col("more")).cast(int) - (pl.col("unit_id") == pl.col("less")).cast(int))
        .otherwise(0)
    )
    neighbours = world.join(drawn.rename({"indicator_id": "of_indicator"}), how="cross").with_columns(
        *(pl.col(name) + sign * change for name, sign in COUNTS.items()), period_end=day
    )
    parents = invented.parents.drop("period_end").join(drawn.select(period_end=day), how="cross")
    released = protect(neighbours.select(world.columns), OF_OUTSIDERS, parents).cells
    small = neighbours.select("period_end", *CELL, is_small=too_small(neighbours, OF_OUTSIDERS))
    before = first.join(world.select(*CELL, was_small=too_small(world, OF_OUTSIDERS)), on=CELL)
    return released.join(before, on=CELL, suffix="_before").join(small, on=["period_end", *CELL])


def test_no_number_that_is_shown_in_both_worlds_tells_them_apart(compared: pl.DataFrame) -> None:
    assert compared["period_end"].n_unique() == NEIGHBOURS
    shown = compared.filter((pl.col("state") == "shown") & (pl.col("state_before") == "shown"))
    assert shown.height
    assert (shown["numerator"] == shown["numerator_before"]).all()


def test_the_pattern_of_hidden_cells_hardly_differs_unless_a_group_crosses_the_limit(compared: pl.DataFrame) -> None:
    neighbours = compared.group_by("period_end").agg(
        crosses=(pl.col("is_small") != pl.col("was_small")).any(),
        differs=(pl.col("state") != pl.col("state_before")).any(),
    )
    within, across = (neighbours.filter(pl.col("crosses") == crosses)["differs"] for crosses in (False, True))
    assert len(within) > NEIGHBOURS / 2
    assert within.sum() < MOST_THAT_DIFFER * len(within)
    # The attack sees a pattern that differs: a group of five is shown where one of four is not.
    assert across.sum() > len(across) / 2
