"""Where one patient's events count: at which organisation how many of them, for `tvaers explain`."""

from collections.abc import Mapping

import duckdb
import polars as pl

from indicators.catalogue import Catalogue
from indicators.counting.cells import UNIT_COLUMN, Counted, flags_sql
from indicators.counting.responsible_units import places_of_events, rows_at_units
from indicators.definitions.definition import Level
from indicators.dialect import Bound, fetch, shown_as


def counts_at_units(
    con: duckdb.DuckDBPyConnection,
    catalogue: Catalogue,
    each: Counted,
    bound: Bound,
    rows: pl.DataFrame,
    events: Mapping[str, pl.DataFrame],
) -> dict[Level, dict[str, str]]:
    """Return, by level and unit, what one patient adds there: events that meet the indicator of those counted.

    Args:
        con: A connection with the relation `area`.
        catalogue: The definitions.
        each: The indicator.
        bound: Values of its parameters.
        rows: The patient's row of `patient_period`.
        events: Rows of the variables that tell organisations apart, by name.
    """
    found: dict[Level, dict[str, str]] = {}
    for place in places_of_events(catalogue, [each]):
        own, unit = catalogue.columns[place.variable.name], UNIT_COLUMN[place.level]
        there = rows_at_units(con, place.variable, own, rows, events[place.variable.name])
        with shown_as(con, "patient_period", there):
            flags = f"SELECT * FROM ({flags_sql(catalogue, [each], unit)}) AS flagged"
            told = fetch(con, f"{flags} WHERE {each.counted} ORDER BY {unit}", bound).to_dicts()
        tag = each.tag
        found[place.level] = {
            row[unit]: f"{row[f'events_{tag}']}/{row[f'denominator_{tag}']}" if f"events_{tag}" in row else ""
            for row in told
        }
    return found
