"""The measures as a page to read: docs/reference/measures.md is written from the packs by `make docs`."""

from collections.abc import Iterator

from indicators.explain.handbook import WORDS_HERE, plain
from indicators.measures.criteria import Criteria, Criterion
from indicators.measures.definition import Measure, MeasureSet, all_measures

PAGE = "docs/reference/measures.md"
HEAD = """# Measures

Written from the packs' `measures/` by `make docs`. Do not edit.

Published quality measures that `tvaers measure check` computes on test patients. How to run it:
[Run the official test patients](../how-to/run_the_official_test_patients.md); how the pages of a pack are written:
[Country packs](packs.md#measures). The value sets are licensed and must be supplied.
"""


def render(measures: MeasureSet) -> str:
    """Return the part of the page about one pack."""
    lines = [f"## {measures.pack.replace('_', ' ').title()}", "", "| measure | question |", "| --- | --- |"]
    lines += [f"| [{each.reports}](#{each.id}) | {plain(each.question)} |" for each in measures.measures]
    for measure in measures.measures:
        lines += ["", *page_of(measures, measure)]
    lines += ["", "### Criteria", "", "| criterion | true when | asks |", "| --- | --- | --- |"]
    for name, criterion in measures.criteria.criteria.items():
        lines.append(f"| `{name}` | {plain(criterion.who)} | {asked(criterion)} |")
    lines += [
        "",
        "Facts count with these statuses, unless a criterion says otherwise:",
        "",
        *statuses(measures.criteria),
    ]
    lines += ["", "### Variables", "", "| variable | what it is | unit | ties |", "| --- | --- | --- | --- |"]
    for variable in measures.variables.values():
        lines.append(f"| `{variable.name}` | {variable.label} | {variable.unit} | {variable.ties} |")
    lines += ["", "### Value sets to supply", "", "| code list | value set | needed by |", "| --- | --- | --- |"]
    for name, needed_by in sorted(measures.wanted(measures.measures).items()):
        value_set = measures.value_sets[name]
        lines.append(f"| `{name}` | {value_set.title} `{value_set.url}` | {', '.join(needed_by)} |")
    return "\n".join(lines) + "\n"


def page_of(measures: MeasureSet, measure: Measure) -> Iterator[str]:
    """Yield the lines of one measure."""
    population = measures.populations[measure.population]
    yield f'### <a id="{measure.id}"></a>{measure.reports}: {measure.title.en}'
    yield ""
    yield plain(measure.question)
    yield ""
    yield f"- Follows {measure.published}"
    yield f"- Initial population: {plain(population.who)} (`{' '.join(population.when.split())}`)"
    yield f"- Denominator: {plain(measure.denominator.who)}"
    for clause in measure.exclusions:
        yield f"- Denominator exclusion: {plain(clause.who)} (`{' '.join(clause.when.split())}`)"
    for clause in measure.exceptions:
        yield f"- Denominator exception: {plain(clause.who)} (`{' '.join(clause.when.split())}`)"
    if measure.measured:
        missing = f"{WORDS_HERE['missing']}: {WORDS_HERE[f'missing_{measure.missing_values}']}"
        yield f"- Measured: {plain(measure.measured.who)} (`{measure.measured.when}`). {missing}"
    if measure.numerator and measure.numerator.when:
        yield f"- Numerator: {plain(measure.numerator.who)} (`{' '.join(measure.numerator.when.split())}`)"
    yield f"- {WORDS_HERE[measure.direction].capitalize()}"
    for limit in measure.limits:
        yield f"- Limit: {plain(limit)}"
    for source in measure.source:
        yield f"- Source: {f'[{source.title}]({source.href})' if source.href else source.title}, read {source.read_on}"
    confirmed = (
        "confirmed" if measure.verified else "not confirmed: no run over all official test patients is on record"
    )
    yield f"- `{measure.id}` version {measure.version}, {confirmed}; next review {measure.next_review}"


def asked(criterion: Criterion) -> str:
    """Return the data of a criterion in one cell of a table."""
    if criterion.any_of:
        return "any of " + ", ".join(f"`{name}`" for name in criterion.any_of)
    told = [criterion.resource or "", f"code in {', '.join(criterion.code_in)}"]
    told += [f"kind {criterion.kind}"] if criterion.kind else []
    told += [f"category {criterion.category}"] if criterion.category else []
    told += [f"status {', '.join(status or 'not told' for status in criterion.status)}"] if criterion.status else []
    told += [f"discharged to {', '.join(criterion.discharge_in)}"] if criterion.discharge_in else []
    results = [f"in {', '.join(criterion.value_in)}"] if criterion.value_in else []
    results += [{"told": "told", "number": "a number"}[criterion.value]] if criterion.value else []
    told += [f"result {' or '.join(results)}"] if results else []
    told.append(f"{criterion.timing} the {criterion.window}".replace("the start the", "the start of the"))
    return "; ".join(told).replace("by the end the", "by the end of the")


def statuses(criteria: Criteria) -> Iterator[str]:
    """Yield the statuses that count, one line per kind of resource."""
    for resource, allowed in criteria.counted_status.items():
        yield f"- {resource}: {', '.join(status or 'not told' for status in allowed)}"
    yield f"- orders, by intent: {', '.join(criteria.counted_intent)}"


def generated_files() -> dict[str, str]:
    """Return path (below the checkout) and content of the page."""
    return {PAGE: "\n".join([HEAD, *(render(measures) for measures in all_measures())])}
