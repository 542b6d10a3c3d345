"""One period through disclosure control, and many periods in processes of their own.

No number of one period has a part in protecting another, so it makes no difference which process protects it, nor how
many there are: the same cells are hidden.
"""

import multiprocessing
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from indicators.disclosure.audit import subtract
from indicators.disclosure.complementary import Protected
from indicators.disclosure.left_out import left_out, stands_for_small_practice
from indicators.disclosure.nested import Nested
from indicators.disclosure.policy import Policy
from indicators.disclosure.primary import too_small
from indicators.disclosure.reissue import judged_with_earlier, shown_all_the_same
from indicators.disclosure.related import Related
from indicators.disclosure.system import System, build_system
from indicators.disclosure.withholding import hide_or_withhold
from tvaers.errors import DisclosureError

# Each holds the equations of a whole period.
AT_THE_SAME_TIME = 2
# Fewer cells are protected sooner than another process has started.
WORTH_A_PROCESS = 20_000
MOST_NAMED = 5


@dataclass(frozen=True)
class Period:
    """What is to be protected together.

    Attributes:
        end: The reporting date.
        cells: The period's cells with the columns of `indicator.result` and the `kind` of indicator.
        clusters: Practices of the period and their cluster: `unit_id`, `cluster_id`.
        policy: What may be published.
        nested: Counts that lie within each other.
        related: Partitions that are declared.
        earlier: What was published of the period before; None or no rows when nothing was.
    """

    end: date
    cells: pl.DataFrame
    clusters: pl.DataFrame
    policy: Policy
    nested: tuple[Nested, ...]
    related: Related
    earlier: pl.DataFrame | None


@dataclass(frozen=True)
class ProtectedPeriod:
    """What of one period is not shown, cell by cell.

    Attributes:
        small: Small on their own.
        hidden: Hidden, or withheld with their table.
        withheld: Withheld with their table.
        left_out: Left out with a table that is too small on average.
        width: The smallest distance met between a small count's bounds; infinity when there is none.
    """

    small: NDArray[np.bool_]
    hidden: NDArray[np.bool_]
    withheld: NDArray[np.bool_]
    left_out: NDArray[np.bool_]
    width: float


def each_protected(periods: Sequence[Period]) -> Iterator[ProtectedPeriod]:
    """Yield what is hidden of each period, in their order.

    Raises:
        DisclosureError: A period cannot be protected, or the audit of the result finds a cell that can be worked out.
    """
    worth = sum(each.cells.height for each in periods) // WORTH_A_PROCESS
    workers = min(AT_THE_SAME_TIME, os.cpu_count() or 1, len(periods), worth)
    if workers < 2:
        yield from map(protected_period, periods)
        return
    # A copy of this process would have its locks without the threads that free them.
    with ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn")) as pool:
        try:
            yield from pool.map(protected_period, periods)
        finally:
            pool.shutdown(cancel_futures=True)


def protected_period(period: Period) -> ProtectedPeriod:
    """Return what is hidden of one period.

    Raises:
        DisclosureError: It cannot be protected, or the audit of the result finds a cell that can be worked out.
    """
    cells, policy, before = period.cells, period.policy, period.earlier
    out = left_out(cells, policy.smallest_average)
    primary = (
        too_small(cells, policy).to_numpy() | stands_for_small_practice(cells, out, policy.smallest_practice).to_numpy()
    )
    is_again = before is not None and not before.is_empty()
    # Who kept an earlier release may know numbers of a table that is left out now.
    apart = np.zeros_like(out) if is_again else out
    stays = ~apart
    hidden, withheld = np.zeros((2, cells.height), dtype=bool)
    try:
        system = build_system(cells, period.clusters, policy, period.nested, period.related, apart)
        primary[stays] |= np.asarray(system.shows @ system.small.astype(np.int32)) > 0
        if before is not None and is_again:
            again = judged_with_earlier(system, cells.filter(pl.Series(stays)), before, policy)
            system, primary[stays] = again.system, primary[stays] | again.primary
        judged = cells.filter(pl.Series(stays))
        found = hide_or_withhold(system, judged, (primary | out)[stays], policy)
        if is_again:
            found = shown_all_the_same(system, found, (primary | out)[stays])
        width = _judge(system, judged, found.protected)
    except DisclosureError as fault:
        fault.where = ", ".join(filter(None, [f"period ending {period.end}", fault.where]))
        if is_again:
            fault.what_to_do = "Leave the quarter as it was released: tvaers release without --correct."
        raise
    hidden[stays], withheld[stays] = found.protected.cells, found.withheld
    return ProtectedPeriod(primary, hidden, withheld, out, width)


def _judge(system: System, cells: pl.DataFrame, protected: Protected) -> float:
    """Return the smallest distance met between a small count's bounds, if the result of one period may be published.

    Raises:
        DisclosureError: A hidden cell can be worked out, or a small one is visible.
    """
    hidden, findings, insiders = protected.cells, protected.findings, protected.insiders
    seen = system.small & system.visible(hidden)
    told, _ = subtract(system, system.visible(hidden))
    exact = findings.exact | (told & system.protected(hidden))
    open_to_units = np.zeros(seen.size, dtype=bool)
    open_to_units[insiders.small[~insiders.safe.all(axis=1)]] = True
    found = seen | exact | findings.narrow | open_to_units
    if not found.any():
        return float(findings.width.min(initial=np.inf))
    raise DisclosureError(
        "The release was refused: hidden cells could be worked out from it.",
        where=_named(system, cells, found),
        how_much=f"{seen.sum()} visible, {exact.sum()} exact, {findings.narrow.sum()} narrow; {insiders.exact} exact "
        f"and {insiders.narrow} narrow for a unit that knows its own numbers.",
        what_to_do="Begin a pack of your own (tvaers pack new FOLDER), raise smallest_practice in its disclosure.yaml, "
        "name the folder as pack in settings.toml, then tvaers release. Tell the makers too: this should not happen.",
    )


def _named(system: System, cells: pl.DataFrame, counts: NDArray[np.bool_]) -> str:
    """Return the first cells that hold some counts, in words, and how many more there are."""
    concerned = cells.filter(pl.Series(np.asarray(system.shows @ counts.astype(np.int32)) > 0))
    rows = concerned.select("indicator_id", "level", "unit_id", "sex", "age_band").head(MOST_NAMED).rows()
    names = [" ".join(part for part in row if part != "all") for row in rows]
    more = concerned.height - len(names)
    return ", ".join([*names, f"and {more} more cells"] if more else names)
