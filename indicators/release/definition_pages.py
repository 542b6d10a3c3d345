"""The page of each definition in a release: all that a reader of the dashboard is told of it, as JSON."""

import json
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import polars as pl

from indicators.catalogue import Catalogue
from indicators.definitions.attribution import rules_of
from indicators.definitions.breaks import breaks_of, load_breaks
from indicators.definitions.definition import Indicator
from indicators.definitions.definition_files import definitions_of_pack
from indicators.definitions.groups import load_groups
from indicators.definitions.limits import threshold_relation
from indicators.definitions.parameters import Parameter
from indicators.definitions.parts import Text
from indicators.definitions.population import Breakdowns, Populations
from indicators.definitions.sets import IndicatorSet, load_sets
from indicators.definitions.variables import Variable
from indicators.explain.entry import entry_of
from packs.pack import Pack


def definition_pages(
    definitions: tuple[Indicator, ...],
    pack: Pack,
    day: date,
    catalogue: Catalogue,
    judged_from: Mapping[str, str],
    new_series: Mapping[str, list[dict[str, Any]]],
    apart: frozenset[str] = frozenset(),
) -> pl.DataFrame:
    """Return each indicator's page as JSON, with its parameters as they hold on the reporting date.

    Args:
        definitions: The indicators, in the order in which they are shown.
        pack: The country's pack.
        day: The reporting date.
        catalogue: The country's definitions.
        judged_from: The first reporting date from which a course is judged, by indicator, as text.
        new_series: Breaks that follow from how quarters were released, by indicator.
        apart: Indicators that are told only on dates whose periods have no day in common.
    """
    disease, parameters = catalogue.disease, catalogue.parameters
    populations, variables = catalogue.populations, catalogue.variables.values()
    groups = load_groups(disease)
    breaks = load_breaks(pack.folder)
    sets = load_sets(pack.folder, disease, [each.id for each in definitions_of_pack(disease, pack.folder)])
    pages = [
        _page(each, parameters, populations, day)
        | {"counts_at": _rules(each, catalogue.breakdowns)}
        | {"group_title": _words(groups[each.group].title), "group_about": _words(groups[each.group].about)}
        | _relation(each, variables)
        | {"breaks": _in_order([*breaks_of(each, catalogue, breaks), *new_series.get(each.id, ())])}
        | {"judged_from": judged_from.get(each.id), "is_told_apart": each.id in apart}
        | {"case_mix": _case_mix(each, catalogue)}
        | {"entry": entry_of(catalogue, each, pack.name, day)}
        | {"sets": [_set(one) for one in sets if each.id in one.indicators]}
        for each in definitions
    ]
    rows = [
        {
            "indicator_id": each.id,
            "definition_version": each.version,
            "position": position,
            "definition": json.dumps(page, ensure_ascii=False, sort_keys=True),
        }
        for position, (each, page) in enumerate(zip(definitions, pages, strict=True), start=1)
    ]
    return pl.DataFrame(rows)


def _page(
    indicator: Indicator, parameters: Mapping[str, Parameter], populations: Populations, day: date
) -> dict[str, Any]:
    """Return a definition as plain data; `threshold`, `target` and `parameters` hold value, unit, date and source."""
    held = {name: _held(parameters[name], day) for name in sorted(indicator.parameters() & parameters.keys())}
    page = indicator.model_dump(mode="json", exclude_none=True)
    page["population_who"] = populations.populations[indicator.population].who.model_dump(exclude_none=True)
    page["period"] = f"{indicator.period} months"
    page["parameters"] = held
    for stated, key in [(page, key) for key in ("threshold", "target", "acceptable")] + [
        (each, "limit") for each in page.get("threshold_for", ())
    ]:
        stated[key] = held.get((stated.get(key) or "").removeprefix("$"))
    return page


def _in_order(breaks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(breaks, key=lambda each: str(each["from_on"]))


def _rules(indicator: Indicator, breakdowns: Breakdowns) -> dict[str, Any]:
    """Return at which unit of each level something counts, in words."""
    return {level: rule.model_dump(exclude_none=True) for level, rule in rules_of(indicator, breakdowns).items()}


def _words(text: Text) -> dict[str, str]:
    words: dict[str, str] = text.model_dump(exclude_none=True)
    return words


def _case_mix(indicator: Indicator, catalogue: Catalogue) -> dict[str, Any] | None:
    """Return the factors that an indicator is adjusted for, or why it is not; None where there is nothing to say."""
    page = catalogue.case_mix
    if page is None:
        return None
    if page.adjusts(indicator):
        return {"factors": [each.title.model_dump(exclude_none=True) for each in page.factors]}
    reason = page.why_not(indicator)
    return {"without": reason.model_dump(exclude_none=True)} if reason else None


def _set(one: IndicatorSet) -> dict[str, Any]:
    """Return what the page of an indicator says of a set that it belongs to."""
    return one.model_dump(mode="json", include={"title", "version", "verified", "country"}, exclude_none=True)


def _relation(indicator: Indicator, variables: Iterable[Variable]) -> dict[str, str | None]:
    """Return on which side of the threshold a patient counts, as the page says it."""
    return {"threshold_relation": threshold_relation(indicator, variables)}


def _held(parameter: Parameter, day: date) -> dict[str, Any] | None:
    dated = parameter.valid_on(day)
    if dated is None:
        return None
    return {
        "value": dated.value,
        "unit": parameter.unit,
        "is_strict": parameter.is_strict,
        "from_on": str(dated.from_on),
        "source": dated.source.model_dump(mode="json", exclude_none=True),
    }
