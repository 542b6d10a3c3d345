"""Small mistakes in measures, a limit off by one or a dropped clause, that some drawn test patient must notice."""

import re
from collections.abc import Iterator
from dataclasses import replace

from indicators.measures.criteria import Criteria, Criterion
from indicators.measures.definition import Measure, MeasureSet
from indicators.measures.facts import KEYS

Mistake = tuple[str, MeasureSet, frozenset[str]]
"""What is mistaken, the measures with the mistake, and the ids of the measures that it can change."""

SWAPS = ((">=", ">"), ("<=", "<"), (" < ", " <= "), (" > ", " >= "), (" AND ", " OR "), (" OR ", " AND "), ("NOT ", ""))
SELECT_SWAPS = (
    (">=", ">"),
    ("<=", "<"),
    ("min(", "max("),
    ("max(", "min("),
    ("bool_and", "bool_or"),
    ("bool_or", "bool_and"),
)
NEARBY = {
    "overlaps": ("within", "starts within", "ends within"),
    "within": ("overlaps",),
    "starts within": ("overlaps",),
    "ends within": ("overlaps", "starts within"),
    "starts by the end": ("ends by the end",),
    "ends by the end": ("starts by the end",),
    "overlaps the start": ("overlaps",),
}
DROPPABLE = ("kind", "category", "status", "discharge_in", "value", "value_in", "window")
POINTS = {"ServiceRequest", "DeviceRequest"}  # orders have no length, so that no timing differs from another


def mistakes_in_expressions(known: MeasureSet) -> Iterator[Mistake]:
    """Yield mistakes in populations, exclusions and numerators."""
    for measure in known.measures:
        own = frozenset({measure.id})
        population = known.populations[measure.population]
        for what, sql in altered(population.when):
            populations = {**known.populations, measure.population: population.model_copy(update={"when": sql})}
            yield f"{measure.id}: population {what}", replace(known, populations=populations), own
        for place, clause in enumerate(measure.exclusions):
            others = measure.exclusions[:place] + measure.exclusions[place + 1 :]
            yield f"{measure.id}: no exclusion {place}", instead(known, measure, exclusions=others), own
            for what, sql in altered(clause.when):
                wrong = clause.model_copy(update={"when": sql})
                changed = (*measure.exclusions[:place], wrong, *measure.exclusions[place + 1 :])
                yield f"{measure.id}: exclusion {place} {what}", instead(known, measure, exclusions=changed), own
        if measure.numerator and measure.numerator.when:
            for what, sql in altered(measure.numerator.when):
                numerator = measure.numerator.model_copy(update={"when": sql})
                yield f"{measure.id}: numerator {what}", instead(known, measure, numerator=numerator), own


def altered(sql: str) -> Iterator[tuple[str, str]]:
    """Yield an expression with one operator swapped or one parameter off by one."""
    for before, after in SWAPS:
        for found in re.finditer(re.escape(before), sql):
            yield f"{before.strip()} at {found.start()}", sql[: found.start()] + after + sql[found.end() :]
    for found in re.finditer(r"\$[a-z_]+", sql):
        for step in ("- 1", "+ 1"):
            yield f"{found[0]} {step}", f"{sql[: found.start()]}({found[0]} {step}){sql[found.end() :]}"


def instead(known: MeasureSet, measure: Measure, **parts: object) -> MeasureSet:
    """Return the measures with some parts of one exchanged."""
    changed = measure.model_copy(update=parts)
    return replace(known, measures=tuple(changed if each.id == measure.id else each for each in known.measures))


def mistakes_in_criteria(known: MeasureSet) -> Iterator[Mistake]:
    """Yield mistakes in criteria and in the statuses that count."""
    every = frozenset(measure.id for measure in known.measures)
    for name, criterion in known.criteria.criteria.items():
        for what, wrong in mistaken(criterion):
            criteria = known.criteria.criteria | {name: criterion.model_copy(update=wrong)}
            yield f"{name}: {what}", with_criteria(known, criteria=criteria), users_of(known, name)
    for resource, allowed in known.criteria.counted_status.items():
        for status in allowed:
            fewer = tuple(each for each in allowed if each != status)
            statuses = known.criteria.counted_status | {resource: fewer}
            yield f"{resource}: not {status}", with_criteria(known, counted_status=statuses), every
    for intent in known.criteria.counted_intent:
        fewer = tuple(each for each in known.criteria.counted_intent if each != intent)
        yield f"orders: not {intent}", with_criteria(known, counted_intent=fewer), every


def with_criteria(known: MeasureSet, **parts: object) -> MeasureSet:
    """Return the measures with parts of the criteria page exchanged."""
    return replace(known, criteria=Criteria.model_construct(**(dict(known.criteria) | parts)))


def mistaken(criterion: Criterion) -> Iterator[tuple[str, dict[str, object]]]:
    """Yield small mistakes in one criterion."""
    for list_key in ("any_of", "code_in"):
        names = getattr(criterion, list_key)
        for name in names if len(names) > 1 else ():
            yield f"without {name}", {list_key: tuple(each for each in names if each != name)}
    if criterion.timing and criterion.resource not in POINTS:
        for timing in NEARBY[criterion.timing]:
            yield f"{timing} in place of {criterion.timing}", {"timing": timing}
    for key in DROPPABLE:
        default = Criterion.model_fields[key].default
        if getattr(criterion, key) != default:
            yield f"without {key}", {key: default}


def users_of(known: MeasureSet, criterion: str) -> frozenset[str]:
    """Return the ids of the measures that read a criterion, itself or as part of another."""
    readers = {name for name in known.criteria.criteria if criterion in (name, *known.criteria.parts_of(name))}
    return frozenset(measure.id for measure in known.measures if known.names_of(measure) & readers)


def mistakes_in_variables(known: MeasureSet) -> Iterator[Mistake]:
    """Yield mistakes in the SQL of variables."""
    for name, variable in known.variables.items():
        columns = set(known.columns[name]) - set(KEYS)
        users = frozenset(measure.id for measure in known.measures if known.names_of(measure) & columns)
        for what, sql in altered_select(variable.sql):
            variables = {**known.variables, name: replace(variable, sql=sql)}
            yield f"{name}: {what}", replace(known, variables=variables), users


def altered_select(sql: str) -> Iterator[tuple[str, str]]:
    """Yield a SELECT with a comparison at its border, an aggregate swapped, a word unknown or a condition dropped."""
    for before, after in SELECT_SWAPS:
        for found in re.finditer(re.escape(before), sql):
            place = sql[: found.start()].count("\n")
            yield f"{before} in line {place}", sql[: found.start()] + after + sql[found.end() :]
    for found in re.finditer(r"'[^']+'", sql):
        place = sql[: found.start()].count("\n")
        yield f"{found[0]} in line {place}", sql[: found.start()] + "'unknown'" + sql[found.end() :]
    for found in re.finditer(r"\n +AND [^(\n]*(\([^()]*\)[^(\n]*)*(?=\n)", sql):
        yield f"no {found[0].strip()}", sql[: found.start()] + sql[found.end() :]
