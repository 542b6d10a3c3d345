"""Dated parameters: clinical thresholds, targets and windows that a country sets and changes over time.

A country pack holds one file per parameter, `parameters/<name>.yaml`:

    description: Patient-level limit at or below which HbA1c is well controlled
    unit: mmol/mol
    values:
      - from_on: 2017-03-01
        value: 53
        source: {title: ..., href: ..., read_on: 2026-11-22}
"""

from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path

from pydantic import Field, ValidationError, model_validator

from indicators.definitions.definition import Part, Source
from indicators.definitions.reading import describe_fault, read_yaml, unknown
from tvaers.errors import DefinitionError


class DatedValue(Part):
    """A value and the first day on which it holds."""

    from_on: date
    value: int | float | str
    source: Source


class Parameter(Part):
    """One parameter; its unit is the same at all times.

    Attributes:
        is_strict: For a target: reached only beyond its value, so that the value itself does not reach it.
        values: In order of `from_on`; the first also holds before its own date when `also_before` is true.
    """

    description: str = Field(min_length=5)
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

    def valid_on(self, day: date) -> DatedValue | None:
        """Return the value that holds on a day, or None before the first."""
        held = [dated for dated in self.values if dated.from_on <= day]
        return held[-1] if held else (self.values[0] if self.also_before else None)


def load_parameters(pack_folder: Path) -> dict[str, Parameter]:
    """Return all parameters of a country pack by name.

    Raises:
        DefinitionError: A file is written wrongly.
    """
    found = {}
    for path in sorted((pack_folder / "parameters").glob("*.yaml")):
        try:
            found[path.stem] = Parameter.model_validate(read_yaml(path))
        except ValidationError as fault:
            raise describe_fault(path, fault, Parameter) from None
    return found


def values_on(
    parameters: Mapping[str, Parameter], names: Iterable[str], day: date, *, where: str
) -> dict[str, int | float | str]:
    """Return the values of the named parameters on a day.

    Raises:
        DefinitionError: A name is unknown, or has no value yet on that day.
    """
    found: dict[str, int | float | str] = {}
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
