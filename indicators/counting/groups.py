"""Count the patients of the whole area by the groups of a stratifier.

A patient has one row in `patient_period`, and here the same row with the group in the place of a unit, so that all that
is counted of a unit is counted of a group by the same means.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import duckdb
import numpy as np
import polars as pl

from indicators.catalogue import Catalogue
from indicators.counting.adding_up import KEYS, NAMES, SPLITS, CellSums, add_up
from indicators.counting.cells import Counted, Family
from indicators.counting.counting import cells_of, places_of, values_of
from indicators.counting.medians import PEOPLE, medians
from indicators.counting.results import results_of
from indicators.counting.strata import factors_on
from indicators.definitions.definition import Level
from indicators.definitions.stratifiers import Stratifier
from indicators.dialect import Bound, Column

# Hospitals stand alone: their cells are of no other unit, and groups are so too.
PLACE: Level = "hospital"
FAMILY = Family((PLACE,))
Covered = Callable[[Counted, date], bool]


@dataclass
class InGroups:
    """What was counted of the groups of one stratifier in one range of pseudonyms.

    Attributes:
        cells: Numbers of each group.
        values: Values of which medians are taken, by the indicator's tag.
    """

    cells: pl.DataFrame
    values: dict[str, pl.DataFrame]


@dataclass
class GroupSums:
    """The groups of one length of period over all ranges of pseudonyms, by stratifier."""

    cells: dict[str, CellSums] = field(default_factory=dict)
    values: dict[tuple[str, str], list[pl.DataFrame]] = field(default_factory=dict)

    def add(self, found: Mapping[str, InGroups]) -> None:
        """Add what was found in one range."""
        for name, there in found.items():
            self.cells.setdefault(name, CellSums()).add(there.cells)
            for tag, values in there.values.items():
                self.values.setdefault((name, tag), []).append(values)


def in_groups(
    con: duckdb.DuckDBPyConnection,
    catalogue: Catalogue,
    counted: Sequence[Counted],
    bound: Bound,
    rows: pl.DataFrame,
    flags: Mapping[str, Column],
) -> dict[str, InGroups]:
    """Return the numbers of each group, by stratifier; nothing where no indicator is given by group.

    Args:
        con: The connection on which a group is worked out that means something to the database only.
        catalogue: The definitions, with their stratifiers.
        counted: The indicators of one length of period.
        bound: Values of the parameters.
        rows: `patient_period`.
        flags: The columns of `cells.flags_sql`, row by row as these.
    """
    given = [each for each in counted if catalogue.is_stratified(each.indicator)]
    if not given or catalogue.stratifiers is None:
        return {}
    stratifiers = catalogue.stratifiers.stratifiers
    found = {}
    for stratifier, place in zip(stratifiers, factors_on(con, stratifiers, bound, rows).values(), strict=True):
        names = np.array([each.id for each in stratifier.values])
        group = pl.Series(f"{PLACE}_id", names[np.asarray(place, dtype=np.int64)], dtype=pl.Categorical)
        there = rows.with_columns(group)
        in_cells = places_of(there, catalogue.breakdowns, [FAMILY])
        cells = cells_of(in_cells, np.ones(rows.height, dtype=np.bool_), flags, given)
        values = {tag: counted_once(frame) for tag, frame in values_of(there, flags, given).items()}
        found[stratifier.id] = InGroups(cells, values)
    return found


def counted_once(values: pl.DataFrame) -> pl.DataFrame:
    """Return each value of each group once, with the people who have it: groups are few, and hold everybody."""
    return values.group_by("period_end", f"{PLACE}_id", *SPLITS, "value").agg(pl.len().alias(PEOPLE))


def results_in_groups(
    gathered: GroupSums, catalogue: Catalogue, counted: Sequence[Counted], dates: Sequence[date], is_covered: Covered
) -> Iterator[tuple[Counted, pl.DataFrame]]:
    """Yield the results of each indicator by the groups of each stratifier; the level is the stratifier's.

    Args:
        gathered: The cells of all ranges.
        catalogue: The definitions.
        counted: The indicators of one length of period.
        dates: Reporting dates, in order.
        is_covered: Whether the extracts that an indicator and the groups need cover a period and its look-back.
    """
    given = [each for each in counted if catalogue.is_stratified(each.indicator)]
    for stratifier in catalogue.stratifiers.stratifiers if catalogue.stratifiers and given else ():
        keys = _keys(stratifier, dates)
        cells = gathered.cells[stratifier.id].total() if stratifier.id in gathered.cells else pl.DataFrame()
        if not cells.width:
            continue
        numbers = _beside(keys, add_up(cells, given, catalogue.breakdowns), stratifier)
        named = keys.with_columns(pl.col(NAMES).cast(pl.Categorical))
        for each in given:
            middle = None
            if values := gathered.values.get((stratifier.id, each.tag)):
                middle = _beside(keys, medians(pl.concat(values), catalogue.breakdowns, [PLACE]), stratifier)
            yield each, results_of(each, named, numbers, middle, is_covered)


def _beside(keys: pl.DataFrame, found: pl.DataFrame, stratifier: Stratifier) -> pl.DataFrame:
    """Return what was found of whole groups, row by row as the keys."""
    is_whole = (pl.col("level") == PLACE) & (pl.col("sex") == "all") & (pl.col("age_band") == "all")
    named = found.filter(is_whole).with_columns(pl.lit(stratifier.level).alias("level"))
    return keys.join(named, on=KEYS, how="left", maintain_order="left").drop(KEYS)


def _keys(stratifier: Stratifier, dates: Sequence[date]) -> pl.DataFrame:
    ends = pl.DataFrame({"period_end": list(dates)})
    groups = pl.DataFrame({"unit_id": [each.id for each in stratifier.values]})
    return ends.join(groups, how="cross").select(
        "period_end",
        pl.lit(stratifier.level).alias("level"),
        "unit_id",
        pl.lit("all").alias("sex"),
        pl.lit("all").alias("age_band"),
    )
