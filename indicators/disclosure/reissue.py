"""A quarter that is published once more: judged together with every time it was published before.

Whoever kept an earlier release subtracts it from the new one. So of a quarter that is corrected, three things hold:
what was hidden before stays hidden; what did not change is known, and taken for known; and a count that changed by a
few people is protected like a count of a few people, since the difference is one. The protection is the usual one, in a
system in which the unchanged counts are known whatever is hidden.
"""

from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from indicators.disclosure.places import PLACE
from indicators.disclosure.policy import Policy
from indicators.disclosure.quantities import FIELDS, TOLD_BY
from indicators.disclosure.system import System
from indicators.disclosure.withholding import Hidden

NOT_TOLD = ("suppressed", "withheld", "left_out")
CELL = ["indicator_id", *PLACE]
READ = ["state", "numerator", "denominator", "eligible"]


@dataclass(frozen=True)
class Reissue:
    """A period's system for somebody who kept what was published of it before.

    Attributes:
        system: The system in which unchanged counts are told, and counts that changed by few are small.
        primary: Cells that must be hidden: those hidden before, and those that tell such a change.
    """

    system: System
    primary: NDArray[np.bool_]


def judged_with_earlier(system: System, cells: pl.DataFrame, earlier: pl.DataFrame, policy: Policy) -> Reissue:
    """Return the system and the cells to hide of a period that was published before.

    Args:
        system: The period's counts and equations.
        cells: The period's cells, in the order of the system's.
        earlier: The period's published cells of all earlier issues: `issue`, the columns of `CELL` and of `READ`.
        policy: How many people are few.
    """
    told, changed, was_hidden = np.zeros((3, system.truth.size), dtype=bool)
    primary = np.zeros(cells.height, dtype=bool)
    for _, issue in earlier.group_by("issue", maintain_order=True):
        before = cells.select(*CELL, "kind").join(
            issue.select(*CELL, *READ), on=CELL, how="left", maintain_order="left"
        )
        # A place without a cell counted nobody, where its indicator was published at all.
        is_new = before["state"].is_null() & before["indicator_id"].is_in(issue["indicator_id"].unique().implode())
        told_nothing = before["state"].is_in(NOT_TOLD).fill_null(value=False).to_numpy()
        known, value, is_torn = _told(system, before.with_columns(is_nobody=is_new | (pl.col("state") == "no_data")))
        _close(system, known, value)
        difference = np.abs(value - system.truth)
        told |= known & (difference == 0) & ~is_torn
        changed |= known & (((difference > 0) & (difference < policy.smallest_count)) | is_torn)
        own = system.counts[told_nothing]
        was_hidden[own[own >= 0]] |= ~known[own[own >= 0]]
        primary |= told_nothing
    # The count was hidden because it, or another, was small; what it is now tells nearly what it was.
    still_few = was_hidden & (system.truth >= 1) & (system.truth < 2 * policy.smallest_count)
    few = changed | still_few
    primary |= np.asarray(system.shows @ few.astype(np.int32)) > 0
    return Reissue(replace(system, told=told & ~few, small=system.small | few), primary)


def shown_all_the_same(system: System, found: Hidden, primary: NDArray[np.bool_]) -> Hidden:
    """Return what is hidden without the cells that tell only what was told before: to hide them protects nobody.

    Args:
        system: The system of `judged_with_earlier`.
        found: What was found to be hidden.
        primary: Cells that must be hidden.
    """
    tells_more = np.asarray(system.shows @ (~system.told).astype(np.int32)) > 0
    tells_some = np.diff(system.shows.indptr) > 0
    kept = found.protected.cells & (tells_more | ~tells_some | primary | found.withheld)
    return replace(found, protected=replace(found.protected, cells=kept))


def _told(system: System, before: pl.DataFrame) -> tuple[NDArray[np.bool_], NDArray[np.int64], NDArray[np.bool_]]:
    """Return which variables an issue told, their values, and where two cells that now tell one count disagreed."""
    known, is_torn = np.zeros((2, system.truth.size), dtype=bool)
    value = np.zeros(system.truth.size, dtype=np.int64)
    nobody = before["is_nobody"].fill_null(value=False).to_numpy()
    shown = (before["state"] == "shown").fill_null(value=False).to_numpy()
    counts = before.select(
        "numerator",
        (pl.col("denominator") - pl.col("numerator")).alias("complement"),
        "denominator",
        (pl.col("eligible") - pl.col("denominator")).alias("missing"),
        "eligible",
    )
    kinds = before["kind"].to_numpy()
    for name in counts.columns:
        number = system.counts[:, FIELDS.index(name)]
        tells = np.isin(kinds, [kind for kind, fields in TOLD_BY.items() if name in fields]) & (number >= 0)
        told = tells & shown & counts[name].is_not_null().to_numpy()
        empty = tells & nobody if name in ("numerator", "complement", "denominator") else np.zeros_like(told)
        was = np.where(told, counts[name].fill_null(0).to_numpy(), 0)
        for at in (told, empty):
            of = number[at]
            is_torn[of[known[of] & (value[of] != was[at])]] = True
            known[of], value[of] = True, was[at]
    return known, value, is_torn


def _close(system: System, known: NDArray[np.bool_], value: NDArray[np.int64]) -> None:
    """Work out, in place, every count that the known ones tell by subtraction."""
    index = np.arange(known.size)
    while True:
        unknown = (~known).astype(np.int64)
        solvable = np.flatnonzero(np.asarray(system.pattern @ unknown) == 1)
        if not solvable.size:
            return
        variables, first = np.unique(np.asarray(system.pattern[solvable] @ (unknown * index)), return_index=True)
        equations = system.equations[solvable[first]].astype(np.int64)
        sign = np.asarray(equations[np.arange(variables.size), variables]).ravel()
        value[variables] = -sign * np.asarray(equations @ np.where(known, value, 0)).ravel()
        known[variables] = True
