"""What the release on disk holds beside its numbers, read once and kept as long as it stays the newest."""

import gc
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

import polars as pl

from dashboard.access.roles import Visitor
from dashboard.catalogue import Definition, catalogue
from dashboard.comparison import Measure
from dashboard.presenters import about
from dashboard.presenters.history import History, histories
from dashboard.presenters.tile_map import Place, places
from dashboard.presenters.units import Directory, Unit, directory
from dashboard.release_reader import Release, ReleaseUnavailableError, open_release
from dashboard.wording import Wording

ENVIRONMENT_NAME = "TVAERS_RELEASE"
# Units whose numbers through time are remembered: a page needs its own, and that of those it is compared with.
REMEMBERED_UNITS = 64


@dataclass(frozen=True)
class Content:
    """What a release holds beside its numbers, read once per release."""

    release: Release
    meta: Mapping[str, str]
    definitions: Mapping[str, Definition]
    units: Directory
    places: Sequence[Place]
    dates: Sequence[date]
    smallest_group: int

    @property
    def is_synthetic(self) -> bool:
        """Whether the people in it are invented; a release that does not say so is taken to be real."""
        return self.meta.get("is_synthetic") == "true"

    @property
    def released_on(self) -> date | None:
        """The day on which the release was written."""
        stated = self.meta.get("created_on", "")[:10]
        return date.fromisoformat(stated) if stated else None

    def histories(self, unit: Unit) -> Mapping[str, History]:
        """Return the measures of a unit by indicator and reporting date, the last one told where none is."""
        return _histories(self.release, unit.level, unit.unit_id)

    def measures(self, unit: Unit, reporting_date: date) -> dict[str, Measure]:
        """Return the measures of a unit on a reporting date by indicator."""
        return {key: told[reporting_date] for key, told in self.histories(unit).items() if reporting_date in told}

    def told_on(self, indicator_id: str) -> list[date]:
        """Return the reporting dates on which an indicator is told, oldest first."""
        shown = self.release.shown_on().filter(indicator_id=indicator_id)
        return shown.filter(pl.col("period_end") == pl.col("reporting_date"))["reporting_date"].to_list()

    def source(self, words: Wording) -> str:
        """Return the line below every picture, table and report: which release, of when, and whether it is invented."""
        created = words.short_date(self.released_on) if self.released_on else ""
        line = words("frame.source", release=self.meta.get("release_id", ""), date=created)
        return words.joined(line, words("frame.invented_short")) if self.is_synthetic else line


@lru_cache(maxsize=8)
def content(release: Release) -> Content:
    """Return what a release, or the part of it that somebody may read, holds beside its numbers."""
    return Content(
        release=release,
        meta=release.meta(),
        definitions=catalogue(release.indicators()),
        units=directory(release.units()),
        places=places(release.places()),
        dates=release.reporting_dates(),
        smallest_group=about.smallest_group(release.policy()),
    )


@lru_cache(maxsize=REMEMBERED_UNITS)
def _histories(release: Release, level: str, unit_id: str) -> Mapping[str, History]:
    return histories(release.of_unit(level, unit_id), release.shown_on())


def current(visitor: Visitor) -> Content:
    """Return what a visitor may read of the release that is on disk now.

    Raises:
        ReleaseUnavailableError: There is none that this dashboard can show, or none for this visitor: real people's
            numbers where nobody is asked who they are, or a unit that the release does not hold.
    """
    found = content(open_release(_path(), visitor.extent))
    if visitor.only_invented and not found.is_synthetic:
        raise ReleaseUnavailableError(
            "unguarded",
            "The release is of real people, and nobody is asked to log in.",
            "tvaers access init, and the guide docs/how-to/let_people_in.md",
        )
    if visitor.unit and visitor.unit not in found.units.by_key:
        raise ReleaseUnavailableError(
            "unit_unknown", "The release does not hold the visitor's unit.", "Correct the roles file"
        )
    return found


def languages_and_smallest_group() -> tuple[str, int]:
    """Return the languages that the release names, parted by commas, and its smallest group: what anybody may know.

    Raises:
        ReleaseUnavailableError: There is no release that this dashboard can show.
    """
    found = content(open_release(_path()))
    return found.meta.get("country_languages", ""), found.smallest_group


def _path() -> Path | None:
    named = os.environ.get(ENVIRONMENT_NAME)
    return Path(named) if named else None


@lru_cache(maxsize=64)
def settle(*_once_for: str) -> None:
    """Take what stays in memory, once for each page and release (by name and id), out of garbage collection.

    Python would walk through all libraries and definitions again and again in the middle of somebody's click, which
    takes longer than drawing the page. Whatever is no longer referred to is freed as before.
    """
    gc.collect()
    gc.freeze()
