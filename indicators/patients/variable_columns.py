"""Which columns each variable returns, asked of the database on a warehouse without rows."""

from collections.abc import Mapping
from datetime import date

import duckdb
import polars as pl

from indicators.definitions.codelists import create_codelist
from indicators.definitions.parameters import Parameter, values_on
from indicators.definitions.population import Breakdowns
from indicators.definitions.variables import Variable
from indicators.dialect import columns_of, create_view, ranges, show_all_facts
from indicators.patients.joined import day_column, sign_columns
from indicators.patients.members import create_diabetes_table, create_members
from indicators.patients.patient_period import create_area, create_base, create_period, create_reporting, patient_sql
from tvaers.errors import DefinitionError
from warehouse.schema import create_schema


def value_columns(
    variables: Mapping[str, Variable], parameters: Mapping[str, Parameter], breakdowns: Breakdowns
) -> dict[str, tuple[str, ...]]:
    """Return the value columns of each variable, by asking DuckDB on empty tables.

    Raises:
        DefinitionError: A variable is not valid SQL, or lacks its key columns.
    """
    with empty_warehouse(breakdowns) as con:
        found = {}
        for variable in variables.values():
            where = f"variables/{variable.name}.sql"
            # A parameter that the pack lacks does not change which columns there are.
            known = variable.parameters & parameters.keys()
            bound = dict.fromkeys(variable.parameters, 0) | values_on(parameters, known, date.max, where=where)
            try:
                columns = columns_of(con, variable.sql, bound)
            except duckdb.Error as fault:
                raise DefinitionError(
                    f"A variable is not valid: {str(fault).splitlines()[0]}", where=where, what_to_do="Correct the SQL."
                ) from None
            keys = variable.keys
            if missing := [key for key in keys if key not in columns]:
                raise DefinitionError(
                    f"A variable lacks the column {', '.join(missing)}.",
                    where=where,
                    what_to_do=f"A variable with `rows: {variable.rows}` returns {', '.join(keys)} and its columns.",
                )
            found[variable.name] = tuple(column for column in columns if column not in keys)
            if variable.rows == "patient and day":
                day_column(variable, found[variable.name])
            elif variable.rows == "patient and sign":
                found[variable.name] = sign_columns(variable, found[variable.name])
        return found


def empty_warehouse(breakdowns: Breakdowns) -> duckdb.DuckDBPyConnection:
    """Return an in-memory warehouse without rows on which every relation of a variable exists."""
    con = duckdb.connect()
    create_schema(con, with_comments=False)
    show_all_facts(con)
    create_codelist(con, pl.DataFrame(schema={"list": pl.String, "system": pl.String, "code": pl.String}))
    create_diabetes_table(con)
    create_members(con, "", *ranges(1)[0])
    create_area(con, None)
    reporting_date = date(2000, 12, 31)
    create_reporting(con, [reporting_date], [12], breakdowns.attribution.hospital_months)
    create_base(con, [12], breakdowns)
    create_period(con, [reporting_date], 12)
    create_view(con, "patient", patient_sql(12))
    return con
