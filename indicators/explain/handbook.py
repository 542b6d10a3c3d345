"""The catalogue as a page that a clinician can read: docs/reference/indicators.md is written from the definitions.

`make docs` writes it again after a definition, parameter or variable has changed; a test compares.
"""

from collections.abc import Collection, Iterator, Sequence
from datetime import date
from pathlib import Path

from indicators.catalogue import Catalogue
from indicators.definitions.definition import Indicator, Text
from indicators.definitions.limits import (
    acceptable_in_words,
    completeness_in_words,
    smallest_in_words,
    target_in_words,
    threshold_in_words,
)
from indicators.definitions.reading import disease_name
from indicators.definitions.sets import IndicatorSet, load_sets, load_shown
from indicators.explain import handbook_neighbours
from indicators.explain.definition import clauses_in_order
from indicators.explain.handbook_neighbours import details_of
from indicators.explain.mechanics import mechanics_of
from indicators.explain.neighbours import catalogue_to_read, packs_with_sets, page_of_pack
from indicators.explain.words import WORDS
from packs.pack import load_pack
from tvaers.settings import Settings

WORDS_HERE = WORDS["en"]


def render(
    catalogue: Catalogue,
    on: date,
    sets: Sequence[IndicatorSet],
    shown: Collection[str] | None,
    pack: str | None = None,
    heading: str = "Indicators",
) -> str:
    """Return the page, with the thresholds and targets that hold on a day.

    Args:
        catalogue: The definitions.
        on: The day.
        sets: The pack's sets.
        shown: Ids of the indicators that a release shows, None for all.
        pack: The country pack; that of a new home when None.
        heading: Title of the page.
    """
    lines = [
        f"# {heading}",
        "",
        "Written from the definitions below `indicators/` and in the pack by `make docs`. Do not edit. What other "
        "countries ask stands [side by side](neighbours.md). Every boundary of every definition is drawn among the "
        "[worked examples](worked_examples/README.md).",
        "",
        f"{len(catalogue.indicators)} indicators of {disease_name(catalogue.disease).replace('_', ' ')}. "
        "Periods end on the reporting date; both ends are included. A person counts at the municipality, practice, "
        "cluster and hospital where they belonged on the last day of the period on which they lived in the area; "
        "events count at the hospital or municipality that is responsible for them where the indicator says so.",
        "",
        "| indicator | counts | period | target |",
        "| --- | --- | --- | --- |",
    ]
    for indicator in catalogue.indicators:
        target = target_in_words(catalogue, indicator, on, "en") or "none"
        lines.append(
            f"| [{indicator.title.en}](#{indicator.id}) | {WORDS_HERE[indicator.kind]} of {indicator.counts} | "
            f"{indicator.period} months | {target} |"
        )
    first = Settings.model_fields["pack"].default
    own = pack or first
    for indicator in catalogue.indicators:
        names = catalogue.parameters_of([indicator])
        details = details_of(catalogue.parameters, names, indicator, own, disease=catalogue.disease, first=first)
        lines += ["", *page_of(catalogue, indicator, on), *details]
    lines += ["", *sets_in_words(sets, shown)]
    lines += [
        "",
        "## Variables",
        "",
        "| variable | what it is | unit | needs | ties | codes, each with all that begin with it |",
        "| --- | --- | --- | --- | --- | --- |",
        *variables_in_words(catalogue, load_pack(own).folder),
    ]
    return "\n".join(lines) + "\n"


def variables_in_words(catalogue: Catalogue, pack_folder: Path) -> Iterator[str]:
    """Yield a row of the table for each variable that an indicator uses, with the codes of a country."""
    found = {
        each.name: each
        for indicator in catalogue.indicators
        for each in mechanics_of(catalogue, indicator, pack_folder)
    }
    for name, each in sorted(found.items()):
        told = f"{each.label}. {each.about}" if each.about else each.label
        codes = "; ".join(f"{one.list}: {', '.join(code for code, _ in one.codes)}" for one in each.codes)
        cells = (f"`{name}`", told, each.unit or "-", ", ".join(each.needs) or "-", each.ties or "-", codes or "-")
        yield f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |"


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
    for clause in clauses_in_order(catalogue, indicator):
        yield f"- {WORDS_HERE[clause.part]}: {plain(clause.who)} (`{clause.computed}`)"
    leeway = f" ({indicator.leeway} of them leeway)" if indicator.leeway else ""
    for level, rule in indicator.attribution.items():
        yield f"- Counts at the {level}: {plain(rule)}"
    counted = f"{WORDS_HERE[indicator.kind].capitalize()} of {indicator.counts} in {indicator.period} months{leeway}"
    yield f"- {counted}; {WORDS_HERE[indicator.direction]}"
    if indicator.measured:
        yield f"- {WORDS_HERE['missing']}: {WORDS_HERE[f'missing_{indicator.missing_values}']}"
    if indicator.ends_on:
        yield f"- Only periods that end on {in_words(indicator.ends_on)}"
    limits = (("Threshold", threshold_in_words), ("Target", target_in_words), ("Acceptable", acceptable_in_words))
    for label, said in limits:
        if amount := said(catalogue, indicator, on, "en"):
            yield f"- {label}: {amount}"
    if indicator.smallest_denominator:
        yield f"- Not told of fewer than {smallest_in_words(catalogue, indicator, on, 'en')}"
    if indicator.smallest_completeness:
        told = completeness_in_words(catalogue, indicator, on, "en")
        yield f"- {WORDS_HERE['smallest_completeness']} {told}"
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


def in_words(month_and_day: str) -> str:
    """Return a month and day (`03-31`) as a reader writes it: 31 March."""
    return f"{date.fromisoformat(f'2000-{month_and_day}'):%-d %B}"


def plain(text: Text) -> str:
    """Return a text on one line, in English."""
    return " ".join(text.en.split())


def sets_in_words(sets: Sequence[IndicatorSet], shown: Collection[str] | None) -> Iterator[str]:
    """Yield the table of the sets: where each comes from, and how much of it a release shows."""
    yield from (
        "## Sets",
        "",
        "| set | country, version | indicators | shown in a release | source |",
        "| --- " * 5 + "|",
    )
    for each in sets:
        visible = sum(shown is None or name in shown for name in each.indicators)
        source = each.source[0]
        told = f"[{source.title}]({source.href})" if source.href else source.title
        confirmed = "" if each.verified else ", not confirmed"
        yield (
            f"| {each.title.en} (`{each.id}`) | {each.country}, {each.version}{confirmed} | {len(each.indicators)} | "
            f"{visible} | {told} |"
        )
    for each in sets:
        for text in each.not_computable:
            yield from ("", f"{each.title.en}: {plain(text)}")
        for waiting in each.awaited:
            yield from (
                "",
                f"{each.title.en}: *{plain(waiting.title)}* is asked and not computed. {plain(waiting.lacks)}",
            )


def generated_files() -> dict[str, str]:
    """Return path (below the checkout) and content of the pages: one per country with sets, and the comparison."""
    disease, first = (Settings.model_fields[name].default for name in ("disease", "pack"))
    pages = handbook_neighbours.generated_files(disease, first)
    for pack in packs_with_sets():
        catalogue = catalogue_to_read(disease, pack)
        sets = load_sets(pack.folder, disease, [each.id for each in catalogue.indicators])
        shown = load_shown(pack.folder, disease, sets) if pack.contracts else frozenset()
        heading = "Indicators" if pack.name == first else f"Indicators: {pack.settings.title['en']}"
        page = f"docs/reference/{page_of_pack(pack.name, first)}"
        pages[page] = render(catalogue, date.max, sets, shown, pack.name, heading)
    return pages
