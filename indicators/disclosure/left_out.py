"""Which tables of a period are left out because their units or groups would be too small on average.

In a region of two thousand inhabitants nearly every practice, and every age band of a municipality, can only be hidden,
and what is hidden there costs numbers that could be shown elsewhere. So such tables are left out as a whole, before any
cell is looked at: the units of a level, or all breakdowns by sex and age together. The rule knows the number of
patients and how many places a table has, and nothing of single cells; whoever sees it at work learns only on which side
of a multiple of the limit the number of all patients lies.

*What is left out need not be audited.* Somebody who knows no number of a table cannot rule out that everybody belongs
to one of its places: whatever is possible for the totals stays possible when each count of a total is put into one
part, or shared out in any fixed proportion, the same for all counts. So nothing follows for the totals, and a count in
such a part can be anything from 0 to what its total can be. (The only part of a total is that total, and is protected
as such.) That needs tables that hang on one kept total each, and whose proportions agree: practices go with their
clusters, and breakdowns by sex and by age, which cross each other, only all together.

*Nor by a unit that knows its own numbers*, as long as what a total leaves without that unit is no small count: the
others of that total together are all that the unit can work out, and for how they share it the same holds. So a total
of which one unit alone leaves 1 to 4 people is protected as if it were so small, and of every total only what the
largest unit leaves may be taken away when the audit asks what else is possible.
"""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from indicators.disclosure.places import PLACE

IS_BROKEN_DOWN = (pl.col("sex") != "all") | (pl.col("age_band") != "all")


def left_out(cells: pl.DataFrame, smallest_average: int) -> NDArray[np.bool_]:
    """Return which cells stand in a table that is left out.

    Args:
        cells: The cells of one period, with the columns of `indicator.result`.
        smallest_average: Fewest patients that a table must have per place, on average over its places. People who
            belong to no unit are no place of their own.
    """
    is_everybody = (pl.col("level") == "all") & ~IS_BROKEN_DOWN
    patients = cells.filter(is_everybody)["patients"].max()
    if patients is None:
        return np.zeros(cells.height, dtype=bool)
    places = cells.filter((pl.col("unit_id") != "none") & ~is_everybody).select(PLACE).unique()
    is_whole = ~IS_BROKEN_DOWN.alias("is_whole")
    tables = places.group_by("level", is_whole, by_sex=pl.col("sex") != "all", by_age=pl.col("age_band") != "all").len()
    too_small = tables.filter(pl.lit(patients) < smallest_average * pl.col("len"))
    levels = set(too_small.filter("is_whole")["level"])
    levels |= {"practice"} if "cluster" in levels else set()
    is_split = tables.filter(~pl.col("is_whole"))["level"]
    out = pl.col("level").is_in(sorted(levels))
    if not too_small["is_whole"].all() or levels & set(is_split):
        out |= IS_BROKEN_DOWN
    return cells.select(out.alias("left_out"))["left_out"].to_numpy()


def stands_for_small_practice(cells: pl.DataFrame, without: NDArray[np.bool_], smallest_practice: int) -> pl.Series:
    """Return which cells are those of a cluster that may be one practice, left out and too small to be shown by itself.

    Args:
        cells: The cells of one period.
        without: Those that are left out.
        smallest_practice: Fewest patients of a practice that is shown by itself.
    """
    no_practices = pl.lit((cells["level"] == "practice").any() and without[cells["level"] == "practice"].all())
    is_few = pl.col("patients").max().over("level", "unit_id") < smallest_practice
    found = no_practices & is_few & (pl.col("level") == "cluster") & (pl.col("state") == "computed")
    return cells.select(found.fill_null(value=False).alias("small_cluster"))["small_cluster"]
