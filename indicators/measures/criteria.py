"""Criteria: what a measure asks of a patient's facts, as data that compiles to one SQL aggregate.

A criterion names a kind of resource, the code lists its code must be in, and how its time must lie to the period. It is
true for a patient when one fact meets all of it. All criteria of a pack are counted in one pass over the facts.
"""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field, model_validator

from indicators.definitions.definition import NAME, Part, Text

Resource = Literal[
    "Condition", "Encounter", "Observation", "Procedure", "MedicationRequest", "ServiceRequest", "DeviceRequest"
]
Name = Annotated[str, Field(pattern=NAME)]
Word = Annotated[str, Field(pattern=r"^[a-z-]+$")]
ORDERS = ("MedicationRequest", "ServiceRequest", "DeviceRequest")
WINDOWS = {
    "period": ("patient.period_start", "patient.period_end"),
    "period and year before": ("patient.period_start - INTERVAL 1 YEAR", "patient.period_end"),
    "year before": ("patient.period_start - INTERVAL 1 YEAR", "patient.period_end - INTERVAL 1 YEAR"),
    "first six months": ("patient.period_start", "patient.period_start + INTERVAL 6 MONTH - INTERVAL 1 DAY"),
}
Window = Literal["period", "period and year before", "year before", "first six months"]
TIMINGS = {
    "overlaps": "fact.starts_on <= {end} AND fact.ends_on >= {start}",
    "within": "fact.starts_on >= {start} AND fact.ends_on <= {end}",
    "starts within": "fact.starts_on BETWEEN {start} AND {end}",
    "ends within": "fact.ends_on BETWEEN {start} AND {end}",
    "starts by the end": "fact.starts_on <= {end}",
    "ends by the end": "fact.ends_on <= {end}",
    "overlaps the start": "fact.starts_on < {start} AND fact.ends_on >= {start}",
}
Timing = Literal[
    "overlaps", "within", "starts within", "ends within", "starts by the end", "ends by the end", "overlaps the start"
]

RESULTS = {"told": "fact.has_value", "number": "fact.value IS NOT NULL"}


class Criterion(Part):
    """One question about a patient's facts.

    Attributes:
        who: The question in words.
        any_of: Other criteria of which one is enough; then nothing else is told.
        resource: The kind of FHIR resource.
        kind: Profile or category that the resource must have, when it tells one.
        category: Category that the resource must tell.
        status: Statuses that count, in place of those of all facts of this kind of resource.
        code_in: Code lists; a code of the fact is in one of them.
        discharge_in: Code lists; the discharge disposition of the encounter is in one of them.
        value: The observation tells any result, or a number.
        value_in: Code lists; the coded result is in one of them. Beside `value`, either is enough.
        timing: How the fact lies to the window; days decide, both ends included.
        window: Stretch of time that is looked at.
    """

    who: Text
    any_of: tuple[Name, ...] = ()
    resource: Resource | None = None
    kind: Name | None = None
    category: Word | None = None
    status: tuple[Word | None, ...] = ()
    code_in: tuple[Name, ...] = ()
    discharge_in: tuple[Name, ...] = ()
    value: Literal["told", "number"] | None = None
    value_in: tuple[Name, ...] = ()
    timing: Timing | None = None
    window: Window = "period"

    @model_validator(mode="after")
    def _asks_one_thing(self) -> "Criterion":
        is_told = bool(self.resource and self.code_in and self.timing)
        if bool(self.any_of) == is_told or (self.any_of and self.resource):
            raise ValueError("needs either `any_of`, or `resource`, `code_in` and `timing`")
        return self

    @property
    def lists(self) -> tuple[str, ...]:
        """The code lists it reads itself."""
        return (*self.code_in, *self.discharge_in, *self.value_in)


class Criteria(Part):
    """The content of criteria.yaml.

    Attributes:
        counted_status: Statuses that count, for each kind of resource; None stands for one that is not told.
        counted_intent: Intents that count, for orders.
        criteria: The questions by name; each is a truth column of `patient_period`.
    """

    counted_status: dict[Resource, tuple[Word | None, ...]]
    counted_intent: tuple[Word, ...]
    criteria: dict[Name, Criterion] = Field(min_length=1)

    @model_validator(mode="after")
    def _fits(self) -> "Criteria":
        named = {name for each in self.criteria.values() for name in each.any_of}
        if stray := sorted(name for name in named if name not in self.criteria or self.criteria[name].any_of):
            raise ValueError(f"any_of may name plain criteria only, not {', '.join(stray)}")
        resources = {each.resource for each in self.criteria.values() if each.resource}
        if silent := sorted(resources - set(self.counted_status)):
            raise ValueError(f"counted_status says nothing of {', '.join(silent)}")
        return self

    def parts_of(self, name: str) -> tuple[str, ...]:
        """Return the plain criteria behind a name: those of `any_of`, or itself."""
        return self.criteria[name].any_of or (name,)


def criteria_sql(criteria: Criteria) -> str:
    """Return the SELECT that answers all criteria: patient_id, period_end and one truth column per criterion."""
    plain = {name: each for name, each in criteria.criteria.items() if not each.any_of}
    answers = ", ".join(f"bool_or({condition(criteria, each)}) AS {name}" for name, each in plain.items())
    combined = "".join(
        f", ({' OR '.join(each.any_of)}) AS {name}" for name, each in criteria.criteria.items() if each.any_of
    )
    return (
        f"SELECT *{combined} FROM (SELECT fact.patient_id, patient.period_end, {answers} FROM fact JOIN patient "
        "ON patient.patient_id = fact.patient_id GROUP BY fact.patient_id, patient.period_end) AS answered"
    )


def condition(criteria: Criteria, criterion: Criterion) -> str:
    """Return the truth of one plain criterion for one fact and one patient; false where something is not told."""
    start, end = WINDOWS[criterion.window]
    resource = criterion.resource or "Condition"
    parts = [
        f"fact.resource = '{resource}'",
        is_among("fact.status", criterion.status or criteria.counted_status[resource]),
        is_listed("fact.code_lists", criterion.code_in),
        TIMINGS[criterion.timing or "overlaps"].format(start=start, end=end),
    ]
    if resource in ORDERS:
        parts.append(is_among("fact.intent", criteria.counted_intent))
    if criterion.kind:
        parts.append(f"coalesce(fact.kind, '{criterion.kind}') = '{criterion.kind}'")
    if criterion.category:
        parts.append(f"list_contains(string_split(fact.categories, ' '), '{criterion.category}')")
    if criterion.discharge_in:
        parts.append(is_listed("fact.discharge_lists", criterion.discharge_in))
    results = [is_listed("fact.value_lists", criterion.value_in)] if criterion.value_in else []
    results += [RESULTS[criterion.value]] if criterion.value else []
    if results:
        parts.append(f"({' OR '.join(results)})")
    return f"coalesce({' AND '.join(parts)}, FALSE)"


def is_among(column: str, allowed: tuple[str | None, ...]) -> str:
    """Return whether a column holds one of some words, or is NULL when None is among them."""
    words = ", ".join(f"'{word}'" for word in allowed if word is not None)
    known = f"{column} IN ({words})"
    return f"({known} OR {column} IS NULL)" if None in allowed else known


def is_listed(column: str, lists: tuple[str, ...]) -> str:
    """Return whether one of the code lists of a column is among the named ones."""
    names = ", ".join(f"'{name}'" for name in lists)
    return f"list_has_any({column}, [{names}])"


def who_of(criteria: Mapping[str, Criterion], name: str) -> str:
    """Return a criterion in words, or its name when there is none of that name."""
    return criteria[name].who.en if name in criteria else name.replace("_", " ")
