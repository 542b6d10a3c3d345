"""Counting column by column finds the same cells as one GROUP BY, for every definition and in the order of the rows."""

from datetime import date

import duckdb
import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from indicators.counting.adding_up import add_up, add_up_sql
from indicators.counting.cells import CELL, Number, cells_sql, counted_of, flags_of, flags_sql
from indicators.counting.columnwise import NotTranslatedError, evaluated, translated
from indicators.counting.counting import CellRows, cells_of, places_of, sums_of, values_of
from indicators.counting.responsible_units import (
    at_units,
    cells_at_units_sql,
    places_of_events,
    rows_at_units,
    rows_at_units_sql,
    values_at_units_sql,
)
from indicators.dialect import fetch, fetch_in_order, shown_as, store
from indicators.engine import variables_of
from tests.lib.evaluate import catalogue

FOUND = catalogue()
COUNTED = counted_of(FOUND, FOUND.indicators, {})
TEXTS = {
    "sex": ["female", "male"],
    "age_band": ["18-49", "50-64", "none"],
    "diabetes_type": ["type_1", "type_2", "type_2", "type_2"],
    "municipality_id": ["0101", "0102"],
    "practice_id": ["100001", "100002", "none"],
    "cluster_id": ["K1", "none"],
    "hospital_id": ["6001", "none"],
}
EXPRESSIONS = [
    "x < y", "x <= $limit", "x = y", "x <> y", "x > 1 AND y > 1", "x > 1 OR y > 1", "NOT (x > y)", "(x > y) IS TRUE",
    "NOT ((x > y) IS TRUE)", "x IS NULL", "x IS NOT NULL", "x BETWEEN y AND 2", "x NOT BETWEEN 0 AND y", "n IN (1, 3)",
    "CASE WHEN x > y THEN 1 WHEN x < 0 THEN 2 END", "CASE WHEN x > y THEN x ELSE 0 END", "coalesce(x, y, 0)",
    "LEAST(d, e)", "GREATEST(d, e)", "DATE_DIFF('day', d, e)",
    "(DATE_DIFF('day', d, e) + 1) / 365.25", "CAST(round((x) * 365.25) AS BIGINT)", "round(x)",
    "CAST(x > y AS INTEGER)", "CAST(n AS DOUBLE)", "CAST($flag AS BOOLEAN)", "t = $word", "t <> 'a'", "x + y - 2",
    "d = e", "d BETWEEN e AND e",
]  # fmt: skip
# More rows than the database takes at a time, so that several threads share them.
ROWS = 125_000


@pytest.fixture(scope="module")
def rows() -> pl.DataFrame:
    """`patient_period` with invented values in every column, and nothing in a fifth of those of variables."""
    chance = np.random.default_rng(1)
    names = [column for variable in variables_of(FOUND, FOUND.indicators) for column in FOUND.columns[variable.name]]
    own = {name: column(chance, name).set(pl.Series(chance.random(ROWS) < 0.2), None) for name in names}
    ends = pl.Series([date(2025, 12, 31), date(2026, 3, 31)])
    base = {name: pl.Series(chance.choice(values, ROWS)).cast(pl.Categorical) for name, values in TEXTS.items()} | {
        "patient_id": pl.Series(range(ROWS)),
        "age": pl.Series(chance.integers(15, 95, ROWS)),
        "is_present": pl.Series(chance.random(ROWS) < 0.9),
        "observed_years": pl.Series(chance.random(ROWS)),
        "period_end": ends.gather(pl.Series(chance.integers(0, 2, ROWS))),
        **{name: days(chance) for name in ("observed_from", "observed_to", "diabetes_since_on")},
        **{name: days(chance) for name in ("period_start", "died_on")},
    }
    return pl.DataFrame(base | own)


def column(chance: np.random.Generator, name: str) -> pl.Series:
    if name.endswith("_on"):
        return days(chance)
    if name == "latest_smoking_status":
        return pl.Series(chance.choice(["never", "former", "current"], ROWS))
    if "_is_" in name or name.startswith(("has_", "is_")):
        return pl.Series(chance.random(ROWS) < 0.5)
    if name.endswith("_count"):
        return pl.Series(chance.integers(0, 4, ROWS))
    return pl.Series(np.round(chance.random(ROWS) * 150, 1))


def days(chance: np.random.Generator) -> pl.Series:
    return pl.Series(chance.integers(19_800, 20_600, ROWS).astype(np.int32)).cast(pl.Date)


def as_texts(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.with_columns(pl.col(pl.Categorical).cast(pl.String)).sort(pl.all())


def test_every_number_of_every_cell_is_the_same(rows):
    bound = FOUND.values_on(FOUND.indicators, date(2026, 3, 31))
    with duckdb.connect(config={"threads": 2}) as con, shown_as(con, "patient_period", rows):
        grouped = fetch(con, cells_sql(FOUND, COUNTED), bound)
        flags = fetch_in_order(con, flags_sql(FOUND, COUNTED), bound)
        beside = fetch(con, flags_sql(FOUND, COUNTED, *CELL), bound)
    # Every fifth base row is not observed in the period.
    is_in = np.arange(ROWS * 5 // 4) % 5 != 4
    base = rows[(np.cumsum(is_in) - 1).tolist()]
    counted = cells_of(places_of(base, FOUND.breakdowns), is_in, flags, COUNTED)
    met = [counted[name].sum() > 0 for name in counted.columns if name.startswith("numerator_patients_")]
    assert sum(met) > 0.8 * len(met)
    assert_frame_equal(as_texts(counted), as_texts(grouped))
    with duckdb.connect() as con, shown_as(con, "cell", counted):
        added = fetch(con, add_up_sql(COUNTED, FOUND.breakdowns))
    assert_frame_equal(as_texts(add_up(counted, COUNTED, FOUND.breakdowns)), as_texts(added))
    found = values_of(rows, flags, COUNTED)
    assert found
    for tag, values in found.items():
        expected = beside.select(*CELL, value=f"value_{tag}").drop_nulls("value")
        assert_frame_equal(as_texts(values), as_texts(expected))


def test_what_counts_at_organisations_is_the_same(rows):
    bound, chance = FOUND.values_on(FOUND.indicators, date(2026, 3, 31)), np.random.default_rng(2)
    places = list(places_of_events(FOUND, COUNTED))
    assert {place.level for place in places} == {"hospital", "municipality"}
    for place in places:
        unit, own = place.variable.keys[-1], FOUND.columns[place.variable.name]
        happened = rows.select("patient_id", "period_end").gather_every(2)
        units = pl.Series(chance.choice([*TEXTS[unit][:2], "abroad"], happened.height * 2))
        events = pl.concat([happened, happened]).with_columns(
            units.set(pl.Series(chance.random(len(units)) < 0.1), None).alias(unit),
            *(column(chance, name).head(len(units)).alias(name) for name in own),
        )
        is_of_people = any(each.values for each in place.counted)
        events = events.unique(["patient_id", "period_end", *([] if is_of_people else [unit])], keep="any")
        with duckdb.connect(config={"threads": 2}) as con:
            store(con, "area", pl.DataFrame({"municipality_code": TEXTS["municipality_id"]}))
            found = rows_at_units(con, place.variable, own, rows, events)
            with shown_as(con, "patient_period", rows), shown_as(con, "event", events):
                there = fetch(con, rows_at_units_sql(place.variable, own, rows.columns))
            with shown_as(con, "patient_period", there):
                cells = fetch(con, cells_at_units_sql(FOUND, place), bound)
                values = {
                    each.tag: fetch(con, values_at_units_sql(FOUND, each, name), bound)
                    for each in place.counted
                    for name in each.values
                }
            assert is_of_people or there.height > happened.height
            assert_frame_equal(as_texts(found), as_texts(there), check_dtypes=False)
            answer = at_units(con, FOUND, place.counted, bound, rows, {place.variable.name: events}, None)
        assert_frame_equal(as_texts(answer.cells), as_texts(cells))
        assert {tag for tag, _ in answer.values} == set(values)
        for tag, expected in values.items():
            assert_frame_equal(as_texts(answer.values[tag, place.level]), as_texts(expected))


def test_clauses_mean_the_same_on_columns_as_in_the_database(rows):
    bound = FOUND.values_on(FOUND.indicators, date(2026, 3, 31))
    with duckdb.connect(config={"threads": 2}) as con, shown_as(con, "patient_period", rows):
        expected = fetch_in_order(con, flags_sql(FOUND, COUNTED), bound)
    found = evaluated(rows, flags_of(FOUND, COUNTED), bound)
    assert found is not None
    assert list(found) == list(expected)
    for name, column in expected.items():
        assert np.array_equal(np.ma.getmaskarray(found[name]), np.ma.getmaskarray(column)), name
        assert np.array_equal(np.ma.filled(found[name], 0), np.ma.filled(column, 0)), name


@pytest.mark.parametrize("sql", EXPRESSIONS)
def test_each_thing_that_clauses_consist_of_means_the_same_for_every_value(sql):
    few, days = [None, -1.5, -0.5, 0.0, 0.5, 2.0, 2.5], [None, date(2024, 2, 28), date(2024, 3, 1), date(2026, 1, 1)]
    rows = (
        (pl.DataFrame({"x": few}).join(pl.DataFrame({"y": few}), how="cross").with_columns(n=pl.lit(3), t=pl.lit("a")))
        .join(pl.DataFrame({"d": days}), how="cross")
        .join(pl.DataFrame({"e": days}, schema={"e": pl.Date}), how="cross")
    )
    bound = {"limit": 0.5, "flag": 1, "word": "a"}
    with duckdb.connect() as con, shown_as(con, "rows", rows):
        expected = fetch(con, f"SELECT {sql} AS found FROM rows", bound)["found"].to_list()
    assert rows.with_columns(found=translated(sql, tuple(bound.items())))["found"].to_list() == expected


@pytest.mark.parametrize("sql", ["x / y", "CAST(x AS BIGINT)", "upper(t) = 'A'", "CASE x WHEN 1 THEN 2 END", "-x"])
def test_what_may_mean_something_else_on_columns_is_left_to_the_database(sql):
    with pytest.raises(NotTranslatedError):
        translated(sql, ())
    assert evaluated(pl.DataFrame({"x": [1]}), ({"found": sql},), {}) is None


def test_a_cell_is_there_only_when_somebody_in_it_is_of_a_population(rows):
    bound = FOUND.values_on(FOUND.indicators, date(2026, 3, 31))
    gone = rows.head(3).with_columns(is_present=pl.lit(value=False), observed_years=pl.lit(0.0))
    with duckdb.connect() as con, shown_as(con, "patient_period", gone):
        flags = fetch_in_order(con, flags_sql(FOUND, COUNTED), bound)
    places = places_of(rows.head(3), FOUND.breakdowns)
    assert cells_of(places, np.ones(3, dtype=bool), flags, COUNTED).height == 0


def test_numbers_that_are_added_side_by_side_do_not_run_into_each_other():
    chance = np.random.default_rng(2)
    of_rows = np.sort(chance.integers(0, 7, 5_000))
    columns = {Number(f"flag_{place}"): chance.random(5_000) < 0.9 for place in range(40)} | {
        Number("all"): np.ones(5_000, dtype=bool),
        Number("none", is_sum=True): np.zeros(5_000, dtype=np.int64),
        Number("days", is_sum=True): chance.integers(0, 366, 5_000),
        Number("large", is_sum=True): chance.integers(0, 1 << 40, 5_000),
        Number("below zero", is_sum=True): chance.integers(-50, 50, 5_000).astype(np.float64),
    }
    (found,) = sums_of(columns, [CellRows(of_rows, np.bincount(of_rows))])
    for number, values in columns.items():
        expected = [int(values[of_rows == cell].sum()) for cell in range(7)]
        assert found[number].tolist() == expected, number.column
