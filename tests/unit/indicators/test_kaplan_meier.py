"""The curves of many groups are those that the library of statistics draws for each alone."""

import numpy as np
import pytest
from statsmodels.duration.survfunc import SurvfuncRight

from indicators.counting.kaplan_meier import Curves
from indicators.definitions.clauses import CENSORED_LATER

# Weeks in remission with 6-mercaptopurine (Freireich et al., Blood 1963), the example of many textbooks.
REMISSION = [6, 6, 6, 7, 10, 13, 16, 22, 23]
STILL_IN_REMISSION = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]


def curves(*groups: tuple[list[int], list[int]]) -> Curves:
    """Return the curves of groups, each given by the days of its events and the days of those lost from sight."""
    times = [np.array([*came, *(day + CENSORED_LATER for day in lost)], dtype=float) for came, lost in groups]
    return Curves(np.repeat(np.arange(len(groups)), [len(each) for each in times]), np.concatenate(times))


def test_the_curve_of_a_textbook_is_drawn() -> None:
    found = curves((REMISSION, STILL_IN_REMISSION))
    left = [round(1 - float(found.share_by(week)[0]), 3) for week in (5, 6, 7, 10, 13, 16, 22, 23)]
    assert left == [1.0, 0.857, 0.807, 0.753, 0.690, 0.627, 0.538, 0.448]
    assert found.percentile(0.5).days.tolist() == [23]
    assert (found.happened_by(10).tolist(), found.followed_beyond(10).tolist()) == ([5], [14])


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("share", [0.5, 0.9])
def test_percentiles_and_intervals_are_those_of_the_library(seed: int, share: float) -> None:
    draw = np.random.default_rng(seed)
    group = np.repeat(np.arange(20), draw.integers(1, 60, 20))
    time = draw.integers(0, 40, len(group)).astype(float)
    is_event = draw.random(len(group)) < 0.7
    found = Curves(group, np.where(is_event, time, time + CENSORED_LATER)).percentile(share)
    for number in np.unique(group[is_event]):
        own = group == number
        theirs = SurvfuncRight(time[own], is_event[own].astype(int))
        reached = theirs.surv_times[theirs.surv_prob <= 1 - share + 1e-9]
        passed = theirs.surv_times[theirs.surv_prob < 1 - share - 1e-9]
        expected = (reached[0] + passed[0]) / 2 if len(passed) else (reached[0] if len(reached) else np.nan)
        with np.errstate(all="ignore"):
            low, high = theirs.quantile_ci(share)
        got = (found.days[number], found.low[number], found.high[number])
        assert got == pytest.approx((expected, low, high), nan_ok=True)


@pytest.mark.parametrize("day", [0, 7, 39])
def test_shares_by_a_day_are_those_of_the_library(day: int) -> None:
    draw = np.random.default_rng(day)
    group = np.repeat(np.arange(30), draw.integers(2, 50, 30))
    time = draw.integers(0, 60, len(group)).astype(float)
    is_event = draw.random(len(group)) < 0.5
    found = Curves(group, np.where(is_event, time, time + CENSORED_LATER)).share_by(day)
    for number in np.unique(group[is_event]):
        own = group == number
        theirs = SurvfuncRight(time[own], is_event[own].astype(int))
        before = theirs.surv_prob[theirs.surv_times <= day]
        if not np.isnan(found[number]):
            assert found[number] == pytest.approx(1 - (before[-1] if len(before) else 1.0))


def test_without_anybody_lost_the_median_is_that_of_the_days() -> None:
    days = [3, 8, 8, 11, 20, 21]
    assert curves((days, [])).percentile(0.5).days.tolist() == [np.median(days)]


def test_whoever_is_lost_on_a_day_was_still_waiting_when_others_had_it_that_day() -> None:
    assert curves(([5], [5])).share_by(5).tolist() == [0.5]
    assert curves(([5], [4])).share_by(5).tolist() == [1.0]


def test_a_group_of_which_nobody_has_it_has_no_median_and_no_interval() -> None:
    found = curves(([], [4, 9]), ([2], [])).percentile(0.5)
    assert np.isnan([found.days[0], found.low[0], found.high[0]]).all()
    assert found.days[1] == 2


def test_nothing_is_known_beyond_the_day_on_which_the_last_one_was_lost() -> None:
    share = curves(([3], [10]), ([3, 4], [])).share_by(20)
    assert np.isnan(share[0])
    assert share[1] == 1
