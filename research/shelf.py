"""Where projects lie, and in which state each of them is: proposed, open, changed, expired or closed."""

import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Literal

from research.page import ID, ProjectPage, read_page
from tvaers.errors import DefinitionError, SecretKeyError, WarehouseError
from tvaers.settings import Settings

State = Literal["proposed", "open", "changed", "expired", "closed"]
KEY_BYTES = 32

WHAT_NOW: dict[State, str] = {
    "proposed": "The data controller reads project.yaml, then: tvaers project approve {id} --by NAME",
    "open": 'tvaers query --project {id} "SELECT * FROM dictionary"',
    "changed": "project.yaml was changed after it was approved. Take the change back, or have it approved: "
    "tvaers project approve {id} --by NAME",
    "expired": "Nobody can open it. For more time, write a later expires_on into project.yaml and have it approved "
    "again; else: tvaers project close {id}",
    "closed": "Its database and key are gone for good. A new project needs an id of its own.",
}


@dataclass(frozen=True)
class Approval:
    """That a data controller has approved a page.

    Attributes:
        by: Who approved it.
        on: When, as a date.
        fingerprint: Of the page as it was approved.
        key_id: The master key under which the pseudonyms were made.
        seal: What only a holder of that key could have written under the rest.
    """

    by: str
    on: str
    fingerprint: str
    key_id: str
    seal: str

    @property
    def sealed(self) -> bytes:
        """The content that the seal is made over."""
        return f"project-approval|{self.by}|{self.on}|{self.fingerprint}|{self.key_id}".encode()


@dataclass(frozen=True)
class Shelved:
    """One project and the files it has.

    Attributes:
        id: Its id.
        folder: Its folder below the home.
        key_file: The key of its database, beside the master key and so outside the home.
    """

    id: str
    folder: Path
    key_file: Path

    @property
    def page_file(self) -> Path:
        """The page that is read and approved."""
        return self.folder / "project.yaml"

    @property
    def database(self) -> Path:
        """The project's own database, encrypted under a key of its own."""
        return self.folder / "data.duckdb"

    @property
    def exports(self) -> Path:
        """What left the project, and every decision about it."""
        return self.folder / "exports"

    def page(self) -> ProjectPage:
        """Return the page.

        Raises:
            DefinitionError: There is no such project, or its page is written wrongly or is another project's.
        """
        page = read_page(self.page_file)
        if page.project != self.id:
            raise DefinitionError(
                "A page lies in another project's folder.", where=str(self.page_file), what_to_do="Put it back."
            )
        return page

    def approval(self) -> Approval | None:
        """Return the approval in force, or None."""
        path = self.folder / "approval.json"
        return Approval(**json.loads(path.read_text(encoding="utf-8"))) if path.is_file() else None

    def state(self, today: date | None = None) -> State:
        """Return the state of the project on a day: today, in UTC, when no other is named."""
        if (self.folder / "closed.json").is_file():
            return "closed"
        approval = self.approval()
        if approval is None:
            return "proposed"
        page = self.page()
        if approval.fingerprint != page.fingerprint or not self.database.is_file():
            return "changed"
        return "expired" if page.expires_on < (today or utc_today()) else "open"

    def write_approval(self, approval: Approval) -> None:
        """Put an approval in force."""
        beside = self.folder / "approval.json.new"
        beside.write_text(json.dumps(asdict(approval), indent=2, ensure_ascii=False), encoding="utf-8")
        beside.replace(self.folder / "approval.json")

    def key(self) -> bytes:
        """Return the key of the project's database.

        Raises:
            SecretKeyError: The key is gone or readable by others.
        """
        what_to_do = "Approve the project again, which writes its database anew under a new key."
        try:
            if self.key_file.stat().st_mode & 0o077:
                raise SecretKeyError(
                    "The project's key can be read by others.",
                    where=str(self.key_file),
                    what_to_do=f"chmod 600 {self.key_file}",
                )
            return bytes.fromhex(self.key_file.read_text(encoding="ascii").strip())
        except (OSError, ValueError):
            raise SecretKeyError(
                "The project's key cannot be read.", where=str(self.key_file), what_to_do=what_to_do
            ) from None

    def keep_key(self, secret: bytes) -> None:
        """Write the key of the project's database in the place of the one before."""
        self.key_file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        beside = self.key_file.with_name(self.key_file.name + ".new")
        beside.unlink(missing_ok=True)
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
            file.write(secret.hex() + "\n")
        beside.replace(self.key_file)

    def destroy_data(self) -> None:
        """Destroy the key and the database, and what was written from it for the first day."""
        self.key_file.unlink(missing_ok=True)
        for path in self.folder.glob("data.duckdb*"):
            path.unlink()
        for name in ("first_look.ipynb", "queries"):
            path = self.folder / name
            shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink(missing_ok=True)

    def close(self, why: str) -> None:
        """Destroy the data; the page, the approval and the record of exports stay."""
        self.destroy_data()
        closed = {"closed_on": utc_today().isoformat(), "why": why}
        (self.folder / "closed.json").write_text(json.dumps(closed, ensure_ascii=False), encoding="utf-8")


def shelved(settings: Settings, project: str) -> Shelved:
    """Return a project by its id, whether it exists or not.

    Raises:
        DefinitionError: The id could not be one.
    """
    if not ID.fullmatch(project):
        raise DefinitionError(
            "That is no project id.",
            how_much="An id is 3 to 40 small letters, digits and hyphens, beginning with a letter.",
            what_to_do="tvaers project list",
        )
    key_file = settings.key_file.with_name(f"{settings.key_file.stem}.project-{project}.key")
    return Shelved(project, settings.home / "projects" / project, key_file)


def all_shelved(settings: Settings) -> Iterator[Shelved]:
    """Yield every project of a home, by id."""
    for page in sorted((settings.home / "projects").glob("*/project.yaml")):
        if ID.fullmatch(page.parent.name):
            yield shelved(settings, page.parent.name)


def refuse_unless_open(project: Shelved, today: date | None = None) -> ProjectPage:
    """Return the page of a project that can be opened.

    Raises:
        DefinitionError: There is no such project.
        WarehouseError: It is proposed, changed, expired or closed.
    """
    page = project.page()
    state = project.state(today)
    if state != "open":
        raise WarehouseError(
            f"The project {project.id} cannot be opened: it is {state}.",
            where=str(project.folder),
            what_to_do=WHAT_NOW[state].format(id=project.id),
        )
    return page


def utc_today() -> date:
    """Return the day it is, in UTC."""
    return datetime.now(tz=UTC).date()
