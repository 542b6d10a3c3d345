"""What is withheld as a whole in a period whose single cells cannot all be protected.

Hiding cell by cell can fail to find an end. The period is then published more coarsely, step by step and in the order
that the policy states, so that one difficult period never stops a release. The last step withholds the whole period,
which is always safe: somebody who knows none of its numbers could multiply all of them by the same factor.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from indicators.definitions.stratifiers import LEVEL_BEGINS_WITH
from indicators.disclosure.complementary import CannotBeProtectedError, Protected, hide_enough
from indicators.disclosure.knowledge import knowledge
from indicators.disclosure.policy import Policy, Step
from indicators.disclosure.system import System
from tvaers.errors import DisclosureError


@dataclass(frozen=True)
class Hidden:
    """What of one period is not shown.

    Attributes:
        protected: Which cells are hidden, those that are withheld included, and what the audit found.
        withheld: Which cells are withheld with their whole table.
    """

    protected: Protected
    withheld: NDArray[np.bool_]


def hide_or_withhold(system: System, cells: pl.DataFrame, primary: NDArray[np.bool_], policy: Policy) -> Hidden:
    """Return what is hidden of one period so that the audit finds nothing.

    Args:
        system: The period's counts and equations.
        cells: The period's cells.
        primary: Cells that a primary rule hides.
        policy: The protection width, and the order in which tables are withheld.

    Raises:
        DisclosureError: Not even withholding the whole period protects it.
    """
    withheld = np.zeros(cells.height, dtype=bool)
    knows = knowledge(system, policy)
    concerned: set[str] = set()
    for step in (None, *policy.withheld_first):
        if step:
            withheld |= _table(step, cells, concerned)
        try:
            protected = hide_enough(system, primary | withheld, policy.protection_width, knows)
        except CannotBeProtectedError as fault:
            concerned |= _concerned(system, cells, fault.counts)
        else:
            return Hidden(protected, withheld)
    raise DisclosureError(
        "The release was refused: a period cannot be protected, even with all its numbers withheld.",
        how_much=f"Concerned: {', '.join(sorted(concerned))}.",
        what_to_do="Compute the indicators again (tvaers compute), then tvaers release.",
    )


def _table(step: Step, cells: pl.DataFrame, concerned: set[str]) -> NDArray[np.bool_]:
    """Return the cells that a step withholds; a cell that was not computed keeps its state."""
    by_group = pl.col("level").cast(pl.String).str.starts_with(LEVEL_BEGINS_WITH)
    is_broken_down = (pl.col("sex") != "all") | (pl.col("age_band") != "all") | by_group
    is_practice = pl.col("level") == "practice"
    is_concerned = pl.col("indicator_id").is_in(sorted(concerned))
    chosen = {
        "breakdowns_of_the_indicators": is_broken_down & is_concerned,
        "practices_of_the_indicators": is_practice & is_concerned,
        "breakdowns": is_broken_down,
        "practices": is_practice,
        "period": pl.lit(value=True),
    }[step]
    return cells.select((chosen & (pl.col("state") == "computed")).alias("withheld"))["withheld"].to_numpy()


def _concerned(system: System, cells: pl.DataFrame, counts: NDArray[np.int64]) -> set[str]:
    """Return the indicators whose cells tell the counts, or counts that stand in an equation with them."""
    equations = np.unique(system.by_variable[:, counts].indices)
    near = np.zeros(system.truth.size, dtype=np.int32)
    near[counts] = 1
    near[system.pattern[equations].indices] = 1
    return set(cells["indicator_id"].filter(pl.Series(np.asarray(system.shows @ near) > 0)))
