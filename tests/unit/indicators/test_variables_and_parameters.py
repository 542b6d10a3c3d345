from datetime import date

import pytest

from indicators.definitions.parameters import load_parameters, values_on
from indicators.definitions.variables import Source, parse_variable
from tvaers.errors import DefinitionError

HEADER = """-- label: Latest HbA1c in the period
-- unit: mmol/mol
-- rows: patient and period
-- sources: measurement(analyte=hba1c), diagnosis
-- ties: the lowest value of the latest day
"""
PARAMETER = """description: A limit
unit: mmol/mol
{extra}values:
  - {{from_on: 2017-03-01, value: 59, source: {{title: Common set, read_on: 2026-11-22}}}}
  - {{from_on: 2024-01-01, value: 53, source: {{title: Common set, read_on: 2026-11-22}}}}
"""


def parameters(tmp_path, extra=""):
    (tmp_path / "parameters").mkdir()
    (tmp_path / "parameters" / "limit_mmol_mol.yaml").write_text(PARAMETER.format(extra=extra), encoding="utf-8")
    return load_parameters(tmp_path)


def test_the_header_of_a_variable_is_read():
    variable = parse_variable("latest_hba1c", HEADER + "-- a remark: with a colon\nSELECT $limit_mmol_mol AS x;\n")
    assert variable.label == "Latest HbA1c in the period"
    assert variable.sources == (Source("measurement", "analyte", "hba1c"), Source("diagnosis"))
    assert variable.parameters == {"limit_mmol_mol"}
    assert variable.sql == "SELECT $limit_mmol_mol AS x"


def test_a_remark_after_the_first_statement_line_is_no_header():
    assert parse_variable("x", HEADER + "SELECT 1\n-- rows: nonsense\n").rows == "patient and period"


def test_a_missing_header_line_is_named():
    with pytest.raises(DefinitionError, match=r"lacks the header lines: ties.*\n.*variables/x\.sql"):
        parse_variable("x", HEADER.replace("-- ties: the lowest value of the latest day\n", "") + "SELECT 1")


@pytest.mark.parametrize(
    ("line", "instead", "expected"),
    [
        ("-- ties:", "-- tie:", "Did you mean 'ties'"),
        ("patient and period", "patient and periods", "Did you mean 'patient and period'"),
        ("measurement(analyte=hba1c)", "measurements", "Did you mean 'measurement'"),
        ("measurement(analyte=hba1c)", "measurement[hba1c]", "A source is written wrongly"),
    ],
)
def test_a_header_line_that_is_wrong_is_refused_with_what_is_right(line, instead, expected):
    with pytest.raises(DefinitionError, match=expected):
        parse_variable("x", HEADER.replace(line, instead) + "SELECT 1")


def test_the_months_within_which_a_variable_looks_are_read():
    text = HEADER.replace("patient and period", "patient and day") + "-- within: 12 months\nSELECT 1"
    assert parse_variable("x", text).within == 12
    assert parse_variable("x", HEADER + "SELECT 1").within is None


@pytest.mark.parametrize(
    "text",
    [
        HEADER + "-- within: 12 months\nSELECT 1",
        HEADER.replace("patient and period", "patient and day") + "-- within: a year\nSELECT 1",
    ],
)
def test_months_written_wrongly_or_where_rows_are_no_days_are_refused(text):
    with pytest.raises(DefinitionError, match="The line 'within' is written wrongly"):
        parse_variable("x", text)


def test_a_parameter_has_the_value_that_held_on_the_day(tmp_path):
    limit = parameters(tmp_path)["limit_mmol_mol"]
    days = (date(2017, 3, 1), date(2023, 12, 31), date(2024, 1, 1))
    assert [limit.valid_on(day).value for day in days] == [59, 59, 53]


def test_the_first_value_holds_before_its_date_unless_it_says_otherwise(tmp_path):
    assert parameters(tmp_path)["limit_mmol_mol"].valid_on(date(2000, 1, 1)).value == 59


def test_a_parameter_without_a_value_on_the_day_is_refused(tmp_path):
    found = parameters(tmp_path, extra="also_before: false\n")
    with pytest.raises(DefinitionError, match="has no value on 2000-01-01"):
        values_on(found, ["limit_mmol_mol"], date(2000, 1, 1), where="a test")


def test_an_unknown_parameter_is_refused_with_the_nearest_known_one(tmp_path):
    with pytest.raises(DefinitionError, match="Did you mean 'limit_mmol_mol'"):
        values_on(parameters(tmp_path), ["limit_mmol"], date(2020, 1, 1), where="a test")


def test_values_of_a_parameter_must_be_in_order(tmp_path):
    (tmp_path / "parameters").mkdir()
    swapped = PARAMETER.format(extra="").replace("2017", "2027")
    (tmp_path / "parameters" / "limit.yaml").write_text(swapped, encoding="utf-8")
    with pytest.raises(DefinitionError, match="in order of from_on"):
        load_parameters(tmp_path)
