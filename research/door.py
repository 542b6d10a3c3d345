"""Open a project and ask it: answers as Arrow, Polars or pandas, each question in a sandbox of its own."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
import pyarrow

from research.noted import note
from research.page import ProjectPage
from research.sandbox.ask import Limits, ask
from research.shelf import Shelved, refuse_unless_open, shelved, utc_today
from tvaers.audit_log import record
from tvaers.errors import TvaersError, WarehouseError
from tvaers.keys import load_master_key
from tvaers.settings import Settings, load_settings

if TYPE_CHECKING:
    import pandas

OWN = frozenset({"about", "dictionary"})
"""Tables that every project has: what it is, and what its columns say."""


@dataclass(frozen=True)
class Project:
    """A project that is open. Nothing of its data is in this process but the answers that were asked for.

    Attributes:
        settings: The home folder.
        place: Its files.
        page: Its approved page.
    """

    settings: Settings
    place: Shelved
    page: ProjectPage

    @property
    def tables(self) -> frozenset[str]:
        """The tables that can be asked."""
        return frozenset(self.page.tables) | OWN

    def arrow(self, sql: str, *, limits: Limits | None = None) -> pyarrow.Table:
        """Return the answer to one question as an Arrow table.

        Args:
            sql: One SELECT over the project's tables.
            limits: What the question may use.

        Raises:
            DefinitionError: The question is not allowed, is wrong, or took too long or too much.
            WarehouseError: The project has been closed, changed or expired since it was opened.
        """
        refuse_unless_open(self.place)
        try:
            answer = self.unnoted(sql, limits=limits)
        except TvaersError:
            self.noted("query", "database", rows=None, outcome="refused")
            raise
        self.noted("query", "database", rows=answer.num_rows)
        return answer

    def noted(self, action: str, subject: str, *, rows: int | None, outcome: str = "done") -> None:
        """Write down what was done, in the project's journal and in the audit log; never a word of a question.

        Args:
            action: What was done, for example `query`.
            subject: What it was done to, for example `database`.
            rows: How many rows it concerned.
            outcome: How it ended.
        """
        purpose = self.page.purpose
        note(self.place, action, purpose=purpose, rows=rows, outcome=outcome)
        record(
            self.settings,
            f"{action} project",
            subject,
            project=self.place.id,
            purpose=purpose,
            rows=rows,
            outcome=outcome,
            role="researcher",
        )

    def unnoted(self, sql: str, *, limits: Limits | None = None) -> pyarrow.Table:
        """Return the answer to one of the program's own questions, which no journal needs; else as `arrow`."""
        place = self.place
        return ask(sql, place.database, place.key(), tables=self.tables, today=utc_today(), limits=limits)

    def polars(self, sql: str) -> pl.DataFrame:
        """Return the answer to one question as a Polars frame; as for `arrow`."""
        return pl.DataFrame(self.arrow(sql))

    def pandas(self, sql: str) -> "pandas.DataFrame":
        """Return the answer to one question as a pandas frame; as for `arrow`."""
        return self.arrow(sql).to_pandas()

    def dictionary(self) -> pl.DataFrame:
        """Return every table and column of the project: what it says, and how it differs from the warehouse."""
        return self.polars("SELECT * FROM dictionary")


def open_project(project: str, home: Path | None = None) -> Project:
    """Open a project.

    Args:
        project: Its id.
        home: The home folder; `TVAERS_HOME` or the user's own when None.

    Raises:
        DefinitionError: There is no such project.
        WarehouseError: It is proposed, changed, expired or closed, or its approval is not genuine.
    """
    settings = load_settings(home)
    place = shelved(settings, project)
    page = refuse_unless_open(place)
    _refuse_forged_approval(settings, place)
    return Project(settings, place, page)


def _refuse_forged_approval(settings: Settings, place: Shelved) -> None:
    """Refuse an approval that no holder of the master key has written.

    Raises:
        WarehouseError: The approval is not genuine.
    """
    approval = place.approval()
    master = load_master_key(settings)
    if approval is None or not master.has_sealed(approval.sealed, approval.key_id, approval.seal):
        raise WarehouseError(
            "The project's approval is not genuine: its seal does not fit.",
            where=str(place.folder / "approval.json"),
            what_to_do=f"Find out who changed it. To approve the page: tvaers project approve {place.id} --by NAME",
        )
