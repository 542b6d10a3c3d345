"""Which practices and municipalities deliver nothing in a period: their people have no data, which is not zero.

They are left out of every indicator that leans on what was not delivered, at every level. So a unit that delivers
nothing has nobody to count, the sum of the others is right, and the units still add up for disclosure control.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

import duckdb
import numpy as np
import polars as pl

from indicators.catalogue import Catalogue
from indicators.delivered_rows import DeliveredRows
from indicators.deliverers import DelivererLevel, Deliverers
from indicators.patient_period import first_day
from indicators.silent_periods import month_number, silent_in_periods
from indicators.variables import SOURCE_DAYS, Source

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
    brought = {
        table: frozenset(file_types[batch] for batch in delivered.of(table)["batch_id"].unique() if batch in file_types)
        for table in SOURCE_DAYS
    }
    for indicator in catalogue.indicators:
        if indicator.denominator.count:
            continue
        needed = {group for source in catalogue.sources_of(indicator) if (group := by_source[source])}
        for group in sorted(needed - groups.keys(), key=lambda each: sorted(each.file_types)):
            units = silent_units(con, group, brought, dates, lengths, deliverers)
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
    brought: Mapping[str, frozenset[str]],
    dates: Sequence[date],
    lengths: Sequence[int],
    deliverers: Deliverers,
) -> pl.DataFrame:
    """Return `months`, `period_end` and `unit_id` of the units that deliver nothing in a period.

    A silence belongs to the periods that it touches, for their data are not whole, and to no others. Time before the
    unit had anybody does not count, and a silence in which a unit of its size would hardly have had a row anyway is
    none; size is how many people with the disease belong to it. Each length of period is judged by the time that its
    own periods reach, so that an indicator's people do not depend on which other indicators are computed.
    """
    table, unit = BELONGS[group.level]
    begins = {months: _looked_at_from(dates, months, deliverers) for months in lengths}
    start, end = min(begins.values()), max(dates)
    units = con.execute(SIZES.format(unit=unit, table=table), {"first": start, "last": end}).pl()
    delivered = con.execute(
        rows_sql([name for name, types in brought.items() if types & group.file_types], table, unit),
        {"file_types": sorted(group.file_types), "first": start.replace(day=1), "last": end},
    ).pl()
    placed = delivered.join(units.select("unit_id").with_row_index("place"), on="unit_id")
    month = placed.select(pl.col("month").dt.year() * 12 + pl.col("month").dt.month() - month_number(start)).to_series()
    rows = np.zeros((units.height, month_number(end) - month_number(start) + 1))
    rows[placed["place"].to_numpy(), month.to_numpy()] = placed["rows"].to_numpy()
    found = []
    for months, first in begins.items():
        if first != start:
            units = con.execute(SIZES.format(unit=unit, table=table), {"first": first, "last": end}).pl()
        reached = rows[:, month_number(first) - month_number(start) :]
        found.append(silent_in_periods(units, reached, month_number(first), dates, months, deliverers))
    return pl.concat(found).select("months", "period_end", "unit_id")


def _looked_at_from(dates: Sequence[date], months: int, deliverers: Deliverers) -> date:
    """Return the first day to look at: a silence that reaches into the earliest period may have begun before it."""
    earliest = min(first_day(day, months) for day in dates)
    return first_day(earliest - timedelta(days=1), deliverers.longest_silence_months)


SIZES = """
    SELECT {unit} AS unit_id, min(starts_on) AS opened_on,
        sum(greatest(0, 1 + date_diff('day', greatest(starts_on, $first), least(coalesce(ends_on, $last), $last))))
            AS person_days
    FROM core.{table}
    WHERE patient_id IN (SELECT patient_id FROM indicator.diabetes)
    GROUP BY {unit}
    ORDER BY {unit}
"""


def rows_sql(tables: Sequence[str], belongs: str, unit: str) -> str:
    """Return the SELECT of how many rows each unit's people have per month in some tables from some file types."""
    facts = " UNION ALL ".join(
        f"SELECT patient_id, {SOURCE_DAYS[table]} AS day FROM core.{table} WHERE {SOURCE_DAYS[table]} BETWEEN $first "
        "AND $last AND batch_id IN (SELECT batch_id FROM meta.batch WHERE list_contains($file_types, file_type))"
        for table in tables
    )
    return f"""
        SELECT belongs.{unit} AS unit_id, CAST(date_trunc('month', fact.day) AS DATE) AS month, count(*) AS rows
        FROM ({facts}) AS fact
        JOIN core.{belongs} AS belongs ON belongs.patient_id = fact.patient_id AND belongs.starts_on <= fact.day
            AND coalesce(belongs.ends_on, fact.day) >= fact.day
        GROUP BY ALL
    """
