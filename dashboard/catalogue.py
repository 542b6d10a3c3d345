"""Definitions as the dashboard shows them: the release's JSON, parsed once into frozen objects."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import polars as pl

from dashboard.entry import Entry, entry

Texts = Mapping[str, str]
FIRST_MEANINGFUL_DAY = date(1950, 1, 1)


@dataclass(frozen=True)
class DatedValue:
    """A threshold (patient level) or target (unit level) that held on the reporting date.

    Attributes:
        is_strict: For a target: only a value beyond it reaches it, not the target itself.
    """

    value: float
    unit: str
    from_on: date | None
    source: str
    is_strict: bool = False


@dataclass(frozen=True)
class Source:
    """Where a definition comes from."""

    title: str
    href: str
    read_on: date | None


@dataclass(frozen=True)
class Break:
    """A day from which a source registers in another way."""

    from_on: date
    what: Texts


@dataclass(frozen=True)
class LimitFor:
    """Another threshold, and whose it is."""

    who: Texts
    limit: DatedValue


@dataclass(frozen=True)
class NamedSet:
    """A set that an indicator belongs to."""

    title: Texts
    version: str
    is_verified: bool


@dataclass(frozen=True)
class Definition:
    """One indicator's definition; every text is a mapping from language to words.

    Attributes:
        kind: `proportion` (0–1), `median` or `rate_per_1000_patient_years`.
        direction: `higher_is_better`, `lower_is_better` or `neither`.
        unit: Unit of a median, else empty.
        asks_a_value: Whether a value can be missing, of which `missing_values` says what follows.
        period_months: Length of the look-back.
        breaks: Changes of registration in the sources it reads, oldest first.
        judged_from: The first reporting date from which its course is judged, where a share rises because the history
            grows; None when it does not.
        exceptions: Who is not counted unless they meet the indicator.
        parts: The parts of a composite.
        threshold_for: Patients with another threshold, the first that applies.
        acceptable: The level that is still acceptable where the target is missed.
        sets: The named sets that it belongs to.
        distribution: The scale that its threshold cuts, empty for none.
        counts_at: At which unit of each level something counts.
        examples: Its drawn cases, in English as they were written.
        entry: What the catalogue tells besides.
        curve_days: The days on which the curve of a time to an event is published, none for other indicators; the
            kind of a time is `median`, of its days.
        is_told_apart: Whether it is told only on reporting dates whose periods have no day in common.
        ends_on: Month and day on which its periods end (`03-31`), empty for every reporting date.
        adjusted_for: What the number that one would expect of a unit takes account of; none where nothing is expected.
        not_adjusted: Why the indicator opts out of that, empty where it does not.
        threshold_relation: Which side of the threshold counts: `below`, `at_most`, `at_least`, `above`, or empty.
    """

    indicator_id: str
    version: int
    group: str
    group_title: Texts
    kind: str
    counts: str
    direction: str
    unit: str
    period_months: int
    title: Texts
    question: Texts
    why_it_matters: Texts
    what_to_do: Texts
    population: Texts
    denominator: Texts
    numerator: Texts
    exclusions: tuple[Texts, ...]
    missing_values: str
    asks_a_value: bool
    limits: tuple[Texts, ...]
    sources: tuple[Source, ...]
    threshold: DatedValue | None
    threshold_relation: str
    target: DatedValue | None
    is_verified: bool
    owner: Texts
    reviewed_on: date | None
    breaks: tuple[Break, ...] = ()
    exceptions: tuple[Texts, ...] = ()
    parts: tuple[Texts, ...] = ()
    threshold_for: tuple[LimitFor, ...] = ()
    acceptable: DatedValue | None = None
    ends_on: str = ""
    is_told_apart: bool = False
    sets: tuple[NamedSet, ...] = ()
    distribution: str = ""
    judged_from: date | None = None
    counts_at: Mapping[str, Texts] = field(default_factory=dict)
    curve_days: tuple[int, ...] = ()
    adjusted_for: tuple[Texts, ...] = ()
    not_adjusted: Texts = field(default_factory=dict)
    examples: tuple[str, ...] = ()
    entry: Entry = field(default_factory=Entry)

    @property
    def target_value(self) -> float | None:
        """The target on the scale of the indicator's value: a target given in percent becomes a share."""
        return self._on_scale(self.target)

    @property
    def acceptable_value(self) -> float | None:
        """The acceptable level on the scale of the indicator's value."""
        return self._on_scale(self.acceptable)

    def _on_scale(self, stated: DatedValue | None) -> float | None:
        if stated is None:
            return None
        is_percent = self.kind == "proportion" and stated.unit.lower() in {"percent", "%", "per cent", "procent"}
        return stated.value / 100 if is_percent else stated.value


def catalogue(definitions: pl.DataFrame) -> dict[str, Definition]:
    """Return the definitions of a release by id, in the order in which they are shown."""
    return {
        row["indicator_id"]: _definition(row["indicator_id"], row["definition_version"], json.loads(row["definition"]))
        for row in definitions.iter_rows(named=True)
    }


def _definition(indicator_id: str, version: int, stated: dict[str, Any]) -> Definition:
    counted = stated.get("value") or stated.get("numerator") or {}
    return Definition(
        indicator_id=indicator_id,
        version=version,
        group=stated["group"],
        group_title=_texts(stated["group_title"]),
        kind="median" if stated["kind"] == "time_to_event" else stated["kind"],
        counts=stated.get("counts") or "patients",
        direction=stated["direction"],
        unit=(stated.get("value") or {}).get("unit") or "",
        period_months=int(re.findall(r"\d+", str(stated["period"]))[0]),
        title=_texts(stated["title"]),
        question=_texts(stated["question"]),
        why_it_matters=_texts(stated["why_it_matters"]),
        what_to_do=_texts(stated["what_to_do"]),
        population=_texts(stated.get("population_who")),
        denominator=_texts(stated["denominator"]["who"]),
        numerator=_texts(counted.get("who")),
        exclusions=tuple(_texts(exclusion["who"]) for exclusion in stated.get("exclusions") or ()),
        missing_values=stated.get("missing_values") or "exclude",
        asks_a_value=bool(stated.get("measured") or stated.get("value")),
        limits=tuple(_texts(limit) for limit in stated.get("limits") or ()),
        sources=tuple(_source(source) for source in stated.get("source") or ()),
        threshold=_dated(stated.get("threshold")),
        threshold_relation=stated.get("threshold_relation") or "",
        target=_dated(stated.get("target")),
        is_verified=bool(stated.get("verified", True)),
        owner=_texts(stated.get("owner")),
        reviewed_on=_date(stated.get("reviewed_on")),
        breaks=tuple(
            Break(date.fromisoformat(each["from_on"]), _texts(each["what"])) for each in stated.get("breaks") or ()
        ),
        exceptions=tuple(_texts(exception["who"]) for exception in stated.get("exceptions") or ()),
        parts=tuple(_texts(part["who"]) for part in (stated.get("numerator") or {}).get("of") or ()),
        threshold_for=tuple(
            LimitFor(_texts(each["who"]), limit)
            for each in stated.get("threshold_for") or ()
            if (limit := _dated(each.get("limit"))) is not None
        ),
        acceptable=_dated(stated.get("acceptable")),
        ends_on=stated.get("ends_on") or "",
        is_told_apart=bool(stated.get("is_told_apart")),
        distribution=stated.get("distribution") or "",
        judged_from=_date(stated.get("judged_from")),
        counts_at={level: _texts(rule) for level, rule in (stated.get("counts_at") or {}).items()},
        adjusted_for=tuple(_texts(each) for each in (stated.get("case_mix") or {}).get("factors") or ()),
        not_adjusted=(stated.get("case_mix") or {}).get("without") or {},
        curve_days=tuple((stated.get("value") or {}).get("curve_days") or ()),
        examples=tuple(stated.get("examples") or ()),
        entry=entry(stated.get("entry") or {}),
        sets=tuple(
            NamedSet(_texts(each["title"]), str(each["version"]), bool(each["verified"]))
            for each in stated.get("sets") or ()
        ),
    )


def _texts(stated: Any) -> Texts:
    if stated is None:
        return {"en": ""}
    if isinstance(stated, str):
        return {"en": stated}
    # A page breaks its lines where they are full, which is not where a reader's lines end.
    return {language: " ".join(words.split()) for language, words in stated.items() if words}


def _source(stated: Any) -> Source:
    if isinstance(stated, str):
        return Source(stated, "", None)
    return Source(stated.get("title") or "", stated.get("href") or "", _date(stated.get("read_on")))


def _dated(stated: Any) -> DatedValue | None:
    if not isinstance(stated, dict) or stated.get("value") is None:
        return None
    source = stated.get("source") or ""
    if isinstance(source, dict):
        source = source.get("title") or ""
    return DatedValue(
        value=float(stated["value"]),
        unit=str(stated.get("unit") or ""),
        from_on=_date(stated.get("from_on")),
        source=str(source),
        is_strict=bool(stated.get("is_strict", False)),
    )


def _date(stated: Any) -> date | None:
    """Return a date; one from before any record system stands for "always" and is not shown."""
    day = date.fromisoformat(str(stated)[:10]) if stated else None
    return day if day and day >= FIRST_MEANINGFUL_DAY else None
