"""Say in words what an indicator counts."""

from dataclasses import dataclass
from datetime import date

from indicators.catalogue import Catalogue
from indicators.definitions.attribution import rules_of
from indicators.definitions.definition import Indicator, Text
from indicators.definitions.limits import (
    acceptable_in_words,
    completeness_in_words,
    smallest_in_words,
    target_in_words,
    threshold_in_words,
)
from indicators.explain.words import WORDS

SEVERAL = ("excluded", "excepted", "threshold_for", "part")
"""Parts of which a definition may have several."""


@dataclass(frozen=True)
class ToldClause:
    """One clause of a definition.

    Attributes:
        part: Which part of the definition it is, a key of the words.
        who: Whom it is true for, in words.
        when: Its truth expression, for one patient and period.
        exact: What is computed, where that is not whether it is true: a sum over patients.
    """

    part: str
    who: Text
    when: str
    exact: str = ""

    @property
    def computed(self) -> str:
        """What is computed, on one line."""
        return " ".join((self.exact or self.when).split())


def clauses_in_order(catalogue: Catalogue, indicator: Indicator) -> list[ToldClause]:
    """Return the clauses in the order in which they are applied."""
    denominator, numerator = indicator.denominator, indicator.numerator
    who = catalogue.populations.populations[indicator.population].who
    found = [ToldClause("population", who, catalogue.population_of(indicator))]
    amounts = [expression for expression in (denominator.count, denominator.years) if expression]
    described = [denominator.when] if denominator.when else []
    described += [f"({expression}) > 0" for expression in amounts]
    chosen = f" FILTER (WHERE {denominator.when})" if denominator.when else ""
    summed = ", ".join(f"SUM({expression}){chosen}" for expression in amounts)
    found.append(ToldClause("denominator", denominator.who, " AND ".join(described) or "TRUE", summed))
    found += [ToldClause("excluded", exclusion.who, exclusion.when) for exclusion in indicator.exclusions]
    if indicator.measured:
        found.append(ToldClause("measured", indicator.measured.who, indicator.measured.when))
    found += [ToldClause("excepted", exception.who, exception.when) for exception in indicator.exceptions]
    found += [ToldClause("threshold_for", each.who, each.when) for each in indicator.threshold_for]
    if numerator:
        found += [ToldClause("part", part.who, part.when) for part in numerator.of]
        if is_met := indicator.met_when():
            found.append(ToldClause("numerator", numerator.who, is_met))
        else:
            found.append(ToldClause("numerator", numerator.who, f"({numerator.count}) > 0", f"SUM({numerator.count})"))
    if indicator.value:
        is_known = indicator.value.ended or f"({indicator.value.of}) IS NOT NULL"
        found.append(ToldClause("value", indicator.value.who, is_known))
    return found


def last_end(indicator: Indicator, on: date) -> date:
    """Return the last day, on or before a day, on which a period of an indicator ends."""
    if indicator.ends_on is None:
        return on
    ends = (date.fromisoformat(f"{year}-{indicator.ends_on}") for year in (on.year, on.year - 1))
    return next(end for end in ends if end <= on)


def explain_definition(catalogue: Catalogue, indicator_id: str, on: date, language: str = "en") -> str:
    """Return an indicator's definition in words and exact clauses, with the threshold and target that hold on a day.

    Raises:
        DefinitionError: There is no such indicator.
    """
    indicator = catalogue.indicator(indicator_id)
    words = WORDS[language]
    lines = [
        f"{indicator.title.in_language(language)} ({indicator.id}, version {indicator.version})",
        indicator.question.in_language(language),
        f"{words['kind']}: {words[indicator.kind]}; {words[indicator.direction]}",
        f"{words['period']}: {indicator.period} {words['months_to']} {last_end(indicator, on)}",
    ]
    if indicator.leeway:
        lines.append(f"{words['leeway']}: {indicator.leeway} {words['leeway_is']}")
    for clause in clauses_in_order(catalogue, indicator):
        lines += [f"{words[clause.part]}: {clause.who.in_language(language)}", f"    {clause.computed}"]
    if indicator.measured:
        lines.append(f"{words['missing']}: {words[f'missing_{indicator.missing_values}']}")
    for level, rule in rules_of(indicator, catalogue.breakdowns).items():
        lines.append(f"{words['counts_at']} ({words[level]}): {rule.in_language(language)}")
    for part, name, said in (
        ("threshold", indicator.threshold, threshold_in_words),
        ("target", indicator.target, target_in_words),
        ("acceptable", indicator.acceptable, acceptable_in_words),
    ):
        if name and (amount := said(catalogue, indicator, on, language)):
            dated = catalogue.parameters[name.removeprefix("$")].valid_on(on)
            lines.append(f"{words[part]}: {amount} ({dated.source.title})" if dated else f"{words[part]}: {amount}")
    if smallest := smallest_in_words(catalogue, indicator, on, language):
        lines.append(f"{words['smallest']}: {smallest}")
    if complete := completeness_in_words(catalogue, indicator, on, language):
        lines.append(f"{words['smallest_completeness']} {complete}")
    for part, text in (("why", indicator.why_it_matters), ("what", indicator.what_to_do)):
        lines += [f"{words[part]}:", "  " + " ".join(text.in_language(language).split())]
    lines += [
        f"{words['limits']}:",
        *(f"  - {' '.join(limit.in_language(language).split())}" for limit in indicator.limits),
    ]
    lines.append(f"{words['sources']}:")
    lines += [
        f"  - {source.title}{f', {source.href}' if source.href else ''} ({words['read']} {source.read_on})"
        for source in indicator.source
    ]
    return "\n".join(lines)
