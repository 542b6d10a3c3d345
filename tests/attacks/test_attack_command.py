"""`tvaers attack` finds nothing in our releases, and breaks each of four weak ones."""

import csv
import json
import shutil
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import polars as pl
import pytest

from attacks.suite import Verdict, _inside, _told_apart, _verdict, attack
from indicators.disclosure.control import protect, released
from indicators.disclosure.places import PLACE
from tests.attacks.worlds import FOUND_NESTED, INSIDERS, World
from tvaers.cli import main
from tvaers.commands.attack import OWN_COLUMNS


@pytest.fixture(scope="module")
def world() -> World:
    return World.of("a region", 1)


@pytest.fixture(scope="module")
def ours(world: World, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return world.ours(tmp_path_factory.mktemp("ours")).release


def kept(path: Path, name: str) -> Path:
    return Path(shutil.move(path, path.with_name(name)))


def broken(verdicts: list[Verdict]) -> set[str]:
    return {each.attack for each in verdicts if each.is_broken}


def one_woman_more_examined(world: World) -> World:
    """Return the world in which the feet of one woman of 65 to 79 turn out to have been examined."""
    results = world.cells.results
    of_feet = pl.col("indicator_id") == "foot_examined"
    whole = results.filter(of_feet & (pl.col("sex") == "all") & (pl.col("age_band") == "all"))
    largest = whole.group_by("level").agg(pl.col("unit_id").sort_by(pl.col("denominator") - pl.col("numerator")).last())
    here = pl.concat_str("level", "unit_id").is_in(
        largest.select(pl.concat_str("level", "unit_id")).to_series().implode()
    )
    here &= of_feet & pl.col("sex").is_in(["all", "female"]) & pl.col("age_band").is_in(["all", "65-79"])
    more = pl.when(here).then(1).otherwise(0)
    changed = results.with_columns(pl.col("numerator") + more, pl.col("numerator_patients") + more)
    return replace(world, cells=replace(world.cells, results=changed))


def test_our_release_holds(ours: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["attack", str(ours), "--json"]) == 0
    told = json.loads(capfd.readouterr().out)
    assert not told["is_broken"]
    assert all(each["tried"] for each in told["verdicts"] if each["attack"] != "shares behind rounded counts")


def test_hiding_small_numbers_alone_is_broken_by_subtraction(
    world: World, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    weak = world.with_primary_rules_only(tmp_path).release
    assert main(["attack", str(weak)]) == 15
    assert "broken" in capfd.readouterr().out
    assert {"subtraction", "linear algebra"} <= broken(attack([weak]))


def test_showing_everything_is_broken_by_reading(world: World, tmp_path: Path) -> None:
    results = world.cells.results
    nothing = pl.Series([False] * results.height)
    weak = world.release(tmp_path, released(results, nothing, world.policy)).release
    assert {"small numbers shown", "people between two nested counts"} <= broken(attack([weak]))


def test_rounding_alone_is_broken_by_shares_that_were_not_rounded(world: World, tmp_path: Path) -> None:
    results = world.cells.results
    shown = released(results, pl.Series([False] * results.height), world.policy)
    nearest = [
        ((pl.col(name) / 5).round() * 5).cast(pl.Int64).alias(name) for name in ("numerator", "denominator", "eligible")
    ]
    weak = world.release(tmp_path, shown.with_columns(nearest)).release
    assert "shares behind rounded counts" in broken(attack([weak]))


def test_a_release_safe_from_outsiders_is_broken_by_a_unit_that_knows_its_own_numbers(
    world: World, tmp_path: Path
) -> None:
    name = "a unit that knows its own numbers"
    of_practices = world.cells.results.filter((pl.col("level") == "practice") & (pl.col("unit_id") != "none"))
    units = of_practices["unit_id"].unique().sort()
    known = (of_practices.filter(pl.col("unit_id") == unit).select(OWN_COLUMNS).rows() for unit in units)
    weak = kept(world.reckoning_with((), tmp_path).release, "weak.duckdb")
    own = next(rows for rows in known if name in broken(attack([weak], most=1, own=rows)))
    safe = world.reckoning_with(INSIDERS, tmp_path).release
    assert name not in broken(attack([safe], most=1, own=own))
    path = tmp_path / "own.csv"
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([OWN_COLUMNS, *own])
    assert main(["attack", str(weak), "--most", "1", "--own", str(path)]) == 15


def test_two_practices_of_one_cluster_put_their_numbers_together_by_command(
    world: World, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Reckoned with is one unit at a time, so two of a small cluster can find its third."""
    safe = world.reckoning_with(INSIDERS, tmp_path).release
    cluster_of = dict(world.cells.parents.select("unit_id", "cluster_id").rows())
    of_practices = world.cells.results.filter((pl.col("level") == "practice") & (pl.col("unit_id") != "none"))
    own = {unit: rows.select(OWN_COLUMNS) for (unit,), rows in of_practices.group_by("unit_id", maintain_order=True)}
    together = next(
        pair
        for pair in combinations(own, 2)
        if cluster_of[pair[0]] == cluster_of[pair[1]]
        and _inside(safe, pl.concat(own[unit] for unit in pair).rows(), most=1).is_broken
    )
    files = [tmp_path / f"{unit}.csv" for unit in together]
    for unit, file in zip(together, files, strict=True):
        own[unit].write_csv(file)
        assert not _inside(safe, own[unit].rows(), most=1).is_broken
    assert main(["attack", str(safe), "--most", "1", "--own", str(files[0]), "--own", str(files[1])]) == 15
    assert "knows its own numbers" in capfd.readouterr().out


def test_a_quarter_told_anew_is_broken_by_its_difference_and_a_corrected_one_is_not(
    world: World, ours: Path, tmp_path: Path
) -> None:
    changed = one_woman_more_examined(world)
    unfrozen = kept(changed.ours(tmp_path).release, "unfrozen.duckdb")
    first = protect(world.cells.results, world.policy, world.cells.parents, FOUND_NESTED).cells
    again = protect(
        changed.cells.results,
        world.policy,
        world.cells.parents,
        FOUND_NESTED,
        earlier=first.with_columns(issue=pl.lit(1)),
    ).cells
    corrected = kept(changed.release(tmp_path, again).release, "corrected.duckdb")
    assert "numbers that changed by few" in broken(attack([ours, unfrozen], most=1))
    assert broken(attack([ours, corrected], most=1)) == set()


def test_what_one_release_shows_and_the_other_hides_is_put_together(world: World, ours: Path, tmp_path: Path) -> None:
    """Hide in each release what the other shows beside a small number: each holds alone, both together fall."""
    results = world.cells.results.with_row_index("row")
    first = protect(world.cells.results, world.policy, world.cells.parents, FOUND_NESTED).cells
    hidden_for_others = (first["state"] == "suppressed").to_list()
    costly = world.policy.model_copy(
        update={"hidden_first": ("cluster", "municipality", "hospital", "practice", "all")}
    )
    other = protect(results.drop("row"), costly, world.cells.parents, FOUND_NESTED).cells
    assert (other["state"] == "suppressed").to_list() != hidden_for_others
    second = world.release(tmp_path, other).release
    verdicts = attack([ours, kept(second, "second.duckdb")], most=1)
    assert broken(verdicts) == {"what one shows and the other hides"}


def test_a_file_that_is_no_release_is_told(tmp_path: Path) -> None:
    (tmp_path / "none.duckdb").write_text("no release")
    assert main(["attack", str(tmp_path / "none.duckdb")]) == 17


def test_numbers_of_a_unit_without_a_column_are_told(ours: Path, tmp_path: Path) -> None:
    path = tmp_path / "own.csv"
    path.write_text(",".join([*OWN_COLUMNS[:5], *PLACE]) + "\n1,2,3\n")
    assert main(["attack", str(ours), "--own", str(path)]) == 17


def test_a_hidden_number_that_is_worked_out_and_is_no_small_group_is_told_apart() -> None:
    few, many = ("share.numerator", ("hospital", "a")), ("share.numerator", ("hospital", "b"))
    told = _told_apart({few: 4.0, many: 5.0}, few=5)
    assert told == ({few: 4.0}, {many: 5.0})
    verdict = _verdict("subtraction", "release.duckdb", 9, *told)
    assert (verdict.found, verdict.for_nothing, verdict.is_broken) == (1, 1, True)
    assert not _verdict("subtraction", "release.duckdb", 9, {}, told[1]).is_broken
