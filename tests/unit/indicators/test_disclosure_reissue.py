"""A quarter that is published again: what changed by a few people is hidden, and nothing hidden before comes out."""

import numpy as np
import polars as pl
import pytest

from indicators.disclosure.control import protect
from indicators.disclosure.policy import load_policy
from indicators.disclosure.reissue import CELL
from tests.lib.invented_cells import NESTED, Cells, invented_cells
from tests.lib.tiny_release import POLICY

AGAINST_OUTSIDERS = load_policy(POLICY).model_copy(update={"insiders": ()})
COUNTS = ["numerator", "denominator", "eligible"]


@pytest.fixture(scope="module")
def world() -> Cells:
    return invented_cells(seed=3, patients=1_600, practices=14, quarters=1)


def published(cells: Cells, results: pl.DataFrame, earlier: pl.DataFrame | None = None) -> pl.DataFrame:
    return protect(results, AGAINST_OUTSIDERS, cells.parents, NESTED, earlier=earlier).cells


def as_issue(cells: pl.DataFrame, number: int = 1) -> pl.DataFrame:
    return cells.with_columns(issue=pl.lit(number))


def with_one_more(results: pl.DataFrame, practice: str, indicator: str = "foot_examined") -> pl.DataFrame:
    """Return results in which one woman of 65 to 79 in a practice turns out to have been examined."""
    home = {"practice": practice, "by_diabetes_duration": "10+", "by_years_in_the_country": "1_and_more"}
    cluster = "K01"
    here = pl.lit(value=False)
    for level, unit in {**home, "all": "all", "cluster": cluster, "municipality": "0791", "hospital": "none"}.items():
        here |= (pl.col("level") == level) & (pl.col("unit_id") == unit)
    here &= pl.col("sex").is_in(["all", "female"]) & pl.col("age_band").is_in(["all", "65-79"])
    here &= pl.col("indicator_id") == indicator
    more = pl.when(here).then(1).otherwise(0)
    return results.with_columns(pl.col("numerator") + more, pl.col("numerator_patients") + more)


def both(first: pl.DataFrame, second: pl.DataFrame) -> pl.DataFrame:
    return first.join(second, on=CELL, suffix="_again", nulls_equal=True)


def test_the_same_numbers_once_more_are_the_same_release(world: Cells) -> None:
    first = published(world, world.results)
    assert published(world, world.results, as_issue(first)).equals(first)


def test_one_person_more_is_not_told_by_any_two_published_numbers(world: Cells) -> None:
    first = published(world, world.results)
    changed = with_one_more(world.results, practice_of(world))
    plain, ours = published(world, changed), published(world, changed, as_issue(first))
    for release, is_told in ((plain, True), (ours, False)):
        shown = both(first, release).filter((pl.col("state") == "shown") & (pl.col("state_again") == "shown"))
        told = shown.filter((pl.col("numerator") - pl.col("numerator_again")).abs().is_between(1, 4))
        assert (told.height > 0) is is_told


def test_what_was_hidden_stays_hidden_and_most_of_the_rest_stays_shown(world: Cells) -> None:
    first = published(world, world.results)
    again = published(world, with_one_more(world.results, practice_of(world)), as_issue(first))
    pairs = both(first, again)
    assert pairs.filter((pl.col("state") == "suppressed") & (pl.col("state_again") == "shown")).height == 0
    shown, still = pairs.filter(pl.col("state") == "shown"), pairs.filter(pl.col("state_again") == "shown")
    assert still.height > 0.9 * shown.height


def test_a_change_of_five_people_may_be_told(world: Cells) -> None:
    first = published(world, world.results)
    changed = world.results
    for _ in range(5):
        changed = with_one_more(changed, practice_of(world))
    pairs = both(first, published(world, changed, as_issue(first)))
    told = pairs.filter((pl.col("state_again") == "shown") & (pl.col("numerator_again") - pl.col("numerator") == 5))
    assert told.height > 0


def test_every_earlier_issue_is_reckoned_with(world: Cells) -> None:
    first = published(world, world.results)
    changed = with_one_more(world.results, practice_of(world))
    second = published(world, changed, as_issue(first))
    issues = pl.concat([as_issue(first), as_issue(second, 2)])
    third = published(world, world.results, issues)
    for before in (first, second):
        pairs = both(before, third).filter((pl.col("state") == "shown") & (pl.col("state_again") == "shown"))
        for count in COUNTS:
            assert not np.isin(np.abs(pairs[count] - pairs[f"{count}_again"]).to_numpy(), [1, 2, 3, 4]).any()


def practice_of(world: Cells) -> str:
    """Return the largest practice of the first cluster."""
    of_cluster = world.parents.filter(pl.col("cluster_id") == "K01")["unit_id"].implode()
    rows = world.results.filter(
        (pl.col("level") == "practice") & (pl.col("indicator_id") == "foot_examined"),
        pl.col("unit_id").is_in(of_cluster),
    )
    return str(rows.sort("denominator", descending=True)["unit_id"][0])
