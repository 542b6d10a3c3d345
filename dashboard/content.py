"""What the release on disk holds beside its numbers, read once and kept as long as it stays the newest."""

import gc
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

from dashboard.catalogue import Definition, catalogue
from dashboard.presenters import about
from dashboard.presenters.tile_map import Place, places
from dashboard.presenters.units import Directory, directory
from dashboard.release_reader import Release, open_release
from dashboard.wording import Wording

ENVIRONMENT_NAME = "TVAERS_RELEASE"


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

    def source(self, words: Wording) -> str:
        """Return the line below every picture, table and report: which release, of when, and whether it is invented."""
        created = words.short_date(self.released_on) if self.released_on else ""
        line = words("frame.source", release=self.meta.get("release_id", ""), date=created)
        return words.joined(line, words("frame.invented_short")) if self.is_synthetic else line


@lru_cache(maxsize=2)
def content(release: Release) -> Content:
    """Return what a release holds beside its numbers."""
    return Content(
        release=release,
        meta=release.meta(),
        definitions=catalogue(release.indicators()),
        units=directory(release.units()),
        places=places(release.places()),
        dates=release.reporting_dates(),
        smallest_group=about.smallest_group(release.policy()),
    )


def current() -> Content:
    """Return the content of the release that is on disk now.

    Raises:
        ReleaseUnavailableError: There is none that this dashboard can show.
    """
    named = os.environ.get(ENVIRONMENT_NAME)
    return content(open_release(Path(named) if named else None))


@lru_cache(maxsize=64)
def settle(*_once_for: str) -> None:
    """Take what stays in memory, once for each page and release (by name and id), out of garbage collection.

    Python would walk through all libraries and definitions again and again in the middle of somebody's click, which
    takes longer than drawing the page. Whatever is no longer referred to is freed as before.
    """
    gc.collect()
    gc.freeze()
