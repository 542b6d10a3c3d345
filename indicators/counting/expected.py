"""What the case mix of a unit lets expect: indirect standardisation to the whole area.

Each patient of a unit counts with the share of all patients of the area in the same stratum that meet the indicator (of
a rate, each day with the events per day). Over all units of a level the expected numbers add up to what was seen. A
small stratum has no share worth the name: it is put together with other small ones, one factor less at a time.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from indicators.catalogue import Catalogue
from indicators.counting.cells import FAMILIES, UNIT_COLUMN, Counted
from indicators.counting.counting import numbered
from indicators.counting.strata import met_of, people_of, weight_of
from indicators.definitions.case_mix import CaseMix
from indicators.definitions.definition import Level
from indicators.patients.patient_period import first_day

EXPECTED_COLUMNS: dict[str, str] = {
    "indicator_id": "VARCHAR NOT NULL",
    "definition_version": "INTEGER NOT NULL",
    "period_start": "DATE NOT NULL",
    "period_end": "DATE NOT NULL",
    "level": "VARCHAR NOT NULL",
    "unit_id": "VARCHAR NOT NULL",
    # People who meet the indicator, or events.
    "expected": "DOUBLE NOT NULL",
    # People of the unit by factor and value: what an expected number could tell of its composition at most.
    "people": "INTEGER[] NOT NULL",
}
Whole = NDArray[np.int64]
Numbers = NDArray[np.float64]
Covered = Callable[[Counted, date], bool]


def expected_of(
    strata: Sequence[pl.DataFrame], catalogue: Catalogue, counted: Sequence[Counted], is_covered: Covered
) -> Iterator[pl.DataFrame]:
    """Yield the rows of `indicator.expected`, indicator by indicator.

    Args:
        strata: The numbers of each unit's strata, family by family, the one that has who meets what first; in order.
        catalogue: The definitions, with their case mix.
        counted: The indicators of one length of period.
        is_covered: Whether the extracts for the indicator and its case mix cover a period.
    """
    case_mix = catalogue.case_mix
    if case_mix is None or not strata:
        return
    adjusted = [each for each in counted if catalogue.is_adjusted(each.indicator)]
    keys = ["period_end", *(each.id for each in case_mix.factors)]
    area = strata[0].group_by(keys).agg(pl.col(pl.Int32, pl.Int64).cast(pl.Int64).sum()).sort(keys)
    levels = [
        UnitLevel(frame, area.select(keys), level, case_mix)
        for family, frame in zip(FAMILIES, strata, strict=True)
        for level in family.levels
        if level != "all"
    ]
    pools: dict[str, Whole] = {}
    for each in adjusted:
        people = area[people_of(each)].to_numpy()
        if each.counted not in pools:
            pools[each.counted] = pools_of(area.select(keys), people, case_mix.smallest_stratum)
        shares = shares_of(pools[each.counted], area[met_of(each)].to_numpy(), area[weight_of(each)].to_numpy())
        days = [end for end in area["period_end"].unique().sort() if is_covered(each, end)]
        ends = [end for end in days if each.indicator.ends_on in (None, f"{end:%m-%d}")]
        starts = [first_day(end, each.indicator.period) for end in ends]
        periods = pl.DataFrame(
            {"period_end": ends, "period_start": starts}, schema={"period_end": pl.Date, "period_start": pl.Date}
        )
        for level in levels:
            if level.name not in each.indicator.report_by:
                continue
            found = level.expected(each, shares).join(periods, on="period_end", how="inner", maintain_order="left")
            yield found.select(
                pl.lit(each.indicator.id).alias("indicator_id"),
                pl.lit(each.indicator.version, pl.Int32).alias("definition_version"),
                *list(EXPECTED_COLUMNS)[2:],
            )


def pools_of(strata: pl.DataFrame, people: Whole, smallest: int) -> Whole:
    """Return for each stratum the number of the pool whose share it takes; large ones have a pool of their own.

    Args:
        strata: `period_end`, then the factors in the order in which they are kept.
        people: People of the whole area in each.
        smallest: Fewest people of a pool, but for who is left over in the end.
    """
    found = np.full(strata.height, -1, dtype=np.int64)
    for kept in range(strata.width, 0, -1):
        _, alike = np.unique(numbered(strata[:, :kept]), return_inverse=True)
        left = found < 0
        of_alike = np.bincount(alike, np.where(left, people, 0))
        chosen = left & ((of_alike[alike] >= smallest) | (kept == 1))
        found[chosen] = found.max(initial=-1) + 1 + alike[chosen]
    return found


def shares_of(pools: Whole, met: Whole, weight: Whole) -> Numbers:
    """Return for each stratum how many of its pool meet the indicator, per person or day; 0 where nobody is."""
    of_met, of_weight = np.bincount(pools, met), np.bincount(pools, weight)
    return np.divide(of_met, of_weight, out=np.zeros(len(of_met)), where=of_weight > 0)[pools]


class UnitLevel:
    """The strata of the units of one level, and which unit and which stratum of the area each is of."""

    def __init__(self, strata: pl.DataFrame, area: pl.DataFrame, name: Level, case_mix: CaseMix) -> None:
        """Take the strata of a family's finest units, and the strata of the whole area, in order."""
        self.name: Level = name
        self._strata = strata
        unit = UNIT_COLUMN[name]
        of = strata.select("period_end", pl.col(unit).alias("unit_id"))
        self._units = of.unique().sort("period_end", "unit_id").with_row_index("of_unit")
        placed = strata.select(area.columns).join(
            area.with_row_index("of_area"), on=area.columns, maintain_order="left"
        )
        self._of_area = placed["of_area"].to_numpy()
        self._of_unit = (
            of.join(self._units, on=of.columns, maintain_order="left")["of_unit"].to_numpy().astype(np.int64)
        )
        self._values = [
            strata[each.id].to_numpy() == place for each in case_mix.factors for place in range(len(each.values))
        ]
        self._people: dict[str, tuple[Whole, Whole]] = {}

    def expected(self, each: Counted, shares: Numbers) -> pl.DataFrame:
        """Return for each unit with anybody in the denominator the number expected, and its people by factor and value.

        Args:
            each: The indicator.
            shares: By stratum of the area, how many of a person or day meet it.
        """
        weight = self._strata[weight_of(each)].to_numpy() * shares[self._of_area]
        expected = np.bincount(self._of_unit, weight, self._units.height)
        if each.counted not in self._people:
            own = self._strata[people_of(each)].to_numpy()
            by_value = [np.bincount(self._of_unit, own * is_in, self._units.height) for is_in in self._values]
            everybody = np.bincount(self._of_unit, own, self._units.height)
            self._people[each.counted] = np.column_stack(by_value).astype(np.int64), everybody.astype(np.int64)
        people, everybody = self._people[each.counted]
        found = self._units.with_columns(
            pl.lit(self.name).alias("level"),
            # Where nobody is in any unit the sums of nothing are whole numbers.
            pl.Series("expected", expected, dtype=pl.Float64),
            pl.Series("people", people).cast(pl.List(pl.Int32)),
        )
        return found.filter(pl.Series(everybody > 0))
