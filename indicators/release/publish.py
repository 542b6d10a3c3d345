"""Publish: computed indicators through disclosure control into the anonymous release, swapped in at once."""

import json
import time
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any, cast

import duckdb
import polars as pl

import tvaers
from indicators.catalogue import Catalogue, load_catalogue
from indicators.computed import computed_cells
from indicators.definitions.definition import Indicator
from indicators.definitions.definition_files import load_definitions
from indicators.definitions.pages import as_text as as_pages
from indicators.definitions.pages import load_pages
from indicators.definitions.population import load_breakdowns
from indicators.definitions.reading import disease_name
from indicators.definitions.sets import shown_of
from indicators.definitions.standards import as_text, load_standards
from indicators.definitions.stratifiers import LEVEL_BEGINS_WITH, load_stratifiers, told_of
from indicators.delivered.growing_history import read_judged_from
from indicators.disclosure.control import Protection, protect
from indicators.disclosure.expected import protect_expected
from indicators.disclosure.nested_counts import find_nested
from indicators.disclosure.policy import Policy, load_policy
from indicators.disclosure.related import load_related
from indicators.release.closed import (
    Plan,
    carried_over,
    new_series,
    of_quarters,
    plan_of,
    published_before,
    together,
    told,
)
from indicators.release.content import completeness, left_out, parents, places, units
from indicators.release.definition_pages import definition_pages
from indicators.release.file import write_release
from indicators.release.origin import origin_now
from indicators.release.register import Entry, Issue, Numbers, opened
from indicators.release.times import curves_of, released_results, step_cells
from indicators.release.times import tables as time_tables
from indicators.release.told_apart import come_apart, without_overlaps
from packs.pack import Pack, load_pack
from tvaers.keys import load_master_key
from tvaers.settings import Settings
from warehouse.connection import open_read_only, refuse_missing
from warehouse.swap import one_builder_at_a_time, replace_atomically


@dataclass(frozen=True)
class ReleaseSummary:
    """What was published.

    Attributes:
        release_id: Hash of the content; the same content has the same id.
        levels: Of the periods released now, per level: cells, those small on their own, those hidden in all, those
            withheld with their table, the share shown, and the share shown of those that are not small on their own.
        narrowest: Smallest distance met between the lowest and highest possible value of a hidden small count.
        withheld_periods: Ends of the periods of which a table is withheld.
        closed_periods: Ends of the periods carried over as they were released before.
        corrected_periods: Ends of the periods released again.
        waiting_periods: Ends of the periods that are too young to be released.
        seconds: Time taken.
    """

    release_id: str
    reporting_date: date
    indicators: int
    periods: int
    levels: tuple[dict[str, Any], ...]
    narrowest: float | None
    withheld_periods: tuple[date, ...]
    closed_periods: tuple[date, ...]
    corrected_periods: tuple[date, ...]
    waiting_periods: tuple[date, ...]
    is_synthetic: bool
    seconds: float


def publish(
    settings: Settings, *, correct: Sequence[date] = (), reason: str = "", geometry: Path | None = None
) -> ReleaseSummary:
    """Protect what the profile shows and swap in a release that holds it; the last release stays until then.

    Quarters that were released before are carried over as they were.

    Args:
        settings: The home folder, pack and disease.
        correct: Reporting dates of quarters that were released before and are released again as they are now.
        reason: Why; it stands in the release.
        geometry: A GeoJSON file with outlines of municipalities to draw on the map instead of hexagons.

    Raises:
        DefinitionError: The outlines cannot be drawn.
        DisclosureError: The policy is not valid, the cells cannot be protected, the register of what was released was
            changed, or a quarter cannot be corrected. Nothing is replaced.
        WarehouseError: The warehouse is missing; or its indicators were not computed since the last delivery, for the
            area and disease that the settings name, and with the definitions in use.
    """
    started = time.monotonic()
    pack = load_pack(settings.pack)
    policy = load_policy(pack.folder / "disclosure.yaml")
    definitions = load_definitions(settings.disease, pack)
    shown = shown_of(definitions, pack.folder, settings.disease)
    pages = as_pages(load_pages(settings.disease, definitions), [each.id for each in shown])
    key = load_master_key(settings)
    refuse_missing(settings.warehouse)  # before anything is left in the home, a lock included
    with one_builder_at_a_time(settings.release, "release"):
        register = opened(settings, key)
        with open_read_only(settings.warehouse, key.subkey("encryption")) as con:
            cells = computed_cells(con, settings, pack, definitions).filter(
                pl.col("indicator_id").is_in([each.id for each in shown])
            )
            plan = plan_of(
                cells["period_end"].unique().sort().to_list(),
                register.of(pack.name, settings.disease),
                policy,
                loaded_on=_loaded_on(con) or date.max,
                correct=correct,
                is_synthetic=settings.is_synthetic,
            )
            catalogue = load_catalogue(settings.disease, pack, definitions)
            carried = carried_over(register, plan, [each.id for each in shown])
            before = published_before(register, plan)
            apart = come_apart(shown, policy)
            cells = without_overlaps(cells.filter(pl.col("period_end").is_in(plan.now)), apart, told(carried, before))
            protection, new = _protected(con, settings, policy, catalogue, shown, cells, before, plan)
            numbers = together(carried, new)
            reporting_date = cast("date", numbers["result"]["period_end"].max())
            issues = plan.issues(_loaded_on(con) or reporting_date, reason)
            breaks = new_series(numbers["result"])
            delivered, set_aside = left_out(con, policy)
            origin = origin_now(con, pack, key)
            tables = {
                **numbers,
                "unit": units(con, pack, _units_in(numbers["result"])),
                "place": places(pack, geometry, _municipalities(numbers["result"])),
                "indicator": definition_pages(
                    shown, pack, reporting_date, catalogue, read_judged_from(con), breaks, apart
                ),
                "delivery": delivered,
                "quarantine": set_aside,
                "completeness": completeness(con, policy),
                "policy": pl.DataFrame(policy.rows()),
                "meta": _meta(con, settings, pack, reporting_date, [*plan.issued_of_closed(), *issues], pages),
            }
        with replace_atomically(settings.release) as path:
            release_id = write_release(path, tables)
            # Before the swap: a release that is registered and never swapped in does no harm, the reverse would.
            if release_id not in {each.release_id for each in register.entries}:
                entry = (len(register.entries) + 1, release_id, pack.name, settings.disease, policy.version, issues)
                register.add(Entry(*entry, origin), of_quarters(new, plan.now))
    return ReleaseSummary(
        release_id=release_id,
        reporting_date=reporting_date,
        indicators=len(shown),
        periods=numbers["result"]["period_end"].n_unique(),
        levels=tuple(protection.report.to_dicts()),
        narrowest=protection.narrowest,
        withheld_periods=protection.withheld_periods,
        closed_periods=tuple(plan.closed),
        corrected_periods=plan.corrected,
        waiting_periods=plan.waiting,
        is_synthetic=settings.is_synthetic,
        seconds=round(time.monotonic() - started, 1),
    )


def _protected(
    con: duckdb.DuckDBPyConnection,
    settings: Settings,
    policy: Policy,
    catalogue: Catalogue,
    shown: tuple[Indicator, ...],
    cells: pl.DataFrame,
    before: pl.DataFrame | None,
    plan: Plan,
) -> tuple[Protection, Numbers]:
    """Return the quarters that are published now, through disclosure control."""
    related = load_related(settings.disease, [indicator.id for indicator in catalogue.indicators])
    curves = curves_of(con, cells)
    clusters = parents(con)
    protection = protect(
        pl.concat([cells, step_cells(curves)], how="vertical_relaxed"),
        policy,
        clusters,
        find_nested(con, shown, catalogue) if plan.now else (),
        related,
        before,
    )
    computed = con.execute("SELECT * FROM indicator.expected").pl()
    expected = computed.join(cells, on=("indicator_id", "period_end"), how="semi")
    numbers = {
        "result": released_results(curves, protection.cells, policy),
        **time_tables(curves, protection.cells, policy),
        "case_mix": protect_expected(expected, protection.cells, clusters, policy, plan.corrected),
    }
    return protection, numbers


def _units_in(results: pl.DataFrame) -> pl.DataFrame:
    """Return level and id of each unit that has results; groups of patients are none."""
    is_group = pl.col("level").str.starts_with(LEVEL_BEGINS_WITH)
    return results.select("level", "unit_id").unique().filter(~is_group)


def _municipalities(results: pl.DataFrame) -> list[str]:
    """Return the codes of the municipalities that have results; `none` are people who live in none."""
    own = results.filter((pl.col("level") == "municipality") & (pl.col("unit_id") != "none"))
    return own["unit_id"].unique().to_list()


def _loaded_on(con: duckdb.DuckDBPyConnection) -> date | None:
    """Return the day on which the newest delivery was loaded."""
    made = con.execute("SELECT max(CAST(ended_at AS DATE)) FROM meta.batch").fetchone()
    return made[0] if made else None


def _meta(
    con: duckdb.DuckDBPyConnection,
    settings: Settings,
    pack: Pack,
    reporting_date: date,
    issues: Iterable[Issue],
    pages: str,
) -> pl.DataFrame:
    """Return what the release is; the date is that of the data, so that the same data give the same release."""
    bands = load_breakdowns(settings.disease).age_bands
    told = [asdict(each) for each in sorted(issues, key=lambda each: each.period_end)]
    facts = {
        "created_on": str(_loaded_on(con) or reporting_date),
        "code_version": tvaers.__version__,
        "pack": f"{pack.name} {pack.version}",
        "disease": disease_name(settings.disease),
        "is_synthetic": "true" if settings.is_synthetic else "false",
        "reporting_date": str(reporting_date),
        "country_languages": ", ".join(pack.settings.languages),
        "file_type_names": json.dumps(pack.settings.file_types, ensure_ascii=False),
        "standards": as_text(load_standards(pack.folder, [band.id for band in bands])),
        "stratifiers": told_of(load_stratifiers(pack.folder, settings.disease)),
        "pages": pages,
        "issues": json.dumps(told, default=str, ensure_ascii=False),
    }
    return pl.DataFrame({"key": list(facts), "value": list(facts.values())})
