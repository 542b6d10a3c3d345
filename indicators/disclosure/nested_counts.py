"""Find which counts of the indicators lie within each other, from the people themselves and from the definitions.

That one count lies within another follows from what the definitions mean, which no program can read out of them with
certainty. But it leaves a trace that is certain: nobody is ever counted by the inner one alone. So the people of the
newest period are asked, and every two counts are taken to be nested that look at some fact in common and of which
nobody contradicts it. Some of these are nested by chance only; protecting them as well costs little.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import duckdb
import numpy as np
import polars as pl
from numpy.typing import NDArray

from indicators.catalogue import Catalogue, columns_in
from indicators.counting.times import happened_by, step_id
from indicators.definitions.definition import Indicator
from indicators.disclosure.nested import Count, Nested
from indicators.disclosure.quantities import RATE, TOLD_BY

# Dates that say which days an indicator looks at; they are no facts about a patient.
DATES_OF_THE_PERIOD = {"period_start", "period_end", "observed_from", "observed_to"}

# So many people contradict whatever is not nested; asking more of them would only take longer.
MOST_PEOPLE = 60_000


@dataclass(frozen=True)
class Counted:
    """What one count counts.

    Attributes:
        facts: What it looks at in a patient; nothing for a whole population.
        events: What it counts: `patients`, `discharges`, `referrals` or `courses`.
        of_each: How many of them each person has.
    """

    facts: frozenset[str]
    events: str
    of_each: NDArray[np.int32]


def find_nested(
    con: duckdb.DuckDBPyConnection, indicators: Sequence[Indicator], catalogue: Catalogue
) -> tuple[Nested, ...]:
    """Return the counts that lie within each other.

    How many people a rate follows is left out: it is told as coarse patient-years only, and its own neighbours are
    found among the rates (`indicators.disclosure.quantities`).

    Args:
        con: The warehouse, with computed indicators.
        indicators: Those that are released together.
        catalogue: The definitions and variables they were computed with.
    """
    counted = _counted(_people(con, indicators), indicators, catalogue)
    return tuple(sorted({*_nested(counted), *_nested_in_one_denominator(counted)}))


def _nested(counted: Mapping[Count, Counted]) -> Iterator[Nested]:
    for inner, outer in _looking_at_the_same(counted):
        if _lies_in(counted[inner].of_each, counted[outer].of_each):
            yield Nested(inner, outer)


def _nested_in_one_denominator(counted: Mapping[Count, Counted]) -> Iterator[Nested]:
    """Yield numerators and complements that are nested wherever the denominators count the same.

    Contact within 7 and within 14 days after discharge: who was seen within 7 days may not have been followed for 14.
    """
    for inner, outer in _looking_at_the_same(counted):
        denominators = [Count(each.indicator, "denominator") for each in (inner, outer)]
        if {inner.field, outer.field} <= {"numerator", "complement"} and all(each in counted for each in denominators):
            one, other = (counted[each].of_each for each in denominators)
            is_shared, within = one == other, counted[inner].of_each <= counted[outer].of_each
            is_told_of = counted[inner].of_each[is_shared].any()
            if (
                is_told_of
                and within[is_shared].all()
                and not within.all()
                and (_lies_in(one, other) or _lies_in(other, one))
            ):
                yield Nested(inner, outer, of_one_denominator=True)


def _lies_in(inner: NDArray[np.int32], outer: NDArray[np.int32]) -> bool:
    return bool((inner <= outer).all())


def _looking_at_the_same(counted: Mapping[Count, Counted]) -> Iterator[tuple[Count, Count]]:
    """Yield every two counts of different indicators of which the first may lie within the second."""
    for inner, one in counted.items():
        for outer, other in counted.items():
            if (
                inner.indicator != outer.indicator
                and one.events == other.events
                and (not other.facts or one.facts & other.facts)
            ):
                yield inner, outer


def _people(con: duckdb.DuckDBPyConnection, indicators: Sequence[Indicator]) -> pl.DataFrame:
    """Return one row per person and indicator of the newest period: how much of the person each count counts."""
    return con.execute(
        """
        WITH chosen AS (
            SELECT patient_id, row_number() OVER (ORDER BY patient_id) - 1 AS person
            FROM (SELECT DISTINCT patient_id FROM indicator.patient_result)
            QUALIFY person < $most
        )
        SELECT person, indicator_id, coalesce(denominator, 0) AS denominator,
            coalesce(numerator, 0) AS numerator, CAST(coalesce(is_missing, false) AS BIGINT) AS missing, value
        FROM indicator.patient_result JOIN chosen USING (patient_id)
        WHERE in_population AND list_contains($indicators, indicator_id)
        """,
        {"most": MOST_PEOPLE, "indicators": [each.id for each in indicators]},
    ).pl()


def _counted(people: pl.DataFrame, indicators: Sequence[Indicator], catalogue: Catalogue) -> dict[Count, Counted]:
    size = int(people["person"].max() or 0) + 1 if people.height else 0  # type: ignore[arg-type]
    variable_of = {column: name for name, columns in catalogue.columns.items() for column in columns}
    by_indicator = people.partition_by("indicator_id", as_dict=True)
    found = {}
    for indicator in indicators:
        facts = _facts(indicator, variable_of)
        rows = by_indicator.get((indicator.id,), people.clear())
        of_each = {}
        for name in ("denominator", "numerator", "missing"):
            of_each[name] = np.zeros(size, dtype=np.int32)
            np.add.at(of_each[name], rows["person"].to_numpy(), rows[name].to_numpy())
        of_each["complement"] = of_each["denominator"] - of_each["numerator"]
        of_each["eligible"] = of_each["denominator"] + of_each["missing"]
        told = {"numerator"} if indicator.kind == RATE else {*TOLD_BY[indicator.told_as]} - {"missing"}
        for name in sorted(told):
            found[Count(indicator.id, name)] = Counted(facts[name], indicator.counts, of_each[name])
        for day in indicator.curve_days:
            happened = np.zeros(size, dtype=np.int32)
            happened[rows.filter(happened_by(day))["person"].to_numpy()] = 1
            for name, who in {"numerator": happened, "complement": of_each["denominator"] - happened}.items():
                found[Count(step_id(indicator.id, day), name)] = Counted(facts[name], indicator.counts, who)
    return found


def _facts(indicator: Indicator, variable_of: Mapping[str, str]) -> dict[str, frozenset[str]]:
    """Return which variables (and what else about a patient) each count looks at, apart from the days of the period."""
    found: dict[str, frozenset[str]] = dict.fromkeys(("denominator", "measured", "numerator", "value"), frozenset())
    for key, expression in indicator.expressions().items():
        part = re.split(r"[.\[]", key)[0]
        part = {"exclusions": "denominator", "exceptions": "numerator"}.get(part, part)
        if expression and part in found and key != "denominator.years":
            columns = columns_in(expression, where=f"{indicator.group}/{indicator.id}.yaml")
            found[part] |= {variable_of.get(column, column) for column in columns - DATES_OF_THE_PERIOD}
    eligible, denominator = found["denominator"], found["denominator"] | found["measured"]
    met = denominator | found["numerator"] | found["value"]
    return {"eligible": eligible, "denominator": denominator, "numerator": met, "complement": met}
