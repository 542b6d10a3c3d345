"""The rules that follow from a contract's columns, as predicates over the staged table."""

from collections.abc import Iterator, Sequence

from data_contracts.contract import TYPED_COLUMNS, Column, Rule
from data_contracts.plausible_results import codes_where_a_sign_may_part_thousands, is_plausible, plausible_in_words

PARTNER_UNKNOWN = "contact_unknown"
"""The row names a row of another delivery that has not come: it is used when that one does."""
UNIT_CONTRADICTS = "unit_contradicts_code"
"""The unit of a result is one that its analysis cannot have: which of the two is wrong, nobody can tell here."""
UNIT_UNKNOWN = "unit_unknown"
"""The unit of a number is spelled as no unit is known to be: it may be another one than that of the code."""
_READ_AS = {
    "date": "a date",
    "datetime": "a date and time",
    "time": "a time",
    "number": "a number",
    "integer": "a whole number",
    "iso_week": "a week written yyww",
}


def generated_rules(columns: Sequence[Column]) -> tuple[Rule, ...]:
    """Return the rules every contract has without naming them, in the order of the columns."""
    staged = [each for each in columns if not each.is_dropped]
    identifiers = [each for each in staged if each.type == "identifier"]
    others = [each for each in staged if each.type != "identifier"]
    results = [rule for each in others for rule in _result_rules(each)]
    return (*_identifier_rules(identifiers), *(rule for each in others for rule in _column_rules(each)), *results)


def word_unknown(column: str) -> str:
    """Return the rule that a result is a number or a listed word."""
    return f"{column}_word_unknown"


def _result_rules(column: Column) -> Iterator[Rule]:
    if not (reading := column.reading):
        return
    sentence = (
        f"`{column.name}` is a number, also with a sign before it or the unit of its analysis behind it, or a word of "
        f"the list `{reading.words}`. Other texts are loaded as words without a number; a file of which more than "
        f"{reading.most_unknown_words:.0%} of the rows hold such texts is refused whole."
    )
    yield Rule(word_unknown(column.name), column.name, f"{column.name}__word_known", "warn", sentence)
    if not (unit := reading.unit):
        return
    sentence = (
        f"`{unit}` is the unit that the code in `{reading.analysis}` stands for, or another one of the same analyte "
        f"that the list `{reading.conversions}` tells how to convert; it may be blank."
    )
    yield Rule(UNIT_CONTRADICTS, unit, f"{unit}__fit <> 'contradicts'", "quarantine", sentence)
    sentence = (
        f"`{unit}` is the unit that the code in `{reading.analysis}` stands for. Numbers in another unit of the same "
        f"analyte are converted by the list `{reading.conversions}` and loaded."
    )
    yield Rule("unit_converted", unit, f"{unit}__fit <> 'converted'", "warn", sentence)
    sentence = (
        f"`{unit}` is spelled as the list `{reading.units}` knows it, or blank. What a number beside another spelling "
        "is in, nobody can tell: it is not taken for one in the unit of the code. Words are loaded all the same."
    )
    is_fine = f"{unit}__fit <> 'unknown' OR {column.name}__number IS NULL"
    yield Rule(UNIT_UNKNOWN, unit, is_fine, "quarantine", sentence)


def _identifier_rules(columns: Sequence[Column]) -> Iterator[Rule]:
    if not columns:
        return
    name = columns[0].name if len(columns) == 1 else None
    required = [each.name for each in columns if each.required]
    names = [each.name for each in columns]
    if required:
        fine = " AND ".join(f"{each}__state <> 'missing'" for each in required)
        yield Rule("identifier_missing", name, fine, "quarantine", "The person's identifier is given.")
    fine = " AND ".join(f"{each}__state <> 'broken'" for each in names)
    sentence = (
        "The person's identifier has the right length, digits only, and begins with a real date of birth; where every "
        "number ever given has valid check digits, so has this one."
    )
    yield Rule("identifier_broken", name, fine, "quarantine", sentence)
    fine = " AND ".join(f"{each}__state <> 'replacement'" for each in names)
    sentence = "The identifier is a permanent one: a replacement number cannot be linked to the same person elsewhere."
    yield Rule("identifier_replacement", name, fine, "quarantine", sentence)
    fine = " AND ".join(f"({each}__state <> 'ok' OR {each}__has_check_digit)" for each in names)
    sentence = "The identifier has a valid check digit. Numbers without one are genuine too, so such rows are loaded."
    yield Rule("identifier_without_check_digit", name, fine, "warn", sentence)
    fine = " AND ".join(f"{each}__state <> 'zero_lost'" for each in names)
    sentence = (
        "The identifier has its leading zero. Where no identifier of a file begins with zero, one that is a digit "
        "short is read with a zero before it, if it then begins with a real date and its check digit is valid."
    )
    yield Rule("identifier_without_leading_zero", name, fine, "warn", sentence)


def _column_rules(column: Column) -> Iterator[Rule]:
    name = column.name
    if column.required:
        yield Rule(f"{name}_missing", name, f"{name} IS NOT NULL", "quarantine", f"`{name}` is not blank.")
    if column.type in TYPED_COLUMNS:
        fine = f"{name} IS NULL OR {name}__typed IS NOT NULL"
        yield Rule(f"{name}_unreadable", name, fine, "quarantine", f"`{name}` can be read as {_READ_AS[column.type]}.")
    elif column.pattern:
        fine = f"regexp_full_match({name}, {_quoted(column.pattern)}, 'i')"
        yield Rule(f"{name}_unreadable", name, fine, "quarantine", f"`{name}` is written as the code it should be.")
    if column.allowed:
        values = ", ".join(_quoted(each.lower()) for each in column.allowed)
        sentence = f"`{name}` is one of the agreed codes: {', '.join(column.allowed)}."
        yield Rule(f"{name}_not_allowed", name, f"lower({name}) IN ({values})", "quarantine", sentence)
    if column.code_list:
        sentence = f"`{name}` is on the list of codes agreed to be delivered ({column.code_list})."
        yield Rule(f"{name}_not_allowed", name, f"{name}__known", "quarantine", sentence)
    if column.minimum is not None or column.maximum is not None:
        yield Rule(f"{name}_implausible", name, _range(column), "quarantine", _range_in_words(column))
    if judged := column.judged:
        is_fine = is_plausible(_number(column), f"{judged.analysis}__normal", judged.sign or f"{name}__comparator")
        yield Rule(f"{name}_implausible", name, is_fine, "quarantine", plausible_in_words(name))
        yield _thousands_rule(column, judged.analysis)
    if column.type in ("date", "datetime", "iso_week") and not column.may_be_future:
        fine = f"CAST({name}__typed AS DATE) <= delivered_on"
        sentence = f"`{name}` is not later than the day of delivery."
        yield Rule(f"{name}_in_future", name, fine, "quarantine", sentence)
    if column.refers_to:
        told_by = " or ".join(f"`{each.partition('.')[0]}`" for each in column.refers_to)
        sentence = f"`{name}` names a contact that was delivered and accepted (see {told_by})."
        yield Rule(PARTNER_UNKNOWN, name, f"{name}__known", "quarantine", sentence)


def _thousands_rule(column: Column, analysis: str) -> Rule:
    """Return the rule that warns of 1.500 where fifteen hundred is as possible as one and a half."""
    codes = codes_where_a_sign_may_part_thousands()
    listed = ", ".join(map(_quoted, codes))
    may_be_either = f"regexp_full_match({column.name}, '[<>=≤≥ ]*[1-9][0-9]{{0,2}}[.,][0-9]{{3}}([^0-9.,].*)?')"
    sentence = (
        f"`{column.name}` has no sign followed by exactly three digits, such as 1.500, where the number and its "
        f"thousandfold are both possible ({', '.join(codes)}). Such a number is loaded with the sign read as that of "
        "the decimals; say so to us if it parts thousands."
    )
    is_fine = f"NOT ({analysis}__normal IN ({listed}) AND {may_be_either})"
    return Rule(f"{column.name}_thousands_sign", column.name, is_fine, "warn", sentence)


def _number(column: Column) -> str:
    return f"{column.name}__{'number' if column.type == 'lab_value' else 'typed'}"


def _range(column: Column) -> str:
    value = _number(column)
    kind = {"date": "DATE ", "iso_week": "DATE ", "datetime": "TIMESTAMP "}.get(column.type)
    parts = []
    for bound, sign in ((column.minimum, ">="), (column.maximum, "<=")):
        if bound is not None:
            parts.append(f"{value} {sign} " + (f"{kind}{_quoted(str(bound))}" if kind else f"{bound}"))
    return " AND ".join(parts)


def _range_in_words(column: Column) -> str:
    unit = f" {column.unit}" if column.unit else ""
    if column.maximum is None:
        return f"`{column.name}` is not below {column.minimum}{unit}."
    if column.minimum is None:
        return f"`{column.name}` is not above {column.maximum}{unit}."
    return f"`{column.name}` lies from {column.minimum} to {column.maximum}{unit}."


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
