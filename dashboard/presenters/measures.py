"""One cell of the release in words: its value, interval, basis, completeness, or why it is not shown."""

from collections.abc import Mapping
from typing import Any

import polars as pl

from dashboard.catalogue import Definition
from dashboard.comparison import Measure
from dashboard.wording import NO_BREAK_SPACE, Wording

ABSENT = Measure("no_data")
PATIENT_YEARS = 1000
# Cells by unit, sex and age group.
Split = Mapping[tuple[str, str, str], Measure]
# The release's columns in the order of the fields of a measure.
COLUMNS = (
    "state",
    "value",
    "ci_low",
    "ci_high",
    "numerator",
    "denominator",
    "patient_years",
    "completeness",
    "period_start",
    "period_end",
)


def by(frame: pl.DataFrame, *columns: str) -> dict[Any, Measure]:
    """Return the measures of a frame by one column's value, or by a tuple of several."""
    number = len(columns)
    rows = frame.select(*(pl.col(column).alias(f"by_{column}") for column in columns), *COLUMNS).iter_rows()
    if number == 1:
        return {row[0]: Measure(*row[1:]) for row in rows}
    return {row[:number]: Measure(*row[number:]) for row in rows}


def value(shown: Measure, definition: Definition, words: Wording) -> str:
    """Return the value with its unit, or the short word for its state."""
    if not shown.is_shown or shown.value is None:
        return words(f"state.{shown.state}.short")
    return amount(shown.value, definition, words)


def amount(number: float, definition: Definition, words: Wording) -> str:
    """Return a number on the scale of an indicator, with its unit."""
    if definition.kind == "proportion":
        return words.share(number)
    if definition.kind == "median":
        told = _bare(number, definition, words)
        return f"{told}{NO_BREAK_SPACE}{unit(definition, words)}".rstrip(NO_BREAK_SPACE)
    return words.number(number)


def _bare(number: float, definition: Definition, words: Wording) -> str:
    # Days are whole, but for the middle of two.
    is_whole = definition.kind == "median" and definition.unit == "days" and number == int(number)
    return words.whole(int(number)) if is_whole else words.number(number)


def unit(definition: Definition, words: Wording) -> str:
    """Return the unit of an indicator's value in words: %, mmol/mol, per 1,000 patient-years."""
    if definition.kind == "proportion":
        return words("measure.percent")
    if definition.kind == "rate_per_1000_patient_years":
        return words("measure.rate")
    return named_unit(definition.unit, words)


def named_unit(code: str, words: Wording) -> str:
    """Return a unit as people write it; units that are the same in every language stand as they are."""
    key = f"measure.unit.{code.lower()}"
    return words(key) if words.has(key) else code


def interval(shown: Measure, definition: Definition, words: Wording) -> str:
    """Return the 95 % interval without its caption: 58.1–66.4 %; empty when there is none."""
    if not shown.is_shown or shown.low is None or shown.high is None:
        return ""
    if definition.kind == "proportion":
        return f"{words.number(shown.low * 100)}–{words.share(shown.high)}"
    return f"{_bare(shown.low, definition, words)}–{_bare(shown.high, definition, words)}"


def basis(shown: Measure, definition: Definition, words: Wording) -> str:
    """Return what the value rests on: 312 of 498 patients; 12 cases in 4,321 patient-years; 498 patients.

    The period is told of numbers that are not told on every reporting date.
    """
    counted = _counted(shown, definition, words)
    if not counted or not definition.is_told_apart or shown.period_end is None:
        return counted
    until = words("basis.until", months=words.whole(definition.period_months), date=words.short_date(shown.period_end))
    return words.joined(counted, until)


def _counted(shown: Measure, definition: Definition, words: Wording) -> str:
    if not shown.is_shown:
        return ""
    if definition.kind == "rate_per_1000_patient_years":
        years = words.whole(round(shown.patient_years)) if shown.patient_years is not None else ""
        return words("basis.rate", cases=words.whole(shown.numerator or 0), years=years)
    counted = shown.denominator or 0
    if definition.kind == "median":
        return words.count(f"basis.median.{definition.counts}", counted)
    return words.count(f"basis.share.{definition.counts}", counted, met=words.whole(shown.numerator or 0))


def completeness(shown: Measure, definition: Definition, words: Wording) -> str:
    """Return for how many the value is known; empty when not stated, or when nobody is left out for lack of a value.

    Where people without a value count as not met, somebody is left out only when their unit delivers nothing.
    """
    if not shown.is_shown or shown.completeness is None:
        return ""
    if definition.missing_values != "exclude" and shown.completeness == 1:
        return ""
    return words("measure.completeness", share=words.share(shown.completeness, 0))


def reason(hidden: Measure, words: Wording) -> str:
    """Return in a whole sentence why a cell holds no number; empty when it holds one."""
    return "" if hidden.is_shown else words(f"state.{hidden.state}.reason")


def in_one_line(shown: Measure, definition: Definition, words: Wording) -> str:
    """Return everything about a cell in one line, for a chart's pop-up and for screen readers."""
    if not shown.is_shown:
        return reason(shown, words)
    parts = [value(shown, definition, words)]
    if limits := interval(shown, definition, words):
        parts.append(words("measure.interval", interval=limits))
    parts += [basis(shown, definition, words), completeness(shown, definition, words)]
    return words.joined(*parts)
