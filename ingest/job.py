"""The ingest job: take stock, then read, pseudonymise, check, conform and load each file; then swap the warehouse."""

import secrets
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb

from data_contracts.contract import load_contracts
from ingest.build import open_work, write_sorted
from ingest.delivery import Delivery, Receipt, take_stock
from ingest.extract import extracts_in, skipped_in
from ingest.file_job import FileJob
from ingest.file_names import refuse_telling_folder, told
from ingest.identifier import read_scheme
from ingest.life.objections import read_objections, write_objections
from ingest.life.purge import purge
from ingest.prepare import prepare_ahead
from ingest.pseudonymise import pseudonymiser_of
from ingest.report import remove_unfinished, write_index, write_page
from ingest.run_record import RunLog
from ingest.validate import load_ahead
from ingest.verdict import FileVerdict, RunResult, is_refused
from packs.pack import Pack, load_pack
from tvaers.errors import ExtractError
from tvaers.keys import load_master_key
from tvaers.master_key import MasterKey
from tvaers.progress import track
from tvaers.settings import Settings
from warehouse.connection import open_read_only
from warehouse.run_log import Batch, batches, refuse_other_key
from warehouse.swap import one_builder_at_a_time, place_beside, replace_atomically, working_copy


def refuse_telling_path(settings: Settings, folder: Path) -> None:
    """Refuse a path that holds what looks like an identifier, before any message tells it.

    Raises:
        ExtractError: It does.
    """
    refuse_telling_folder(folder, read_scheme(load_pack(settings.pack).folder))


def run(
    settings: Settings, folder: Path, *, load: bool = True, covers_until: date | None = None, today: date | None = None
) -> RunResult:
    """Ingest every extract below a folder.

    Running the same folder again changes nothing. A file that is refused does not stop the others.

    Args:
        settings: The home folder and its pack.
        folder: Where the extracts lie.
        load: False checks everything, and writes the reports, without changing the warehouse.
        covers_until: Last day of the period that the files cover completely; None tells it from their rows.
        today: The day of delivery; None asks the clock. No time of a file is looked at, since copying changes it.

    Raises:
        ExtractError: The folder is missing or empty, the stated period has not ended yet, or the reports cannot be
            written.
        SecretKeyError: The key file is missing or unsafe.
        WarehouseError: The warehouse is busy, damaged, of another version or under another key, the list of people who
            objected was changed, or the disk is full.
    """
    receipt = Receipt(today or datetime.now().astimezone().date(), covers_until)
    _refuse_period_to_come(receipt)
    key = load_master_key(settings)
    pack = load_pack(settings.pack)
    scheme = read_scheme(pack.folder)
    refuse_telling_folder(folder, scheme)
    paths = extracts_in(folder)
    root = folder if folder.is_dir() else folder.parent
    skipped = told(skipped_in(folder), root, scheme) if folder.is_dir() else ()
    with one_builder_at_a_time(settings.warehouse):
        known = _known_batches(settings, key)
        read_objections(settings, key)
        remove_unfinished(settings.reports, {batch.run_id for batch in known})
        if not known:
            load_ahead()
        deliveries, verdicts = take_stock(paths, root, load_contracts(pack.contracts), known, scheme, receipt)
        if not deliveries and not any(map(is_refused, verdicts)):
            return RunResult(None, tuple(verdicts), is_loaded=False, skipped=skipped)
        started = datetime.now(tz=UTC)
        run_id = f"{started:%Y%m%dT%H%M%SZ}-{secrets.token_hex(2)}"
        reports = settings.reports / run_id
        verdicts = [_with_page(verdict, reports) for verdict in verdicts]
        log = RunLog(run_id, started, key.key_id, pack)
        is_loaded = False
        if deliveries:
            treated, is_loaded = _treat(settings, key, deliveries, verdicts, log, load=load)
            verdicts = [*treated, *verdicts]
        if load and not is_loaded:
            log.write_alone(settings, key, verdicts)
        index = write_index(reports, run_id, verdicts)
        return RunResult(run_id, tuple(verdicts), is_loaded=is_loaded, report=index, skipped=skipped)


def _refuse_period_to_come(receipt: Receipt) -> None:
    if receipt.covers_until and receipt.covers_until > receipt.on:
        raise ExtractError(
            "No file can cover days that have not come yet.",
            where=f"stated until {receipt.covers_until}",
            how_much=f"{(receipt.covers_until - receipt.on).days} days after today",
            what_to_do="State the last day of the period that the files cover completely: --covers-until DATE.",
            reason="period_to_come",
        )


def _leave_out_objecting(con: duckdb.DuckDBPyConnection, settings: Settings, key: MasterKey, pack: Pack) -> None:
    """Take people who objected out again, before the warehouse is written; whom a new number joins to them, too."""
    listed = read_objections(settings, key)
    found, _ = purge(con, pack, listed)
    if found != listed:
        write_objections(settings, key, found)


def _with_page(verdict: FileVerdict, reports: Path) -> FileVerdict:
    """Return the verdict with a report page, for a file that goes no further."""
    return replace(verdict, report=write_page(reports, verdict, None, "", "")) if is_refused(verdict) else verdict


def _known_batches(settings: Settings, key: MasterKey) -> list[Batch]:
    if not settings.warehouse.exists():
        return []
    with open_read_only(settings.warehouse, key.subkey("encryption")) as con:
        refuse_other_key(con, key.key_id)
        return batches(con)


def _treat(
    settings: Settings,
    key: MasterKey,
    deliveries: list[Delivery],
    others: list[FileVerdict],
    log: RunLog,
    *,
    load: bool,
) -> tuple[list[FileVerdict], bool]:
    """Treat the new files in a working copy of the warehouse, and swap the result in when any was accepted."""
    encryption, pack = key.subkey("encryption"), log.pack
    verdicts: list[FileVerdict] = []
    with (
        working_copy(settings.warehouse) as work,
        open_work(
            work, encryption, result=place_beside(settings.warehouse), coming=[each.extract.path for each in deliveries]
        ) as con,
    ):
        with track("Loading files", len(deliveries)) as advance:
            pseudonymiser = pseudonymiser_of(settings, pack, key, born_until=log.started.date())
            job = FileJob(con, pack, key_id=key.key_id, run_id=log.run_id, reports=settings.reports / log.run_id)
            with closing(prepare_ahead(con, pack, deliveries, pseudonymiser)) as ready:
                for delivery, prepared in ready:
                    verdicts.append(job.treat(delivery, prepared))
                    advance(1)
        if not (load and any(verdict.state.startswith("accepted") for verdict in verdicts)):
            return verdicts, False
        log.write(con, [*verdicts, *others])
        _leave_out_objecting(con, settings, key, pack)
        with replace_atomically(settings.warehouse) as beside:
            write_sorted(con, beside, encryption, job.changed)
    return verdicts, True
