"""Changes of registration that a course runs into."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from dashboard.catalogue import Break, Definition
from dashboard.comparison import Measure
from dashboard.presenters.history import History
from dashboard.wording import Wording


@dataclass(frozen=True)
class Mark:
    """A break as it is marked on a course.

    Attributes:
        label: The month, for the line in the chart.
        text: What changed, and which reporting dates look back on both ways.
    """

    day: date
    label: str
    text: str


def crossed(definition: Definition, first: Measure, last: Measure) -> list[Break]:
    """Return the breaks between the first day that one measure looks back on and the last day of another."""
    return [
        each
        for each in definition.breaks
        if first.period_start and last.period_end and first.period_start < each.from_on <= last.period_end
    ]


def marks(history: History, days: Sequence[date], definition: Definition, words: Wording) -> list[Mark]:
    """Return the breaks that the look-back of a shown reporting date crosses."""
    shown = [history[day] for day in days if day in history and history[day].is_shown]
    found = []
    for each in definition.breaks:
        mixed = [measure.period_end for measure in shown if each in crossed(definition, measure, measure)]
        if last := max((day for day in mixed if day), default=None):
            text = words(
                "break.text", date=words.date(each.from_on), what=words.text(each.what), last=words.short_date(last)
            )
            found.append(Mark(each.from_on, words.month(each.from_on), text))
    return found
