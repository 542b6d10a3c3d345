"""What a run leaves in the warehouse's run log: itself, and the files that it refused."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import duckdb

from ingest.recognise import delivery_name
from ingest.verdict import FileVerdict, is_refused
from packs.pack import Pack
from tvaers import __version__
from tvaers.master_key import MasterKey
from tvaers.settings import Settings
from warehouse.connection import open_for_build, open_read_only
from warehouse.run_log import Refusal, Run, unlisted, write_refusals, write_run
from warehouse.swap import replace_atomically


@dataclass(frozen=True)
class RunLog:
    """One run, as the run log will tell it.

    Attributes:
        run_id: Identifier of the run.
        started: When it began.
        key_id: Which key makes the pseudonyms.
        pack: The country pack.
    """

    run_id: str
    started: datetime
    key_id: str
    pack: Pack

    def write(self, con: duckdb.DuckDBPyConnection, verdicts: Sequence[FileVerdict]) -> None:
        """Add the run and its refusals to the warehouse being built."""
        write_run(con, self._run(verdicts))
        write_refusals(con, unlisted(con, self._refusals(verdicts)))

    def write_alone(self, settings: Settings, key: MasterKey, verdicts: Sequence[FileVerdict]) -> None:
        """Add a run that loaded nothing to the live warehouse, whose other tables stay as they are.

        A run that refuses only what was refused before, for the same reasons, changes nothing.

        Raises:
            WarehouseError: The disk is full.
        """
        refusals, encryption = self._refusals(verdicts), key.subkey("encryption")
        if settings.warehouse.exists():
            with open_read_only(settings.warehouse, encryption) as con:
                refusals = unlisted(con, refusals)
        if not refusals:
            return
        with (
            replace_atomically(settings.warehouse, start_from_copy=True) as beside,
            open_for_build(beside, encryption) as con,
        ):
            write_run(con, self._run(verdicts))
            write_refusals(con, refusals)

    def _run(self, verdicts: Sequence[FileVerdict]) -> Run:
        accepted = [verdict for verdict in verdicts if verdict.state.startswith("accepted")]

        def count(state: str) -> int:
            return sum(verdict.state == state for verdict in verdicts)

        return Run(
            run_id=self.run_id,
            started_at=self.started.replace(tzinfo=None),
            ended_at=datetime.now(tz=UTC).replace(tzinfo=None),
            files_seen=len(verdicts),
            files_loaded=len(accepted),
            files_refused=count("refused"),
            files_already_loaded=count("already_loaded"),
            files_unrecognised=count("unrecognised"),
            rows_in=sum(verdict.rows_in for verdict in accepted),
            rows_loaded=sum(verdict.loaded for verdict in accepted),
            rows_quarantined=sum(verdict.quarantined for verdict in accepted),
            rows_duplicate=sum(verdict.duplicates for verdict in accepted),
            key_id=self.key_id,
            pack=self.pack.name,
            pack_version=self.pack.version,
            code_version=__version__,
        )

    def _refusals(self, verdicts: Sequence[FileVerdict]) -> list[Refusal]:
        return [
            Refusal(
                run_id=self.run_id,
                file_name=verdict.file_name,
                file_hash=verdict.file_hash,
                delivery_name=delivery_name(verdict.file_name),
                file_type=verdict.file_type,
                sector=verdict.sector,
                state=verdict.state,
                reason=verdict.reason,
                delivered_on=verdict.delivered_on,
                rows_in=verdict.rows_in,
                rows_quarantined=verdict.quarantined,
                refused_at=datetime.now(tz=UTC).replace(tzinfo=None),
                code_version=__version__,
            )
            for verdict in verdicts
            if is_refused(verdict)
        ]
