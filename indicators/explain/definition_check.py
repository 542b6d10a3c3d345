"""What a definition may not be beyond what its form forbids: untranslated, of a wrong type, or with hidden numbers."""

from collections.abc import Iterator, Sequence
from datetime import date

import duckdb
import sqlglot
from sqlglot import exp

from indicators.catalogue import Catalogue, columns_in
from indicators.counting.cells import populated_sql
from indicators.definitions.clauses import DAYS_PER_YEAR
from indicators.definitions.definition import Indicator, Text
from indicators.definitions.parts import LANGUAGES, Clause, LimitFor
from indicators.dialect import bound_in, create_table, to_spark
from indicators.patients.joined import joined_sql, table_of
from indicators.patients.variable_columns import empty_warehouse
from tvaers.errors import DefinitionError

# None, one, and days per year; every other number in an expression is a parameter with a unit and a source.
PLAIN_NUMBERS = frozenset({"0", "1", str(DAYS_PER_YEAR)})
BOOLEAN, NUMERIC = ("BOOLEAN",), ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "FLOAT", "DOUBLE", "DECIMAL")


def problems(catalogue: Catalogue, today: date) -> list[str]:
    """Return everything that is wrong with a catalogue's definitions, one sentence each; nothing when all is well."""
    found = []
    for indicator in catalogue.indicators:
        where = f"{indicator.group}/{indicator.id}.yaml"
        found += [f"{where}: {problem}" for problem in problems_of(catalogue, indicator, today)]
    found += [f"{where}: {problem}" for where, problem in problems_of_types(catalogue)]
    found += [f"{where}: {problem}" for where, problem in problems_of_dialect(catalogue)]
    return found


def problems_of(catalogue: Catalogue, indicator: Indicator, today: date) -> Iterator[str]:
    """Yield what is wrong with one definition on its own."""
    if indicator.reviewed_on > today:
        yield f"reviewed_on is {indicator.reviewed_on}, which has not come yet"
    for key, text in texts_of(indicator):
        if missing := [language for language in LANGUAGES if getattr(text, language) is None]:
            yield f"{key} is not translated into {', '.join(missing)}"
    for key, expression in indicator.expressions().items():
        for number in sqlglot.parse_one(expression, read="duckdb").find_all(exp.Literal):
            if not number.is_string and str(number.this) not in PLAIN_NUMBERS:
                yield f"{key} holds the number {number.this}; make it a parameter with a unit and a source"
    yield from problems_of_look_back(catalogue, indicator)
    for name in sorted(indicator.parameters() - set(catalogue.parameters)):
        yield f"the parameter ${name} is unknown to the pack"


def problems_of_look_back(catalogue: Catalogue, indicator: Indicator) -> Iterator[str]:
    """Yield what is wrong when a definition looks for new cases, and does not say how far back, or not as it says."""
    variables = catalogue.variables_of(indicator)
    stated = (indicator.look_back or "").removeprefix("$")
    if stated and not any(stated in each.parameters for each in variables):
        yield f"look_back is ${stated}, but no column that is used looks so far back"
    signs = {name for each in variables if each.rows == "patient and sign" for name in catalogue.columns[each.name][1:]}
    used = {column for key, each in indicator.expressions().items() for column in columns_in(each, where=key)}
    if signs & used and not stated:
        yield f"{min(signs & used)} tells who is a new case, but look_back does not say how far back is looked"


def texts_of(indicator: Indicator) -> Iterator[tuple[str, Text]]:
    """Yield the texts that may be in English only while a definition is being written."""
    yield "denominator.who", indicator.denominator.who
    lists: dict[str, Sequence[Clause | LimitFor]] = {
        "exclusions": indicator.exclusions,
        "exceptions": indicator.exceptions,
        "numerator.of": indicator.numerator.of if indicator.numerator else (),
        "threshold_for": indicator.threshold_for,
    }
    for name, clauses in lists.items():
        for place, clause in enumerate(clauses):
            yield f"{name}[{place}].who", clause.who
    for key, part in (("measured", indicator.measured), ("numerator", indicator.numerator), ("value", indicator.value)):
        if part:
            yield f"{key}.who", part.who
    for place, limit in enumerate(indicator.limits):
        yield f"limits[{place}]", limit


def problems_of_types(catalogue: Catalogue) -> Iterator[tuple[str, str]]:
    """Yield expressions that are not of the type their key asks for, by asking DuckDB on empty tables."""
    used = {each.name for indicator in catalogue.indicators for each in catalogue.variables_of(indicator)}
    variables = [each for each in catalogue.variables.values() if each.name in used]
    with empty_warehouse(catalogue.breakdowns) as con:
        bound = catalogue.values_on(catalogue.indicators, date.max)
        for variable in variables:
            create_table(con, table_of(variable), variable.sql, all_values(catalogue))
        create_table(con, "patient_period", joined_sql(variables, catalogue.columns))
        create_table(con, "populated", populated_sql(catalogue, catalogue.indicators), bound)
        for indicator in catalogue.indicators:
            where = f"{indicator.group}/{indicator.id}.yaml"
            for key, expression in indicator.expressions().items():
                if not key.startswith("evidence"):
                    wanted = BOOLEAN if key.endswith((".when", ".ended")) else NUMERIC
                    if problem := type_problem(con, expression, bound, wanted):
                        yield where, f"{key}: {problem}"


def all_values(catalogue: Catalogue) -> dict[str, int | float]:
    """Return the latest value of every parameter of the pack."""
    dated = {name: parameter.valid_on(date.max) for name, parameter in catalogue.parameters.items()}
    return {name: value.value for name, value in dated.items() if value}


def type_problem(
    con: duckdb.DuckDBPyConnection, expression: str, bound: dict[str, int | float], wanted: tuple[str, ...]
) -> str | None:
    """Return what is wrong with the type of an expression over `populated`, None when nothing is."""
    select = f"SELECT ({expression}) AS checked FROM populated"
    try:
        row = con.execute(f"DESCRIBE {select}", bound_in(select, bound)).fetchone()
    except duckdb.Error as fault:
        return str(fault).splitlines()[0]
    found = str(row[1]) if row else ""
    return None if found.startswith(wanted) else f"is {found.lower()}, but should be {wanted[0].lower()}"


def problems_of_dialect(catalogue: Catalogue) -> Iterator[tuple[str, str]]:
    """Yield variables and classifiers that are not in the subset of SQL that other engines have."""
    statements = {f"variables/{name}.sql": variable.sql for name, variable in catalogue.variables.items()}
    statements |= {f"classifier/{name}.sql": select for name, select in catalogue.classifiers.items()}
    statements |= {f"classifier/steps/{name}.sql": select for name, select in catalogue.classifier_steps.items()}
    for where, sql in statements.items():
        try:
            to_spark(sql)
        except DefinitionError as fault:
            yield where, fault.what
