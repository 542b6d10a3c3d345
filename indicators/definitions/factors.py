"""What tells the patients of one unit from those of another: named groups of patients, declared as data.

A factor parts all patients into a few groups, by truth expressions over the columns of `patient_period`. Case mix is
made of factors; a stratifier is one by which results are shown.
"""

from typing import Self

from pydantic import Field, model_validator

from indicators.definitions.parts import Part, TranslatedText

NAME = r"^[a-z][a-z0-9_]*$"
VALUE_NAME = r"^[a-z0-9][a-z0-9_+-]*$"


class FactorValue(Part):
    """One group of patients.

    Attributes:
        when: Who belongs to it, of those whom no earlier value holds; the last value has all others and says nothing.
    """

    id: str = Field(pattern=VALUE_NAME)
    title: TranslatedText
    when: str | None = None


class Factor(Part):
    """A way to part patients into groups, of which each patient is in exactly one.

    Attributes:
        values: The groups, the first that applies.
    """

    id: str = Field(pattern=NAME)
    title: TranslatedText
    values: tuple[FactorValue, ...] = Field(min_length=2)

    @model_validator(mode="after")
    def _everybody_is_in_one(self) -> Self:
        if self.values[-1].when is not None or any(each.when is None for each in self.values[:-1]):
            raise ValueError("every value but the last says `when`, and the last has all others")
        names = [each.id for each in self.values]
        if len(set(names)) < len(names):
            raise ValueError("two values have the same id")
        return self

    @property
    def sql(self) -> str:
        """The place of the patient's value among the values, from 0, as an expression over `patient_period`."""
        cases = " ".join(f"WHEN {each.when} THEN {place}" for place, each in enumerate(self.values[:-1]))
        return f"CASE {cases} ELSE {len(self.values) - 1} END"
