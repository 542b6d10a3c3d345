"""Publish: computed indicators through disclosure control into the anonymous release, swapped in at once."""

import json
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

import duckdb
import polars as pl

import tvaers
from indicators.catalogue import Catalogue, load_catalogue
from indicators.computed import computed_cells
from indicators.definitions.attribution import rules_of
from indicators.definitions.breaks import breaks_of, load_breaks
from indicators.definitions.definition import Indicator
from indicators.definitions.definition_files import load_definitions
from indicators.definitions.limits import threshold_relation
from indicators.definitions.parameters import Parameter, load_parameters
from indicators.definitions.population import Breakdowns, Populations, load_breakdowns, load_populations
from indicators.definitions.sets import IndicatorSet, load_sets, shown_of
from indicators.definitions.standards import as_text, load_standards
from indicators.definitions.variables import Variable, load_variables
from indicators.delivered.growing_history import read_judged_from
from indicators.disclosure.control import protect
from indicators.disclosure.nested_counts import find_nested
from indicators.disclosure.policy import load_policy
from indicators.disclosure.related import load_related
from indicators.explain.beside import asked_elsewhere
from indicators.release.content import completeness, left_out, parents, places, units
from indicators.release.file import write_release
from indicators.release.times import curves_of, released_results, step_cells
from indicators.release.times import tables as time_tables
from packs.pack import Pack, load_pack
from tvaers.keys import load_master_key
from tvaers.settings import Settings
from warehouse.connection import open_read_only
from warehouse.swap import one_builder_at_a_time, replace_atomically


@dataclass(frozen=True)
class ReleaseSummary:
    """What was published.

    Attributes:
        release_id: Hash of the content; the same content has the same id.
        levels: Per level: cells, those small on their own, those hidden in all, those withheld with their table, the
            share shown, and the share shown of those that are not small on their own.
        narrowest: Smallest distance met between the lowest and highest possible value of a hidden small count.
        withheld_periods: Ends of the periods of which a table is withheld.
        seconds: Time taken.
    """

    release_id: str
    reporting_date: date
    indicators: int
    periods: int
    levels: tuple[dict[str, Any], ...]
    narrowest: float | None
    withheld_periods: tuple[date, ...]
    is_synthetic: bool
    seconds: float


def publish(settings: Settings) -> ReleaseSummary:
    """Protect what the profile shows and swap in a release that holds it; the last release stays until then.

    Args:
        settings: The home folder, pack and disease.

    Raises:
        DisclosureError: The policy is not valid, or the cells cannot be protected. Nothing is replaced.
        WarehouseError: The warehouse is missing; or its indicators were not computed since the last delivery, for the
            area and disease that the settings name, and with the definitions in use.
    """
    started = time.monotonic()
    pack = load_pack(settings.pack)
    policy = load_policy(pack.folder / "disclosure.yaml")
    definitions = load_definitions(settings.disease, pack)
    shown = shown_of(definitions, pack.folder, settings.disease)
    with open_read_only(settings.warehouse, load_master_key(settings).subkey("encryption")) as con:
        cells = computed_cells(con, settings, pack, definitions).filter(
            pl.col("indicator_id").is_in([each.id for each in shown])
        )
        reporting_date = cast("date", cells["period_end"].max())
        catalogue = load_catalogue(settings.disease, pack, definitions)
        related = load_related(settings.disease, [indicator.id for indicator in definitions])
        curves = curves_of(con, cells)
        nested = find_nested(con, shown, catalogue)
        protection = protect(
            pl.concat([cells, step_cells(curves)], how="vertical_relaxed"), policy, parents(con), nested, related
        )
        delivered, set_aside = left_out(con, policy)
        tables = {
            "result": released_results(curves, protection.cells, policy),
            **time_tables(curves, protection.cells, policy),
            "unit": units(con, pack),
            "place": places(pack),
            "indicator": _pages(shown, pack, settings.disease, reporting_date, catalogue, read_judged_from(con)),
            "delivery": delivered,
            "quarantine": set_aside,
            "completeness": completeness(con, policy),
            "policy": pl.DataFrame(policy.rows()),
            "meta": _meta(con, settings, pack, reporting_date),
        }
    with one_builder_at_a_time(settings.release, "release"), replace_atomically(settings.release) as path:
        release_id = write_release(path, tables)
    return ReleaseSummary(
        release_id=release_id,
        reporting_date=reporting_date,
        indicators=len(shown),
        periods=cells["period_end"].n_unique(),
        levels=tuple(protection.report.to_dicts()),
        narrowest=protection.narrowest,
        withheld_periods=protection.withheld_periods,
        is_synthetic=settings.is_synthetic,
        seconds=round(time.monotonic() - started, 1),
    )


def _pages(
    definitions: tuple[Indicator, ...],
    pack: Pack,
    disease: str,
    day: date,
    catalogue: Catalogue,
    judged_from: Mapping[str, str],
) -> pl.DataFrame:
    """Return each indicator's page as JSON, with its parameters as they hold on the reporting date."""
    parameters = load_parameters(pack.folder)
    populations = load_populations(disease)
    variables = load_variables(disease).values()
    breaks = load_breaks(pack.folder)
    sets = load_sets(pack.folder, disease, [each.id for each in load_definitions(disease)])
    pages = [
        _page(each, parameters, populations, day)
        | {"counts_at": _rules(each, catalogue.breakdowns)}
        | _relation(each, variables)
        | {"breaks": breaks_of(each, catalogue, breaks)}
        | {"judged_from": judged_from.get(each.id)}
        | {"neighbours": asked_elsewhere(disease, each, pack.name, day)}
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
    indicator: Indicator, parameters: dict[str, Parameter], populations: Populations, day: date
) -> dict[str, Any]:
    """Return a definition as plain data; `threshold`, `target` and `parameters` hold value, unit, date and source."""
    held = {name: _held(parameters[name], day) for name in sorted(indicator.parameters())}
    page = indicator.model_dump(mode="json", exclude_none=True)
    page["population_who"] = populations.populations[indicator.population].who.model_dump(exclude_none=True)
    page["period"] = f"{indicator.period} months"
    page["parameters"] = held
    for stated, key in [(page, key) for key in ("threshold", "target", "acceptable")] + [
        (each, "limit") for each in page.get("threshold_for", ())
    ]:
        stated[key] = held.get((stated.get(key) or "").removeprefix("$"))
    return page


def _rules(indicator: Indicator, breakdowns: Breakdowns) -> dict[str, Any]:
    """Return at which unit of each level something counts, in words."""
    return {level: rule.model_dump(exclude_none=True) for level, rule in rules_of(indicator, breakdowns).items()}


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
        "description": parameter.description,
    }


def _meta(con: duckdb.DuckDBPyConnection, settings: Settings, pack: Pack, reporting_date: date) -> pl.DataFrame:
    """Return what the release is; the date is that of the data, so that the same data give the same release."""
    made = con.execute("SELECT max(CAST(ended_at AS DATE)) FROM meta.batch").fetchone()
    bands = load_breakdowns(settings.disease).age_bands
    facts = {
        "created_on": str(made[0] if made and made[0] else reporting_date),
        "code_version": tvaers.__version__,
        "pack": f"{pack.name} {pack.version}",
        "disease": settings.disease,
        "is_synthetic": "true" if settings.is_synthetic else "false",
        "reporting_date": str(reporting_date),
        "country_languages": ", ".join(pack.settings.languages),
        "file_type_names": json.dumps(pack.settings.file_types, ensure_ascii=False),
        "standards": as_text(load_standards(pack.folder, [band.id for band in bands])),
    }
    return pl.DataFrame({"key": list(facts), "value": list(facts.values())})
