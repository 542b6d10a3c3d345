"""Dated parameters: clinical thresholds, targets and windows that a country sets and changes over time.

A country pack holds one file per parameter, `parameters/<name>.yaml`:

    description: {en: Patient-level limit at or below which HbA1c is well controlled, da: ..., nb: ...}
    unit: mmol/mol
    values:
      - from_on: 2017-03-01
        value: 53
        source: {title: ..., href: ..., read_on: 2026-11-22}
"""

import math
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path

from pydantic import Field, StrictFloat, StrictInt, ValidationError, model_validator

from indicators.definitions.definition import Part, Source
from indicators.definitions.of_country import pages_of_country
from indicators.definitions.parts import Text
from indicators.definitions.reading import describe_fault, read_yaml, unknown
from tvaers.errors import DefinitionError

POSSIBLE: Mapping[str, tuple[float, float]] = {
    "proportion": (0, 1),
    "%": (0, 100),
    "yes_no": (0, 1),
    "mmol/mol": (1, 250),
    "mmol/L": (0, 120),
    "mmHg": (1, 350),
    "mm[Hg]": (1, 350),
    "mg/g": (0, 50_000),
    "mL/min/1.73 m2": (0, 250),
    "years": (0, 130),
    "months": (0, 1_200),
    "days": (0, 36_600),
    "hours": (0, 8_784),
}
"""What a number can be in a unit, both ends included: wide, to tell a slip (530, or 95 for 0.95) from a decision.

A unit that is not listed, such as a count of something, takes any number from nought.
"""


class DatedValue(Part):
    """A number and the first day on which it holds."""

    from_on: date
    value: StrictInt | StrictFloat
    source: Source


class Parameter(Part):
    """One parameter; its unit is the same at all times.

    Attributes:
        is_strict: For a target: reached only beyond its value, so that the value itself does not reach it.
        values: In order of `from_on`; the first also holds before its own date when `also_before` is true.
    """

    description: Text
    unit: str = Field(min_length=1)
    also_before: bool = True
    is_strict: bool = False
    values: tuple[DatedValue, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _in_order(self) -> "Parameter":
        dates = [dated.from_on for dated in self.values]
        if dates != sorted(set(dates)):
            raise ValueError("`values` must be in order of from_on, each date once")
        return self

    @model_validator(mode="after")
    def _possible(self) -> "Parameter":
        low, high = POSSIBLE.get(self.unit, (0, math.inf))
        for dated in self.values:
            if not low <= dated.value <= high:
                raise ValueError(
                    f"{dated.value:g} {self.unit} from {dated.from_on} cannot be meant: between {low:g} and {high:g}"
                )
        return self

    def valid_on(self, day: date) -> DatedValue | None:
        """Return the value that holds on a day, or None before the first."""
        held = [dated for dated in self.values if dated.from_on <= day]
        return held[-1] if held else (self.values[0] if self.also_before else None)


def load_parameters(pack_folder: Path, disease: str | None = None) -> dict[str, Parameter]:
    """Return all parameters of a country pack by name, and those that a disease brings for it.

    Raises:
        DefinitionError: A file is written wrongly.
    """
    found = {}
    for path in pages_of_country(pack_folder, disease, "parameters"):
        try:
            found[path.stem] = Parameter.model_validate(read_yaml(path))
        except ValidationError as fault:
            raise describe_fault(path, fault, Parameter) from None
    return found


def values_on(
    parameters: Mapping[str, Parameter], names: Iterable[str], day: date, *, where: str
) -> dict[str, int | float]:
    """Return the values of the named parameters on a day.

    Raises:
        DefinitionError: A name is unknown, or has no value yet on that day.
    """
    found: dict[str, int | float] = {}
    for name in sorted(names):
        if name not in parameters:
            raise unknown("parameter", name, parameters, where=where)
        dated = parameters[name].valid_on(day)
        if dated is None:
            raise DefinitionError(
                f"The parameter '{name}' has no value on {day}.",
                where=where,
                what_to_do="Add an earlier value to the pack's parameter file, or compute later dates only.",
            )
        found[name] = dated.value
    return found
