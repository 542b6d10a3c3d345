"""Which practices and municipalities deliver nothing in a period: their people have no data, which is not zero.

They are left out of every indicator that leans on what was not delivered, at every level. So a unit that delivers
nothing has nobody to count, the sum of the others is right, and the units still add up for disclosure control.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import duckdb
import numpy as np
import polars as pl

from indicators.catalogue import Catalogue
from indicators.definitions.deliverers import DelivererLevel, Deliverers
from indicators.definitions.variables import SOURCE_DAYS, Source
from indicators.delivered.delivered_rows import DeliveredRows
from indicators.delivered.rows_in_time import rows_in_time
from indicators.delivered.silent_periods import month_number, silent_in_periods

# Where people belong to a deliverer in `core`, and in `patient_period`.
BELONGS = {"practice": ("registration", "practice_id"), "municipality": ("residence", "municipality_code")}
COLUMN: Mapping[DelivererLevel, str] = {"practice": "practice_id", "municipality": "municipality_id"}


@dataclass(frozen=True)
class Group:
    """File types of one level of deliverers that bring a source together."""

    level: DelivererLevel
    file_types: frozenset[str]


@dataclass(frozen=True)
class Silence:
    """Units that deliver nothing in some periods.

    Attributes:
        name: Name of the truth column of `patient_period` that says who belongs to one of them.
        units: `months` (length of period), `period_end` and `unit_id` of each.
    """

    name: str
    level: DelivererLevel
    units: pl.DataFrame

    def marked(self, rows: pl.DataFrame, months: int) -> pl.DataFrame:
        """Return rows of `patient_period` of one length of period with the truth column."""
        unit = COLUMN[self.level]
        silent = self.units.filter(pl.col("months") == months).select(
            "period_end", pl.col("unit_id").cast(rows.schema[unit]).alias(unit), pl.lit(value=True).alias(self.name)
        )
        return rows.join(silent, on=["period_end", unit], how="left", maintain_order="left").with_columns(
            pl.col(self.name).fill_null(value=False)
        )


@dataclass(frozen=True)
class Silences:
    """All silences of a run.

    Attributes:
        found: Each group of file types with silent units.
        undelivered: For each indicator that leans on one of them, the truth expression of who has no data.
    """

    found: tuple[Silence, ...] = ()
    undelivered: Mapping[str, str] = field(default_factory=dict)

    def marked(self, rows: pl.DataFrame, months: int) -> pl.DataFrame:
        """Return rows of `patient_period` with every truth column."""
        for silence in self.found:
            rows = silence.marked(rows, months)
        return rows


def find_silences(
    con: duckdb.DuckDBPyConnection,
    catalogue: Catalogue,
    dates: Sequence[date],
    delivered: DeliveredRows | None = None,
) -> Silences:
    """Return which units deliver nothing for the indicators of a catalogue, on each reporting date.

    Indicators of events are left alone: whoever delivers nothing has no events, and those of others are complete.

    Args:
        con: A connection whose default catalog is the warehouse.
        catalogue: The indicators.
        dates: The reporting dates.
        delivered: The rows that deliveries brought; None counts them.
    """
    delivered = delivered or DeliveredRows(con)
    deliverers = catalogue.deliverers
    groups: dict[Group, Silence] = {}
    undelivered: dict[str, str] = {}
    lengths = sorted({indicator.period for indicator in catalogue.indicators})
    sources = {source for indicator in catalogue.indicators for source in catalogue.sources_of(indicator)}
    file_types = dict(con.execute("SELECT batch_id, file_type FROM meta.batch").fetchall())
    by_source = groups_of(delivered, file_types, sources, deliverers)
    if not any(by_source.values()):
        return Silences()
    for indicator in catalogue.indicators:
        if indicator.denominator.count:
            continue
        needed = {group for source in catalogue.sources_of(indicator) if (group := by_source[source])}
        for group in sorted(needed - groups.keys(), key=lambda each: sorted(each.file_types)):
            units = silent_units(con, group, delivered, file_types, dates, lengths, deliverers)
            groups[group] = Silence(f"undelivered_{len(groups)}", group.level, units)
        if names := sorted(groups[group].name for group in needed if groups[group].units.height):
            undelivered[indicator.id] = f"({' OR '.join(names)})"
    return Silences(tuple(silence for silence in groups.values() if silence.units.height), undelivered)


def groups_of(
    delivered: DeliveredRows, file_types: Mapping[int, str], sources: Collection[Source], deliverers: Deliverers
) -> dict[Source, Group | None]:
    """Return whose extracts bring each source; None when one for the whole area does, or nothing is known of it."""
    found: dict[Source, Group | None] = dict.fromkeys(sources)
    for table, column in {(source.table, source.column) for source in sources if source.table in SOURCE_DAYS}:
        by_batch = delivered.of(table, column or "").group_by("value", "batch_id").agg(pl.col("rows").sum()).rows()
        for source in sources:
            if (source.table, source.column) == (table, column):
                own = [(file_types.get(batch), rows) for value, batch, rows in by_batch if value == source.value]
                found[source] = group_of(own, deliverers)
    return found


def group_of(rows: Sequence[tuple[str | None, int]], deliverers: Deliverers) -> Group | None:
    """Return who delivers a source that each of some file types brought so many rows of.

    Where both practices and municipalities deliver some of it, those who bring most rows decide: a few measurements
    taken on a municipal course do not replace the practice's record.
    """
    by_level: dict[DelivererLevel, int] = {}
    for file_type, count in rows:
        level = deliverers.level_of(file_type)
        if level is None:
            return None
        by_level[level] = by_level.get(level, 0) + count
    if not by_level:
        return None
    _, deciding = max((count, level) for level, count in by_level.items())
    return Group(deciding, frozenset(name for name, _ in rows if name and deliverers.level_of(name) == deciding))


def silent_units(
    con: duckdb.DuckDBPyConnection,
    group: Group,
    delivered: DeliveredRows,
    file_types: Mapping[int, str],
    dates: Sequence[date],
    lengths: Sequence[int],
    deliverers: Deliverers,
) -> pl.DataFrame:
    """Return `months`, `period_end` and `unit_id` of the units that deliver nothing in a period.

    A silence belongs to the periods that it touches, for their data are not whole, and to no others. All months are
    looked at of which the group's deliveries tell, whatever is asked for, so that a period has the same people in every
    computation. Time before the unit had anybody does not count, and a silence in which of a unit of its size hardly
    anybody would have been seen anyway is none; size is how many people with the disease belong to it.
    """
    batches = [batch for batch, file_type in file_types.items() if file_type in group.file_types]
    counted = {table: delivered.of(table).filter(pl.col("batch_id").is_in(batches)) for table in SOURCE_DAYS}
    found = rows_in_time(pl.concat(counted.values()), deliverers.least_share)
    if found is None:
        return pl.DataFrame(schema={"months": pl.Int32, "period_end": pl.Date, "unit_id": pl.String})
    first, last = found.first.replace(day=1), found.last
    table, unit = BELONGS[group.level]
    units = con.execute(SIZES.format(unit=unit, table=table), {"first": first, "last": last}).pl()
    seen = con.execute(
        seen_sql([name for name, rows in counted.items() if rows.height], table, unit),
        {"batches": batches, "first": first, "last": last},
    ).pl()
    placed = seen.join(units.select("unit_id").with_row_index("place"), on="unit_id")
    month = placed.select(pl.col("month").dt.year() * 12 + pl.col("month").dt.month() - month_number(first)).to_series()
    people = np.zeros((units.height, month_number(last) - month_number(first) + 1))
    people[placed["place"].to_numpy(), month.to_numpy()] = placed["people"].to_numpy()
    return silent_in_periods(units, people, month_number(first), dates, lengths, deliverers)


SIZES = """
    SELECT {unit} AS unit_id, min(starts_on) AS opened_on,
        sum(greatest(0, 1 + date_diff('day', greatest(starts_on, $first), least(coalesce(ends_on, $last), $last))))
            AS person_days
    FROM core.{table}
    WHERE patient_id IN (SELECT patient_id FROM indicator.diabetes)
    GROUP BY {unit}
    ORDER BY {unit}
"""


def seen_sql(tables: Sequence[str], belongs: str, unit: str) -> str:
    """Return the SELECT of how many of each unit's people have any row per month in some tables from some batches."""
    facts = " UNION ALL ".join(
        f"SELECT patient_id, {SOURCE_DAYS[table]} AS day FROM core.{table} "
        f"WHERE {SOURCE_DAYS[table]} BETWEEN $first AND $last AND list_contains($batches, batch_id)"
        for table in tables
    )
    return f"""
        WITH seen AS (
            SELECT DISTINCT belongs.{unit} AS unit_id, CAST(date_trunc('month', fact.day) AS DATE) AS month,
                fact.patient_id
            FROM ({facts}) AS fact
            JOIN core.{belongs} AS belongs ON belongs.patient_id = fact.patient_id AND belongs.starts_on <= fact.day
                AND coalesce(belongs.ends_on, fact.day) >= fact.day
        )
        SELECT unit_id, month, count(*) AS people FROM seen GROUP BY unit_id, month
    """
