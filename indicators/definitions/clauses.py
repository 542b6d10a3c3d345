"""The clauses of one indicator as SQL over `patient_period`: who counts, who is missing, who meets it."""

from dataclasses import dataclass

from indicators.definitions.definition import Indicator

DAYS_PER_YEAR = 365.25
# By how much the time of somebody censored lies after the times of those who had the event on that day.
CENSORED_LATER = 0.5


@dataclass(frozen=True)
class Clauses:
    """SQL expressions for one patient in one period; truth values are never NULL.

    Attributes:
        in_population: Belongs to the indicator's population.
        excluded_by: Place of the first exclusion or exception that applies, counted from 1, exceptions last, or NULL.
        is_eligible: In the population, described by the denominator and not excluded.
        is_missing: Eligible, but without the value that the indicator needs, or nobody delivered it.
        in_denominator: Counted.
        is_met: Counted and meets the indicator, or has such an event. None for medians.
        events: How many events meet the indicator; 0 outside the denominator. None where patients are counted.
        denominator: Patients, or events; 0 outside the denominator.
        days: Days under observation, for rates.
        value: The number of which the median is taken, for medians; for times see `value_of`.
    """

    in_population: str
    excluded_by: str
    is_eligible: str
    is_missing: str
    in_denominator: str
    is_met: str | None
    events: str | None
    denominator: str
    days: str | None
    value: str | None


def truth(expression: str) -> str:
    """Return an expression that is false where the given one is NULL: what is not known is not met."""
    return f"(({expression}) IS TRUE)"


def whole_days(years: str) -> str:
    """Return an expression in years as whole days: whole numbers add up to the same sum in any order."""
    return f"CAST(round(({years}) * {DAYS_PER_YEAR}) AS BIGINT)"


def clauses_of(
    indicator: Indicator, population: str, undelivered: str | None = None, *, counted: str | None = None
) -> Clauses:
    """Return the clauses of an indicator.

    Args:
        indicator: The definition.
        population: Name of a BOOLEAN column that says who is in the population.
        undelivered: Truth expression of those for whom nobody delivered what the indicator needs: they are missing.
        counted: Name of a BOOLEAN column that holds `in_denominator` already, so that the clauses about those who are
            counted need not repeat it; None where there is no such column.
    """
    denominator = indicator.denominator
    described = [truth(denominator.when)] if denominator.when else []
    described += [truth(f"({denominator.count}) > 0")] if denominator.count else []
    described += [truth(f"({denominator.years}) > 0")] if denominator.years else []
    in_base = " AND ".join([population, *described])
    kept = [f"NOT {truth(exclusion.when)}" for exclusion in indicator.exclusions]
    is_eligible = " AND ".join([in_base, *kept])
    is_missing = "FALSE"
    in_denominator = is_eligible
    if indicator.measured:
        measured = truth(indicator.measured.when)
        is_missing = f"({is_eligible}) AND NOT {measured}"
        if indicator.missing_values == "exclude":
            in_denominator = f"({is_eligible}) AND {measured}"
    excluded_by = excluded_by_of(indicator, in_base, in_denominator)
    if indicator.exceptions:
        excepted = " OR ".join(truth(exception.when) for exception in indicator.exceptions)
        in_denominator = f"({in_denominator}) AND (({met_of(indicator, in_denominator)}) OR NOT ({excepted}))"
    if undelivered:
        is_missing = f"({is_missing}) OR (({is_eligible}) AND {undelivered})"
        in_denominator = f"({in_denominator}) AND NOT {undelivered}"
    counted = counted or in_denominator
    return Clauses(
        in_population=population,
        excluded_by=excluded_by,
        is_eligible=is_eligible,
        is_missing=is_missing,
        in_denominator=in_denominator,
        is_met=met_of(indicator, counted),
        events=events_of(indicator, counted),
        denominator=f"CASE WHEN {counted} THEN {denominator.count or '1'} ELSE 0 END",
        days=f"CASE WHEN {counted} THEN {whole_days(denominator.years)} ELSE 0 END" if denominator.years else None,
        value=value_of(indicator, counted),
    )


def excluded_by_of(indicator: Indicator, in_base: str, in_denominator: str) -> str:
    """Return the place of the first exclusion that applies to those described, or exception to those who do not meet.

    Args:
        indicator: The definition.
        in_base: Truth expression of those whom the denominator describes.
        in_denominator: Truth expression of those who would be counted if there were no exceptions.
    """
    cases = [f"WHEN {truth(clause.when)} THEN {place}" for place, clause in enumerate(indicator.exclusions, 1)]
    if indicator.exceptions:
        not_met = f"({in_denominator}) AND NOT ({met_of(indicator, in_denominator)})"
        cases += [
            f"WHEN {not_met} AND {truth(clause.when)} THEN {place}"
            for place, clause in enumerate(indicator.exceptions, len(indicator.exclusions) + 1)
        ]
    return f"CASE WHEN NOT ({in_base}) THEN NULL {' '.join(cases)} END" if cases else "CAST(NULL AS INTEGER)"


def met_of(indicator: Indicator, in_denominator: str) -> str | None:
    """Return whether a patient is counted and meets the indicator, or None for a median."""
    numerator = indicator.numerator
    if numerator is None:
        return None
    met = truth(f"({numerator.count}) > 0" if numerator.count else indicator.met_when() or "FALSE")
    if indicator.measured and indicator.missing_values != "exclude":
        measured = truth(indicator.measured.when)
        met = f"({met} {'AND' if indicator.missing_values == 'fail' else 'OR NOT'} {measured})"
    return f"({in_denominator}) AND {met}"


def events_of(indicator: Indicator, in_denominator: str) -> str | None:
    """Return how many events of one patient meet the indicator, or None where patients are counted."""
    if indicator.numerator is None or indicator.numerator.count is None:
        return None
    return f"CASE WHEN {in_denominator} THEN coalesce({indicator.numerator.count}, 0) ELSE 0 END"


def value_of(indicator: Indicator, in_denominator: str) -> str | None:
    """Return the number of one patient, or None where there is none.

    Of a time it is the whole days until it ended. One that ended without what was waited for lies half a day later:
    whoever is censored on a day was still waiting when others had what they waited for on that day.
    """
    if indicator.value is None:
        return None
    number = f"CAST({indicator.value.of} AS DOUBLE)"
    if indicator.value.ended is not None:
        number += f" + CASE WHEN {truth(indicator.value.ended)} THEN 0 ELSE {CENSORED_LATER} END"
    return f"CASE WHEN {in_denominator} THEN {number} END"
