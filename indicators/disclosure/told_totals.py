"""Small tables whose total is told: which of their numbers are hidden so that none of the small ones can be found.

A release tells how many rows were left out per delivery and, a second time, per rule. Each table's total may be known
from the other, so each is protected as if it were.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray


@dataclass(frozen=True)
class Hidden:
    """Which numbers of a table are hidden.

    Attributes:
        parts: One truth value per number.
        with_total: Whether the total must be hidden as well: hiding every part leaves too little to choose from.
    """

    parts: NDArray[np.bool_]
    with_total: bool


def hide_under_a_total(counts: NDArray[np.int64], smallest: int, width: int) -> Hidden:
    """Return what is hidden so that each hidden number could lie `width` or more apart, when the total is known.

    A reader knows that a hidden number is at least 1, since a zero is shown. The smallest numbers are hidden first.

    Args:
        counts: The numbers; 0 hides nothing.
        smallest: Smallest number that is shown.
        width: Smallest distance between the lowest and highest possible value of a hidden number.
    """
    hidden = (counts >= 1) & (counts < smallest)
    if not hidden.any():
        return Hidden(hidden, with_total=False)
    further = [place for place in np.argsort(counts, kind="stable") if counts[place] >= smallest]
    for place in [*further, None]:
        if hidden.sum() > 1 and counts[hidden].sum() - hidden.sum() >= width:
            return Hidden(hidden, with_total=False)
        if place is not None:
            hidden[place] = True
    return Hidden(counts >= 1, with_total=True)


def protect_left_out(
    deliveries: pl.DataFrame, rules: pl.DataFrame, smallest: int, width: int
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return deliveries and rules with a null in place of every number that is hidden.

    A delivery of which only a few rows were loaded is hidden too. A refused file has no counts; they stay null.

    Args:
        deliveries: `sector`, `file_type`, `rows_in`, `rows_loaded`, `rows_quarantined`, `rows_duplicate`.
        rules: Quarantined rows by `sector`, `file_type` and rule: `rows`.
        smallest: Smallest number that is shown.
        width: Smallest distance between the lowest and highest possible value of a hidden number.
    """
    types = ["sector", "file_type"]
    loaded, quarantined, duplicate = (
        deliveries[name].fill_null(0).to_numpy().astype(np.int64)
        for name in ("rows_loaded", "rows_quarantined", "rows_duplicate")
    )
    hides = np.zeros((4, deliveries.height), dtype=bool)
    hides_rule = np.zeros(rules.height, dtype=bool)
    kinds = pl.concat([deliveries.select(types), rules.select(types)]).unique(maintain_order=True)
    for sector, file_type in zip(kinds["sector"], kinds["file_type"], strict=True):
        files, of_rules = (
            np.flatnonzero(((frame["sector"] == sector) & (frame["file_type"] == file_type)).to_numpy())
            for frame in (deliveries, rules)
        )
        by_file = hide_under_a_total(quarantined[files], smallest, width)
        by_rule = hide_under_a_total(rules["rows"].to_numpy()[of_rules], smallest, width)
        if by_rule.with_total:
            hides[1, files] = quarantined[files] >= 1
        # One file alone whose number is small: its rules are as small, and hidden with it.
        if by_file.with_total:
            hides_rule[of_rules] = True
        hides[1, files] |= by_file.parts
        hides_rule[of_rules] |= by_rule.parts
    hides[2] = (duplicate >= 1) & (duplicate < smallest)
    for file in np.flatnonzero(hides[1] | hides[2]):
        hides[0, file] = True
        left = loaded[file] + quarantined[file] * hides[1, file] + duplicate[file] * hides[2, file]
        hides[3, file] = left - hides[:3, file].sum() < width
    # A delivery of a few rows is about a few people, and its two numbers tell each other.
    is_tiny = (loaded >= 1) & (loaded < smallest)
    hides[0] |= is_tiny
    hides[3] |= is_tiny
    hidden = dict(zip(("rows_loaded", "rows_quarantined", "rows_duplicate", "rows_in"), hides, strict=True))
    return (
        deliveries.with_columns(
            pl.when(pl.Series(mask)).then(None).otherwise(name).alias(name) for name, mask in hidden.items()
        ),
        rules.with_columns(pl.when(pl.Series(hides_rule)).then(None).otherwise("rows").alias("rows")),
    )
