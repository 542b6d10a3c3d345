"""Populations and breakdowns of a disease: whom indicators are about, and how their results are split."""

from typing import Literal

from pydantic import Field, ValidationError, model_validator

from indicators.definitions.definition import LEVELS, Clause, Level, Part
from indicators.definitions.parts import TranslatedText
from indicators.definitions.reading import describe_fault, disease_folder, read_yaml, unknown
from tvaers.errors import DefinitionError

Split = Literal["sex", "age_band"]


class Population(Clause):
    """Whom some indicators are about: a clause over the base columns of `patient_period`.

    Attributes:
        classifier: The classifier that finds these people, where it is not the one that decides who has the disease.
    """

    classifier: str | None = None


class Populations(Part):
    """The content of populations.yaml.

    Attributes:
        classifier: Name of the classifier that decides who has the disease (classifier/<name>.sql).
        also: Further classifiers: some have populations of their own, others are kept beside it for comparison.
        populations: The populations by name.
    """

    classifier: str
    also: tuple[str, ...] = ()
    populations: dict[str, Population] = Field(min_length=1)

    @model_validator(mode="after")
    def _classifiers_are_named(self) -> "Populations":
        if unnamed := {each.classifier for each in self.populations.values()} - {None, self.classifier, *self.also}:
            raise ValueError(f"the classifier of a population must stand under `also`: {', '.join(map(str, unnamed))}")
        return self

    def further(self) -> tuple[str, ...]:
        """Return the classifiers besides the disease's own whose people some population is about, in order."""
        return tuple(name for name in self.also if any(each.classifier == name for each in self.populations.values()))


class AgeBand(Part):
    """One age band, in whole years, both ends included; the last has no upper end."""

    id: str
    from_age: int = Field(ge=0)
    to_age: int | None = None


class Attribution(Part):
    """Where a person belongs, and counts unless a definition says otherwise.

    Attributes:
        hospital_months: The hospital is that of the latest physical contact in so many months.
        belongs: The rule in words, by level.
    """

    hospital_months: int = Field(ge=1, le=60)
    belongs: dict[Level, TranslatedText]

    @model_validator(mode="after")
    def _every_level_is_told(self) -> "Attribution":
        if set(self.belongs) != set(LEVELS[1:]):
            raise ValueError(f"`belongs` must name each of {', '.join(LEVELS[1:])}")
        return self


class Breakdowns(Part):
    """The content of breakdowns.yaml: what is computed and published at which level."""

    age_bands: tuple[AgeBand, ...] = Field(min_length=1)
    attribution: Attribution
    levels: dict[Level, tuple[tuple[Split, ...], ...]]

    @model_validator(mode="after")
    def _complete(self) -> "Breakdowns":
        if set(self.levels) != set(LEVELS):
            raise ValueError(f"`levels` must name each of {', '.join(LEVELS)}")
        if whole := [level for level, splits in self.levels.items() if () not in splits]:
            raise ValueError(f"the unsplit unit [] is missing at {', '.join(whole)}")
        for before, after in zip(self.age_bands, self.age_bands[1:], strict=False):
            if before.to_age is None or after.from_age != before.to_age + 1:
                raise ValueError(f"age band {after.id} does not follow {before.id} without gap or overlap")
        return self


def load_populations(disease: str) -> Populations:
    """Return the populations of a disease.

    Raises:
        DefinitionError: The file is written wrongly.
    """
    path = disease_folder(disease) / "populations.yaml"
    try:
        return Populations.model_validate(read_yaml(path))
    except ValidationError as fault:
        raise describe_fault(path, fault, Populations) from None


def load_breakdowns(disease: str) -> Breakdowns:
    """Return how results of a disease are split.

    Raises:
        DefinitionError: The file is missing or written wrongly.
    """
    path = disease_folder(disease) / "breakdowns.yaml"
    if not path.is_file():
        raise DefinitionError("The breakdowns of a disease are missing.", where=f"{disease}/breakdowns.yaml")
    try:
        return Breakdowns.model_validate(read_yaml(path))
    except ValidationError as fault:
        raise describe_fault(path, fault, Breakdowns) from None


def load_classifier(disease: str, name: str) -> str:
    """Return the SELECT of a classifier: patient_id, diabetes_type, diabetes_since_on, one row per person.

    Raises:
        DefinitionError: There is no such classifier.
    """
    folder = disease_folder(disease) / "classifier"
    path = folder / f"{name}.sql"
    if not path.is_file():
        raise unknown("classifier", name, (file.stem for file in folder.glob("*.sql")), where=f"{disease}/classifier/")
    return path.read_text(encoding="utf-8").strip().rstrip(";")


def load_classifier_steps(disease: str) -> dict[str, str]:
    """Return the SELECT of each step that classifiers share, by the name under which they read it."""
    paths = sorted((disease_folder(disease) / "classifier" / "steps").glob("*.sql"))
    return {path.stem: path.read_text(encoding="utf-8").strip().rstrip(";") for path in paths}
