"""Read and pseudonymise a file in the background, while the one before it is being checked and loaded."""

import queue
import threading
from collections.abc import Iterator
from datetime import tzinfo

from data_contracts.contract import Contract
from ingest.extract import Extract, unreadable
from ingest.fhir import read_bundles
from ingest.pseudonymise import PseudonymisedBlock, Pseudonymiser
from ingest.rows import read_rows
from tvaers.errors import TvaersError

# Blocks that may wait, so that reading ahead never fills the memory.
_WAITING = 2
_PATIENCE_SECONDS = 0.2


class Reading:
    """The pseudonymised blocks of one file; reading starts at once and is ended by `close`."""

    def __init__(self, extract: Extract, contract: Contract, pseudonymiser: Pseudonymiser, zone: tzinfo | None) -> None:
        self._blocks: queue.Queue[PseudonymisedBlock | TvaersError | None] = queue.Queue(_WAITING)
        self._is_closed = threading.Event()
        self._thread = threading.Thread(target=self._read, args=(extract, contract, pseudonymiser, zone), daemon=True)
        self._thread.start()

    def blocks(self) -> Iterator[PseudonymisedBlock]:
        """Yield the blocks in the file's order.

        They end early when the reading is closed.

        Raises:
            ExtractError: The file is cut short, or could not be read for a reason that was not foreseen.
        """
        while not self._is_closed.is_set():
            try:
                item = self._blocks.get(timeout=_PATIENCE_SECONDS)
            except queue.Empty:
                continue
            if item is None:
                return
            if isinstance(item, TvaersError):
                raise item
            yield item

    def close(self) -> None:
        """Stop reading and wait until the file is closed."""
        self._is_closed.set()
        self._thread.join()

    def _read(self, extract: Extract, contract: Contract, pseudonymiser: Pseudonymiser, zone: tzinfo | None) -> None:
        try:
            blocks = read_bundles(extract, contract, zone) if contract.format == "fhir" else read_rows(extract)
            for block in blocks:
                if not self._put(pseudonymiser.apply(block, contract)):
                    return
            self._put(None)
        except TvaersError as fault:
            self._put(fault)
        except BaseException as fault:  # a library that is not written in Python may raise no Exception
            self._put(unreadable(extract.path, fault))

    def _put(self, item: PseudonymisedBlock | TvaersError | None) -> bool:
        while not self._is_closed.is_set():
            try:
                self._blocks.put(item, timeout=_PATIENCE_SECONDS)
            except queue.Full:
                continue
            return True
        return False
