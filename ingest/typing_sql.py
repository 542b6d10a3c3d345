"""SQL that reads a delivered text as a date, a number, a week or a laboratory value; NULL where it cannot be read."""

import re
from collections.abc import Sequence

from data_contracts.contract import Column

_ISO_DATE = "%Y-%m-%d"
_WIDTHS = {"%Y": 4, "%m": 2, "%d": 2, "%H": 2, "%M": 2, "%S": 2}
_COMPARATORS = {"≤": "<=", "≥": ">="}
_CONVERTED_DECIMALS = 12
_LAB = r"^(<=|>=|<|>|=|≤|≥)\s*([+-]?[0-9]+(?:[.,][0-9]+)?)$"


def first_readings(column: Column) -> dict[str, str]:
    """Return what `typed_columns` builds on: name to expression, worked out once per row before the others."""
    if column.type in ("number", "lab_value"):
        return {f"{column.name}__plain": f"TRY_CAST(replace({_bare(column)}, ',', '.') AS DOUBLE)"}
    return {}


def _bare(column: Column) -> str:
    """Return the name of the text that a number is read from: without the unit behind it, where that was looked up."""
    return f"{column.name}__bare" if column.reading else column.name


def typed_columns(column: Column, words: Sequence[str] = ()) -> dict[str, tuple[str, str]]:
    """Return the columns that the staged table gets beside a column's text: name to (DuckDB type, expression).

    The expressions read the delivered text, the first readings and what was looked up (`ingest.looked_up`).

    Args:
        column: The column.
        words: The words that a result may be instead of a number.
    """
    name = column.name
    match column.type:
        case "date":
            return {f"{name}__typed": ("DATE", _date(column))}
        case "datetime":
            return {f"{name}__typed": ("TIMESTAMP", _datetime(column))}
        case "time":
            return {f"{name}__typed": ("TIME", _time(column))}
        case "iso_week":
            return {f"{name}__typed": ("DATE", _iso_week(name))}
        case "number":
            return {f"{name}__typed": ("DOUBLE", f"CASE WHEN isfinite({name}__plain) THEN {name}__plain END")}
        case "integer":
            whole = f"CASE WHEN regexp_full_match({name}, '[+-]?[0-9]+') THEN TRY_CAST({name} AS BIGINT) END"
            return {f"{name}__typed": ("BIGINT", whole)}
        case "lab_value":
            return _lab_value(column, words)
        case _:
            return {}


def _date(column: Column) -> str:
    text = column.name
    return (
        f"CASE WHEN {_has_shape(text, _ISO_DATE)} THEN TRY_CAST({text} AS DATE) ELSE CAST({_read(column)} AS DATE) END"
    )


def _datetime(column: Column) -> str:
    text = column.name
    is_iso = _has_shape(text, f"{_ISO_DATE} %H:%M:%S")
    return f"CASE WHEN {is_iso} THEN TRY_CAST({text} AS TIMESTAMP) ELSE {_read(column)} END"


def _time(column: Column) -> str:
    text = column.name
    is_plain = f"{_has_shape(text, '%H:%M')} OR {_has_shape(text, '%H:%M:%S')}"
    return f"CASE WHEN {is_plain} THEN TRY_CAST({text} AS TIME) ELSE CAST({_read(column)} AS TIME) END"


def _read(column: Column) -> str:
    """Return SQL that reads a moment in one of a column's formats.

    The format whose signs stand where the text has them is tried alone; trying all in order is slow. Words that DuckDB
    takes for a date, such as infinity, are refused.
    """
    text = column.name
    listed = ", ".join(_quoted(each) for each in column.formats)
    by_shape = "".join(
        f" WHEN {_has_shape(text, each)} THEN try_strptime({text}, {_quoted(each)})"
        for each in column.formats
        if _has_fixed_width(each)
    )
    in_order = f"try_strptime({text}, [{listed}])"
    read = f"CASE{by_shape} ELSE {in_order} END" if by_shape else in_order
    return f"CASE WHEN substr({text}, 1, 1) BETWEEN '0' AND '9' THEN {read} END"


def _has_shape(text: str, written: str) -> str:
    """Return SQL that is true when a text is as long as a format's values and has its signs in their places."""
    signs, place = [], 1
    for part in re.findall(r"%.|.", written):
        if part in _WIDTHS:
            place += _WIDTHS[part]
        else:
            signs.append(f"substr({text}, {place}, 1) = {_quoted(part)}")
            place += 1
    return "(" + " AND ".join([f"length({text}) = {place - 1}", *signs]) + ")"


def _has_fixed_width(written: str) -> bool:
    """Tell whether every value of a format is equally long, and begins with a digit."""
    parts = re.findall(r"%.|.", written)
    return parts[0] in _WIDTHS and all(part in _WIDTHS or not part.startswith("%") for part in parts)


def _iso_week(text: str) -> str:
    """Return SQL for the Monday of a week written yyww; the century is the latest that is not after the delivery."""
    digits = f"lpad({text}, 4, '0')"
    short = f"TRY_CAST(left({digits}, 2) AS INTEGER)"
    week = f"TRY_CAST(right({digits}, 2) AS INTEGER)"
    year = f"({short} + CASE WHEN {short} <= year(delivered_on) % 100 THEN 2000 ELSE 1900 END)"
    monday = f"CAST(date_trunc('week', make_date({year}, 1, 4)) + to_days(7 * ({week} - 1)) AS DATE)"
    fits = f"regexp_full_match({text}, '[0-9]{{3,4}}') AND {week} >= 1 AND isoyear({monday}) = {year}"
    return f"CASE WHEN {fits} THEN {monday} END"


def _lab_value(column: Column, words: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Read a plain number, else a number after a sign, else a word; NaN and infinity are words.

    A number in another unit than its code stands for is converted.
    """
    name, bare, reading = column.name, _bare(column), column.reading
    sign = f"regexp_extract({bare}, '{_LAB}', 1)"
    after_sign = f"TRY_CAST(replace(regexp_extract({bare}, '{_LAB}', 2), ',', '.') AS DOUBLE)"
    ascii_sign = "".join(f" WHEN '{sign}' THEN '{ascii_sign}'" for sign, ascii_sign in _COMPARATORS.items())
    number = f"CASE WHEN isfinite({name}__plain) THEN {name}__plain ELSE {after_sign} END"
    if reading and reading.unit:
        unit = reading.unit
        decimals = f"CAST(coalesce({unit}__decimals, {_CONVERTED_DECIMALS}) AS INTEGER)"
        converted = f"round(({number}) * {unit}__factor + {unit}__plus, {decimals})"
        number = f"CASE WHEN {unit}__fit = 'converted' THEN {converted} ELSE {number} END"
    columns = {
        f"{name}__comparator": (
            "VARCHAR",
            f"CASE WHEN isfinite({name}__plain) THEN '=' WHEN {name} IS NOT NULL THEN "
            f"CASE {sign}{ascii_sign} WHEN '' THEN NULL ELSE {sign} END END",
        ),
        f"{name}__number": ("DOUBLE", number),
        f"{name}__word": ("VARCHAR", _when_word(name, after_sign, f"lower({name})")),
    }
    if reading:
        listed = ", ".join(map(_quoted, words))
        is_known = f"list_contains(CAST([{listed}] AS VARCHAR[]), lower({name}))"
        columns[f"{name}__word_known"] = ("BOOLEAN", _when_word(name, after_sign, is_known))
    return columns


def _when_word(name: str, after_sign: str, then: str) -> str:
    return (
        f"CASE WHEN isfinite({name}__plain) THEN NULL WHEN {name} IS NOT NULL AND {after_sign} IS NULL THEN {then} END"
    )


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
