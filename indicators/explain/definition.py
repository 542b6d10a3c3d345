"""Say in words what an indicator counts."""

from datetime import date
from importlib.resources import files
from pathlib import Path

from indicators.catalogue import Catalogue
from indicators.definitions.attribution import rules_of
from indicators.definitions.definition import Indicator, Text
from indicators.definitions.limits import acceptable_in_words, target_in_words, threshold_in_words
from indicators.definitions.reading import read_yaml

SEVERAL = ("excluded", "excepted", "threshold_for", "part")
"""Parts of which a definition may have several."""
WORDS: dict[str, dict[str, str]] = read_yaml(Path(str(files("indicators.explain"))) / "words.yaml")


def clauses_in_order(catalogue: Catalogue, indicator: Indicator) -> list[tuple[str, Text, str]]:
    """Return part, words and truth expression of each clause, in the order in which they are applied."""
    denominator, numerator = indicator.denominator, indicator.numerator
    found = [
        ("population", catalogue.populations.populations[indicator.population].who, catalogue.population_of(indicator))
    ]
    described = [denominator.when] if denominator.when else []
    described += [f"({expression}) > 0" for expression in (denominator.count, denominator.years) if expression]
    found.append(("denominator", denominator.who, " AND ".join(described) or "TRUE"))
    found += [("excluded", exclusion.who, exclusion.when) for exclusion in indicator.exclusions]
    if indicator.measured:
        found.append(("measured", indicator.measured.who, indicator.measured.when))
    found += [("excepted", exception.who, exception.when) for exception in indicator.exceptions]
    found += [("threshold_for", each.who, each.when) for each in indicator.threshold_for]
    if numerator:
        found += [("part", part.who, part.when) for part in numerator.of]
        found.append(("numerator", numerator.who, indicator.met_when() or f"({numerator.count}) > 0"))
    if indicator.value:
        is_known = indicator.value.ended or f"({indicator.value.of}) IS NOT NULL"
        found.append(("value", indicator.value.who, is_known))
    return found


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
        f"{words['period']}: {indicator.period} {words['months_to']} {on}",
    ]
    if indicator.leeway:
        lines.append(f"{words['leeway']}: {indicator.leeway} {words['leeway_is']}")
    for part, who, expression in clauses_in_order(catalogue, indicator):
        lines += [f"{words[part]}: {who.in_language(language)}", f"    {' '.join(expression.split())}"]
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
