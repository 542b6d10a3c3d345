"""Events over a year, told on eight reporting dates or on two: what an attacker gets out of all of them together.

The same people are followed all the time here, so that years are the sums of their quarters to the last event. In a
real population people come and leave, and the attacker's equations hold only nearly.
"""

from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import numpy as np
import polars as pl
import pytest

from attacks.attacker import Attacker, Variable
from attacks.rolling import QUARTERS, in_the_quarter, over_the_year, series
from indicators.release.told_apart import without_overlaps
from tests.attacks.worlds import OF_OUTSIDERS, ULCERS, World
from tests.lib.invented_cells import Cells, invented_cells, quarter_ends

DATES = quarter_ends(8)
PEOPLE, PRACTICES = 1_500, 18
SEEDS = (1, 2, 3)
Truth = dict[Variable, int]


@cache
def followed(seed: int) -> tuple[World, Truth]:
    """Return eight years, a quarter apart, of people who all stay, and their events of each year at each place."""
    rng = np.random.default_rng(seed)
    base = invented_cells(seed=seed, patients=PEOPLE, practices=PRACTICES, quarters=1)
    practices = base.units.filter((pl.col("level") == "practice") & (pl.col("unit_id") != "none"))
    size = np.exp(rng.normal(0, 0.5, PRACTICES))
    people = practices[rng.choice(PRACTICES, PEOPLE, p=size / size.sum())].select(
        pl.lit("all").alias("all"), practice="unit_id", cluster="cluster_id", municipality="municipality_id"
    )
    people = people.with_columns(sex=pl.Series(np.where(rng.random(PEOPLE) < 0.45, "female", "male")))
    events = rng.poisson(0.01, (PEOPLE, len(DATES) + QUARTERS - 1))
    counted = []
    for number, day in enumerate(DATES):
        of_year = people.with_columns(events=pl.Series(events[:, number : number + QUARTERS].sum(axis=1)))
        for level, sex in (
            ("all", "all"),
            ("all", "sex"),
            ("practice", "all"),
            ("cluster", "all"),
            ("municipality", "all"),
        ):
            places = of_year.group_by(unit_id=level, by_sex="sex" if sex == "sex" else "all").agg(
                pl.col("events").sum().alias("numerator"),
                (pl.col("events") > 0).sum().alias("numerator_patients"),
                pl.len().alias("patients"),
            )
            counted.append(places.rename({"by_sex": "sex"}).with_columns(level=pl.lit(level), period_end=pl.lit(day)))
    cells = pl.concat(counted)
    truth = {
        over_the_year(DATES.index(day), (level, unit, sex, "all")): people
        for day, level, unit, sex, people in cells.select(
            "period_end", "level", "unit_id", "sex", "numerator"
        ).iter_rows()
    }
    return World(Cells(as_results(cells, base.results), base.units), OF_OUTSIDERS), truth


def as_results(cells: pl.DataFrame, like: pl.DataFrame) -> pl.DataFrame:
    """Return counted events as results of an invented rate."""
    rate = 1000 * pl.col("numerator") / pl.col("patients")
    filled = cells.with_columns(
        indicator_id=pl.lit(ULCERS.indicator_id),
        kind=pl.lit(ULCERS.kind),
        age_band=pl.lit("all"),
        period_start=pl.col("period_end").dt.offset_by("-1y").dt.offset_by("1d"),
        denominator="patients",
        eligible="patients",
        complement_patients=None,
        patient_years="patients",
        value=rate,
        ci_low=rate * 0.8,
        ci_high=rate * 1.2,
        definition_version=1,
        state=pl.lit("computed"),
    )
    return filled.select(pl.col(name).cast(kind) for name, kind in like.schema.items()).sort(
        "indicator_id", "period_end", "level", "unit_id", "sex"
    )


def few(truth: Truth) -> set[Variable]:
    return {variable for variable, events in truth.items() if 1 <= events < OF_OUTSIDERS.smallest_count}


def of_all_dates(release: Attacker) -> Attacker:
    return series(release.release, DATES, ULCERS.indicator_id)


def told_apart(world: World) -> World:
    """Return the world in which events are told only on dates whose years have no day in common."""
    results = without_overlaps(world.cells.results, frozenset({ULCERS.indicator_id}), None)
    return replace(world, cells=replace(world.cells, results=results))


def narrow(together: Attacker, wanted: set[Variable], width: float) -> dict[Variable, tuple[float, float]]:
    """Return the counts whose lowest and highest possible values lie closer than the width."""
    found = together.bounds(wanted)
    return {variable: (low, high) for variable, (low, high) in found.items() if high - low < width - 1e-3}


def quarters_of_few(together: Attacker) -> dict[Variable, tuple[float, float]]:
    """Return the quarters, published by nobody, that are proved to hold one to four events."""
    quarters = {each for equation in together.equations for each in equation if each[0].startswith("quarter")}
    few = OF_OUTSIDERS.smallest_count
    return {each: (low, high) for each, (low, high) in together.bounds(quarters).items() if low > 0.5 and high < few}


@pytest.mark.parametrize("seed", SEEDS)
def test_events_told_on_dates_that_share_no_day_are_as_wide_together_as_alone(seed: int) -> None:
    world, truth = followed(seed)
    apart = told_apart(world)
    dates = {DATES.index(day) for day in apart.cells.results["period_end"].unique()}
    assert dates == {3, 7}
    together = of_all_dates(apart.ours(Path(mkdtemp())))
    small = {each for each in few(truth) if int(each[0].split()[1]) in dates}
    assert len(small) > 10
    assert not small & together.known.keys()
    assert not narrow(together, few(truth), world.policy.protection_width)
    assert not quarters_of_few(together)


def test_events_told_every_quarter_fall_to_the_series() -> None:
    world, truth = followed(1)
    together = of_all_dates(world.ours(Path(mkdtemp())))
    assert not few(truth) & together.known.keys()
    assert narrow(together, few(truth), world.policy.protection_width)
    assert any(low == pytest.approx(high) for low, high in quarters_of_few(together).values())


@pytest.mark.parametrize("seed", SEEDS)
def test_hiding_only_small_cells_falls_to_the_series(seed: int) -> None:
    world, truth = followed(seed)
    found = of_all_dates(world.with_primary_rules_only(Path(mkdtemp()))).by_linear_algebra()
    fallen = few(truth) & found.keys()
    assert fallen
    assert all(found[variable] == pytest.approx(truth[variable]) for variable in fallen)


def test_a_hidden_burst_of_events_between_two_quiet_years_is_worked_out_from_the_series() -> None:
    """Three events, then five, and nothing before or after: the end of the series tells the hidden beginning."""
    place = ("practice", "057000", "all", "all")
    quarters = [0, 0, 0, 0, 3, 5, *[0] * 7]
    years = [sum(quarters[first : first + QUARTERS]) for first in range(len(quarters) - QUARTERS + 1)]
    attacker = of_all_dates(followed(1)[0].ours(Path(mkdtemp())))
    attacker.known = {
        over_the_year(number, place): float(told) for number, told in enumerate(years) if not 1 <= told < 5
    }
    attacker.equations = [
        {over_the_year(number, place): -1}
        | dict.fromkeys((in_the_quarter(number + later, place) for later in range(QUARTERS)), 1)
        for number in range(len(years))
    ]
    hidden = over_the_year(1, place)
    assert hidden not in attacker.known
    assert attacker.bounds({hidden}) == {hidden: (pytest.approx(3), pytest.approx(3))}
