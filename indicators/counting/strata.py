"""Count the patients of each unit by stratum: groups alike in all factors of the case mix."""

from collections.abc import Mapping, Sequence

import duckdb
import numpy as np
import polars as pl

from indicators.catalogue import Catalogue
from indicators.counting.adding_up import CellSums
from indicators.counting.cells import FAMILIES, Counted, Family, Number
from indicators.counting.columnwise import evaluated
from indicators.counting.counting import CellRows, kind_of, of_number, placed, sums_of
from indicators.definitions.factors import Factor
from indicators.dialect import Bound, Column, fetch_in_order, shown_as


def stratum_keys(catalogue: Catalogue, family: Family) -> tuple[str, ...]:
    """Return the columns that tell the strata of a family's finest units apart."""
    factors = catalogue.case_mix.factors if catalogue.case_mix else ()
    return ("period_end", *family.units, *(each.id for each in factors))


class StratumSums:
    """The strata of one length of period, family by family, added up over ranges of pseudonyms."""

    def __init__(self, catalogue: Catalogue) -> None:
        """Begin without anybody."""
        self._keys = [stratum_keys(catalogue, family) for family in FAMILIES]
        self._sums = [CellSums(keys) for keys in self._keys]

    def add(self, found: Sequence[pl.DataFrame]) -> None:
        """Add the strata of one range, family by family; none where nothing is adjusted."""
        for sums, frame in zip(self._sums, found, strict=False):
            sums.add(frame)

    def totals(self) -> list[pl.DataFrame]:
        """Return each family's strata once, with the sum of each number, in order; none where nothing is adjusted."""
        found = []
        for keys, sums in zip(self._keys, self._sums, strict=True):
            frame = sums.total()
            if frame.width:
                found.append(frame.with_columns(pl.col(pl.Categorical).cast(pl.String)).sort(keys))
        return found


def column_of(number: Number) -> str:
    """Return the column in which the strata hold a number: indicators that count the same people share it."""
    return f"{'sum' if number.is_sum else 'count'}_{number.column}_{number.more_than or ''}"


def people_of(each: Counted) -> str:
    """Return the column of the people whom an indicator counts."""
    return column_of(each.counts[f"patients_{each.tag}"])


def weight_of(each: Counted) -> str:
    """Return the column by which the strata of an indicator weigh: people, or for a rate days under observation."""
    return column_of(each.counts[f"{'days' if each.clauses.days else 'patients'}_{each.tag}"])


def met_of(each: Counted) -> str:
    """Return the column of those people who meet an indicator, or for a rate of events."""
    return column_of(each.counts[f"{'numerator' if each.clauses.days else 'numerator_patients'}_{each.tag}"])


def strata_of(
    con: duckdb.DuckDBPyConnection,
    catalogue: Catalogue,
    counted: Sequence[Counted],
    bound: Bound,
    rows: pl.DataFrame,
    flags: Mapping[str, Column],
) -> list[pl.DataFrame]:
    """Return the numbers of each unit's strata, family by family; who meets what only in the first, which has all.

    Args:
        con: The connection on which a factor is worked out that means something to the database only.
        catalogue: The definitions, with their case mix.
        counted: The indicators of one length of period.
        bound: Values of the parameters.
        rows: `patient_period`.
        flags: The columns of `cells.flags_sql`, row by row as these.
    """
    adjusted = [each for each in counted if catalogue.is_adjusted(each.indicator)]
    if not adjusted:
        return []
    factors = catalogue.case_mix.factors if catalogue.case_mix else ()
    known = {column_of(number): number for each in adjusted for number in each.counts.values()}
    weights = {name: known[name] for each in adjusted for name in (people_of(each), weight_of(each))}
    met = {met_of(each): known[met_of(each)] for each in adjusted}
    is_counted = np.zeros(rows.height, dtype=np.bool_)
    for each in adjusted:
        is_counted |= of_number(flags, Number(each.counted)).astype(np.bool_)
    people = rows.select("period_end", *{unit: None for family in FAMILIES for unit in family.units})
    described = people.with_columns(
        pl.Series(name, column.astype(np.int8)) for name, column in factors_on(con, factors, bound, rows).items()
    ).filter(pl.Series(is_counted))
    columns = {number: of_number(flags, number)[is_counted] for number in {*weights.values(), *met.values()}}
    found = []
    for family in FAMILIES:
        wanted = weights | met if family is FAMILIES[0] else weights
        places = placed(described.select(stratum_keys(catalogue, family)))
        cells = CellRows(places.of_rows, np.bincount(places.of_rows, minlength=places.keys.height + 1))
        (sums,) = sums_of({number: columns[number] for number in wanted.values()}, [cells])
        found.append(
            places.keys.with_columns(
                pl.Series(name, sums[number][:-1].astype(kind_of(number))) for name, number in wanted.items()
            )
        )
    return found


def factors_on(
    con: duckdb.DuckDBPyConnection, factors: Sequence[Factor], bound: Bound, rows: pl.DataFrame
) -> Mapping[str, Column]:
    """Return the place of each row's value of each factor, here or from the database."""
    named = {each.id: each.sql for each in factors}
    found = evaluated(rows, [named], bound)
    if found is not None:
        return found
    selected = ", ".join(f"{sql} AS {name}_place" for name, sql in named.items())
    with shown_as(con, "patient_period", rows):
        columns = fetch_in_order(con, f"SELECT {selected} FROM patient_period", bound)
    return {name: columns[f"{name}_place"] for name in named}
