"""The ingest job: take stock, then read, pseudonymise, check, conform and load each file; then swap the warehouse."""

import secrets
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from data_contracts.contract import load_contracts
from ingest.build import open_work, write_sorted
from ingest.delivery import Delivery, take_stock
from ingest.extract import extracts_in
from ingest.file_job import FileJob
from ingest.identifier import read_scheme
from ingest.pseudonymise import Pseudonymiser
from ingest.reading import Reading
from ingest.report import write_index
from ingest.verdict import FileVerdict, RunResult
from packs.pack import Pack, load_pack
from tvaers import __version__
from tvaers.keys import MasterKey, load_master_key
from tvaers.progress import track
from tvaers.settings import Settings
from warehouse.connection import open_read_only
from warehouse.run_log import Batch, Run, batches, refuse_other_key, write_run
from warehouse.swap import one_builder_at_a_time, place_beside, replace_atomically, working_copy


def run(settings: Settings, folder: Path, *, load: bool = True) -> RunResult:
    """Ingest every extract below a folder.

    Running the same folder again changes nothing. A file that is refused does not stop the others.

    Args:
        settings: The home folder and its pack.
        folder: Where the extracts lie.
        load: False checks everything, and writes the reports, without changing the warehouse.

    Raises:
        ExtractError: The folder is missing or empty, or the reports cannot be written.
        SecretKeyError: The key file is missing or unsafe.
        WarehouseError: The warehouse is busy, damaged, of another version or under another key, or the disk is full.
    """
    key = load_master_key(settings)
    pack = load_pack(settings.pack)
    paths = extracts_in(folder)
    with one_builder_at_a_time(settings.warehouse):
        known = _known_batches(settings, key)
        deliveries, verdicts = take_stock(paths, load_contracts(pack.contracts), known, read_scheme(pack.folder))
        if not deliveries and not any(verdict.state in ("refused", "unrecognised") for verdict in verdicts):
            return RunResult(None, tuple(verdicts), is_loaded=False)
        now = datetime.now(tz=UTC)
        run_id = f"{now:%Y%m%dT%H%M%SZ}-{secrets.token_hex(2)}"
        reports = settings.reports / run_id
        is_loaded = False
        if deliveries:
            treated, is_loaded = _treat(settings, key, pack, deliveries, verdicts, run_id=run_id, load=load)
            verdicts = [*treated, *verdicts]
        return RunResult(run_id, tuple(verdicts), is_loaded=is_loaded, report=write_index(reports, run_id, verdicts))


def _known_batches(settings: Settings, key: MasterKey) -> list[Batch]:
    if not settings.warehouse.exists():
        return []
    with open_read_only(settings.warehouse, key.subkey("encryption")) as con:
        refuse_other_key(con, key.key_id)
        return batches(con)


def _treat(
    settings: Settings,
    key: MasterKey,
    pack: Pack,
    deliveries: list[Delivery],
    others: list[FileVerdict],
    *,
    run_id: str,
    load: bool,
) -> tuple[list[FileVerdict], bool]:
    """Treat the new files in a working copy of the warehouse, and swap the result in when any was accepted."""
    started = datetime.now(tz=UTC)
    encryption = key.subkey("encryption")
    verdicts: list[FileVerdict] = []
    with (
        working_copy(settings.warehouse) as work,
        open_work(work, encryption, result=place_beside(settings.warehouse)) as con,
    ):
        with track("Loading files", len(deliveries)) as advance:
            pseudonymiser = Pseudonymiser(
                f"{pack.settings.identifier.country}-{pack.settings.identifier.scheme}".lower(),
                read_scheme(pack.folder),
                key.subkey("warehouse"),
                key.subkey("record-key"),
                born_until=started.date(),
            )
            job = FileJob(con, pack, key_id=key.key_id, run_id=run_id, reports=settings.reports / run_id)
            for delivery, reading in _read_ahead(deliveries, pseudonymiser):
                verdicts.append(job.treat(delivery, reading))
                advance(1)
        accepted = [verdict for verdict in verdicts if verdict.state.startswith("accepted")]
        if not (accepted and load):
            return verdicts, False
        write_run(con, _run_record(run_id, started, [*verdicts, *others], accepted, key.key_id, pack))
        with replace_atomically(settings.warehouse) as beside:
            write_sorted(con, beside, encryption, job.changed)
    return verdicts, True


def _read_ahead(deliveries: list[Delivery], pseudonymiser: Pseudonymiser) -> Iterator[tuple[Delivery, Reading]]:
    """Yield each file while the next one is being read."""
    readings: list[Reading] = []
    try:
        for number, delivery in enumerate(deliveries):
            coming = deliveries[len(readings) : number + 2]
            readings.extend(Reading(each.extract, each.contract, pseudonymiser) for each in coming)
            yield delivery, readings[number]
            readings[number].close()
    finally:
        for reading in readings:
            reading.close()


def _run_record(
    run_id: str,
    started: datetime,
    verdicts: list[FileVerdict],
    accepted: list[FileVerdict],
    key_id: str,
    pack: Pack,
) -> Run:
    def count(state: str) -> int:
        return sum(verdict.state == state for verdict in verdicts)

    return Run(
        run_id=run_id,
        started_at=started.replace(tzinfo=None),
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
        key_id=key_id,
        pack=pack.name,
        pack_version=pack.version,
        code_version=__version__,
    )
