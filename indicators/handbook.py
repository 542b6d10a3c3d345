"""The catalogue as a page that a clinician can read: docs/reference/indicators.md is written from the definitions.

`make docs` writes it again after a definition, parameter or variable has changed; a test compares.
"""

from collections.abc import Iterator
from datetime import date

from indicators.catalogue import Catalogue, load_catalogue
from indicators.definition import Indicator, Text
from indicators.explain import WORDS, clauses_in_order
from indicators.limits import target_in_words, threshold_in_words
from packs.pack import load_pack
from tvaers.settings import Settings

PAGE = "docs/reference/indicators.md"
KINDS = {
    "proportion": "Share",
    "median": "Median",
    "rate_per_1000_patient_years": "Events per 1,000 patient-years",
}
DIRECTIONS = {
    "higher_is_better": "higher is better",
    "lower_is_better": "lower is better",
    "neither": "neither high nor low is better in itself",
}
MISSING = {
    "exclude": "People without the value are left out and reported as missing.",
    "fail": "People without the value stay in and do not meet the indicator.",
    "count_as_numerator": "People without the value stay in and count as meeting the indicator.",
}


def render(catalogue: Catalogue, on: date) -> str:
    """Return the page, with the thresholds and targets that hold on a day."""
    lines = [
        "# Indicators",
        "",
        "Written from the definitions below `indicators/` by `make docs`. Do not edit.",
        "",
        f"{len(catalogue.indicators)} indicators of {catalogue.disease.replace('_', ' ')}. Periods end on the "
        "reporting date; both ends are included. A person counts at the municipality, practice, cluster and hospital "
        "where they belonged on the last day of the period on which they lived in the area.",
        "",
        "| indicator | counts | period | target |",
        "| --- | --- | --- | --- |",
    ]
    for indicator in catalogue.indicators:
        target = target_in_words(catalogue, indicator, on, "en") or "none"
        lines.append(
            f"| [{indicator.title.en}](#{indicator.id}) | {KINDS[indicator.kind].lower()} of {indicator.counts} | "
            f"{indicator.period} months | {target} |"
        )
    for indicator in catalogue.indicators:
        lines += ["", *page_of(catalogue, indicator, on)]
    lines += [
        "",
        "## Variables",
        "",
        "| variable | what it is | unit | needs | ties |",
        "| --- | --- | --- | --- | --- |",
    ]
    for variable in catalogue.variables.values():
        needs = ", ".join(str(source) for source in variable.sources) or "-"
        lines.append(f"| `{variable.name}` | {variable.label} | {variable.unit} | {needs} | {variable.ties} |")
    return "\n".join(lines) + "\n"


def page_of(catalogue: Catalogue, indicator: Indicator, on: date) -> Iterator[str]:
    """Yield the lines of one indicator."""
    yield f'## <a id="{indicator.id}"></a>{indicator.title.en}'
    yield ""
    yield plain(indicator.question)
    yield ""
    yield f"**Why it matters.** {plain(indicator.why_it_matters)}"
    yield ""
    yield f"**What to do.** {plain(indicator.what_to_do)}"
    yield ""
    for part, who, expression in clauses_in_order(catalogue, indicator):
        yield f"- {WORDS['en'][part]}: {plain(who)} (`{' '.join(expression.split())}`)"
    counted = f"{KINDS[indicator.kind]} of {indicator.counts} in {indicator.period} months"
    yield f"- {counted}; {DIRECTIONS[indicator.direction]}"
    if indicator.measured:
        yield f"- {MISSING[indicator.missing_values]}"
    for label, said in (("Threshold", threshold_in_words), ("Target", target_in_words)):
        if amount := said(catalogue, indicator, on, "en"):
            yield f"- {label}: {amount}"
    for limit in indicator.limits:
        yield f"- Limit: {plain(limit)}"
    for example in indicator.examples:
        yield f"- Example: {example}"
    for source in indicator.source:
        yield f"- Source: {f'[{source.title}]({source.href})' if source.href else source.title}, read {source.read_on}"
    confirmed = "confirmed by its source" if indicator.verified else "not yet confirmed by a published source"
    yield (
        f"- `{indicator.id}` version {indicator.version}, {confirmed}; owner {plain(indicator.owner)}; reviewed "
        f"{indicator.reviewed_on}, next {indicator.next_review}"
    )


def plain(text: Text) -> str:
    """Return a text on one line, in English."""
    return " ".join(text.en.split())


def default_catalogue() -> Catalogue:
    """Return the catalogue of the disease and country that a new home folder begins with."""
    fields = Settings.model_fields
    return load_catalogue(fields["disease"].default, load_pack(fields["pack"].default))


def generated_files() -> dict[str, str]:
    """Return path (below the checkout) and content of the page."""
    return {PAGE: render(default_catalogue(), date.max)}
