"""The report of one unit: the same story as its overview, in words that are ready to be set on paper.

Made from the release alone. What is hidden there is hidden here: a line without a number holds its state and reason.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from dashboard import colours
from dashboard.content import Content
from dashboard.parts.sparkline import drawing
from dashboard.presenters.next_steps import next_steps
from dashboard.presenters.overview import Card, Peer, present
from dashboard.presenters.units import EVERYBODY, Unit, label, spoken
from dashboard.wording import Wording


@dataclass(frozen=True)
class Line:
    """One indicator; every text is in the reader's language.

    Attributes:
        interval: The 95 % interval with its name; `limits` is the same without.
        reason: The number of the footnote that says why there is no value; 0 when there is one.
        judgement: Of the comparison: `better`, `worse`, `similar`, `different` or `unknown`.
        mark: The judgement's symbol, so that it is read in black and white.
        course: The values through time as SVG; empty when there is no course.
    """

    title: str
    value: str
    interval: str
    limits: str
    basis: str
    target: str
    reason: int
    judgement: str
    mark: str
    comparison: str
    trend_mark: str
    trend: str
    course: str
    is_proposed: bool


@dataclass(frozen=True)
class Part:
    """Lines under a heading, with a sentence that says what they are."""

    heading: str
    note: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Advice:
    """What to do, for which indicator and why."""

    title: str
    why: str
    what_to_do: str


@dataclass(frozen=True)
class UnitReport:
    """Everything that stands in a report.

    Attributes:
        summary: The symbol and sentence of each line of the summary.
        parts: What to look at first and what goes well.
        more: Further numbers that are shown, the most urgent first; only in the short report.
        left_out: The sentence that says how many of `more` a page has no room for, by that number; none is empty.
        everything: All indicators by group; empty in the short report.
        labels: The words of the layout itself, by key.
        reasons: Why values are not shown; a line names its reason by place, from 1.
    """

    language: str
    title: str
    subtitle: str
    invented: str
    summary: tuple[tuple[str, str], ...]
    advice: tuple[Advice, ...]
    parts: tuple[Part, ...]
    more: tuple[Line, ...]
    left_out: tuple[str, ...]
    everything: tuple[Part, ...]
    labels: Mapping[str, str]
    reasons: tuple[str, ...]
    notes: tuple[str, ...]
    source: str


LABELS = ("indicator", "value", "course", "comparison", "next_steps", "more", "everything", "proposed")


def unit_report(
    content: Content, unit: Unit, reporting_date: date, words: Wording, *, is_whole: bool | None = None
) -> UnitReport:
    """Return the report of a unit on a reporting date, compared with everybody.

    Args:
        content: The release.
        unit: Whose report it is.
        reporting_date: The last day of the periods shown.
        words: The reader's language.
        is_whole: Whether all indicators follow on further pages; by default for units that hold several practices.
    """
    everybody = content.units.everybody
    peer = None
    if unit != everybody:
        peer = Peer(spoken(everybody, words), content.histories(everybody))
    own = content.histories(unit)
    story = present(content.definitions, own, peer, reporting_date, words)
    whole = unit.level in {EVERYBODY, "municipality"} if is_whole is None else is_whole
    everything = story.by_group if whole else {}
    headed = [*story.look_first, *story.going_well]
    more = [] if whole else [card for card in story.cards if not card.reason and card not in headed]
    more.sort(key=lambda card: card.urgency)
    written = [*headed, *more, *(card for cards in everything.values() for card in cards)]
    reasons = tuple(dict.fromkeys(card.reason for card in written if card.reason))
    compared = words("overview.compared", peer=peer.name) if peer else words("overview.not_compared")
    parts = [
        _part("overview.look_first", "overview.look_first_note", story.look_first, reasons, words),
        _part("overview.going_well", "overview.going_well_note", story.going_well, reasons, words),
    ]
    return UnitReport(
        language=words.language,
        title=label(unit, content.units, words),
        subtitle=words("overview.subtitle", date=words.date(reporting_date), compared=compared),
        invented=words("frame.invented") if content.is_synthetic else "",
        summary=tuple((colours.MARKS[judgement] or "·", text) for text, judgement in story.summary),
        advice=tuple(
            Advice(step.title, step.why, step.what_to_do)
            for step in next_steps(story.cards, content.definitions, words)
        ),
        parts=tuple(part for part in parts if part.lines),
        more=tuple(_line(card, reasons, words) for card in more),
        left_out=("", *(words.count("report.further", number) for number in range(1, len(more) + 1))),
        everything=tuple(
            Part(
                cards[0].group_title,
                "",
                tuple(_line(card, reasons, words) for card in cards),
            )
            for cards in everything.values()
        ),
        labels={key: words(f"report.{key}") for key in LABELS},
        reasons=reasons,
        notes=tuple(note for note in (story.chance, words("report.reading")) if note),
        source=content.source(words),
    )


def _part(heading: str, note: str, cards: Sequence[Card], reasons: Sequence[str], words: Wording) -> Part:
    return Part(words(heading), words(note), tuple(_line(card, reasons, words) for card in cards))


def _line(card: Card, reasons: Sequence[str], words: Wording) -> Line:
    return Line(
        title=card.title,
        value=" ".join(part for part in (card.value, card.unit) if part),
        interval=words("measure.interval", interval=card.interval) if card.interval else "",
        limits=card.interval,
        basis=words.joined(card.basis, card.completeness),
        target=card.target_text,
        reason=reasons.index(card.reason) + 1 if card.reason else 0,
        judgement=card.comparison.judgement,
        mark=colours.MARKS[card.comparison.judgement],
        comparison=card.comparison.text,
        trend_mark=colours.MARKS[card.trend.judgement],
        trend=card.trend.text,
        course=drawing(card.spark, card.spark_ends, card.spark_target) if not card.reason else "",
        is_proposed=not card.is_verified,
    )
