"""What placing variables beside the base columns means, as one SELECT that any SQL engine may run."""

import re
from collections.abc import Mapping, Sequence

from indicators.definitions.variables import Variable
from tvaers.errors import DefinitionError


def joined_sql(variables: Sequence[Variable], columns: Mapping[str, Sequence[str]]) -> str:
    """Return the SELECT that means the same, over `patient` and one relation `variable_<name>` per variable."""
    selected = "".join(f", {table_of(v)}.{column}" for v in variables for column in columns[v.name])
    joins = ""
    for variable in variables:
        table = table_of(variable)
        own, rows = columns[variable.name], table
        if variable.rows == "patient and day":
            rows = latest_sql(variable, own)
        elif variable.rows == "patient and sign":
            rows = signs_sql(variable, own)
        elif variable.responsible:
            rows = f"({summed_sql(table, ('patient_id', 'period_end'), own)}) AS {table}"
        joins += f" LEFT JOIN {rows} ON {table}.patient_id = patient.patient_id"
        if variable.rows != "patient":
            joins += f" AND {table}.period_end = patient.period_end"
    return f"SELECT patient.*{selected} FROM patient{joins}"


def latest_sql(variable: Variable, own: Sequence[str]) -> str:
    """Return the row of each period's latest day as a relation of the same name, with period_end."""
    table, day = table_of(variable), day_column(variable, own)
    columns = ", ".join(own)
    first = f"period_end + INTERVAL '1' DAY - INTERVAL '{variable.within}' MONTH"
    within = f" WHERE day >= {first}" if variable.within else ""
    return (
        f"(SELECT patient_id, period_end, {columns} FROM (SELECT patient_id, period_end, {columns}, row_number() OVER "
        f"(PARTITION BY patient_id, period_end ORDER BY {day} DESC) AS place FROM {table} JOIN period_day "
        f"ON period_day.day = {table}.{day}{within}) AS placed WHERE place = 1) AS {table}"
    )


def summed_sql(table: str, keys: Sequence[str], own: Sequence[str]) -> str:
    """Return the SELECT that adds up the rows of a variable that has several: totals of counts, the largest of others.

    Args:
        table: The relation that holds its rows.
        keys: The columns that say what a row of the result stands for.
        own: The value columns.
    """
    found = [f"CAST(sum({name}) AS BIGINT)" if name.endswith("_count") else f"max({name})" for name in own]
    selected = ", ".join([*keys, *(f"{value} AS {name}" for value, name in zip(found, own, strict=True))])
    return f"SELECT {selected} FROM {table} GROUP BY {', '.join(keys)}"


def signs_sql(variable: Variable, own: Sequence[str]) -> str:
    """Return the first sign, the latest before observation and the first from then on, per patient and period."""
    table = table_of(variable)
    first, before, following = own
    day, start = f"{table}.{first}", "patient.observed_from"
    return (
        f"(SELECT patient.patient_id, patient.period_end, MIN({day}) AS {first}, "
        f"MAX(CASE WHEN {day} < {start} THEN {day} END) AS {before}, "
        f"MIN(CASE WHEN {day} >= {start} THEN {day} END) AS {following} "
        f"FROM patient JOIN {table} ON {table}.patient_id = patient.patient_id "
        f"GROUP BY patient.patient_id, patient.period_end) AS {table}"
    )


def sign_columns(variable: Variable, own: Sequence[str]) -> tuple[str, str, str]:
    """Return the columns that the engine makes of a variable's signs.

    Raises:
        DefinitionError: The variable returns something else than one day called `first_<what>_on`.
    """
    if len(own) != 1 or not (found := re.fullmatch("first_([a-z0-9_]+)_on", own[0])):
        raise DefinitionError(
            "A variable with rows of patient and sign returns something else than the day of a sign.",
            where=f"variables/{variable.name}.sql",
            what_to_do="Return patient_id and one day called first_<what>_on.",
        )
    return own[0], f"latest_{found[1]}_before_on", f"next_{found[1]}_on"


def table_of(variable: Variable) -> str:
    """Return the name of the relation that holds a variable's rows."""
    return f"variable_{variable.name}"


def day_column(variable: Variable, own: Sequence[str]) -> str:
    """Return the column that holds the day of a variable's rows.

    Raises:
        DefinitionError: No column ends in `_on`.
    """
    for column in own:
        if column.endswith("_on"):
            return column
    raise DefinitionError(
        "A variable with rows of patient and day returns no day.",
        where=f"variables/{variable.name}.sql",
        what_to_do="Let the name of the day's column end in _on.",
    )
