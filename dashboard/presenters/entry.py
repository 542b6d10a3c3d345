"""One indicator in the catalogue, as rows of words: clauses, numbers, drawn cases, versions, users, other countries.

What was written in English only, as drawn cases and the reasons of versions, is marked as such for other readers.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from dashboard.catalogue import Definition
from dashboard.entry import Beside, Number, NumberValue, Variable
from dashboard.presenters import measures
from dashboard.presenters.indicator import definition_in_words
from dashboard.presenters.prose import Paragraph
from dashboard.wording import Wording

CLAUSES = ("part", "who", "exact")
VARIABLES = ("variable", "made", "ties", "codes")
NUMBERS = ("number", "value", "from_on", "source", "state")
BESIDE = ("country", "indicator", "about", "limit", "period", "target", "state")


@dataclass(frozen=True)
class NumberRow:
    """One value of a number.

    Attributes:
        name: What the exact clauses call it.
        href: Address of the source, empty when none is known.
    """

    description: str
    name: str
    value: str
    from_on: str
    source: str
    href: str
    state: str


@dataclass(frozen=True)
class Told:
    """All that the catalogue tells of an indicator, in the reader's language.

    Attributes:
        in_english: The sentence that says that drawn cases and reasons of versions are in English; empty for a reader
            of English.
        clauses: Part, words and expression.
        variables: Name, how it is made, ties and codes of each variable that the clauses name.
        versions: Each version with what changed.
        beside: Country, indicator, about, limit, period, target and state of each definition, the own one first.
    """

    indicator_id: str
    title: str
    question: str
    group: str
    words: tuple[Paragraph, ...]
    confirmed: tuple[str, ...]
    clauses: tuple[tuple[str, str, str], ...]
    variables: tuple[tuple[str, str, str, str], ...]
    numbers: tuple[NumberRow, ...]
    cases: tuple[str, ...]
    versions: tuple[tuple[str, str], ...]
    beside: tuple[tuple[str, ...], ...]
    in_english: str


def told(definition: Definition, words: Wording, known: Mapping[str, Definition]) -> Told:
    """Return what the catalogue tells of an indicator.

    Args:
        definition: The indicator.
        words: The reader's language.
        known: All definitions, whose titles stand where a text names one by its id.
    """
    entry = definition.entry
    return Told(
        indicator_id=definition.indicator_id,
        title=words.text(definition.title),
        question=words.text(definition.question),
        group=words.text(definition.group_title),
        words=tuple(definition_in_words(definition, words, known)),
        confirmed=tuple(_confirmed(definition, words)),
        clauses=tuple((words.text(each.part), words.text(each.who), each.exact) for each in entry.clauses),
        variables=tuple(_variable(each) for each in entry.variables),
        numbers=tuple(_number(each, value, words) for each in entry.numbers for value in each.values),
        cases=definition.examples,
        versions=(
            (words("catalogue.version", number=1), words("catalogue.first_version")),
            *((words("catalogue.version", number=number), why) for number, why in entry.history),
        ),
        beside=tuple(_beside(each, words) for each in entry.beside),
        in_english="" if words.language == "en" else words("catalogue.in_english"),
    )


def by_group(found: Sequence[Told]) -> dict[str, list[Told]]:
    """Return indicators by the title of their group, in order."""
    groups: dict[str, list[Told]] = {}
    for each in found:
        groups.setdefault(each.group, []).append(each)
    return groups


def _confirmed(definition: Definition, words: Wording) -> list[str]:
    """Return what a published source confirms and what not: definition, numbers, and each country that uses it."""
    found = [words("catalogue.confirmed" if definition.is_verified else "definition.not_verified")]
    values = [value for each in definition.entry.numbers for value in each.values]
    if values:
        read = sum(bool(value.href) for value in values)
        found.append(words.count("catalogue.numbers_read", read, of=words.whole(len(values))))
    users = [
        words.text(each.country) if each.is_confirmed else words("catalogue.doubted", country=words.text(each.country))
        for each in definition.entry.used_by
    ]
    if users:
        found.append(words("catalogue.used_by", countries=words.listed(sorted(users))))
    return found


def _variable(each: Variable) -> tuple[str, str, str, str]:
    made = f"{each.label}. {each.about}" if each.about else each.label
    codes = "; ".join(f"{name}: {', '.join(found)}" for name, found in each.codes.items())
    return each.name, made, each.ties or "–", codes or "–"


def _number(number: Number, value: NumberValue, words: Wording) -> NumberRow:
    if number.unit == "proportion":
        amount = words.share(value.value, 0 if round(value.value * 100, 6).is_integer() else 1)
    else:
        amount = " ".join((words.trimmed(value.value), measures.named_unit(number.unit, words)))
    read = words("catalogue.read", date=words.short_date(value.read_on)) if value.href and value.read_on else ""
    return NumberRow(
        description=words.text(number.description),
        name=f"${number.name}",
        value=amount,
        from_on=words.short_date(value.from_on) if value.from_on else words("catalogue.always"),
        source=value.source,
        href=value.href,
        state=read or words("catalogue.not_confirmed"),
    )


def _beside(each: Beside, words: Wording) -> tuple[str, ...]:
    period = words("catalogue.months", months=words.whole(each.months))
    if each.ends_on:
        day = date.fromisoformat(f"2000-{each.ends_on}")
        period = words("catalogue.months_to", months=words.whole(each.months), day=words.day_and_month(day))
    return (
        words.text(each.country),
        words.text(each.title),
        words.text(each.about),
        words.text(each.limit) or "–",
        period,
        words.text(each.target) or "–",
        words(f"catalogue.stands.{each.state}"),
    )
