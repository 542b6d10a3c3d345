"""What the dashboard sets beside each other for a disease: complications with their screening, and courses of care.

It is content of the disease (`indicators/<disease>/pages.yaml`). A release carries what it shows of it, so that the
dashboard needs nothing else. A disease without the file has neither page's content.
"""

import json
from collections.abc import Collection, Iterable
from typing import Any

from pydantic import Field, ValidationError

from indicators.definitions.definition import Indicator, Part, TranslatedText
from indicators.definitions.definition_files import definition_paths
from indicators.definitions.reading import describe_fault, disease_folder, read_yaml, unknown

FILE = "pages.yaml"
SHARE, RATE, TIME = "proportion", "rate_per_1000_patient_years", "time_to_event"


class Complication(Part):
    """A complication of one organ.

    Attributes:
        have: Shares of those who have it.
        new_cases: Rates of those who get it.
        found_by: Examinations that should find it early, and care that should prevent it.
    """

    title: TranslatedText
    have: tuple[str, ...] = Field(min_length=1)
    new_cases: tuple[str, ...] = ()
    found_by: tuple[str, ...] = ()


class Link(Part):
    """A link of a course: of those at its beginning, the share that reaches its end."""

    indicator: str
    start: TranslatedText = Field(alias="from")
    end: TranslatedText = Field(alias="to")


class Course(Part):
    """A course of care.

    Attributes:
        is_sequence: Whether its links follow each other; otherwise they part the same people.
        links: Shares, in the order of the course.
        times: Times to an event, whose curves are drawn below it.
    """

    title: TranslatedText
    is_sequence: bool
    links: tuple[Link, ...] = ()
    times: tuple[str, ...] = ()


class Pages(Part):
    """The content of the pages."""

    complications: tuple[Complication, ...] = ()
    courses: tuple[Course, ...] = ()


def load_pages(disease: str, indicators: Collection[Indicator]) -> Pages:
    """Return what the pages of a disease show.

    Args:
        disease: The folder below `indicators/`.
        indicators: Those that the pack computes; others of the disease may be named too.

    Raises:
        DefinitionError: The page is written wrongly, names no indicator, or one of another kind than it needs.
    """
    path = disease_folder(disease) / FILE
    if not path.is_file():
        return Pages()
    try:
        pages = Pages.model_validate(read_yaml(path))
    except ValidationError as fault:
        raise describe_fault(path, fault, Pages) from None
    kinds = {path.stem: "" for path in definition_paths(disease)} | {each.id: each.kind for each in indicators}
    for name, kind in _named(pages):
        if name not in kinds:
            raise unknown("indicator", name, kinds, where=f"{disease}/{FILE}")
        if kind and kinds[name] not in {"", kind}:
            fitting = [each for each, own in kinds.items() if own == kind]
            raise unknown(f"{kind} among the indicators", name, fitting, where=f"{disease}/{FILE}")
    return pages


def _named(pages: Pages) -> list[tuple[str, str]]:
    """Return every indicator that is named, with the kind that it must be of; empty for any."""
    named = [(link.indicator, SHARE) for course in pages.courses for link in course.links]
    named += [(time, TIME) for course in pages.courses for time in course.times]
    for one in pages.complications:
        named += [(each, SHARE) for each in one.have]
        named += [(each, RATE) for each in one.new_cases]
        named += [(each, "") for each in one.found_by]
    return named


def as_text(pages: Pages, shown: Iterable[str]) -> str:
    """Return the content as JSON, as a release carries it: only what names an indicator that it shows."""
    held = frozenset(shown)
    complications: list[dict[str, Any]] = []
    for one in pages.complications:
        parts = {"have": one.have, "new_cases": one.new_cases, "found_by": one.found_by}
        kept = {part: [each for each in names if each in held] for part, names in parts.items()}
        if kept["have"] or kept["new_cases"]:
            complications.append({"title": one.title.model_dump(exclude_none=True), **kept})
    courses: list[dict[str, Any]] = []
    for course in pages.courses:
        links = [each.model_dump(by_alias=True, exclude_none=True) for each in course.links if each.indicator in held]
        times = [each for each in course.times if each in held]
        if links or times:
            stated = {"title": course.title.model_dump(exclude_none=True), "is_sequence": course.is_sequence}
            courses.append({**stated, "links": links, "times": times})
    return json.dumps({"complications": complications, "courses": courses}, ensure_ascii=False)
