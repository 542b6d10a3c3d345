"""One indicator: its definition in words, its course, and all units of a level beside each other."""

import re
from collections.abc import Mapping, Sequence
from datetime import date

from dashboard.catalogue import DatedValue, Definition, NamedSet
from dashboard.comparison import Measure
from dashboard.presenters import measures
from dashboard.presenters.drawn import Dot, dot
from dashboard.presenters.prose import Paragraph
from dashboard.presenters.units import Unit, name
from dashboard.presenters.verdicts import target_amount
from dashboard.wording import Wording

SIGNS = {"below": "<", "at_most": "≤", "at_least": "≥", "above": ">"}
NAME = re.compile(r"\b[a-z][a-z0-9]*(?:_[a-z0-9]+)+\b")


def definition_in_words(
    definition: Definition, words: Wording, known: Mapping[str, Definition] | None = None
) -> list[Paragraph]:
    """Return the definition as a clinician reads it.

    Args:
        definition: The indicator.
        words: The reader's language.
        known: All definitions; where a text names one of them by its id, its title is shown instead.
    """
    target = definition.target_value
    found = [
        _paragraph("why", [words.text(definition.why_it_matters)], words),
        _paragraph("what_to_do", [words.text(definition.what_to_do)], words),
        _paragraph("population", [words.text(definition.population)], words),
        _paragraph("denominator", [words.text(definition.denominator)], words),
        _paragraph("value" if definition.kind == "median" else "numerator", [words.text(definition.numerator)], words),
        _paragraph("parts", [words.text(part) for part in definition.parts], words),
        _paragraph("exclusions", [words.text(exclusion) for exclusion in definition.exclusions], words),
        _paragraph("exceptions", [words.text(exception) for exception in definition.exceptions], words),
        _paragraph("counts_at", _counts_at(definition, words), words),
        _paragraph("missing", _missing(definition, words), words),
        _paragraph("period", _period(definition, words), words),
    ]
    if definition.threshold:
        limits = [_limit(definition.threshold, definition, words)]
        limits += [
            words("definition.limit_for", who=words.text(each.who), limit=_limit(each.limit, definition, words))
            for each in definition.threshold_for
        ]
        found.append(_paragraph("threshold", limits, words))
    if definition.target and target is not None:
        amount = target_amount(target, definition, words)
        found.append(_paragraph("target", [_dated(amount, definition.target, words)], words))
    if definition.acceptable and definition.acceptable_value is not None:
        amount = target_amount(definition.acceptable_value, definition, words, is_strict=False)
        found.append(_paragraph("acceptable", [_dated(amount, definition.acceptable, words)], words))
    found += [
        _paragraph("direction", [words(f"definition.directions.{definition.direction}")], words),
        _paragraph("limits", [_titled(words.text(limit), known or {}, words) for limit in definition.limits], words),
    ]
    found.append(_paragraph("sets", [_set(each, words) for each in definition.sets], words))
    if not definition.is_verified:
        found.append(_paragraph("status", [words("definition.not_verified")], words))
    sources = {
        words("definition.source_read", title=source.title, date=words.short_date(source.read_on))
        if source.read_on
        else source.title: source.href
        for source in definition.sources
    }
    found.append(
        Paragraph(words("definition.sources"), tuple(sources), {text: href for text, href in sources.items() if href})
    )
    found.append(_paragraph("version", [_version(definition, words)], words))
    return [paragraph for paragraph in found if any(paragraph.texts)]


def _counts_at(definition: Definition, words: Wording) -> list[str]:
    """Return for each level at which unit something counts."""
    return [
        words("definition.counts_at_level", level=words(f"level.{level}.many"), rule=words.text(rule))
        for level, rule in definition.counts_at.items()
    ]


def units_beside_each_other(
    units: Sequence[Unit],
    found: Mapping[str, Measure],
    everybody: Measure,
    definition: Definition,
    words: Wording,
    *,
    own_key: str,
) -> list[Dot]:
    """Return a dot for every unit of a level, sorted by name so that nobody reads a ranking into chance.

    Units without a result are left out; units whose result is not shown stay, with the reason.
    """
    return [
        dot(
            found[unit.unit_id],
            name(unit, words),
            definition,
            words,
            reference=everybody,
            is_own=unit.key == own_key,
        )
        for unit in units
        if unit.unit_id in found
    ]


def _titled(text: str, known: Mapping[str, Definition], words: Wording) -> str:
    return NAME.sub(lambda found: words.text(known[found[0]].title) if found[0] in known else found[0], text)


def _paragraph(key: str, texts: Sequence[str], words: Wording) -> Paragraph:
    return Paragraph(words(f"definition.{key}"), tuple(texts))


def _missing(definition: Definition, words: Wording) -> list[str]:
    """Return what becomes of who lacks the value; nothing where no value is asked for."""
    # Nobody lacks a time: who still waits has been followed until then.
    policy = "censored" if definition.curve_days else definition.missing_values
    return [words(f"definition.missing_values.{policy}")] if definition.asks_a_value else []


def _period(definition: Definition, words: Wording) -> list[str]:
    found = [words("definition.months", months=words.whole(definition.period_months))]
    if definition.ends_on:
        day = date.fromisoformat(f"2000-{definition.ends_on}")
        found.append(words("definition.ends_on", day=words.day_and_month(day)))
    return found


def _set(named: NamedSet, words: Wording) -> str:
    key = "definition.set_verified" if named.is_verified else "definition.set_unverified"
    return words(key, title=words.text(named.title), version=named.version)


def _limit(limit: DatedValue, definition: Definition, words: Wording) -> str:
    sign = SIGNS.get(definition.threshold_relation, "")
    amount = f"{sign} {words.trimmed(limit.value)} {measures.named_unit(limit.unit, words)}".strip()
    return _dated(amount, limit, words)


def _dated(amount: str, dated: DatedValue, words: Wording) -> str:
    if dated.from_on and dated.source:
        return words("definition.dated", amount=amount, date=words.date(dated.from_on), source=dated.source)
    if dated.from_on:
        return words("definition.dated_from", amount=amount, date=words.date(dated.from_on))
    return words("definition.dated_by", amount=amount, source=dated.source) if dated.source else amount


def _version(definition: Definition, words: Wording) -> str:
    if definition.reviewed_on is None:
        return words("definition.version_only", version=definition.version)
    return words(
        "definition.version_text",
        version=definition.version,
        owner=words.text(definition.owner),
        date=words.date(definition.reviewed_on),
    )
