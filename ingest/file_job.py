"""The steps of one file whose rows are staged and checked: validate, conform and load, report."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from data_contracts.contract import Contract
from data_contracts.rules import PARTNER_UNKNOWN, word_unknown
from ingest.alias import tells_aliases
from ingest.at_once import say_what_is_told_otherwise, say_what_lasts_twice, say_who_is_two_people
from ingest.balance import UnbalancedRowsError
from ingest.conform import offer_codelists
from ingest.delivery import Delivery, said
from ingest.load import Arrival, load
from ingest.prepare import Prepared
from ingest.recognise import key_of_name
from ingest.report import write_page
from ingest.same_name import Place, place_of
from ingest.unit_specialty import say_what_is_missing
from ingest.unknown_units import UnknownUnits, unknown_units
from ingest.validate import Validator
from ingest.verdict import FileVerdict
from ingest.waiting import say_what_came, say_what_waits
from packs.pack import Pack
from tvaers import __version__
from tvaers.errors import ExtractError
from warehouse.run_log import Batch, batches, next_batch_id, write_batch

_DOES_NOT_FIT = (
    "Rows of it keep the contract, but their mapping gives something that the warehouse does not allow. Nothing of the "
    "file was loaded: the pack's contract or mapping has to be corrected (tvaers pack check)."
)


class FileJob:
    """What the files of one run share.

    Attributes:
        changed: Core tables that any file of the run may have changed.
    """

    def __init__(
        self,
        con: duckdb.DuckDBPyConnection,
        pack: Pack,
        *,
        key_id: str,
        run_id: str,
        reports: Path,
    ) -> None:
        self._con = con
        self._pack = pack
        self._key_id = key_id
        self._run_id = run_id
        self._reports = reports
        self._validator = Validator(con)
        self.changed: set[str] = set()
        offer_codelists(con, pack.looked_up)

    def treat(self, delivery: Delivery, prepared: Prepared) -> FileVerdict:
        """Take one file through all steps; a fault of the file is its verdict, and the warehouse stays as it was."""
        contract, extract = delivery.contract, delivery.extract
        verdict = FileVerdict(
            delivery.file_name,
            contract.file_type,
            contract.sector,
            "refused",
            encoding=extract.encoding,
            separator=extract.told_separator,
            file_hash=extract.file_hash,
            delivered_on=delivery.receipt.on,
        )
        started = datetime.now(tz=UTC)
        known = batches(self._con)
        if missing := self._missing_partner(contract, known):
            return self._reported(replace(verdict, message=missing, reason="partner_missing"), contract)
        if fault := prepared.fault:
            return self._reported(replace(verdict, message=said(fault), reason=fault.reason), contract)
        verdict = replace(
            verdict,
            rows_in=prepared.rows,
            quarantined=prepared.quarantined,
            by_rule=prepared.by_rule,
            warnings=prepared.warnings,
        )
        with self._validator.validating(contract, delivery.file_name) as data_docs:
            verdict = self._judged(delivery, verdict, known, started)
        return self._reported(verdict, contract, prepared.failures, data_docs.result())

    def _judged(self, delivery: Delivery, verdict: FileVerdict, known: list[Batch], started: datetime) -> FileVerdict:
        """Refuse a file whole, or load its accepted rows."""
        in_use = [batch for batch in known if batch.state == "loaded"]
        earlier = [batch for batch in in_use if key_of_name(batch.delivery_key) == delivery.delivery_key]
        withdraws_all = self._withdraws_all(delivery, verdict, earlier)
        units = unknown_units(self._con, delivery.contract, verdict.by_rule)
        if (refusal := _refusal(delivery.contract, verdict, units)) and not withdraws_all:
            return replace(verdict, message=refusal[1], reason=refusal[0])
        try:
            place = place_of(self._con, self._pack, delivery, earlier)
            duplicates, missing = self._load(delivery, verdict, place, started)
        except ExtractError as fault:
            return replace(verdict, message=said(fault), reason=fault.reason)
        except duckdb.ConstraintException:
            self._con.execute("ROLLBACK")
            return replace(verdict, message=_DOES_NOT_FIT, reason="mapping_does_not_fit")
        except UnbalancedRowsError as fault:
            self._con.execute("ROLLBACK")
            return replace(verdict, message=said(fault), reason="rows_do_not_add_up")
        return replace(
            verdict,
            state="accepted_with_quarantine" if verdict.quarantined else "accepted",
            replaces=bool(place.replaces),
            loaded=verdict.rows_in - verdict.quarantined - duplicates,
            duplicates=duplicates,
            message=_message(delivery, place, units, missing),
        )

    def _withdraws_all(self, delivery: Delivery, verdict: FileVerdict, earlier: list[Batch]) -> bool:
        """Tell whether a file without rows is the correction of changed identifiers none of which was right."""
        is_empty = verdict.rows_in == 0 and delivery.version > 1
        return is_empty and bool(earlier) and tells_aliases(self._pack.mapping(delivery.contract.file_type))

    def _load(self, delivery: Delivery, verdict: FileVerdict, place: Place, started: datetime) -> tuple[int, str]:
        """Load the accepted rows in one transaction, replacing what they correct.

        Returns:
            The number of duplicates, and what is to be known of the loaded rows.
        """
        contract, con = delivery.contract, self._con
        con.execute("BEGIN")
        batch_id = next_batch_id(con)
        loaded = load(con, self._pack, Arrival(batch_id, contract, place.delivery_key), place.replaces)
        batch = self._batch(delivery, verdict, batch_id, loaded.duplicates, started)
        write_batch(con, replace(batch, delivery_key=place.delivery_key, rows_until=loaded.rows_until))
        con.execute("COMMIT")
        self.changed |= loaded.changed
        said = [say_what_waits(con, batch_id), say_what_came(loaded.released)]
        mapping = self._pack.mapping(contract.file_type)
        said.append(say_what_is_told_otherwise(con, mapping, batch_id))
        filled = {target.table for target in mapping.targets}
        if tells_aliases(mapping):
            filled |= loaded.changed
        said.append(say_what_lasts_twice(con, self._pack, filled))
        if filled & {"person", "person_alias"}:
            said.append(say_who_is_two_people(con))
        if mapping.specialty_by_unit:
            said.append(say_what_is_missing(con, self._pack, batch_id))
        return loaded.duplicates, " ".join(filter(None, said))

    def _batch(
        self, delivery: Delivery, verdict: FileVerdict, batch_id: int, duplicates: int, started: datetime
    ) -> Batch:
        return Batch(
            batch_id=batch_id,
            run_id=self._run_id,
            file_name=delivery.file_name,
            file_hash=delivery.extract.file_hash,
            file_type=delivery.contract.file_type,
            sector=delivery.contract.sector,
            contract_version=delivery.contract.version,
            pack=self._pack.name,
            pack_version=self._pack.version,
            delivery_key=delivery.delivery_key,
            delivered_on=delivery.receipt.on,
            covers_until=delivery.receipt.covers_until,
            rows_until=None,
            key_id=self._key_id,
            encoding=verdict.encoding,
            separator=verdict.separator,
            rows_in=verdict.rows_in,
            rows_loaded=verdict.rows_in - verdict.quarantined - duplicates,
            rows_quarantined=verdict.quarantined,
            rows_duplicate=duplicates,
            state="loaded",
            started_at=started.replace(tzinfo=None),
            ended_at=datetime.now(tz=UTC).replace(tzinfo=None),
            code_version=__version__,
        )

    def _missing_partner(self, contract: Contract, known: list[Batch]) -> str:
        """Return why a file that leans on another one cannot be treated; empty when it can."""
        delivered = {batch.file_type for batch in known if batch.state == "loaded"}
        if not contract.depends_on or delivered.intersection(contract.depends_on):
            return ""
        needed = " or ".join(contract.depends_on)
        return (
            f"It refers to rows of {needed}, of which nothing was delivered and accepted yet. "
            f"Deliver a file of {needed} as well, and run the same command again: this one is then loaded after it."
        )

    def _reported(
        self, verdict: FileVerdict, contract: Contract, failures: str = "", data_docs: str = ""
    ) -> FileVerdict:
        return replace(verdict, report=write_page(self._reports, verdict, contract, failures, data_docs))


def _refusal(contract: Contract, verdict: FileVerdict, units: UnknownUnits | None) -> tuple[str, str] | None:
    """Return the reason for which a file is refused whole, and what is said of it; None when it is accepted."""
    rows, quarantined = verdict.rows_in, verdict.quarantined
    if rows == 0:
        return "no_rows", "The file has a header but no rows. Ask the supplier to send it again."
    share = quarantined / rows
    if share > contract.max_error_share:
        advice = "send the report back to the supplier"
        if 2 * verdict.by_rule.get(PARTNER_UNKNOWN, 0) > quarantined:
            advice = (
                "most of these name a contact that was not delivered. Load the file again when its contacts have come"
            )
        elif units and 2 * units.rows > quarantined:
            advice = (
                f"most of these are in an unknown unit: {units.in_words()}. To use them, {units.what_to_do()}, and "
                "load the file again"
            )
        return "too_many_broken", (
            f"{quarantined} of {rows} rows ({share:.0%}) break the contract; it allows {contract.max_error_share:.0%}. "
            f"Nothing of the file was loaded: {advice}."
        )
    if units and units.analysis:
        return "too_many_unknown_units", (
            f"{units.share:.0%} of the results of {units.analysis} are in an unknown unit; the contract allows "
            f"{contract.max_error_share:.0%}. Spelled so in the file: {units.in_words()}. Nothing of it was loaded, "
            f"since results of one analysis would be missing unseen: {units.what_to_do()}, and load the file again."
        )
    for column in contract.columns:
        words = verdict.warnings.get(word_unknown(column.name), 0)
        if column.reading and words > column.reading.most_unknown_words * rows:
            return "too_many_unknown_words", (
                f"In {words} of {rows} rows ({words / rows:.0%}) `{column.name}` is neither a number nor a known word; "
                f"the contract allows {column.reading.most_unknown_words:.0%}. Nothing of the file was loaded: send "
                "the report back to the supplier, or have the words added to the pack."
            )
    return None


def _message(delivery: Delivery, place: Place, units: UnknownUnits | None, missing: str) -> str:
    parts = [f"Replaces {batch.file_name}." for batch in place.replaces]
    if place.beside:
        parts.append(
            "A file of this name was loaded before and tells of other days, so this one was loaded beside it and "
            "replaces nothing. Ask the supplier for a name with the period in it."
        )
    if delivery.ignored:
        parts.append(f"Columns not in the contract were not read: {', '.join(delivery.ignored)}.")
    if units:
        parts.append(
            f"Held back because nobody can tell in which unit they are: {units.in_words()}. To use them, "
            f"{units.what_to_do()}, and have them delivered in a corrected file."
        )
    return " ".join([*parts, *([missing] if missing else [])])
