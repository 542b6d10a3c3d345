"""Indicator definitions: YAML that a clinician can read and sign, parsed once into frozen objects.

One file is one indicator, below `indicators/<disease>/<group>/<id>.yaml`. Prose (`who`) and the truth expression it
describes (`when`) stand on adjacent lines so that a reviewer can compare them. An expression may use the columns of
`patient_period` and dated `$parameters`, nothing else.
"""

import difflib
import re
from collections.abc import Iterable, Sequence
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from tvaers.errors import DefinitionError

Level = Literal["all", "municipality", "cluster", "practice", "hospital"]
Group = Literal[
    "hba1c",
    "blood_pressure",
    "lipids",
    "kidneys",
    "eyes",
    "feet",
    "smoking",
    "treatment",
    "composite",
    "complications",
    "follow_up",
]
LEVELS: tuple[Level, ...] = ("all", "municipality", "cluster", "practice", "hospital")
LANGUAGES = ("en", "da", "nb")
NAME = r"^[a-z][a-z0-9_]*$"
PARAMETER = re.compile(r"\$([a-z][a-z0-9_]*)")
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
PLACEHOLDERS = frozenset({"", "n/a", "na", "none", "tbc", "tbd", "todo", "…", "...", "-", "?"})


class Part(BaseModel):
    """A frozen part of a definition; unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Text(Part):
    """The same words in the languages of the dashboard. A plain string in the file is English only."""

    en: str
    da: str | None = None
    nb: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _english_only(cls, value: Any) -> Any:
        return {"en": value} if isinstance(value, str) else value

    @field_validator("en", "da", "nb")
    @classmethod
    def _says_something(cls, value: str | None) -> str | None:
        if value is not None and value.strip().lower() in PLACEHOLDERS:
            raise ValueError("is empty or a placeholder; say it, or leave the language out")
        return value.strip() if value else value

    def in_language(self, language: str) -> str:
        """Return the words in a language, or in English when they are not translated."""
        return getattr(self, language, None) or self.en


def _in_all_languages(text: Text) -> Text:
    if missing := [language for language in LANGUAGES if getattr(text, language) is None]:
        raise ValueError(f"is not translated into {', '.join(missing)}")
    return text


TranslatedText = Annotated[Text, AfterValidator(_in_all_languages)]
"""Words that a reader of the dashboard always sees, so every language is required."""


class Source(Part):
    """Where a rule or a number comes from, and when it was read."""

    title: str = Field(min_length=3)
    href: str | None = None
    read_on: date


class Clause(Part):
    """A truth about one patient in one period, in words and in SQL."""

    who: Text
    when: str


class Denominator(Part):
    """Who is counted: patients (`when`), their events (`count`) or their years under observation (`years`)."""

    who: Text
    when: str | None = None
    count: str | None = None
    years: str | None = None


class Numerator(Part):
    """Who, or which events, meet the indicator."""

    who: Text
    when: str | None = None
    count: str | None = None


class Value(Part):
    """The number of which the median is taken, one per patient; its unit is part of the column name."""

    who: Text
    of: str
    unit: str


class Evidence(Part):
    """The columns of `patient_period` that `tvaers explain` shows as the reason."""

    value: str | None = None
    day: str | None = None


class Indicator(Part):
    """One quality indicator.

    Attributes:
        period: Length of the look-back in months; it ends on the reporting date, both ends included.
        missing_values: What becomes of a patient in the denominator for whom `measured` is not true: left out and
            counted in `eligible` (`exclude`), kept as not met (`fail`), or counted as met (`count_as_numerator`).
        report_by: Levels at which the indicator has a meaning; at the others its state is `not_applicable`.
        verified: False when the definition or its target is not confirmed by a published source.
        examples: Titles of the boundary cases in tests/spec.
    """

    id: str = Field(pattern=NAME)
    version: int = Field(ge=1)
    title: TranslatedText
    question: TranslatedText
    why_it_matters: TranslatedText
    what_to_do: TranslatedText
    group: Group
    aspect: Literal["structure", "process", "outcome"]
    kind: Literal["proportion", "median", "rate_per_1000_patient_years"]
    counts: Literal["patients", "discharges", "referrals", "courses"] = "patients"
    direction: Literal["higher_is_better", "lower_is_better", "neither"]
    period: int
    report_by: tuple[Level, ...] = LEVELS
    population: str = Field(pattern=NAME)
    denominator: Denominator
    exclusions: tuple[Clause, ...] = ()
    missing_values: Literal["exclude", "fail", "count_as_numerator"]
    measured: Clause | None = None
    numerator: Numerator | None = None
    value: Value | None = None
    evidence: Evidence | None = None
    threshold: str | None = Field(default=None, pattern=r"^\$[a-z][a-z0-9_]*$")
    target: str | None = Field(default=None, pattern=r"^\$[a-z][a-z0-9_]*$")
    limits: tuple[Text, ...] = Field(min_length=1)
    source: tuple[Source, ...] = Field(min_length=1)
    verified: bool
    examples: tuple[str, ...] = Field(min_length=1)
    owner: TranslatedText
    reviewed_on: date
    next_review: date

    @field_validator("period", mode="before")
    @classmethod
    def _months(cls, value: Any) -> int:
        found = re.fullmatch(r"(\d+) months", str(value))
        if not found or not 1 <= int(found[1]) <= 120:
            raise ValueError("must be written '<1–120> months', for example '12 months'")
        return int(found[1])

    @model_validator(mode="after")
    def _parts_fit(self) -> "Indicator":
        counted, years = self.denominator.count, self.denominator.years
        wrong = {
            "kind median needs `value` and no `numerator`": self.kind == "median"
            and (self.value is None or self.numerator is not None),
            "a median needs `measured` and missing_values exclude": self.kind == "median"
            and (self.measured is None or self.missing_values != "exclude"),
            "only kind median has `value`": self.kind != "median" and self.value is not None,
            "this kind needs `numerator`": self.kind != "median" and self.numerator is None,
            "a rate needs `denominator.years` and `numerator.count`": self.kind == "rate_per_1000_patient_years"
            and not (years and self.numerator and self.numerator.count),
            "only a rate has `denominator.years`": self.kind != "rate_per_1000_patient_years" and years is not None,
            "a proportion of patients needs `denominator.when` and `numerator.when`": self.kind == "proportion"
            and counted is None
            and not (self.denominator.when and self.numerator and self.numerator.when and not self.numerator.count),
            "a proportion of events needs `denominator.count` and `numerator.count`": self.kind == "proportion"
            and counted is not None
            and not (self.numerator and self.numerator.count and not self.numerator.when),
            "`counts` other than patients goes with `denominator.count`": self.kind == "proportion"
            and (self.counts != "patients") != (counted is not None),
            "`measured` is needed unless missing_values is fail": self.missing_values != "fail"
            and self.measured is None,
            "`measured` goes with patients or medians, not with events or rates": self.measured is not None
            and (counted is not None or years is not None),
            "`all` must be among report_by": "all" not in self.report_by,
            "next_review must come after reviewed_on": self.next_review <= self.reviewed_on,
        }
        if broken := [rule for rule, is_broken in wrong.items() if is_broken]:
            raise ValueError("; ".join(broken))
        return self

    def expressions(self) -> dict[str, str]:
        """Return every SQL expression of the definition by the key it stands under."""
        found = {
            "denominator.when": self.denominator.when,
            "denominator.count": self.denominator.count,
            "denominator.years": self.denominator.years,
            "measured.when": self.measured and self.measured.when,
            "numerator.when": self.numerator and self.numerator.when,
            "numerator.count": self.numerator and self.numerator.count,
            "value.of": self.value and self.value.of,
            "evidence.value": self.evidence and self.evidence.value,
            "evidence.day": self.evidence and self.evidence.day,
        } | {f"exclusions[{place}].when": clause.when for place, clause in enumerate(self.exclusions)}
        return {key: expression for key, expression in found.items() if expression}

    def parameters(self) -> frozenset[str]:
        """Return the names of the dated parameters the definition leans on, without the dollar sign."""
        texts = [*self.expressions().values(), self.threshold or "", self.target or ""]
        return frozenset(name for text in texts for name in PARAMETER.findall(text))


def disease_folder(disease: str) -> Path:
    """Return the folder of a disease's definitions.

    Raises:
        DefinitionError: No such folder below `indicators/`.
    """
    root = Path(str(files("indicators")))
    known = sorted(path.name for path in root.iterdir() if (path / "populations.yaml").is_file())
    if disease not in known:
        raise unknown("disease", disease, known, where="indicators/")
    return root / disease


def unknown(kind: str, name: str, known: Iterable[str], *, where: str) -> DefinitionError:
    """Return the fault for a name that does not exist, with the nearest that does."""
    names = sorted(known)
    near = difflib.get_close_matches(name, names, n=1)
    return DefinitionError(
        f"There is no {kind} '{name}'.",
        where=where,
        how_much=f"Known: {', '.join(names)}." if names else f"No {kind} is defined.",
        what_to_do=f"Did you mean '{near[0]}'?" if near else f"Choose one of the known names or define the {kind}.",
    )


def read_yaml(path: Path) -> Any:
    """Return the content of a YAML file.

    Raises:
        DefinitionError: The file is not valid YAML; the message names the line.
    """
    try:
        return yaml.load(path.read_text(encoding="utf-8"), Loader=_LOADER)  # noqa: S506 - a safe loader, the fast one
    except yaml.YAMLError as fault:
        mark = getattr(fault, "problem_mark", None)
        raise DefinitionError(
            "A definition file is not valid YAML.",
            where=f"{path.name}, line {mark.line + 1}" if mark else path.name,
            what_to_do="Correct the file; quote texts that contain a colon.",
        ) from None


def describe_fault(path: Path, fault: ValidationError, model: type[BaseModel]) -> DefinitionError:
    """Return a readable fault for a definition file that does not fit its model, one line per key."""
    lines = []
    for error in fault.errors():
        key = ".".join(str(part) for part in error["loc"]) or "definition"
        message = error["msg"].removeprefix("Value error, ")
        if error["type"] == "extra_forbidden":
            near = difflib.get_close_matches(str(error["loc"][-1]), list(model.model_fields), n=1)
            message = "unknown key" + (f"; did you mean '{near[0]}'?" if near else "")
        lines.append(f"{key}: {message}")
    return DefinitionError(
        "A definition is written wrongly.",
        where=f"{path.name}: " + " | ".join(lines),
        what_to_do="Correct the keys named above, then: tvaers pack check",
    )


def load_indicator(path: Path) -> Indicator:
    """Return the indicator of one file.

    Raises:
        DefinitionError: A key is unknown, missing or not allowed, or the id is not the file's name.
    """
    try:
        found = Indicator.model_validate(read_yaml(path))
    except ValidationError as fault:
        raise describe_fault(path, fault, Indicator) from None
    if found.id != path.stem or found.group != path.parent.name:
        raise DefinitionError(
            "An indicator's id and group must be the names of its file and folder.",
            where=f"{path.parent.name}/{path.name}: id {found.id}, group {found.group}",
            what_to_do="Rename the file, or correct the keys.",
        )
    return found


def load_definitions(disease: str = "type_2_diabetes", pack: Any = None) -> tuple[Indicator, ...]:
    """Return all indicators of a disease, in the order in which they are shown (group, then id).

    Args:
        disease: A folder below `indicators/`.
        pack: A country pack; when given, every `$parameter` must exist in it.

    Raises:
        DefinitionError: A file is written wrongly, or a parameter is unknown to the pack.
    """
    groups: Sequence[str] = Group.__args__  # type: ignore[attr-defined]
    root = disease_folder(disease)
    found = tuple(load_indicator(path) for group in groups for path in sorted((root / group).glob("*.yaml")))
    if pack is not None:
        known = {path.stem for path in (Path(pack.folder) / "parameters").glob("*.yaml")}
        for indicator in found:
            for name in sorted(indicator.parameters() - known):
                raise unknown("parameter", name, known, where=f"{indicator.group}/{indicator.id}.yaml")
    return found
