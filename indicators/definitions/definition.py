"""Indicator definitions: YAML that a clinician can read and sign, parsed once into frozen objects.

One file is one indicator, below `indicators/<disease>/<group>/<id>.yaml`. Prose (`who`) and the truth expression it
describes (`when`) stand on adjacent lines so that a reviewer can compare them. An expression may use the columns of
`patient_period` and dated `$parameters`, nothing else.
"""

import re
from datetime import date
from typing import Any, Literal

from pydantic import Field, field_validator, model_validator

from indicators.definitions.parts import (
    PARAMETER_NAME,
    Clause,
    Denominator,
    Evidence,
    LimitFor,
    Numerator,
    Part,
    Source,
    Text,
    TranslatedText,
    Value,
)

Level = Literal["all", "municipality", "cluster", "practice", "hospital"]
RESPONSIBLE_LEVELS = frozenset({"municipality", "hospital"})
LEVELS: tuple[Level, ...] = ("all", "municipality", "cluster", "practice", "hospital")
NAME = r"^[a-z][a-z0-9_]*$"
PARAMETER = re.compile(r"\$([a-z][a-z0-9_]*)")
PARAMETER_IN_FULL = re.compile(r"\$[a-z][a-z0-9_]*")
THE_THRESHOLD = "$threshold"


class Indicator(Part):
    """One quality indicator.

    Attributes:
        period: Length of the look-back in months; it ends on the reporting date, both ends included.
        look_back: Months before the first day under observation in which nothing of the kind may be on record of a new
            case. Where the sources do not reach over all of them, there is no data.
        leeway: How many of these months come on top of the interval that the guideline sets.
        missing_values: What becomes of a patient in the denominator for whom `measured` is not true: left out and
            counted in `eligible` (`exclude`), kept as not met (`fail`), or counted as met (`count_as_numerator`).
        ends_on: Month and day (`03-31`) on which its periods end, where it is counted by the calendar or audit year; on
            other reporting dates its state is `not_applicable`. None for every reporting date.
        attribution: Levels at which its events count at the organisation that is responsible for them, and which one
            that is; at the others, and where nothing is said, a person counts where they belong (breakdowns.yaml).
        report_by: Levels at which the indicator has a meaning; at the others its state is `not_applicable`.
        exclusions: Who is never counted.
        exceptions: Who is not counted unless they meet the indicator; they stay among those who could have been.
        threshold: The limit of a patient's value, for words and for `$threshold` in the numerator.
        threshold_for: Patients with another limit, the first that applies; `$threshold` then stands for theirs.
        target: The level that a unit should reach.
        distribution: The scale that its threshold cuts; the indicators of one distribution give its bands together.
        acceptable: The level from which a unit that misses the target is still acceptable; alone where there is no
            higher one.
        verified: False when the definition or its target is not confirmed by a published source.
        smallest_denominator: Fewest people of whom a result is given, where the indicator's publisher names a number.
        smallest_completeness: Smallest share of those asked about who must be counted, where its publisher names one.
        examples: Titles of the boundary cases in tests/spec.
    """

    id: str = Field(pattern=NAME)
    version: int = Field(ge=1)
    title: TranslatedText
    question: TranslatedText
    why_it_matters: TranslatedText
    what_to_do: TranslatedText
    group: str = Field(pattern=NAME)
    aspect: Literal["structure", "process", "outcome"]
    kind: Literal["proportion", "median", "time_to_event", "rate_per_1000_patient_years"]
    counts: Literal["patients", "discharges", "referrals", "courses"] = "patients"
    direction: Literal["higher_is_better", "lower_is_better", "neither"]
    period: int
    leeway: int | None = None
    look_back: str | None = Field(default=None, pattern=PARAMETER_NAME)
    ends_on: str | None = Field(default=None, pattern=r"^(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$")
    attribution: dict[Level, TranslatedText] = Field(default_factory=dict)
    report_by: tuple[Level, ...] = LEVELS
    population: str = Field(pattern=NAME)
    denominator: Denominator
    exclusions: tuple[Clause, ...] = ()
    exceptions: tuple[Clause, ...] = ()
    missing_values: Literal["exclude", "fail", "count_as_numerator"]
    measured: Clause | None = None
    numerator: Numerator | None = None
    value: Value | None = None
    evidence: Evidence | None = None
    threshold: str | None = Field(default=None, pattern=PARAMETER_NAME)
    threshold_for: tuple[LimitFor, ...] = ()
    target: str | None = Field(default=None, pattern=PARAMETER_NAME)
    acceptable: str | None = Field(default=None, pattern=PARAMETER_NAME)
    smallest_denominator: str | None = Field(default=None, pattern=PARAMETER_NAME)
    smallest_completeness: str | None = Field(default=None, pattern=PARAMETER_NAME)
    distribution: str | None = Field(default=None, pattern=NAME)
    limits: tuple[Text, ...] = Field(min_length=1)
    source: tuple[Source, ...] = Field(min_length=1)
    verified: bool
    examples: tuple[str, ...] = Field(min_length=1)
    owner: TranslatedText
    reviewed_on: date
    next_review: date

    @field_validator("period", "leeway", mode="before")
    @classmethod
    def _months(cls, value: Any) -> int | None:
        if value is None:
            return None
        found = re.fullmatch(r"(\d+) months", str(value))
        if not found or not 1 <= int(found[1]) <= 120:
            raise ValueError("must be written '<1–120> months', for example '12 months'")
        return int(found[1])

    @model_validator(mode="after")
    def _parts_fit(self) -> "Indicator":
        counted, years = self.denominator.count, self.denominator.years
        days = self.curve_days
        is_met = self.numerator.truth if self.numerator else None
        ways = [self.numerator.when, self.numerator.count, self.numerator.of] if self.numerator else []
        wrong = {
            "kind median needs `value` and no `numerator`, and so does time_to_event": self.has_values
            and (self.value is None or self.numerator is not None),
            "a median needs `measured` and missing_values exclude": self.kind == "median"
            and (self.measured is None or self.missing_values != "exclude"),
            "a time to an event needs `value.ended` and missing_values fail": self.kind == "time_to_event"
            and (self.value is None or self.value.ended is None or self.missing_values != "fail"),
            "a time to an event has rising `value.curve_days`, the first above 0": self.kind == "time_to_event"
            and not (days and days[0] > 0 and list(days) == sorted(set(days))),
            "only a time to an event has `value.ended` and `value.curve_days`": self.kind != "time_to_event"
            and self.value is not None
            and (self.value.ended is not None or bool(days)),
            "only kinds median and time_to_event have `value`": not self.has_values and self.value is not None,
            "this kind needs `numerator`": not self.has_values and self.numerator is None,
            "a rate needs `denominator.years` and `numerator.count`": self.kind == "rate_per_1000_patient_years"
            and not (years and self.numerator and self.numerator.count),
            "only a rate has `denominator.years`": self.kind != "rate_per_1000_patient_years" and years is not None,
            "a proportion of patients needs `denominator.when` and `numerator.when` or `numerator.of`": self.kind
            == "proportion"
            and counted is None
            and not (self.denominator.when and is_met),
            "a proportion of events needs `denominator.count` and `numerator.count`": self.kind == "proportion"
            and counted is not None
            and not (self.numerator and self.numerator.count),
            "a numerator has one of `when`, `count` and `of`": self.numerator is not None and sum(map(bool, ways)) != 1,
            "a composite (`numerator.of`) has at least two parts": len(self.numerator.of if self.numerator else ())
            == 1,
            "`numerator.at_least` goes with `numerator.of`": self.numerator is not None
            and self.numerator.at_least != "all"
            and not self.numerator.of,
            "`exceptions` go with proportions of patients": bool(self.exceptions) and is_met is None,
            "`threshold_for` needs `threshold`, and `$threshold` in the numerator": bool(self.threshold_for)
            and not (self.threshold and is_met and THE_THRESHOLD in PARAMETER_IN_FULL.findall(is_met)),
            "`distribution` goes with a `threshold` that is the same for all": self.distribution is not None
            and (self.threshold is None or bool(self.threshold_for)),
            "`counts` other than patients goes with `denominator.count`": self.kind == "proportion"
            and (self.counts != "patients") != (counted is not None),
            "`measured` is needed unless missing_values is fail": self.missing_values != "fail"
            and self.measured is None,
            "`measured` goes with patients or medians, not with events or rates": self.measured is not None
            and (counted is not None or years is not None),
            "`attribution` names municipality or hospital": not RESPONSIBLE_LEVELS.issuperset(self.attribution),
            "`attribution` goes with a proportion of events, a median or a time": bool(self.attribution)
            and counted is None
            and not self.has_values,
            "`leeway` is a part of the period": (self.leeway or 0) >= self.period,
            "`all` must be among report_by": "all" not in self.report_by,
            "next_review must come after reviewed_on": self.next_review <= self.reviewed_on,
        }
        if broken := [rule for rule, is_broken in wrong.items() if is_broken]:
            raise ValueError("; ".join(broken))
        return self

    @property
    def has_values(self) -> bool:
        """Whether each patient has a number, of which the median is taken."""
        return self.kind in ("median", "time_to_event")

    @property
    def curve_days(self) -> tuple[int, ...]:
        """The days after which the curve of a time is read; none for other kinds."""
        return self.value.curve_days if self.value else ()

    @property
    def told_as(self) -> str:
        """The kind of its cells in a release, where the median of times is a median like any other."""
        return "median" if self.has_values else self.kind

    @property
    def counts_events(self) -> bool:
        """Whether it counts what can happen to a person more than once, so that a year is the sum of its quarters."""
        return self.counts != "patients" or self.kind == "rate_per_1000_patient_years"

    def met_when(self) -> str | None:
        """Return the truth that a patient meets the indicator, `$threshold` written out; None where events count."""
        truth = self.numerator.truth if self.numerator else None
        if truth is None or self.threshold is None:
            return truth
        limit = self.threshold
        if self.threshold_for:
            own = " ".join(f"WHEN {each.when} THEN {each.limit}" for each in self.threshold_for)
            limit = f"CASE {own} ELSE {self.threshold} END"
        return PARAMETER_IN_FULL.sub(lambda name: limit if name[0] == THE_THRESHOLD else name[0], truth)

    def expressions(self) -> dict[str, str]:
        """Return every SQL expression of the definition by the key it stands under."""
        found = {
            "denominator.when": self.denominator.when,
            "denominator.count": self.denominator.count,
            "denominator.years": self.denominator.years,
            "measured.when": self.measured and self.measured.when,
            "numerator.when": self.met_when(),
            "numerator.count": self.numerator and self.numerator.count,
            "value.of": self.value and self.value.of,
            "value.ended": self.value and self.value.ended,
            "evidence.value": self.evidence and self.evidence.value,
            "evidence.day": self.evidence and self.evidence.day,
        }
        for part, clauses in (("exclusions", self.exclusions), ("exceptions", self.exceptions)):
            found |= {f"{part}[{place}].when": clause.when for place, clause in enumerate(clauses)}
        return {key: expression for key, expression in found.items() if expression}

    def parameters(self) -> frozenset[str]:
        """Return the names of the dated parameters the definition leans on, without the dollar sign."""
        smallest = (self.smallest_denominator, self.smallest_completeness)
        named = (self.threshold, self.target, self.acceptable, *smallest, self.look_back)
        texts = [*self.expressions().values(), *(name for name in named if name)]
        return frozenset(name for text in texts for name in PARAMETER.findall(text))
