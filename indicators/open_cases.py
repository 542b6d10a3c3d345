"""Whose care is open at one treating unit: its patients who count under an indicator and do not meet it."""

from datetime import date

import duckdb
import polars as pl

from indicators.catalogue import Catalogue
from indicators.counting.cells import UNIT_COLUMN
from indicators.counting.patient_results import RESULT, patient_table
from indicators.definitions.definition import Indicator, Level
from tvaers.errors import DefinitionError

_IS_OPEN = {"higher_is_better": "numerator < denominator", "lower_is_better": "numerator > 0"}


def open_cases(
    con: duckdb.DuckDBPyConnection, catalogue: Catalogue, indicator_id: str, level: Level, unit_id: str
) -> tuple[date, pl.Series]:
    """Return the latest computed reporting date, and the pseudonyms of the unit's patients who are open on it.

    A patient belongs to a unit as they do in the unit's own numbers. Open are those who are counted and do not meet the
    indicator, or meet it where fewer is better.

    Args:
        con: A connection to a warehouse whose indicators have been computed.
        catalogue: The definitions.
        indicator_id: The indicator.
        level: Level of the unit.
        unit_id: The unit.

    Raises:
        DefinitionError: The indicator is unknown, is not told at this level, or says of nobody what is to be done.
    """
    indicator = catalogue.indicator(indicator_id)
    _refuse_what_asks_nothing(indicator, level)
    found = con.execute(
        f"SELECT DISTINCT period_end, replace(CAST(patient_id AS VARCHAR), '-', '') AS patient_id "
        f"FROM indicator.{RESULT} SEMI JOIN (SELECT patient_id FROM indicator.{patient_table(indicator.period)} "
        f"WHERE CAST({UNIT_COLUMN[level]} AS VARCHAR) = $unit_id) USING (patient_id) "
        f"WHERE indicator_id = $indicator AND in_denominator AND {_IS_OPEN[indicator.direction]} ORDER BY patient_id",
        {"unit_id": unit_id, "indicator": indicator_id},
    ).pl()
    (period_end,) = con.execute("SELECT max(period_end) FROM indicator.result").fetchall()[0]
    return period_end, found["patient_id"]


def _refuse_what_asks_nothing(indicator: Indicator, level: Level) -> None:
    why = ""
    if indicator.kind != "proportion" or indicator.direction not in _IS_OPEN:
        why = "It tells of no single patient that something is to be done."
    elif level not in indicator.report_by:
        why = f"It is not told at the level {level}."
    if why:
        raise DefinitionError(
            f"No list can be made of this indicator. {why}",
            where=indicator.id,
            what_to_do="Name a share of patients or events of which more is better, or fewer.",
        )
