"""All attacks that need release files alone, each with its verdict.

A release is broken when an attack finds a group of one to `smallest_count` - 1 people (the release tells that number
itself). A hidden number that is worked out and is no such group was hidden for nothing: it is told apart. What the
attacker takes for granted can be wrong, so a finding is a reason to look; no finding is no proof, and the audit of
`tvaers release`, which knows the truth, is the stronger judge.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import duckdb

from attacks.attacker import Attacker, Variable
from attacks.known import NESTED
from attacks.over_time import changed_by_few, joined
from attacks.reading import exact_shares, few_people_shown, settings_of, traces
from tvaers.errors import ReleaseError

MOST_NAMED = 3
SLACK = 1e-6


@dataclass(frozen=True)
class Verdict:
    """What one attack came to.

    Attributes:
        attack: Its name.
        release: File names of what was attacked.
        tried: Numbers that it was tried on.
        not_tried: Numbers that it was not tried on, or that it gave no answer for.
        found: Numbers it found that it should not.
        examples: The first of them, in words.
        left: The first of those that it was not tried on, in words.
        for_nothing: Hidden numbers that it worked out and that are no group of few.
        hidden_for_nothing: The first of them, in words.
    """

    attack: str
    release: str
    tried: int
    not_tried: int
    found: int
    examples: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    for_nothing: int = 0
    hidden_for_nothing: tuple[str, ...] = ()

    @property
    def is_broken(self) -> bool:
        """True when something was found."""
        return self.found > 0


def attack(
    releases: Sequence[Path], *, quarters: int = 1, most: int | None = None, own: Sequence[tuple[Any, ...]] = ()
) -> list[Verdict]:
    """Attack one or several releases, oldest first.

    Args:
        releases: The files.
        quarters: How many of the newest quarters of each release are attacked with equations; the other attacks look
            at all quarters.
        most: How many hidden numbers of a quarter are asked for with linear programming; None for all.
        own: What a unit knows of its own people in the newest quarter of the newest release: indicator, level, unit,
            sex, age band, numerator, denominator, eligible.

    Raises:
        ReleaseError: A file is no release.
    """
    found: list[Verdict] = []
    for number, path in enumerate(releases):
        try:
            settings = settings_of(path)
        except duckdb.Error:
            raise ReleaseError("The file is no release.", where=str(path), what_to_do="tvaers release") from None
        few = settings.few
        for name, look in (("small numbers shown", few_people_shown), ("traces of hidden numbers", traces)):
            found.append(_verdict(name, path, *look(path, few)))
        found.append(_verdict("shares behind rounded counts", path, *exact_shares(path, few)))
        for period in settings.periods[-quarters:]:
            found += _with_equations(path, period, few, most, releases[:number])
    for older, newer in pairwise(releases):
        few = settings_of(newer).few
        found.append(
            _verdict("numbers that changed by few", f"{older.name}, {newer.name}", *changed_by_few(older, newer, few))
        )
        for period in settings_of(newer).periods[-quarters:]:
            if period in settings_of(older).periods:
                found.append(_joined(older, newer, period, few))
    if own:
        found.append(_inside(releases[-1], own, most))
    return _together(found)


def _with_equations(path: Path, period: date, few: int, most: int | None, before: Sequence[Path]) -> list[Verdict]:
    """Attack one quarter; what an earlier release has shown is no secret any more."""
    attacker = Attacker(path, period, _nested_in(path))
    hidden = attacker.hidden_results()
    for older in before:
        if period in settings_of(older).periods:
            hidden -= joined(older, path, period, attacker.nested)[1].known.keys()
    told = {variable: value for variable, value in _between(attacker).items() if 1 <= value < few}
    by_subtraction = _bad(attacker.by_subtraction(), hidden, few)
    by_algebra = _bad(attacker.by_linear_algebra(), hidden, few)
    asked = _some(hidden, most)
    proved, unanswered = attacker.proved_small(asked, few)
    not_asked = (hidden - asked) | unanswered
    in_whole, left_open = attacker.proved_small(asked - proved.keys(), few, whole=True)
    return [
        _verdict("people between two nested counts", path, len(attacker.nested), told),
        _verdict("subtraction", path, len(hidden), *_told_apart(by_subtraction, few)),
        _verdict("linear algebra", path, len(hidden), *_told_apart(by_algebra, few)),
        _verdict("linear programming", path, len(hidden - not_asked), proved, left=not_asked),
        _verdict("whole people", path, len(asked - left_open), in_whole, left=(hidden - asked) | left_open),
    ]


def _bad(worked_out: Mapping[Variable, float], hidden: set[Variable], few: int) -> dict[Variable, float]:
    """Return what should not have been worked out: results of hidden cells, and groups of few; a nought is neither."""
    return {
        variable: value
        for variable, value in worked_out.items()
        if value > SLACK and (variable in hidden or 1 - SLACK <= value <= few - 1 + SLACK)
    }


def _told_apart(found: Mapping[Variable, float], few: int) -> tuple[dict[Variable, float], dict[Variable, float]]:
    """Return the groups of few among what was worked out, and what is none."""
    groups = {variable: value for variable, value in found.items() if value <= few - 1 + SLACK}
    return groups, {variable: value for variable, value in found.items() if variable not in groups}


def _between(attacker: Attacker) -> dict[Variable, float]:
    """Return the people between two nested counts wherever both are shown."""
    found = {}
    for inner, outer in attacker.nested:
        one, other = (attacker.same_as.get(each, each) for each in (inner, outer))
        for (quantity, where), value in attacker.known.items():
            if quantity == one and (other, where) in attacker.known:
                found[attacker.between(inner, outer, where)] = attacker.known[other, where] - value
    return found


def _nested_in(path: Path) -> tuple[tuple[str, str], ...]:
    """Return the nested counts of indicators that a release holds, days of one curve included."""
    with duckdb.connect(str(path), read_only=True) as con:
        there = {name for (name,) in con.execute("SELECT DISTINCT indicator_id FROM result").fetchall()}
        days = con.execute("SELECT DISTINCT indicator_id, day FROM time_step ORDER BY ALL").fetchall()
    of_curves = [
        (f"{name}:{first}.numerator", f"{name}:{second}.numerator")
        for (name, first), (same, second) in pairwise(days)
        if name == same
    ]
    return tuple(pair for pair in NESTED if {each.split(".")[0] for each in pair} <= there) + tuple(of_curves)


def _joined(older: Path, newer: Path, period: date, few: int) -> Verdict:
    now, attacker = joined(older, newer, period, _nested_in(newer))
    hidden = now.hidden_results() - attacker.known.keys()
    found = _bad(attacker.by_subtraction(), hidden, few)
    for alone in (now, Attacker(older, period, attacker.nested)):
        found = {variable: value for variable, value in found.items() if variable not in alone.by_subtraction()}
    return _verdict("what one shows and the other hides", f"{older.name}, {newer.name}", len(hidden), found)


def _inside(path: Path, own: Sequence[tuple[Any, ...]], most: int | None) -> Verdict:
    """Attack as somebody who knows some numbers; what these tell by themselves is no finding."""
    settings = settings_of(path)
    attacker = Attacker(path, settings.periods[-1], _nested_in(path))
    known = attacker.numbers_of(own)
    alone, inside = attacker.knowing({}), attacker.knowing(known)
    alone.known = dict(known)
    told = known.keys() | attacker.by_subtraction().keys() | alone.by_subtraction().keys()
    others = {variable: value for variable, value in inside.by_subtraction().items() if variable not in told}
    few = {variable: value for variable, value in others.items() if 1 - SLACK <= value <= settings.few - 1 + SLACK}
    hidden = attacker.hidden_results() - told
    asked = _some(hidden, most)
    proved, unanswered = inside.proved_small(asked, settings.few)
    left = (hidden - asked) | unanswered
    return _verdict("a unit that knows its own numbers", path, len(hidden - left), proved | few, left=left)


def _some(variables: set[Variable], most: int | None) -> set[Variable]:
    """Return about so many of some counts, spread evenly over them; all where none is named."""
    return set(sorted(variables)[:: max(1, len(variables) // most)] if most else variables)


def _verdict(
    name: str,
    release: Path | str,
    tried: int,
    found: Mapping[Variable, float],
    for_nothing: Mapping[Variable, float] | None = None,
    left: Collection[Variable] = (),
) -> Verdict:
    file = release if isinstance(release, str) else release.name
    not_tried = tuple(_words(variable) for variable in sorted(left)[:MOST_NAMED])
    needless = for_nothing or {}
    return Verdict(name, file, tried, len(left), len(found), _first(found), not_tried, len(needless), _first(needless))


def _first(found: Mapping[Variable, float]) -> tuple[str, ...]:
    return tuple(f"{_words(variable)}: {value:g}" for variable, value in sorted(found.items())[:MOST_NAMED])


def _words(variable: Variable) -> str:
    quantity, where = variable
    return f"{quantity} of {' '.join(part for part in where if part != 'all') or 'all'}"


def _together(found: Sequence[Verdict]) -> list[Verdict]:
    """Return one verdict per attack and release, over all its quarters."""
    rows: dict[tuple[str, str], Verdict] = {}
    for each in found:
        before = rows.get((each.release, each.attack))
        rows[each.release, each.attack] = (
            each
            if before is None
            else Verdict(
                each.attack,
                each.release,
                before.tried + each.tried,
                before.not_tried + each.not_tried,
                before.found + each.found,
                (before.examples + each.examples)[:MOST_NAMED],
                (before.left + each.left)[:MOST_NAMED],
                before.for_nothing + each.for_nothing,
                (before.hidden_for_nothing + each.hidden_for_nothing)[:MOST_NAMED],
            )
        )
    return list(rows.values())
