"""Count events at the organisation that is responsible for them, beside what is counted where patients belong.

A patient has one row in `patient_period`, and here one row for each organisation that did something: the same person,
with that organisation in the place of the unit where they belong, and with the events of that organisation alone. The
clauses of a definition are applied to these rows as to any others. So a patient can stand in several units of a level:
events still add up over its units to the total, people do not. The total itself, and all other levels, count each
patient once.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby

import duckdb
import numpy as np
import polars as pl

from indicators.catalogue import Catalogue
from indicators.counting.adding_up import KEYS, add_up
from indicators.counting.cells import CELL, FAMILIES, IS_OF_ANY, Counted, Family, flags_sql
from indicators.counting.columnwise import flags_on
from indicators.counting.counting import cells_of, places_of, values_of
from indicators.counting.medians import medians
from indicators.counting.patient_results import latest_patients, patient_table
from indicators.definitions.attribution import variable_at
from indicators.definitions.definition import Level
from indicators.definitions.population import Breakdowns
from indicators.definitions.variables import Variable
from indicators.dialect import Bound, fetch, shown_as
from indicators.patients.belonging import NOWHERE
from indicators.patients.joined import summed_sql
from tvaers.errors import DefinitionError

PATIENT_AND_PERIOD = ("patient_id", "period_end")
# Another municipality than those of the area is no unit, and of some contacts nobody told the hospital.
KNOWN_UNIT: Mapping[Level, str] = {
    "municipality": "CASE WHEN municipality_id IN (SELECT municipality_code FROM area) THEN municipality_id "
    f"ELSE '{NOWHERE}' END",
    "hospital": f"coalesce(hospital_id, '{NOWHERE}')",
}


@dataclass(frozen=True)
class Place:
    """Indicators of one length of period whose events one variable tells apart by organisation.

    Attributes:
        level: The level of the organisations.
    """

    level: Level
    variable: Variable
    counted: tuple[Counted, ...]


@dataclass
class AtUnits:
    """What counts at responsible organisations in one length of period.

    Attributes:
        cells: Numbers of the finest cells of those levels, of the indicators that count there.
        values: Values of which medians are taken, by the indicator's tag and the level.
        latest: Rows of the latest date under pseudonyms, by the name of the variable.
    """

    cells: pl.DataFrame = field(default_factory=pl.DataFrame)
    values: dict[tuple[str, Level], pl.DataFrame] = field(default_factory=dict)
    latest: dict[str, pl.DataFrame] = field(default_factory=dict)


def places_of_events(catalogue: Catalogue, counted: Sequence[Counted]) -> Iterator[Place]:
    """Yield the indicators that count at responsible organisations, together where the same variable tells them."""
    found = [
        (variable_at(level, catalogue.variables_of(each.indicator)).name, level, each)
        for each in counted
        for level in each.indicator.attribution
    ]
    for (name, level), group in groupby(sorted(found, key=lambda one: one[:2]), key=lambda one: one[:2]):
        yield Place(level, catalogue.variables[name], tuple(each for _, _, each in group))


def at_units(
    con: duckdb.DuckDBPyConnection,
    catalogue: Catalogue,
    counted: Sequence[Counted],
    bound: Bound,
    rows: pl.DataFrame,
    events: Mapping[str, pl.DataFrame],
    kept_on: date | None,
) -> AtUnits:
    """Return what counts at responsible organisations among some people.

    Args:
        con: A connection with the relations `area` and `member`.
        catalogue: The definitions.
        counted: The indicators of one length of period.
        bound: Values of their parameters.
        rows: `patient_period`.
        events: Rows of the variables that tell organisations apart, by name.
        kept_on: The reporting date whose rows are kept, patient by patient; None for none.
    """
    found, cells = AtUnits(), []
    for place in places_of_events(catalogue, counted):
        looked_at = rows.select(columns_looked_at(catalogue, place, rows.columns))
        own, event = catalogue.columns[place.variable.name], events[place.variable.name]
        there = rows_at_units(con, place.variable, own, looked_at, event)
        refuse_several_units_of_people(place, there)
        flags = flags_on(con, catalogue, place.counted, bound, there)
        in_cells = places_of(there, catalogue.breakdowns, [family_of(place.level)])
        cells.append(cells_of(in_cells, np.ones(there.height, dtype=np.bool_), flags, place.counted))
        for tag, values in values_of(there, flags, place.counted).items():
            found.values[tag, place.level] = values
        if kept_on:
            last = there.filter(pl.col("period_end") == kept_on)
            found.latest[place.variable.name] = latest_patients(con, catalogue, place.counted, bound, last)
    if cells:
        found.cells = pl.concat(cells, how="diagonal").with_columns(pl.exclude(CELL).fill_null(0))
    return found


def columns_looked_at(catalogue: Catalogue, place: Place, columns: Sequence[str]) -> list[str]:
    """Return the columns of `patient_period` without those of variables that no indicator of the place uses."""
    used = {each.name for counted in place.counted for each in catalogue.variables_of(counted.indicator)}
    unused = {column for name, own in catalogue.columns.items() if name not in used for column in own}
    return [column for column in columns if column not in unused]


def refuse_several_units_of_people(place: Place, rows: pl.DataFrame) -> None:
    """Refuse a median over people, each of whom counts once, of whom some have rows at several organisations.

    Raises:
        DefinitionError: They have; the units of a level would add up to more people than there are.
    """
    medians_of_people = [each.indicator.id for each in place.counted if each.indicator.has_values]
    if medians_of_people and (several := rows.height - rows.select(PATIENT_AND_PERIOD).n_unique()):
        raise DefinitionError(
            "A variable tells of several organisations for one person, where each person counts once.",
            where=f"variables/{place.variable.name}.sql, for {', '.join(medians_of_people)}",
            how_much=f"{several} rows too many.",
            what_to_do="Let it return the one organisation that decides.",
        )


def family_of(level: Level) -> Family:
    """Return the family of a level."""
    (family,) = (each for each in FAMILIES if level in each.levels)
    return family


def rows_at_units(
    con: duckdb.DuckDBPyConnection, variable: Variable, own: Sequence[str], rows: pl.DataFrame, event: pl.DataFrame
) -> pl.DataFrame:
    """Return one row per patient, period and organisation, with the columns of the rows.

    What is meant is `rows_at_units_sql`; the rows of patients are in memory, and only the events go to the database.

    Args:
        con: A connection with the relation `area`.
        variable: The variable that tells organisations apart.
        own: Its value columns.
        rows: `patient_period`.
        event: The variable's rows.
    """
    unit = variable.keys[-1]
    with shown_as(con, "event", event):
        at_unit = fetch(con, events_at_units_sql(variable, own)).with_columns(pl.col(unit).cast(pl.Categorical))
    others = rows.select(pl.exclude(unit, *own))
    return others.join(at_unit, on=PATIENT_AND_PERIOD).select(rows.columns)


def events_at_units_sql(variable: Variable, own: Sequence[str]) -> str:
    """Return the SELECT of one row per patient, period and organisation that is a unit, over `event`."""
    unit = variable.keys[-1]
    known = KNOWN_UNIT[unit.removesuffix("_id")]  # type: ignore[index]
    at_known = f"(SELECT patient_id, period_end, {known} AS {unit}, {', '.join(own)} FROM event) AS known"
    return summed_sql(at_known, variable.keys, own)


def rows_at_units_sql(variable: Variable, own: Sequence[str], columns: Sequence[str]) -> str:
    """Return the SELECT of one row per patient, period and organisation, over `patient_period` and `event`.

    Args:
        variable: The variable whose rows are in `event`.
        own: Its value columns.
        columns: The columns of `patient_period`.
    """
    replaced = {variable.keys[-1], *own}
    selected = ", ".join(f"{'event_at' if name in replaced else 'patient_period'}.{name}" for name in columns)
    return (
        f"SELECT {selected} FROM patient_period JOIN ({events_at_units_sql(variable, own)}) AS event_at "
        "ON event_at.patient_id = patient_period.patient_id AND event_at.period_end = patient_period.period_end"
    )


def cells_at_units_sql(catalogue: Catalogue, place: Place) -> str:
    """Return the SELECT that counts rows at organisations into the finest cells of their level."""
    cell = family_of(place.level).cell(catalogue.breakdowns)
    keys = ", ".join(name if name in cell else f"CAST(NULL AS VARCHAR) AS {name}" for name in CELL)
    counts = ", ".join(f"{number.sql} AS {name}" for each in place.counted for name, number in each.counts.items())
    flags = flags_sql(catalogue, place.counted, *cell)
    return f"SELECT {keys}, {counts} FROM ({flags}) AS flagged WHERE {IS_OF_ANY} GROUP BY {', '.join(cell)}"


def values_at_units_sql(catalogue: Catalogue, each: Counted, name: str) -> str:
    """Return the SELECT of an indicator's values, of which a median is taken, with the columns of their cells."""
    flags = flags_sql(catalogue, [each], *CELL)
    return f"SELECT {', '.join(CELL)}, {name} AS value FROM ({flags}) AS flagged WHERE {name} IS NOT NULL"


def tables_at_units(
    catalogue: Catalogue, lengths: Mapping[int, Sequence[Counted]]
) -> dict[str, tuple[Level, tuple[Counted, ...]]]:
    """Return the tables that hold patients' rows at organisations, with level and indicators."""
    return {
        patient_table(months, place.variable.name): (place.level, place.counted)
        for months, counted in lengths.items()
        for place in places_of_events(catalogue, counted)
    }


def counted_at(counted: Sequence[Counted]) -> list[Counted]:
    """Return those indicators that count at responsible organisations at some level."""
    return [each for each in counted if each.indicator.attribution]


def with_numbers_at_units(
    keys: pl.DataFrame,
    numbers: pl.DataFrame,
    cells: pl.DataFrame,
    counted: Sequence[Counted],
    breakdowns: Breakdowns,
) -> pl.DataFrame:
    """Return numbers row by row as the keys, with those of responsible organisations at their levels.

    Args:
        keys: Every unit with every part of its breakdowns.
        numbers: What was counted where patients belong, row by row as the keys.
        cells: What was counted at responsible organisations.
        counted: The indicators of one length of period.
        breakdowns: How units are split.
    """
    there = counted_at(counted)
    if not there:
        return numbers
    found = add_up(cells, there, breakdowns)
    beside = keys.join(found, on=KEYS, how="left", maintain_order="left")
    return numbers.with_columns(
        pl.when(beside["level"].is_in(list(each.indicator.attribution))).then(beside[name]).otherwise(name).alias(name)
        for each in there
        for name in each.counts
    )


def with_medians_at_units(
    found: pl.DataFrame, values: Mapping[Level, pl.DataFrame], breakdowns: Breakdowns
) -> pl.DataFrame:
    """Return the medians of one indicator, at some levels those of responsible organisations.

    Args:
        found: The medians of where patients belong.
        values: By level, the values at its organisations.
        breakdowns: How units are split.
    """
    there = [medians(rows, breakdowns, [level]) for level, rows in values.items()]
    return pl.concat([found.filter(~pl.col("level").is_in(list(values))), *there])
