"""Which quarters a release publishes anew, which it carries over as they were, and which have to wait.

A quarter that was released is closed: its numbers are carried over unchanged, whatever was delivered since. It is
published again only when a steward says so, with a reason; disclosure control then judges it together with every time
it was published before. A quarter waits until its deliveries have had the time that the policy gives them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import polars as pl

from indicators.counting.times import MARK
from indicators.disclosure.policy import Policy
from indicators.release.register import NUMBERS, Entry, Issue, Numbers, Register
from tvaers.errors import DisclosureError

NEW_SERIES = {
    "en": "Counted by a newer version of the definition from here on; earlier quarters stay as they were released.",
    "da": "Talt efter en nyere version af definitionen herfra; tidligere kvartaler står, som de blev udgivet.",
    "nb": "Telt etter en nyere versjon av definisjonen herfra; tidligere kvartaler står slik de ble publisert.",
}


@dataclass(frozen=True)
class Plan:
    """What becomes of each computed quarter.

    Attributes:
        now: Quarters published for the first time, or again as a correction.
        corrected: Those of them that were published before.
        closed: Quarters carried over, with the newest entry that published them.
        waiting: Quarters that are too young.
        earlier: All entries of this disease and country.
    """

    now: tuple[date, ...]
    corrected: tuple[date, ...]
    closed: Mapping[date, Entry]
    waiting: tuple[date, ...]
    earlier: tuple[Entry, ...]

    @property
    def issued(self) -> dict[date, Issue]:
        """The newest issue of every quarter that was published before."""
        return {issue.period_end: issue for entry in self.earlier for issue in entry.issues}

    def issued_of_closed(self) -> tuple[Issue, ...]:
        """Return the issues of the quarters that are carried over."""
        return tuple(self.issued[end] for end in self.closed)

    def issues(self, released_on: date, reason: str) -> tuple[Issue, ...]:
        """Return the issues that this release adds."""
        before = self.issued
        return tuple(
            Issue(end, before[end].number + 1, released_on, reason) if end in before else Issue(end, 1, released_on)
            for end in self.now
        )


def plan_of(
    computed: Sequence[date],
    earlier: Sequence[Entry],
    policy: Policy,
    *,
    loaded_on: date,
    correct: Sequence[date],
    is_synthetic: bool,
) -> Plan:
    """Return what becomes of each quarter.

    Args:
        computed: The reporting dates computed now.
        earlier: The register's entries of this disease and country.
        policy: How long a quarter waits.
        loaded_on: Day of the newest delivery.
        correct: Reporting dates to publish again.
        is_synthetic: Whether the people are invented; of them nothing comes late, so their quarters wait for nothing.

    Raises:
        DisclosureError: A quarter to correct was never released or is not computed, or no quarter may be released yet.
    """
    newest = {issue.period_end: entry for entry in earlier for issue in entry.issues}
    if unknown := sorted({*correct} - ({*computed} & newest.keys())):
        possible = ", ".join(str(each) for each in sorted({*computed} & newest.keys())) or "none"
        raise DisclosureError(
            "Only a quarter that was released before and is computed now can be corrected.",
            where=", ".join(str(each) for each in unknown),
            how_much=f"Released and computed: {possible}.",
            what_to_do="Name one of these; a quarter that was never released needs no correction.",
        )
    youngest = loaded_on - timedelta(days=policy.closes_after_days)
    new = [each for each in computed if each not in newest]
    waiting = tuple(sorted(each for each in new if each > youngest and not is_synthetic))
    closed = {each: newest[each] for each in sorted(computed) if each in newest and each not in correct}
    now = tuple(sorted({*new, *correct} - {*waiting}))
    if not now and not closed:
        first = min(waiting) + timedelta(days=policy.closes_after_days)
        raise DisclosureError(
            "No quarter may be released yet: its deliveries have not had the time that the policy gives them.",
            where=", ".join(str(each) for each in waiting),
            how_much=f"closes_after_days is {policy.closes_after_days}; the newest delivery is of {loaded_on}.",
            what_to_do=f"Release again with deliveries of {first} or later.",
        )
    return Plan(now, tuple(sorted(correct)), closed, waiting, tuple(earlier))


def published_before(register: Register, plan: Plan) -> pl.DataFrame | None:
    """Return every issue of the quarters to correct, steps of curves included, as disclosure control reads them."""
    found = []
    for entry in plan.earlier if plan.corrected else ():
        if {each.period_end for each in entry.issues} & {*plan.corrected}:
            numbers = register.numbers(entry)
            steps = numbers["time_step"].with_columns(
                pl.concat_str("indicator_id", pl.lit(MARK), "day").alias("indicator_id"),
                pl.lit("all").alias("sex"),
                pl.lit("all").alias("age_band"),
                pl.col("happened").alias("numerator"),
                pl.col("patients").alias("denominator"),
                pl.col("patients").alias("eligible"),
            )
            told = pl.concat([numbers["result"], steps], how="diagonal_relaxed")
            found.append(told.filter(pl.col("period_end").is_in(plan.corrected)).with_columns(issue=entry.number))
    return pl.concat(found, how="diagonal_relaxed") if found else None


def carried_over(register: Register, plan: Plan, shown: Sequence[str]) -> Numbers:
    """Return the numbers of the closed quarters as they were released, of the indicators that are shown today."""
    parts: dict[str, list[pl.DataFrame]] = {name: [] for name in NUMBERS}
    for number in sorted({each.number for each in plan.closed.values()}):
        ends = [end for end, entry in plan.closed.items() if entry.number == number]
        numbers = register.numbers(next(each for each in plan.earlier if each.number == number))
        for name in NUMBERS:
            wanted = pl.col("period_end").is_in(ends) & pl.col("indicator_id").is_in(shown)
            parts[name].append(numbers[name].filter(wanted))
    return {name: pl.concat(each, how="vertical_relaxed") for name, each in parts.items() if each}


def told(carried: Numbers, before: pl.DataFrame | None) -> pl.DataFrame | None:
    """Return the results of every quarter that was published before: those carried over, and those to correct."""
    found = [frame for frame in (carried.get("result"), before) if frame is not None]
    return pl.concat([frame.select("indicator_id", "period_start", "period_end") for frame in found]) if found else None


def together(carried: Numbers, new: Numbers) -> dict[str, pl.DataFrame]:
    """Return the tables of a release: what is carried over and what is new."""
    return {
        name: pl.concat([carried[name], new[name].select(carried[name].columns)], how="vertical_relaxed")
        if name in carried
        else new[name]
        for name in NUMBERS
    }


def of_quarters(numbers: Numbers, ends: Sequence[date]) -> dict[str, pl.DataFrame]:
    """Return the rows of some quarters."""
    return {name: frame.filter(pl.col("period_end").is_in(ends)) for name, frame in numbers.items()}


def new_series(result: pl.DataFrame) -> dict[str, list[dict[str, Any]]]:
    """Return, by indicator, from when on it is counted by another version of its definition, as breaks of its page."""
    versions = (
        result.group_by("indicator_id", "definition_version")
        .agg(pl.col("period_start").min())
        .sort("indicator_id", "period_start")
        .filter(pl.col("definition_version") != pl.col("definition_version").shift(1).over("indicator_id"))
    )
    starts = versions.group_by("indicator_id", maintain_order=True).agg("period_start").to_dicts()
    return {
        each["indicator_id"]: [{"from_on": str(start), "what": NEW_SERIES} for start in each["period_start"]]
        for each in starts
    }
