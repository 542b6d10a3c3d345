"""A course of care: its links as they are drawn, and as they stand in the table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dashboard.catalogue import Definition
from dashboard.comparison import Measure
from dashboard.presenters import measures
from dashboard.presenters.beside import Course, Link, Row, row
from dashboard.presenters.drawn import Dot, dot
from dashboard.wording import Wording


@dataclass(frozen=True)
class DrawnLink:
    """One link as it is drawn.

    Attributes:
        name: Its beginning and end.
        own: The unit's share.
        other: The share of whom it is compared with, None without a comparison.
        details: What the share rests on, or the short word for why it is not shown.
        is_next: Whether it follows the link above it in time.
    """

    name: str
    own: Dot
    other: Dot | None
    details: str
    is_next: bool


def links(
    course: Course,
    own: Mapping[str, Measure],
    other: Mapping[str, Measure] | None,
    names: tuple[str, str],
    definitions: Mapping[str, Definition],
    words: Wording,
) -> list[DrawnLink]:
    """Return the links of a course that the release holds.

    Args:
        course: The course.
        own: The unit's measures by indicator.
        other: Those of whom it is compared with; None without a comparison.
        names: The unit's name and theirs.
        definitions: By indicator.
        words: The reader's language.
    """
    drawn: list[DrawnLink] = []
    for link in _held(course, definitions):
        definition, mine = definitions[link.indicator_id], own.get(link.indicator_id, measures.ABSENT)
        theirs = None if other is None else other.get(link.indicator_id, measures.ABSENT)
        short = measures.value(mine, definition, words)
        drawn.append(
            DrawnLink(
                name(link, words),
                dot(mine, names[0], definition, words),
                None if theirs is None else dot(theirs, names[1], definition, words),
                measures.in_one_line(mine, definition, words) if mine.is_shown else short,
                is_next=course.is_sequence and bool(drawn),
            )
        )
    return drawn


def rows(
    course: Course,
    own: Mapping[str, Measure],
    other: Mapping[str, Measure] | None,
    other_name: str,
    definitions: Mapping[str, Definition],
    words: Wording,
) -> list[Row]:
    """Return one row per link of a course; the name of whom it is compared with stands inside a sentence."""
    return [
        row(
            name(link, words),
            "",
            own.get(link.indicator_id, measures.ABSENT),
            None if other is None else other.get(link.indicator_id, measures.ABSENT),
            other_name,
            definitions[link.indicator_id],
            words,
        )
        for link in _held(course, definitions)
    ]


def name(link: Link, words: Wording) -> str:
    """Return a link's beginning and end."""
    return words("care.link", start=words.text(link.start), end=words.text(link.end))


def _held(course: Course, definitions: Mapping[str, Definition]) -> Sequence[Link]:
    return [link for link in course.links if link.indicator_id in definitions]
