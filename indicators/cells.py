"""Count patients into the finest cells, and add cells up to units and their breakdowns."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import duckdb
import polars as pl

from indicators.catalogue import Catalogue
from indicators.clauses import Clauses, clauses_of, truth
from indicators.definition import Indicator, Level
from indicators.dialect import Bound, append, create_table
from indicators.population import Breakdowns, Split

UNIT_COLUMN: Mapping[Level, str] = {
    "all": "'all'",
    "municipality": "municipality_id",
    "cluster": "cluster_id",
    "practice": "practice_id",
    "hospital": "hospital_id",
}
KEYS = ("period_end", "level", "unit_id", "sex", "age_band")


@dataclass(frozen=True)
class Family:
    """Levels whose units nest, so that one count of the finest units serves them all.

    A practice belongs to one cluster on a reporting date, and everybody to one municipality; hospitals stand alone.
    """

    levels: tuple[Level, ...]

    @property
    def units(self) -> tuple[str, ...]:
        """The columns of the family's units, the finest last; they are NULL in other families' cells."""
        return tuple(UNIT_COLUMN[level] for level in self.levels if level != "all")

    def cell(self, breakdowns: Breakdowns) -> tuple[str, ...]:
        """Return the columns of the family's finest cells."""
        splits = {column for level in self.levels for splits in breakdowns.levels[level] for column in splits}
        return ("period_end", *self.units, *sorted(splits))


FAMILIES = (Family(("all", "municipality")), Family(("cluster", "practice")), Family(("hospital",)))
CELL = ("period_end", "municipality_id", "practice_id", "cluster_id", "hospital_id", "sex", "age_band")


def cell_table(months: int) -> str:
    """Return the name of the temporary table of the cells of one length of period."""
    return f"cell_{months}"


@dataclass(frozen=True)
class Counted:
    """One indicator's place in the wide tables: its clauses and the numbers counted for it.

    Attributes:
        tag: Suffix of its columns.
        has_undelivered: Whether somebody's practice or municipality delivers nothing for it.
        counts: SQL aggregate of each number, by the number's name.
    """

    indicator: Indicator
    tag: str
    clauses: Clauses
    has_undelivered: bool = False

    @property
    def leaves_some_out(self) -> bool:
        """Whether people are eligible but not counted, because a value is missing or was not delivered."""
        is_excluded = self.indicator.measured is not None and self.indicator.missing_values == "exclude"
        return is_excluded or self.has_undelivered

    @property
    def counts(self) -> dict[str, str]:
        """The aggregates, over the columns of `flags_sql`."""
        tag = self.tag
        found = {"patients": f"count_if(counted_{tag})"}
        if self.leaves_some_out:
            found["eligible"] = f"count_if(eligible_{tag})"
        if self.clauses.is_met:
            found["numerator_patients"] = f"count_if(met_{tag})"
        if self.clauses.events:
            found["numerator"] = f"CAST(sum(events_{tag}) AS BIGINT)"
        if self.indicator.denominator.count:
            found["denominator"] = f"CAST(sum(denominator_{tag}) AS BIGINT)"
        if self.clauses.days:
            found["days"] = f"CAST(sum(days_{tag}) AS BIGINT)"
        return {f"{name}_{tag}": aggregate for name, aggregate in found.items()}

    @property
    def flags(self) -> dict[str, str]:
        """The columns of `flags_sql`, one value per patient and period."""
        found = {"counted": self.clauses.in_denominator}
        if self.leaves_some_out:
            found["eligible"] = self.clauses.is_eligible
        if self.clauses.is_met:
            found["met"] = self.clauses.is_met
        if self.clauses.events:
            found["events"] = self.clauses.events
        if self.indicator.denominator.count:
            found["denominator"] = self.clauses.denominator
        if self.clauses.days:
            found["days"] = self.clauses.days
        if self.clauses.value:
            found["value"] = self.clauses.value
        return {f"{name}_{self.tag}": expression for name, expression in found.items()}


def counted_of(catalogue: Catalogue, indicators: Sequence[Indicator], undelivered: Mapping[str, str]) -> list[Counted]:
    """Return the indicators with their clauses; tags are their places in the catalogue.

    Args:
        catalogue: The definitions.
        indicators: Which of them.
        undelivered: For some indicators, the truth expression of whose data nobody delivered.
    """
    places = {indicator.id: place for place, indicator in enumerate(catalogue.indicators)}
    return [
        Counted(
            indicator,
            str(places[indicator.id]),
            clauses_of(indicator, f"in_{indicator.population}", undelivered.get(indicator.id)),
            has_undelivered=indicator.id in undelivered,
        )
        for indicator in indicators
    ]


def populated_sql(catalogue: Catalogue, indicators: Sequence[Indicator]) -> str:
    """Return the SELECT of `patient_period` with one truth column `in_<population>` per population in use."""
    columns = {f"in_{indicator.population}": truth(catalogue.population_of(indicator)) for indicator in indicators}
    selected = "".join(f", {expression} AS {name}" for name, expression in columns.items())
    return f"SELECT *{selected} FROM patient_period"


def cells_sql(catalogue: Catalogue, counted: Sequence[Counted]) -> str:
    """Return the SELECT that counts `patient_period` into the finest cells of each family."""
    indicators = [each.indicator for each in counted]
    flags = ", ".join(f"{sql} AS {name}" for each in counted for name, sql in each.flags.items())
    counts = ", ".join(f"{sql} AS {name}" for each in counted for name, sql in each.counts.items())
    populations = " OR ".join(sorted({f"in_{indicator.population}" for indicator in indicators}))
    cell = ", ".join(CELL)
    sets = ", ".join(f"({', '.join(family.cell(catalogue.breakdowns))})" for family in FAMILIES)
    return (
        f"SELECT {cell}, {counts} FROM (SELECT {cell}, {flags} FROM ({populated_sql(catalogue, indicators)}) AS "
        f"populated WHERE {populations}) AS flagged GROUP BY GROUPING SETS ({sets})"
    )


def count_cells(
    con: duckdb.DuckDBPyConnection,
    months: int,
    catalogue: Catalogue,
    counted: Sequence[Counted],
    *,
    bound: Bound,
    begun: set[str],
) -> None:
    """Add `patient_period` to the cells of one length of period, in a table that is begun when it does not exist."""
    table = cell_table(months)
    (append if table in begun else create_table)(con, table, cells_sql(catalogue, counted), bound)
    begun.add(table)


def collect_values(con: duckdb.DuckDBPyConnection, catalogue: Catalogue, each: Counted, bound: Bound) -> None:
    """Add one indicator's values, one row per patient and period, to the table `median_value`."""
    append(con, "median_value", values_sql(catalogue, each), bound)


def values_sql(catalogue: Catalogue, each: Counted) -> str:
    """Return the SELECT of the values of which an indicator takes the median."""
    cell = ", ".join(CELL)
    return (
        f"SELECT {each.tag} AS tag, {cell}, value FROM (SELECT {cell}, {each.clauses.value} AS value FROM "
        f"({populated_sql(catalogue, [each.indicator])}) AS populated) AS valued WHERE value IS NOT NULL"
    )


def create_median_values(con: duckdb.DuckDBPyConnection) -> None:
    """Create the empty table of the values of which medians are taken."""
    texts = ", ".join(f"CAST('' AS VARCHAR) AS {column}" for column in CELL[1:])
    create_table(
        con,
        "median_value",
        f"SELECT 0 AS tag, DATE '2000-01-01' AS period_end, {texts}, CAST(0 AS DOUBLE) AS value LIMIT 0",
    )


def split_columns(level: Level, splits: Sequence[Split]) -> tuple[str, str]:
    """Return the key columns of one breakdown of a level as SELECT items, and the columns to group by."""
    sex = "sex" if "sex" in splits else "'all'"
    band = "age_band" if "age_band" in splits else "'all'"
    items = f"period_end, '{level}' AS level, {UNIT_COLUMN[level]} AS unit_id, {sex} AS sex, {band} AS age_band"
    grouped = ["period_end", *([UNIT_COLUMN[level]] if level != "all" else []), *splits]
    return items, ", ".join(grouped)


def add_up(
    con: duckdb.DuckDBPyConnection, months: int, counted: Sequence[Counted], breakdowns: Breakdowns
) -> pl.DataFrame:
    """Return each unit's and breakdown's numbers: the key columns, then each indicator's numbers."""
    create_table(con, "added_up", add_up_sql(months, counted, breakdowns))
    return con.execute(f"SELECT * FROM added_up ORDER BY {', '.join(KEYS)}").pl()


def add_up_sql(months: int, counted: Sequence[Counted], breakdowns: Breakdowns) -> str:
    """Return the SELECT that adds the cells of one length of period up to units and their breakdowns."""
    sums = ", ".join(f"CAST(sum({column}) AS BIGINT) AS {column}" for each in counted for column in each.counts)
    parts = []
    for family in FAMILIES:
        for level in family.levels:
            for splits in breakdowns.levels[level]:
                items, grouped = split_columns(level, splits)
                parts.append(
                    f"SELECT {items}, {sums} FROM {cell_table(months)} "
                    f"WHERE {family.units[-1]} IS NOT NULL GROUP BY {grouped}"
                )
    return " UNION ALL ".join(parts)


def all_keys(
    con: duckdb.DuckDBPyConnection, dates: Sequence[date], lengths: Iterable[int], breakdowns: Breakdowns
) -> pl.DataFrame:
    """Return every unit with every part of its breakdowns, also those in which nobody is.

    A unit has rows for each reporting date on which anybody of any indicator's population belongs to it; the whole has
    rows for every date.
    """
    bands = [band.id for band in breakdowns.age_bands]
    parts = []
    for level, breakdown in breakdowns.levels.items():
        unit = UNIT_COLUMN[level]
        selects = " UNION ".join(
            f"SELECT DISTINCT period_end, {unit} AS unit_id FROM {cell_table(months)} WHERE {unit} IS NOT NULL"
            for months in lengths
        )
        units = con.execute(selects).pl()
        if level == "all":
            units = pl.DataFrame({"period_end": list(dates)}).with_columns(pl.lit("all").alias("unit_id"))
        for splits in breakdown:
            sexes = ["female", "male"] if "sex" in splits else ["all"]
            ages = bands if "age_band" in splits else ["all"]
            parts.append(
                units.with_columns(pl.lit(level).alias("level"))
                .join(pl.DataFrame({"sex": sexes}), how="cross")
                .join(pl.DataFrame({"age_band": ages}), how="cross")
            )
    return pl.concat(parts).select(KEYS).unique().sort(KEYS)
