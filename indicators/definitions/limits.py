"""Thresholds and targets in words: at least 70 %, below 53 mmol/mol.

Which side of a target is good follows from the indicator's direction. Which side of a threshold counts is read from the
comparison that uses it, so that the words cannot disagree with what is computed.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Literal, Protocol

import sqlglot
from sqlglot import exp

from indicators.definitions.definition import Indicator
from indicators.definitions.parameters import Parameter
from indicators.definitions.variables import Variable
from indicators.definitions.written_numbers import written

Relation = Literal["below", "at_most", "at_least", "above"]
WORDS: dict[str, dict[Relation, str]] = {
    "en": {"below": "below", "at_most": "at most", "at_least": "at least", "above": "above"},
    "da": {"below": "under", "at_most": "højst", "at_least": "mindst", "above": "over"},
    "nb": {"below": "under", "at_most": "høyst", "at_least": "minst", "above": "over"},
}
_COMPARISONS: dict[type[exp.Expression], tuple[Relation, Relation]] = {
    exp.LT: ("below", "above"),
    exp.LTE: ("at_most", "at_least"),
    exp.GTE: ("at_least", "at_most"),
    exp.GT: ("above", "below"),
}
"""What a comparison says about its left side, and about its right side."""
REACHED: dict[Relation, Relation] = {"below": "at_most", "above": "at_least"}


class Numbers(Protocol):
    """What limits in words need: a country's parameters, and the variables that may compare with them."""

    @property
    def parameters(self) -> Mapping[str, Parameter]:
        """Parameters by name."""

    @property
    def variables(self) -> Mapping[str, Variable]:
        """Variables by name."""


def target_relation(direction: str, *, is_strict: bool) -> Relation:
    """Return on which side of its target an indicator's value is good; a strict target itself is not."""
    if direction == "lower_is_better":
        return "below" if is_strict else "at_most"
    return "above" if is_strict else "at_least"


def threshold_relation(indicator: Indicator, variables: Iterable[Variable]) -> Relation | None:
    """Return on which side of its threshold a patient counts, None when no comparison tells.

    The indicator's own expressions decide; where none uses the threshold, the variables that do.
    """
    name = (indicator.threshold or "").removeprefix("$")
    if not name:
        return None
    own = indicator.expressions().values()
    others = (variable.sql for variable in variables if name in variable.parameters)
    for sql in (*own, *others):
        if relation := _relation_in(sql, name):
            return relation
    return None


def threshold_in_words(catalogue: Numbers, indicator: Indicator, on: date, language: str) -> str:
    """Return the threshold that holds on a day, with those of some patients and who they are; empty without one."""
    relation = threshold_relation(indicator, catalogue.variables.values())
    if relation in REACHED and _counts_at_limit(catalogue, indicator, on):
        relation = REACHED[relation]
    found = [_in_words(_parameter(catalogue, indicator.threshold), relation, on, language)]
    for each in indicator.threshold_for:
        amount = _in_words(_parameter(catalogue, each.limit), relation, on, language)
        found.append(f"{amount}: {each.who.in_language(language)}")
    return "; ".join(filter(None, found))


def target_in_words(catalogue: Numbers, indicator: Indicator, on: date, language: str) -> str:
    """Return the target that holds on a day; empty without one."""
    parameter = _parameter(catalogue, indicator.target)
    is_strict = parameter is not None and parameter.is_strict
    return _in_words(parameter, target_relation(indicator.direction, is_strict=is_strict), on, language)


def acceptable_in_words(catalogue: Numbers, indicator: Indicator, on: date, language: str) -> str:
    """Return the level that is still acceptable on a day; empty without one."""
    parameter = _parameter(catalogue, indicator.acceptable)
    is_strict = parameter is not None and parameter.is_strict
    return _in_words(parameter, target_relation(indicator.direction, is_strict=is_strict), on, language)


def smallest_in_words(catalogue: Numbers, indicator: Indicator, on: date, language: str) -> str:
    """Return the fewest people of whom the indicator's publisher gives a result; empty where none is named."""
    return _in_words(_parameter(catalogue, indicator.smallest_denominator), None, on, language)


def completeness_in_words(catalogue: Numbers, indicator: Indicator, on: date, language: str) -> str:
    """Return the smallest completeness at which its publisher gives a result; empty where none is named."""
    return _in_words(_parameter(catalogue, indicator.smallest_completeness), None, on, language)


def _parameter(catalogue: Numbers, name: str | None) -> Parameter | None:
    return catalogue.parameters.get((name or "$").removeprefix("$"))


def _in_words(parameter: Parameter | None, relation: Relation | None, on: date, language: str) -> str:
    dated = parameter.valid_on(on) if parameter else None
    if parameter is None or dated is None:
        return ""
    amount = written(dated.value, parameter.unit, language)
    if parameter.unit != "proportion" or isinstance(dated.value, str):
        amount = f"{amount} {parameter.unit}"
    return f"{WORDS[language][relation]} {amount}" if relation else amount


def _counts_at_limit(catalogue: Numbers, indicator: Indicator, on: date) -> bool:
    """Return whether a dated yes or no lets a value exactly at the threshold count on a day."""
    name = (indicator.threshold or "").removeprefix("$")
    for sql in indicator.expressions().values():
        for both in sqlglot.parse_one(sql, read="duckdb").find_all(exp.And):
            is_equal = any(_is_parameter(each.expression, name) for each in both.find_all(exp.EQ))
            switches = [each.this.name for each in both.find_all(exp.Cast) if isinstance(each.this, exp.Placeholder)]
            if is_equal and switches and all(_is_on(catalogue, switch, on) for switch in switches):
                return True
    return False


def _is_on(catalogue: Numbers, name: str, on: date) -> bool:
    parameter = _parameter(catalogue, name)
    dated = parameter.valid_on(on) if parameter else None
    return dated is not None and dated.value == 1


def _relation_in(sql: str, name: str) -> Relation | None:
    for comparison in sqlglot.parse_one(sql, read="duckdb").find_all(*_COMPARISONS):
        of_left, of_right = _COMPARISONS[type(comparison)]
        if _is_parameter(comparison.expression, name):
            return of_left
        if _is_parameter(comparison.this, name):
            return of_right
    return None


def _is_parameter(side: exp.Expression, name: str) -> bool:
    """Return whether one side of a comparison is a parameter, or a choice between limits of which it is one."""
    sides = [branch.args["true"] for branch in side.args["ifs"]] if isinstance(side, exp.Case) else [side]
    sides += [side.args["default"]] if isinstance(side, exp.Case) and side.args.get("default") else []
    return any(isinstance(each, exp.Parameter | exp.Placeholder) and each.name == name for each in sides)
