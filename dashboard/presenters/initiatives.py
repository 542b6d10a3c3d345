"""Improvement initiatives as a page shows them: what was planned, what was noted, and what the rules say of the effect.

The effect is judged as before and after any date: nothing is claimed without a rule's signal and a clear difference of
two periods that share no day. A number that is not shown judges nothing.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from dashboard.catalogue import Definition
from dashboard.initiatives.initiative import End, Entry, Initiative, Note, Plan
from dashboard.presenters import before_after, measures
from dashboard.presenters.breaks import Mark
from dashboard.presenters.history import History
from dashboard.presenters.prose import Paragraph
from dashboard.presenters.units import Directory, Unit, name
from dashboard.presenters.verdicts import Verdict, target_amount
from dashboard.wording import Wording

# By the unit's key and the indicator.
Histories = Mapping[str, Mapping[str, History]]


@dataclass(frozen=True)
class Shown:
    """An initiative in words.

    Attributes:
        state: Whether it is planned, goes on, or what became of it.
        facts: Its plan, the notes, and what was learned in the end.
        written: Every entry: when, by which role, what.
        effect: What is claimed of the indicator since its start, or why nothing is.
    """

    initiative_id: str
    title: str
    whose: str
    unit: str
    indicator_id: str
    indicator: str
    start: str
    state: str
    actions: str
    facts: tuple[Paragraph, ...]
    written: tuple[str, ...]
    effect: Verdict


def present(
    found: Initiative,
    units: Directory,
    definitions: Mapping[str, Definition],
    histories: Histories,
    up_to: date,
    words: Wording,
) -> Shown:
    """Return an initiative in words, with its effect as the numbers up to a reporting date tell it."""
    plan, whose = found.plan, units.by_key.get(found.unit)
    definition = definitions.get(plan.indicator_id)
    history = histories.get(found.unit, {}).get(plan.indicator_id, {})
    facts = [
        Paragraph(words("initiative.told.owner"), (plan.owner,)),
        Paragraph(words("initiative.told.start"), (words.date(plan.start),)),
    ]
    if definition is not None and plan.target is not None:
        facts.append(
            Paragraph(words("initiative.told.target"), (_target(plan.target, definition, history, up_to, words),))
        )
    if plan.actions:
        facts.append(Paragraph(words("initiative.told.actions"), tuple(plan.actions.splitlines())))
    if found.notes:
        facts.append(Paragraph(words("initiative.notes"), tuple(_noted(note, words) for note in found.notes)))
    if found.end and found.end.text:
        facts.append(Paragraph(words("initiative.told.learned"), (found.end.text,)))
    return Shown(
        initiative_id=found.initiative_id,
        title=plan.aim,
        whose=name(whose, words) if whose else words("initiative.unit_unknown"),
        unit=found.unit,
        indicator_id=plan.indicator_id,
        indicator=words.text(definition.title) if definition else words("initiative.indicator_unknown"),
        start=words.short_date(plan.start),
        state=_state(plan, found.end, up_to, words),
        actions=words.joined(*plan.actions.splitlines()),
        facts=tuple(facts),
        written=tuple(_written(each, words) for each in found.entries),
        effect=effect(plan.start, definition, history, up_to, words),
    )


def effect(start: date, definition: Definition | None, history: History, up_to: date, words: Wording) -> Verdict:
    """Return what may be said of an indicator since the start of an initiative."""
    if definition is None:
        return Verdict("unknown", words("initiative.effect.no_indicator"))
    found = before_after.present(history, start - timedelta(days=1), up_to, definition, words)
    if found is not None:
        return found.verdict
    since = [day for day in history if day <= up_to and (history[day].period_start or date.min) >= start]
    reason = "not_shown" if since else "too_early"
    return Verdict("unknown", words(f"initiative.effect.{reason}", months=words.whole(definition.period_months)))


def marks(found: Iterable[Initiative], unit: Unit, indicator_id: str, words: Wording) -> list[Mark]:
    """Return the starts of a unit's initiatives for an indicator, as they are marked on its course."""
    plans = [each.plan for each in found if each.unit == unit.key]
    return [
        Mark(
            plan.start,
            words.month(plan.start),
            words("initiative.mark", date=words.date(plan.start), aim=plan.aim),
        )
        for plan in sorted(plans, key=lambda plan: plan.start)
        if plan.indicator_id == indicator_id
    ]


def what_worked_first(found: Sequence[Shown]) -> list[Shown]:
    """Return initiatives so that those after which a change for the better is claimed stand first."""
    order = {"better": 0, "different": 1, "similar": 2, "unknown": 2, "worse": 3}
    return sorted(found, key=lambda each: order[each.effect.judgement])


def _target(target: float, definition: Definition, history: History, up_to: date, words: Wording) -> str:
    sought = target_amount(target, definition, words, is_strict=False)
    now = measures.in_one_line(history.get(up_to, measures.ABSENT), definition, words)
    return words("initiative.target_now", target=sought, now=now)


def _state(plan: Plan, end: End | None, up_to: date, words: Wording) -> str:
    if end is not None:
        return words(
            "initiative.ended", ending=words(f"initiative.ending.{end.ending}"), date=words.short_date(end.day)
        )
    return words("initiative.planned" if plan.start > up_to else "initiative.going_on")


def _noted(note: Note, words: Wording) -> str:
    day, phase = words.short_date(note.day), words(f"initiative.phase.{note.phase}")
    return words("initiative.noted", date=day, phase=phase, text=note.text)


def _written(entry: Entry, words: Wording) -> str:
    kind = entry.content.kind
    what = words(f"initiative.entry.{kind}")
    if isinstance(entry.content, Plan):
        what = words.joined(what, entry.content.aim, entry.content.owner, words.short_date(entry.content.start))
    if isinstance(entry.content, Note):
        what = words.joined(what, words(f"initiative.phase.{entry.content.phase}"))
    if isinstance(entry.content, End):
        what = words.joined(what, words(f"initiative.ending.{entry.content.ending}"))
    by = words(f"initiative.by.{entry.written_by}")
    return words("initiative.entered", date=words.short_date(entry.written_at.date()), by=by, what=what)
