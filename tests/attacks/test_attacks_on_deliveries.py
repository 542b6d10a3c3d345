"""An attacker who adds up what the page on data quality tells: files, quarantine rules and months."""

import numpy as np
import polars as pl
import pytest
from scipy import optimize

from indicators.disclosure.policy import load_policy
from indicators.disclosure.told_totals import protect_left_out
from tests.lib.tiny_release import POLICY

POLICY_IN_FORCE = load_policy(POLICY)
COUNTS = ("rows_in", "rows_loaded", "rows_quarantined", "rows_duplicate")
SEEDS = pytest.mark.parametrize("seed", range(12))


def drawn(seed: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return deliveries of small practices, and the quarantined rows by rule; each row is left out for one reason."""
    rng = np.random.default_rng(seed)
    files = 4
    loaded = rng.integers(1, 60, files)
    by_rule = rng.multinomial(int(rng.integers(0, 25)), [0.5, 0.3, 0.2])
    quarantined = rng.multinomial(by_rule.sum(), rng.dirichlet(np.ones(files)))
    duplicate = rng.integers(0, 8, files)
    same = {"sector": "general_practice", "file_type": "praksis_maalinger"}
    left_out = {"rows_loaded": loaded, "rows_quarantined": quarantined, "rows_duplicate": duplicate}
    deliveries = pl.DataFrame({"rows_in": loaded + quarantined + duplicate, **left_out}).with_columns(
        **{name: pl.lit(value) for name, value in same.items()}
    )
    rules = pl.DataFrame({"rule": list("abc"), "rows": by_rule}).with_columns(
        **{name: pl.lit(value) for name, value in same.items()}
    )
    return deliveries, rules


def narrowest(truth: tuple[pl.DataFrame, pl.DataFrame], told: tuple[pl.DataFrame, pl.DataFrame]) -> float:
    """Return the smallest distance between the lowest and highest possible value of a hidden number of 1 to 4 rows."""
    true, shown = (
        np.concatenate(
            [frames[0].select(COUNTS).cast(pl.Float64).to_numpy().ravel(), frames[1]["rows"].cast(pl.Float64)]
        )
        for frames in (truth, told)
    )
    files = truth[0].height
    equations = np.zeros((files + 1, true.size))
    for file in range(files):
        equations[file, 4 * file : 4 * file + 4] = (-1, 1, 1, 1)
        equations[files, 4 * file + 2] = 1
    equations[files, 4 * files :] = -1
    # A reader knows that a hidden number is at least 1, since a zero is shown.
    limits = [(1, None) if np.isnan(value) else (value, value) for value in shown]
    widths = []
    for place in np.flatnonzero(np.isnan(shown) & (true < POLICY_IN_FORCE.smallest_count)):
        towards = np.zeros(true.size)
        ends = []
        for towards[place] in (1.0, -1.0):
            answer = optimize.linprog(towards, A_eq=equations, b_eq=np.zeros(files + 1), bounds=limits)
            ends.append(towards[place] * answer.fun if answer.status == 0 else np.inf)
        widths.append(ends[1] - ends[0])
    return min(widths, default=np.inf)


@SEEDS
def test_files_and_rules_together_tell_no_small_number_of_rows(seed: int) -> None:
    truth = drawn(seed)
    told = protect_left_out(*truth, POLICY_IN_FORCE.smallest_count, POLICY_IN_FORCE.protection_width)
    assert narrowest(truth, told) >= POLICY_IN_FORCE.protection_width - 1e-6


def test_hiding_only_the_small_numbers_falls_to_adding_up() -> None:
    is_small = lambda name: pl.col(name).is_between(1, POLICY_IN_FORCE.smallest_count - 1)  # noqa: E731
    fallen = 0
    for seed in range(12):
        deliveries, rules = drawn(seed)
        weak = (
            deliveries.with_columns(pl.when(~is_small(name)).then(name).alias(name) for name in COUNTS),
            rules.with_columns(pl.when(~is_small("rows")).then("rows").alias("rows")),
        )
        fallen += narrowest((deliveries, rules), weak) < 1e-6
    assert fallen > 3
