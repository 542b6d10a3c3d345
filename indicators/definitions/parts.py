"""The parts that a definition is made of: texts in three languages, sources, clauses, and what is counted.

An expression may use the columns of `patient_period` and dated `$parameters`; a numerator also `$threshold`, which
stands for the limit that applies to the patient.
"""

from datetime import date
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, field_validator, model_validator

LANGUAGES = ("en", "da", "nb")
PLACEHOLDERS = frozenset({"", "n/a", "na", "none", "tbc", "tbd", "todo", "…", "...", "-", "?"})
PARAMETER_NAME = r"^\$[a-z][a-z0-9_]*$"


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
    """Who, or which events, meet the indicator: one truth (`when`), several (`of`), or events (`count`).

    Attributes:
        of: The parts of a composite, each a truth of its own.
        at_least: How many of the parts a patient must meet: all of them, or the number that a parameter holds.
    """

    who: Text
    when: str | None = None
    count: str | None = None
    of: tuple[Clause, ...] = ()
    at_least: str = Field(default="all", pattern=r"^(all|\$[a-z][a-z0-9_]*)$")

    @property
    def truth(self) -> str | None:
        """The truth about a patient as one expression, None where events are counted."""
        if self.when or not self.of:
            return self.when
        if self.at_least == "all":
            return " AND ".join(f"({part.when})" for part in self.of)
        met = " + ".join(f"CASE WHEN {part.when} THEN 1 ELSE 0 END" for part in self.of)
        return f"{met} >= {self.at_least}"


class LimitFor(Part):
    """The limit of some patients, where it is not that of all: by risk, frailty or what else the records tell."""

    who: Text
    when: str
    limit: str = Field(pattern=PARAMETER_NAME)


class Value(Part):
    """The number of which the median is taken, one per patient; its unit is part of the column name.

    Attributes:
        ended: Of a time: whether what was waited for has come when it ends. A time that ends otherwise (death, moving
            away, the reporting date) is censored there, after all that came on that day.
        curve_days: Of a time: the days after which the curve is read, so few that every step is a group of people.
    """

    who: Text
    of: str
    unit: str
    ended: str | None = None
    curve_days: tuple[int, ...] = ()


class Evidence(Part):
    """The columns of `patient_period` that `tvaers explain` shows as the reason."""

    value: str | None = None
    day: str | None = None
