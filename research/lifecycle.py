"""The life of a project: created as a page, approved by a data controller, opened until it expires, and closed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from research.build import Built, build
from research.columns import all_columns, offered
from research.door import Project
from research.first_day import write_first_day
from research.noted import note
from research.page import LONGEST_YEARS, ProjectPage
from research.shelf import Approval, Shelved, State, all_shelved, shelved, utc_today
from tvaers.audit_log import record
from tvaers.errors import DefinitionError, WarehouseError
from tvaers.keys import load_master_key
from tvaers.settings import Settings

ALWAYS = ("person", "diabetes")


@dataclass(frozen=True)
class Listed:
    """One project as a list shows it.

    Attributes:
        id: Its id.
        state: Its state today.
        owner: Who answers for it.
        expires_on: The last day on which it can be opened.
        tables: How many tables it may see.
        approved_by: Who approved it, or nobody.
    """

    id: str
    state: State
    owner: str
    expires_on: date
    tables: int
    approved_by: str | None


def create(
    settings: Settings, *, project: str, owner: str, purpose: str, expires_on: date, tables: Sequence[str]
) -> Shelved:
    """Write the page of a new project, for a data controller to read; nothing is copied yet.

    Args:
        settings: The home folder.
        project: Its id.
        owner: Who answers for it.
        purpose: What the data are used for.
        expires_on: The last day on which it can be opened.
        tables: Tables of the warehouse; each with all its columns but those that are left out unless asked for.

    Raises:
        DefinitionError: There is such a project already, or what is asked for cannot be.
    """
    place = shelved(settings, project)
    if place.page_file.exists():
        raise DefinitionError(
            "There is a project with this id, and an id is never used twice.",
            where=str(place.page_file),
            what_to_do="Choose another id: tvaers project list",
        )
    strange = sorted(set(tables) - set(all_columns()))
    if strange:
        raise DefinitionError(
            f"There is no table {strange[0]!r}.", what_to_do=f"Choose among: {', '.join(sorted(all_columns()))}"
        )
    wanted = [*ALWAYS, *(table for table in tables if table not in ALWAYS)]
    try:
        page = ProjectPage(
            project=project,
            owner=owner,
            purpose=purpose,
            expires_on=expires_on,
            tables={table: offered(table) for table in wanted},
        )
    except ValueError:
        raise DefinitionError(
            "Owner and purpose say who answers for the project and what it is for, in words.",
            how_much="An owner has at least 3 letters and a purpose at least 10.",
            what_to_do="tvaers project create --help",
        ) from None
    place.folder.mkdir(parents=True)
    place.page_file.write_text(page.written(), encoding="utf-8")
    note(place, "create", purpose=purpose)
    record(settings, "create project", "page", project=project, purpose=purpose)
    return place


def approve(settings: Settings, project: str, *, by: str, today: date | None = None) -> Built:
    """Approve a project's page as it is now, and write its database from the warehouse as it is now.

    Args:
        settings: The home folder.
        project: Its id.
        by: Name and role of the data controller.
        today: The day; today, in UTC, when None.

    Raises:
        DefinitionError: There is no such project, or it would expire too late or has expired already.
        WarehouseError: The project is closed, or the warehouse cannot be read.
    """
    today = today or utc_today()
    place = shelved(settings, project)
    page = place.page()
    if place.state(today) == "closed":
        raise WarehouseError(
            "The project is closed for good.", where=str(place.folder), what_to_do="Create one with an id of its own."
        )
    if not today <= page.expires_on <= date(today.year + LONGEST_YEARS, 12, 31):
        raise DefinitionError(
            "A project ends between today and five years from now.",
            where=f"{place.page_file}: expires_on {page.expires_on}",
            what_to_do="Correct expires_on, then approve again.",
        )
    master = load_master_key(settings)
    built = build(settings, place, page, master, today)
    unsealed = Approval(by, today.isoformat(), page.fingerprint, master.key_id, seal="")
    place.write_approval(
        Approval(by, unsealed.on, unsealed.fingerprint, unsealed.key_id, seal=master.seal(unsealed.sealed))
    )
    opened = Project(settings, place, page)
    write_first_day(place, page, built, lambda sql: pl.DataFrame(opened.unnoted(sql)))
    rows = sum(built.rows.values())
    note(place, "approve", purpose=page.purpose, rows=rows)
    record(settings, "approve project", "database", project=project, purpose=page.purpose, rows=rows)
    return built


def close(settings: Settings, project: str, *, why: str) -> None:
    """Close a project for good: its key and its database are destroyed.

    Raises:
        DefinitionError: There is no such project.
    """
    place = shelved(settings, project)
    page = place.page()
    place.close(why)
    note(place, "close", purpose=page.purpose)
    record(settings, "close project", "database", project=project, purpose=page.purpose)


def listed(settings: Settings, today: date | None = None) -> list[Listed]:
    """Return every project of a home."""
    found = []
    for place in all_shelved(settings):
        page, approval = place.page(), place.approval()
        by = approval.by if approval else None
        found.append(Listed(place.id, place.state(today), page.owner, page.expires_on, len(page.tables), by))
    return found
