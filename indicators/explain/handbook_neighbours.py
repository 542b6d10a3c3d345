"""The page that shows what several countries ask beside each other: docs/reference/neighbours.md, from the packs."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path

from indicators.definitions.definition import Indicator
from indicators.definitions.parameters import Parameter
from indicators.definitions.parts import Source
from indicators.definitions.questions import load_questions, question_of
from indicators.definitions.written_numbers import written
from indicators.explain.history import history_of
from indicators.explain.neighbours import MEASURES, Neighbour, case_file, others_of, side_by_side, users_of

PAGE = "docs/reference/neighbours.md"
ROOT = Path(__file__).resolve().parents[2]
HEAD = """# Neighbours side by side

Written from the country packs by `make docs`. Do not edit.

The same question as each country asks it. A share is compared only with others of the same limit, look-back and group
of people: this page shows where they differ. **Confirmed** means that the country's own document was read and says the
same; *not confirmed* that nobody has checked it yet; *published logic* that the logic itself was followed line by line.
"""


def render(disease: str, first: str, on: date) -> str:
    """Return the page, with the limits and targets that hold on a day.

    Args:
        disease: The disease.
        first: The pack of a new home, which comes first in every table.
        on: The day.
    """
    asked = side_by_side(disease, first)
    lines = [HEAD, *(f"- [{question.title.en}](#{question.id})" for question in asked)]
    for question, rows in asked.items():
        lines += ["", f'## <a id="{question.id}"></a>{question.title.en}', "", *table(rows, on)]
    return "\n".join(lines) + "\n"


def table(rows: Sequence[Neighbour], on: date) -> Iterator[str]:
    """Yield the table of a question; a country's name stands at its first row."""
    yield "| country | indicator | about | limit | look-back | target | |"
    yield "| --- " * 7 + "|"
    before = ""
    for row in rows:
        country, definition = row.country["en"], row.definition
        link = f"[{definition.title.en}]({row.page}#{definition.id})"
        months = f"{definition.period} months" + (f", to {day_of(definition.ends_on)}" if definition.ends_on else "")
        limit, target = row.limit(on, "en") or "–", row.target(on, "en") or "–"
        state = "confirmed" if definition.verified else "*not confirmed*"
        state = "published logic" if row.page == MEASURES else state
        shown = "" if country == before else f"**{country}**"
        yield f"| {shown} | {link} | {short(row.population.who.en)} | {limit} | {months} | {target} | {state} |"
        before = country


def day_of(month_and_day: str) -> str:
    """Return a month and day (`03-31`) as a reader writes it: 31 March."""
    return f"{date.fromisoformat(f'2000-{month_and_day}'):%-d %B}"


def short(who: str) -> str:
    """Return whom a population is about, up to the first comma: alive, resident and the day hold for all."""
    return who.partition(",")[0].replace(" on the reporting date", "")


def details_of(
    parameters: Mapping[str, Parameter],
    names: frozenset[str],
    indicator: Indicator,
    pack: str,
    *,
    disease: str,
    first: str,
) -> Iterator[str]:
    """Yield what a page says of a definition beside its clauses: numbers with sources, cases, users and neighbours.

    Args:
        parameters: The country's parameters.
        names: Those that the definition leans on.
        indicator: The definition.
        pack: The country's pack.
        disease: The disease.
        first: The pack of a new home.
    """
    for name in sorted(names & parameters.keys()):
        parameter = parameters[name]
        yield f"- Number `{name}`: {parameter.description.en}: {'; '.join(dated_values(parameter))}"
    if cases := case_file(indicator, disease, pack, ROOT):
        where = cases.relative_to(ROOT).as_posix()
        yield f"- Drawn cases: [{where}](../../{where})"
    if indicator.version == 1:
        yield "- History: first version"
    yield from (f"- History: version {version}: {why}" for version, why in history_of(indicator, pack))
    users = users_of(disease, first, indicator.id)
    told = [
        f"{each.country['en']} ({', '.join(title.en for title in each.sets) or 'no set'}"
        f"{'' if each.definition.verified else '; not confirmed there'})"
        for each in users
    ]
    if told:
        yield f"- Used by: {'; '.join(told)}"
    others = sorted({each.country["en"] for each in others_of(disease, first, indicator, pack)})
    if others and (question := question_of(load_questions(disease), indicator.id)):
        yield f"- Neighbours: [{question.title.en}](neighbours.md#{question.id}) in {', '.join(others)}"


def dated_values(parameter: Parameter) -> Iterator[str]:
    """Yield each value with its unit, the day from which it holds, its source and whether that is a page."""
    for place, dated in enumerate(parameter.values):
        since = "" if place == 0 and parameter.also_before else f" from {dated.from_on}"
        unit = "" if parameter.unit == "proportion" else f" {parameter.unit}"
        yield f"{written(dated.value, parameter.unit, 'en')}{unit}{since} ({of_source(dated.source)})"


def of_source(source: Source) -> str:
    """Return a source with the day on which it was read; without an address it is marked as not confirmed."""
    if source.href:
        return f"[{source.title}]({source.href}), read {source.read_on}"
    return f"{source.title}; not confirmed"


def generated_files(disease: str, first: str) -> dict[str, str]:
    """Return path (below the checkout) and content of the page."""
    return {PAGE: render(disease, first, date.max)}
