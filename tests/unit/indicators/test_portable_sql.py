"""Every statement of the engine is also valid Spark SQL, and what DuckDB does faster means the same."""

from datetime import date
from itertools import pairwise

import duckdb
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from indicators.counting.adding_up import add_up_sql
from indicators.counting.cells import cells_sql, counted_of, flags_sql
from indicators.counting.patient_results import LATEST, patient_result_sql
from indicators.counting.responsible_units import (
    cells_at_units_sql,
    places_of_events,
    rows_at_units_sql,
    values_at_units_sql,
)
from indicators.definitions import codelists
from indicators.dialect import bound_in, create_table, create_view, ranges, restrict_facts_to, store, to_spark
from indicators.engine import Run, by_length, prepare, show_members, variables_of
from indicators.engine import patient_period as placed_patient_period
from indicators.patients import belonging, patient_period
from indicators.patients.joined import joined_sql, table_of
from indicators.patients.members import MEMBERS, create_members
from indicators.patients.placement import Grid, place_beside
from tests.lib.drawn_tables import warehouse_of
from tests.lib.evaluate import catalogue
from tvaers.errors import DefinitionError

FOUND = catalogue()
COUNTED = counted_of(FOUND, FOUND.indicators, {})
AT_UNITS = {
    f"{what} of {place.variable.name} {months}": statement
    for months, counted in by_length(FOUND, FOUND.indicators).items()
    for place in places_of_events(FOUND, counted)
    for what, statement in {
        "rows at units": rows_at_units_sql(
            place.variable, FOUND.columns[place.variable.name], ("patient_id", place.variable.keys[-1])
        ),
        "cells at units": cells_at_units_sql(FOUND, place),
        **{
            f"values at units of {each.indicator.id}": values_at_units_sql(FOUND, each, name)
            for each in place.counted
            for name in each.values
        },
    }.items()
}
STATEMENTS = {
    **AT_UNITS,
    **{f"variable {name}": variable.sql for name, variable in FOUND.variables.items()},
    **{f"classifier {name}": select for name, select in FOUND.classifiers.items()},
    **{f"step of classifiers {name}": select for name, select in FOUND.classifier_steps.items()},
    **{f"patient results {each.indicator.id}": patient_result_sql(each, "patient_12") for each in COUNTED},
    **{f"flags {each.indicator.id}": flags_sql(FOUND, [each]) for each in COUNTED},
    "occurring codes": codelists.occurring_sql(set(FOUND.codelists["system"])),
    "expanded code lists": codelists.EXPANDED,
    "members": MEMBERS,
    "lived": belonging.LIVED,
    "observed": belonging.OBSERVED,
    "listed": belonging.LISTED,
    "registered": belonging.REGISTERED,
    "practice cluster": belonging.PRACTICE_CLUSTER,
    "hospital days": belonging.HOSPITAL_DAYS,
    "patient at": belonging.patient_at_sql([12, 24], FOUND.breakdowns),
    "patient": patient_period.patient_sql(12),
    "patient period": joined_sql(list(FOUND.variables.values()), FOUND.columns),
    "cells": cells_sql(FOUND, COUNTED),
    "added up": add_up_sql(COUNTED, FOUND.breakdowns),
    "patients of the latest date": LATEST.format(
        populated="SELECT *, TRUE AS is_in FROM patient_period", in_any_population="is_in"
    ),
}


@pytest.mark.parametrize("name", STATEMENTS)
def test_every_statement_is_valid_in_spark(name):
    assert to_spark(STATEMENTS[name])


def test_a_function_that_only_duckdb_has_is_refused():
    with pytest.raises(DefinitionError, match="list_zip"):
        to_spark("SELECT list_zip([1], [2])")


def test_only_the_parameters_that_a_statement_names_are_bound():
    assert bound_in("SELECT $limit, '$other'", {"limit": 1, "other": 2}) == {"limit": 1}


DRAWING = """
    measurement
    patient | taken_on   | analyte | value
    1       | 2025-03-01 | hba1c   | 45
    1       | 2025-06-01 | hba1c   | 47
    2       | 2024-08-01 | hba1c   | 53
    3       | 2025-03-01 | ldl     | 2.0

    diagnosis
    patient | diagnosed_on | code
    2       | 2020-01-01   | DI21
    4       | 2025-12-31   | DE113

    municipal_course
    patient | course_id | referred_on | granted_on | closed_on  | status
    1       | c1        | 2025-01-01  | 2025-01-10 | 2025-05-01 | completed
"""


def test_placing_variables_by_number_is_the_same_as_joining_them():
    dates = [date(2025, 3, 31), date(2025, 12, 31)]
    variables = variables_of(FOUND, FOUND.indicators)
    with warehouse_of(DRAWING) as con:
        prepare(con, FOUND)
        bound = FOUND.values_on(FOUND.indicators, dates[0])
        run = Run(con, FOUND, dates, bound, by_length(FOUND, FOUND.indicators))
        show_members(run, "drawn", ranges(1)[0])
        placed = placed_patient_period(run, 12).select("patient_id")
        frames = {}
        for variable in variables:
            create_table(con, table_of(variable), variable.sql, bound)
            frames[variable.name] = con.execute(f"SELECT * FROM {table_of(variable)}").pl()
        base = con.execute("SELECT * FROM patient").pl()
        found = patient_period.base_of(run.base, 12).with_columns(pl.col(pl.Categorical).cast(pl.String))
        assert_frame_equal(found, base)
        base = base.sort("patient_id", "period_end")
        assert placed.height == base.height == 8
        placed = place_beside(Grid(base, dates, 4), variables, frames, FOUND.columns)
        joined = con.execute(
            f"{joined_sql(variables, FOUND.columns)} ORDER BY patient.patient_id, patient.period_end"
        ).pl()
    assert placed["latest_hba1c_mmol_mol"].to_list().count(None) < 8
    assert_frame_equal(placed, joined)


def test_what_is_missing_on_the_latest_day_is_not_taken_from_an_earlier_one():
    """Some engines pass over rows without a value when they look for the latest."""
    variable, end = FOUND.variables["latest_hba1c"], date(2025, 12, 31)
    columns = FOUND.columns["latest_hba1c"]
    base = pl.DataFrame({"patient_id": [1], "period_start": [date(2025, 1, 1)], "period_end": [end]})
    days = [date(2025, 3, 1), date(2025, 6, 1)]
    values = {"latest_hba1c_mmol_mol": pl.Series([45.0, None]), "latest_hba1c_on": pl.Series(days)}
    rows = pl.DataFrame({"patient_id": [1, 1], **{column: values[column] for column in columns}})
    placed = place_beside(Grid(base, [end], 1), [variable], {variable.name: rows}, {variable.name: columns})
    with duckdb.connect() as con:
        store(con, "patient", base)
        store(con, table_of(variable), rows)
        patient_period.create_period(con, [end], 12)
        joined = con.execute(joined_sql([variable], {variable.name: columns})).pl()
    assert placed["latest_hba1c_mmol_mol"].to_list() == [None]
    assert_frame_equal(placed, joined)


@pytest.mark.parametrize("name", ["latest_hba1c", "municipal_courses", "first_diabetes"])
def test_a_variable_with_two_rows_for_one_patient_is_refused(name):
    variable, dates = FOUND.variables[name], [date(2025, 12, 31)]
    with warehouse_of(DRAWING) as con:
        prepare(con, FOUND)
        run = Run(con, FOUND, dates, {}, by_length(FOUND, [FOUND.indicator("hba1c_measured")]))
        show_members(run, "drawn", ranges(1)[0])
        patient_period.create_period(con, dates, 12)
        create_view(con, "patient", patient_period.patient_sql(12))
        base = con.execute("SELECT * FROM patient").pl()
        rows = con.execute(variable.sql).pl()
    assert rows.height
    with pytest.raises(DefinitionError, match=f"more than one row per {variable.rows}"):
        place_beside(Grid(base, dates, 4), [variable], {name: rows.vstack(rows)}, FOUND.columns)


def test_several_rows_of_one_day_are_one_where_only_the_day_matters():
    variable, dates = FOUND.variables["latest_foot_examination"], [date(2025, 6, 30), date(2025, 12, 31)]
    base = pl.DataFrame({"patient_id": [1, 1, 2], "period_end": [*dates, dates[1]]}).with_columns(
        period_start=pl.lit(date(2025, 1, 1))
    )
    days = [date(2025, 6, 30), date(2025, 6, 30), date(2025, 7, 1), date(2024, 12, 31), date(1890, 1, 1)]
    rows = pl.DataFrame({"patient_id": [1, 1, 1, 2, 2], "latest_foot_examination_on": days})
    placed = place_beside(Grid(base, dates, 2), [variable], {variable.name: rows}, FOUND.columns)
    assert placed["latest_foot_examination_on"].to_list() == [date(2025, 6, 30), date(2025, 7, 1), None]


def test_a_variable_within_some_months_looks_no_further_back():
    variable, end = FOUND.variables["latest_lipid_lowering_drug"], date(2025, 2, 28)
    base = pl.DataFrame({"patient_id": [1, 2, 3], "period_end": [end] * 3}).with_columns(
        period_start=pl.lit(date(2023, 3, 1))
    )
    days = [date(2024, 3, 1), date(2024, 2, 29), end]
    rows = pl.DataFrame({"patient_id": [1, 2, 3], "latest_lipid_lowering_drug_on": days})
    placed = place_beside(Grid(base, [end], 3), [variable], {variable.name: rows}, FOUND.columns)
    assert placed["latest_lipid_lowering_drug_on"].to_list() == [date(2024, 3, 1), None, end]


def test_ranges_of_pseudonyms_follow_each_other_without_gap():
    parts = ranges(7)
    assert parts[0][0] == "00000000-0000-0000-0000-000000000000"
    assert parts[-1][1] == "ffffffff-ffff-ffff-ffff-ffffffffffff"
    numbers = [(int(low.replace("-", ""), 16), int(high.replace("-", ""), 16)) for low, high in parts]
    assert all(before[1] + 1 == after[0] for before, after in pairwise(numbers))


def test_only_members_of_the_range_are_seen():
    with warehouse_of(DRAWING) as con:
        low, high = ranges(2)[0]
        create_members(con, "drawn", low, high)
        some = con.execute("SELECT count(*) FROM measurement").fetchone()[0]
        restrict_facts_to(con, "member", *ranges(2)[1])
        assert con.execute("SELECT count(*) FROM measurement").fetchone()[0] == 0
        create_members(con, "drawn", *ranges(2)[1])
        others = con.execute("SELECT count(*) FROM measurement").fetchone()[0]
    assert some + others == 4
    assert 0 < some < 4
