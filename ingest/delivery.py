"""Take stock of a folder: which files are new, what each one is, and in which order they are to be loaded."""

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from data_contracts.contract import Contract
from ingest.extract import Extract, hash_of, refuse_repeated_columns, survey, unreadable
from ingest.fhir import recognise_bundles
from ingest.file_names import set_aside_telling_names, shown
from ingest.identifier import IdentifierScheme
from ingest.recognise import delivery_key, key_of_name, nearest_contract, recognise, version_of
from ingest.verdict import FileVerdict
from tvaers.errors import ContractError, ExtractError, TvaersError
from tvaers.progress import track
from warehouse.run_log import Batch

# Unpacking and hashing leave Python's lock alone.
_AT_A_TIME = 2

_NOT_OURS = "Take it out of the folder, or ask the supplier for the file type that was agreed."

_TELL_APART = (
    "If it is a delivery of its own, give it a name of its own. "
    "If it corrects the other one, mark it as the newest version: end its name in _v2, _v3 and so on."
)


@dataclass(frozen=True)
class Receipt:
    """When files came, and what was said of them. A file's own time tells neither: copying changes it.

    Attributes:
        on: The day of the run. What lies after it is in the future.
        covers_until: Last day of the period that the files cover completely, when the steward states it.
    """

    on: date
    covers_until: date | None = None


@dataclass(frozen=True)
class Delivery:
    """A new file that falls under a contract.

    Attributes:
        extract: The file.
        contract: Its contract.
        delivery_key: What it is a delivery of.
        receipt: When it came, and the period it is said to cover.
        ignored: Delivered columns that the contract does not know.
    """

    extract: Extract
    contract: Contract
    delivery_key: str
    receipt: Receipt
    ignored: tuple[str, ...] = ()

    @property
    def file_name(self) -> str:
        """Name of the file, without its folder."""
        return shown(self.extract.path)

    @property
    def version(self) -> int:
        """Which version of the delivery its name marks, from 1."""
        return version_of(self.extract.path)


def take_stock(
    paths: Sequence[Path],
    root: Path,
    contracts: Mapping[str, Contract],
    known: Iterable[Batch],
    scheme: IdentifierScheme,
    receipt: Receipt,
) -> tuple[list[Delivery], list[FileVerdict]]:
    """Sort files into new deliveries, in the order of loading, and verdicts on those that go no further.

    Args:
        paths: The files.
        root: The folder they were found below.
        contracts: Accepted file types in the order of loading.
        known: Every delivery that was ever loaded, also those replaced since.
        scheme: How identifiers are written; a file whose name or folder holds one is refused.
        receipt: When the files came.
    """
    loaded_before = list(known)
    by_hash = {batch.file_hash: batch for batch in loaded_before}
    present: list[Batch] = []
    deliveries: list[Delivery] = []
    seen: dict[str, str] = {}
    files, verdicts = set_aside_telling_names(paths, root, scheme)
    with track("Recognising files", len(files)) as advance, ThreadPoolExecutor(_AT_A_TIME) as pool:
        looked_at = [pool.submit(_look_at, path, by_hash, contracts, receipt) for path in files]
        try:
            for path, look in zip(files, looked_at, strict=True):
                file_hash, found = look.result()
                if file_hash in seen:
                    found = FileVerdict(
                        shown(path), None, None, "already_loaded", message=f"The same as {seen[file_hash]}."
                    )
                elif batch := by_hash.get(file_hash or ""):
                    present.append(batch)
                if file_hash:
                    seen.setdefault(file_hash, shown(path))
                (verdicts if isinstance(found, FileVerdict) else deliveries).append(found)  # type: ignore[arg-type]
                advance(1)
        finally:
            pool.shutdown(cancel_futures=True)
    order = list(contracts)
    deliveries.sort(key=lambda each: (order.index(each.contract.file_type), each.delivery_key, each.version))
    in_order, refused = _keep_versions_apart(deliveries, loaded_before, present)
    return in_order, [*verdicts, *refused]


def said(fault: TvaersError) -> str:
    """Return what is wrong with a file, how much of it, and what to do, as one text."""
    return " ".join(part for part in (fault.what, fault.how_much, fault.what_to_do) if part)


def _keep_versions_apart(
    deliveries: Iterable[Delivery], known: Iterable[Batch], present: Iterable[Batch]
) -> tuple[list[Delivery], list[FileVerdict]]:
    """Refuse a file that would silently take the place of another one, or of a newer version of itself.

    Args:
        deliveries: New files, the versions of one delivery in their order.
        known: Every delivery that was ever loaded.
        present: Those of them whose files lie in the folder now.
    """
    newest: dict[str, int] = {}
    for batch in known:
        if batch.state == "loaded":
            name = key_of_name(batch.delivery_key)
            newest[name] = max(newest.get(name, 0), version_of(Path(batch.file_name)))
    taken = {(key_of_name(batch.delivery_key), version_of(Path(batch.file_name))) for batch in present}
    kept: list[Delivery] = []
    refused: list[FileVerdict] = []
    for each in deliveries:
        mark = (each.delivery_key, each.version)
        if each.version < newest.get(each.delivery_key, 0):
            refused.append(_refused(each, "A newer version of this file is loaded already.", "older_version"))
        elif mark in taken:
            refused.append(_refused(each, "The folder holds another file of this name and version.", "same_name"))
        else:
            taken.add(mark)
            kept.append(each)
    return kept, refused


def _refused(delivery: Delivery, message: str, reason: str) -> FileVerdict:
    contract, extract = delivery.contract, delivery.extract
    return FileVerdict(
        delivery.file_name,
        contract.file_type,
        contract.sector,
        "refused",
        encoding=extract.encoding,
        separator=extract.told_separator,
        message=f"{message} {_TELL_APART}",
        reason=reason,
        file_hash=extract.file_hash,
        delivered_on=delivery.receipt.on,
    )


def _look_at(
    path: Path, loaded: Mapping[str, Batch], contracts: Mapping[str, Contract], receipt: Receipt
) -> tuple[str | None, Delivery | FileVerdict]:
    """Return a file's hash (None when it cannot be read), and the delivery it is or why it goes no further."""
    file_hash = extract = None
    try:
        file_hash = hash_of(path)
        if batch := loaded.get(file_hash):
            return file_hash, _already_loaded(path, batch)
        extract = survey(path, file_hash)
        return file_hash, _recognise(extract, contracts, receipt)
    except (ExtractError, ContractError) as fault:
        return file_hash, _unreadable(path, file_hash, fault, extract)
    except Exception as fault:
        # Its text is left out: a library may have put a value from a row into it.
        return file_hash, _unreadable(path, file_hash, unreadable(path, fault), extract)


def _unreadable(path: Path, file_hash: str | None, fault: TvaersError, extract: Extract | None) -> FileVerdict:
    """Return the verdict on a file that cannot be read, with what was found out before that was seen."""
    return FileVerdict(
        shown(path),
        None,
        None,
        "refused",
        encoding=extract.encoding if extract else None,
        separator=extract.told_separator if extract else None,
        message=said(fault),
        reason=fault.reason,
        file_hash=file_hash,
    )


def _recognise(extract: Extract, contracts: Mapping[str, Contract], receipt: Receipt) -> Delivery | FileVerdict:
    if extract.separator is None:
        contract = recognise_bundles(extract, contracts)
        if contract is not None:
            return Delivery(extract, contract, delivery_key(contract.file_type, extract.path), receipt)
        what = "Its bundles carry no profile of a known report, and neither does its name."
        return _unrecognised(extract, what, receipt)
    refuse_repeated_columns(extract)
    recognised = recognise(extract, contracts)
    if recognised is not None:
        return Delivery(extract, recognised.contract, recognised.delivery_key, receipt, recognised.ignored)
    nearest = nearest_contract(extract, contracts)
    hint = f" The nearest known type is {nearest.file_type} ({nearest.sector})." if nearest else ""
    if len(extract.header) == 1:
        hint += " Only one column was found: the separator is none of semicolon, comma, tab and pipe."
    what = f"Its {len(extract.header)} columns are those of no known file type.{hint}"
    return _unrecognised(extract, what, receipt)


def _unrecognised(extract: Extract, message: str, receipt: Receipt) -> FileVerdict:
    return FileVerdict(
        shown(extract.path),
        None,
        None,
        "unrecognised",
        encoding=extract.encoding,
        separator=extract.told_separator,
        message=f"{message} {_NOT_OURS}",
        reason="unknown_type",
        file_hash=extract.file_hash,
        delivered_on=receipt.on,
    )


def _already_loaded(path: Path, batch: Batch) -> FileVerdict:
    replaced = " It has since been replaced by a corrected delivery." if batch.state == "replaced" else ""
    return FileVerdict(
        shown(path),
        batch.file_type,
        batch.sector,
        "already_loaded",
        rows_in=batch.rows_in,
        loaded=batch.rows_loaded,
        quarantined=batch.rows_quarantined,
        duplicates=batch.rows_duplicate,
        encoding=batch.encoding,
        separator=batch.separator,
        message=f"Loaded before, on {batch.ended_at:%Y-%m-%d}.{replaced}",
        file_hash=batch.file_hash,
        delivered_on=batch.delivered_on,
    )
