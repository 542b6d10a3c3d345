"""What a release sets beside each other: complications with their screening, and the links of courses of care."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Any

from dashboard.catalogue import Definition, Texts
from dashboard.comparison import Measure
from dashboard.presenters import measures
from dashboard.presenters.drawn import Panel, panel
from dashboard.presenters.history import History
from dashboard.presenters.overview import Card, Peer
from dashboard.presenters.verdicts import Verdict, compared
from dashboard.wording import Wording

PARTS = ("have", "new_cases", "found_by")


@dataclass(frozen=True)
class Complication:
    """A complication; the indicators of each part by `have`, `new_cases` and `found_by`."""

    title: Texts
    parts: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Link:
    """A link of a course: of those at its beginning, the share that reaches its end."""

    indicator_id: str
    start: Texts
    end: Texts


@dataclass(frozen=True)
class Course:
    """A course of care.

    Attributes:
        is_sequence: Whether its links follow each other; otherwise they part the same people.
        times: Indicators whose curves belong to it.
    """

    title: Texts
    is_sequence: bool
    links: tuple[Link, ...]
    times: tuple[str, ...]


@dataclass(frozen=True)
class Row:
    """One indicator of a unit beside the same of whom it is compared with."""

    indicator_id: str
    group: str
    title: str
    value: str
    interval: str
    basis: str
    completeness: str
    other: str
    verdict: Verdict
    reason: str


@lru_cache(maxsize=4)
def complications(stated: str) -> tuple[Complication, ...]:
    """Return the complications of a release, from the text that it carries; none when it carries none."""
    return tuple(
        Complication(each["title"], {part: tuple(each.get(part) or ()) for part in PARTS})
        for each in _content(stated).get("complications") or ()
    )


@lru_cache(maxsize=4)
def courses(stated: str) -> tuple[Course, ...]:
    """Return the courses of care of a release, from the text that it carries; none when it carries none."""
    return tuple(
        Course(
            each["title"],
            bool(each["is_sequence"]),
            tuple(Link(link["indicator"], link["from"], link["to"]) for link in each.get("links") or ()),
            tuple(each.get("times") or ()),
        )
        for each in _content(stated).get("courses") or ()
    )


def row(
    title: str,
    group: str,
    own: Measure,
    other: Measure | None,
    other_name: str,
    definition: Definition,
    words: Wording,
) -> Row:
    """Return one indicator of a unit beside that of whom it is compared with.

    Args:
        title: What the row is called.
        group: The heading that it stands under.
        own: Of the unit.
        other: Of whom it is compared with; None without a comparison.
        other_name: Their name in a sentence.
        definition: The indicator.
        words: The reader's language.
    """
    return Row(
        definition.indicator_id,
        group,
        title,
        measures.value(own, definition, words),
        measures.interval(own, definition, words),
        measures.basis(own, definition, words),
        measures.completeness(own, definition, words),
        "" if other is None else measures.value(other, definition, words),
        compared(own, other, other_name, definition, words),
        measures.reason(own, words),
    )


def rows(
    found: Sequence[Complication],
    own: Mapping[str, History],
    peer: Peer | None,
    reporting_date: date,
    definitions: Mapping[str, Definition],
    words: Wording,
) -> list[Row]:
    """Return one row per indicator of the complications, each under the heading of its complication."""
    told = []
    for one in found:
        for key in [key for part in PARTS for key in one.parts[part]]:
            theirs = peer.measures.get(key, {}).get(reporting_date, measures.ABSENT) if peer else None
            mine = own.get(key, {}).get(reporting_date, measures.ABSENT)
            title, group = words.text(definitions[key].title), words.text(one.title)
            told.append(row(title, group, mine, theirs, peer.name if peer else "", definitions[key], words))
    return told


def panels(
    keys: Sequence[str],
    own: Mapping[str, History],
    peer: Peer | None,
    reporting_date: date,
    names: tuple[str, str],
    definitions: Mapping[str, Definition],
    words: Wording,
) -> list[Panel]:
    """Return one panel per indicator: the unit, and below it whom it is compared with, by their names."""
    drawn = []
    for key in keys:
        labelled = {names[0]: own.get(key, {}).get(reporting_date, measures.ABSENT)}
        if peer is not None:
            labelled[names[1]] = peer.measures.get(key, {}).get(reporting_date, measures.ABSENT)
        drawn.append(panel(words.text(definitions[key].title), labelled, definitions[key], words))
    return drawn


def header(first: str, found: Sequence[Row], other_name: str, words: Wording) -> list[str]:
    """Return the names of the columns of `Row`; the last two only where the unit is compared with others.

    Where nobody is left out for lack of a value, there is no column for completeness.
    """
    named = ("value", "interval", "basis", *(["completeness"] if has_completeness(found) else []))
    stated = [first, *(words(f"beside.{each}") for each in named)]
    return stated + ([other_name, words("beside.verdict")] if other_name else [])


def has_completeness(found: Sequence[Row]) -> bool:
    """Return whether anything is to be said about completeness."""
    return any(row.completeness for row in found)


def held(found: Sequence[Complication], definitions: Mapping[str, Definition]) -> list[Complication]:
    """Return the complications with those of their indicators that the release holds."""
    return [
        replace(one, parts={part: tuple(key for key in keys if key in definitions) for part, keys in one.parts.items()})
        for one in found
    ]


def found_less(cards: Sequence[Card], words: Wording) -> str:
    """Return the sentence for a complication of which less may be found than there is; empty when nothing says so.

    Args:
        cards: The examinations that should find it.
        words: The reader's language.
    """
    behind = [card.title for card in cards if card.comparison.judgement == "worse"]
    return words("complication.found_less", which=words.listed(behind)) if behind else ""


def _content(stated: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(stated) if stated else {}
    return found
