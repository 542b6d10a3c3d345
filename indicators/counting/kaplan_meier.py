"""The Kaplan–Meier estimate for many groups at once, from one time per person.

Kaplan and Meier, J Am Stat Assoc 1958;53:457. A time is a whole number of days when what was waited for came then, and
half a day more when the person was followed no longer (`clauses.value_of`). In the order of these numbers each person
with the event multiplies what is left by 1 - 1/at risk; over the events of one day this is the usual 1 - d/n, and the
terms of Greenwood's variance add up to his d/(n(n-d)) likewise. All groups are therefore worked out in one pass.
"""

from dataclasses import dataclass
from typing import cast

import numpy as np
from numpy.typing import NDArray

from indicators.counting.statistics import NORMAL_POINT

Numbers = NDArray[np.float64]
Places = NDArray[np.int64]
# Products of many factors are exact to more decimals than this; a curve that reaches a half does so within it.
EXACT = 1e-9


@dataclass(frozen=True)
class Percentile:
    """After how many days so large a share has had the event, group by group, with the interval at 95 %.

    NaN where fewer have; an upper end of infinity where the interval is open.
    """

    days: Numbers
    low: Numbers
    high: Numbers


class Curves:
    """The curves of groups of people.

    Args:
        group: Which group each person belongs to, from 0 without gaps.
        time: Each person's time.
    """

    def __init__(self, group: Places, time: Numbers) -> None:
        order = np.lexsort((time, group))
        self.group, self.time = group[order], time[order]
        self.starts = np.flatnonzero(np.diff(self.group, prepend=-1))
        self.people = np.diff(self.starts, append=len(order)).astype(np.int64)
        self.day = np.floor(self.time)
        is_event = self.time == self.day
        at_risk = (np.repeat(self.people, self.people) - self._place()).astype(np.float64)
        is_last = at_risk == 1
        left = np.where(is_event & ~is_last, at_risk, 2.0)
        factor = np.where(is_event & ~is_last, np.log1p(-1 / left), 0.0)
        variance = np.where(is_event & ~is_last, 1 / (left * (left - 1)), 0.0)
        # Beyond the last person at risk nothing is left, and nothing is known of how sure that is.
        self.waiting = np.where(is_event & is_last, 0.0, np.exp(self._added_up(factor)))
        self.variance = np.where(is_event & is_last, np.nan, self._added_up(variance))
        ends_day = np.append((np.diff(self.group) != 0) | (np.diff(self.time) != 0), True)
        self.is_step = is_event & ends_day

    def _place(self) -> Places:
        return cast("Places", np.arange(len(self.time)) - np.repeat(self.starts, self.people))

    def _added_up(self, terms: Numbers) -> Numbers:
        total = np.cumsum(terms)
        before = (total - terms)[self.starts]
        return cast("Numbers", total - np.repeat(before, self.people))

    def happened_by(self, day: int) -> Places:
        """Return how many of each group are known to have had the event by the end of a day."""
        return self._count((self.time == self.day) & (self.time <= day))

    def followed_beyond(self, day: int) -> Places:
        """Return how many of each group are known to be without it at the end of a day."""
        return self._count(self.time > day)

    def share_by(self, day: int) -> Numbers:
        """Return the share of each group that has had the event by the end of a day, had all been followed so long.

        NaN where nobody was followed so long and some were lost before.
        """
        reached = self._count(self.time <= day)
        last = self.starts + reached - 1
        share = np.where(reached > 0, 1 - self.waiting[np.maximum(last, 0)], 0.0)
        is_known = (reached < self.people) | (share > 1 - EXACT)
        return np.where(is_known, share, np.nan)

    def percentile(self, share: float) -> Percentile:
        """Return after how many days a share of each group has had the event.

        Where the curve lies on the share from one day to another, the middle of both is taken, as for a median of two
        middle values. The interval holds the days at which the curve is not surely beside the share (Brookmeyer and
        Crowley, Biometrics 1982;38:29, on the scale log(-log)).
        """
        level = 1 - share
        first = self._day_of(self.starts + self._count(self.waiting > level + EXACT))
        second = self._day_of(self.starts + self._count(self.waiting > level - EXACT))
        days = np.where(np.isnan(second), first, (first + second) / 2)
        with np.errstate(divide="ignore", invalid="ignore"):
            distance = np.log(-np.log(self.waiting)) - np.log(-np.log(level))
            error = np.sqrt(self.variance) / np.abs(np.log(self.waiting))
            is_near = self.is_step & (np.abs(distance) <= NORMAL_POINT * error)
        rows = np.arange(len(self.time))
        lowest = np.minimum.reduceat(np.where(is_near, rows, len(rows)), self.starts)
        highest = np.maximum.reduceat(np.where(is_near, rows, -1), self.starts)
        has_interval = highest >= 0
        following = np.minimum.accumulate(np.where(self.is_step, rows, len(rows))[::-1])[::-1]
        beyond = np.append(following, len(rows))[highest + 1]
        ends = self.starts + self.people
        is_closed = has_interval & (beyond < ends)
        low = np.where(has_interval, self.day[np.minimum(lowest, len(rows) - 1)], np.nan)
        high = np.where(is_closed, self.day[np.minimum(beyond, len(rows) - 1)], np.where(has_interval, np.inf, np.nan))
        return Percentile(days, low, high)

    def _day_of(self, row: Places) -> Numbers:
        inside = row < self.starts + self.people
        return np.where(inside, self.day[np.where(inside, row, 0)], np.nan)

    def _count(self, truth: NDArray[np.bool_]) -> Places:
        return cast("Places", np.add.reduceat(truth.astype(np.int64), self.starts))
