"""The groups of a stratifier beside each other: each group's number, what it rests on, and how far it is from the rest.

Which stratifiers there are is told by the release.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dashboard.catalogue import Definition, Texts
from dashboard.chance.inequality import others_than
from dashboard.comparison import Judgement, Measure, difference, judge
from dashboard.presenters import measures
from dashboard.wording import Wording


@dataclass(frozen=True)
class Stratifier:
    """A way to part patients into groups.

    Attributes:
        level: The level of results whose units are the groups.
        groups: Id and title of each group, in order.
    """

    level: str
    title: Texts
    about: Texts
    groups: tuple[tuple[str, Texts], ...]


@dataclass(frozen=True)
class Group:
    """One group in words; of a hidden one only the reason.

    Attributes:
        judgement: What its distance from all others means.
        verdict: The same in words.
    """

    title: str
    value: str
    interval: str
    basis: str
    completeness: str
    reason: str
    judgement: Judgement
    verdict: str


def stratifiers(stated: str) -> tuple[Stratifier, ...]:
    """Return the stratifiers of a release from its JSON; none where it tells of none."""
    return tuple(
        Stratifier(
            each["level"],
            each["title"],
            each["about"],
            tuple((group["id"], group["title"]) for group in each["groups"]),
        )
        for each in json.loads(stated or "[]")
    )


def groups(
    stratifier: Stratifier,
    found: Mapping[str, Measure],
    everybody: Measure,
    definition: Definition,
    words: Wording,
) -> list[Group]:
    """Return each group beside the others; none where the release has no number of any.

    Args:
        stratifier: Which groups.
        found: Their numbers by the group's id.
        everybody: The number of the whole area.
        definition: The indicator.
        words: The reader's language.
    """
    own = {name: found.get(name, measures.ABSENT) for name, _ in stratifier.groups}
    if not any(each.is_shown for each in own.values()):
        return []
    return [_group(words.text(title), own[name], everybody, definition, words) for name, title in stratifier.groups]


def told(found: Sequence[Group], words: Wording) -> list[str]:
    """Return which groups differ from all others by more than chance, in sentences; that none does is said too."""
    clear = [each for each in found if each.judgement not in ("similar", "unknown")]
    return [words("strata.sentence", group=each.title, verdict=each.verdict) for each in clear] or [
        words("inequality.nothing")
    ]


def _group(title: str, own: Measure, everybody: Measure, definition: Definition, words: Wording) -> Group:
    others = others_than(own, everybody)
    place = difference(own, others) if others is not None else "unknown"
    judgement = judge(place, definition.direction)
    verdict = words(f"inequality.{place}")
    if judgement in {"better", "worse"}:
        verdict = words(f"judgement.{judgement}", sentence=verdict)
    return Group(
        title=title,
        value=measures.value(own, definition, words),
        interval=measures.interval(own, definition, words),
        basis=measures.basis(own, definition, words),
        completeness=measures.completeness(own, definition, words),
        reason=measures.reason(own, words),
        judgement=judgement,
        verdict=verdict if own.is_shown else "",
    )
