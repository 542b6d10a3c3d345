"""Which differences between patients are taken account of when units are compared: one page of a disease.

A disease without `case_mix.yaml` has crude results only.
"""

from collections.abc import Collection
from typing import Literal, Self

from pydantic import Field, ValidationError, model_validator

from indicators.definitions.definition import Indicator
from indicators.definitions.definition_files import definition_paths
from indicators.definitions.factors import Factor
from indicators.definitions.parts import Part, TranslatedText
from indicators.definitions.reading import describe_fault, disease_folder, read_yaml, unknown


class Unadjusted(Part):
    """Indicators that are not adjusted although the page would adjust them, and why."""

    indicators: tuple[str, ...] = Field(min_length=1)
    reason: TranslatedText


class CaseMix(Part):
    """The content of case_mix.yaml.

    Attributes:
        populations: Populations whose indicators are adjusted.
        aspects: Aspects whose indicators are adjusted.
        reason: Why these, and the others not.
        smallest_stratum: Fewest people of the whole area in a stratum that stands by itself.
        factors: What makes a stratum; of small strata the last factor is given up first.
        without: Indicators that opt out.
    """

    populations: tuple[str, ...] = Field(min_length=1)
    aspects: tuple[Literal["structure", "process", "outcome"], ...] = Field(min_length=1)
    reason: TranslatedText
    smallest_stratum: int = Field(ge=20)
    factors: tuple[Factor, ...] = Field(min_length=1)
    without: tuple[Unadjusted, ...] = ()

    @model_validator(mode="after")
    def _names_are_used_once(self) -> Self:
        names = [each.id for each in self.factors]
        if len(set(names)) < len(names):
            raise ValueError("two factors have the same id")
        opted_out = [name for each in self.without for name in each.indicators]
        if len(set(opted_out)) < len(opted_out):
            raise ValueError("an indicator stands twice under `without`")
        return self

    def adjusts(self, indicator: Indicator) -> bool:
        """Return whether expected numbers are worked out for an indicator.

        Only shares of patients and rates: a median has no expectation, and events of which an organisation has the
        responsibility do not belong to the unit of the patient.
        """
        is_number = indicator.kind in ("proportion", "rate_per_1000_patient_years") and indicator.counts == "patients"
        is_meant = indicator.population in self.populations and indicator.aspect in self.aspects
        return is_number and is_meant and self.why_not(indicator) is None

    def why_not(self, indicator: Indicator) -> TranslatedText | None:
        """Return the reason for which an indicator opts out, None where it does not."""
        return next((each.reason for each in self.without if indicator.id in each.indicators), None)


def load_case_mix(disease: str, populations: Collection[str]) -> CaseMix | None:
    """Return the case mix of a disease, None where it declares none.

    Args:
        disease: A folder below `indicators/`.
        populations: Names of its populations.

    Raises:
        DefinitionError: The page is written wrongly, or names a population or indicator that there is not.
    """
    path = disease_folder(disease) / "case_mix.yaml"
    if not path.is_file():
        return None
    try:
        page = CaseMix.model_validate(read_yaml(path))
    except ValidationError as fault:
        raise describe_fault(path, fault, CaseMix) from None
    indicators = [each.stem for each in definition_paths(disease)]
    for each in page.populations:
        if each not in populations:
            raise unknown("population", each, populations, where=f"{disease}/{path.name}")
    for name in (name for each in page.without for name in each.indicators):
        if name not in indicators:
            raise unknown("indicator", name, indicators, where=f"{disease}/{path.name}, without")
    return page
