"""What must become of every delivered row: loaded, quarantined or a duplicate, counted without the pipeline.

The writer of a file knows which fact each row states and which rules it breaks. Files are gone through in the order in
which ingest takes them: a row that breaks a rule is quarantined; else it is loaded if its fact is new, and otherwise a
duplicate.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
import polars as pl

from synthetic.chance import Flags, Ints
from synthetic.extracts.delivery import CONTACT, FACT, FAULTS, WARNED, Delivery

REFUSED_ABOVE = 0.05


@dataclass(frozen=True)
class FileAnswer:
    """What ingesting one file must give.

    Attributes:
        file_name: Name of the file.
        file_type: Its contract; None for a file that is not recognised.
        sector: Folder it lies in.
        state: accepted, accepted_with_quarantine, refused, already_loaded or unrecognised.
        rows_in: Delivered rows.
        loaded: Rows loaded.
        quarantined: Rows that break at least one rule.
        duplicates: Rows whose fact was loaded before.
        by_rule: Rows by broken rule; a row can be under several.
        replaces: Name of the file that this one corrects, if any.
        warnings: Rows by rule about their words or units that they break and are loaded all the same.
    """

    file_name: str
    file_type: str | None
    sector: str
    state: str
    rows_in: int = 0
    loaded: int = 0
    quarantined: int = 0
    duplicates: int = 0
    by_rule: dict[str, int] = field(default_factory=dict)
    replaces: str | None = None
    warnings: dict[str, int] = field(default_factory=dict)


@dataclass
class Ledger:
    """Which facts have been loaded so far, and by which file type.

    Attributes:
        file_types: File types met, in order; `loaded_by` holds positions in it, from 1.
        loaded_by: By kind of fact: position of the file type that loaded each fact, 0 when none did.
    """

    file_types: list[str] = field(default_factory=list)
    loaded_by: dict[str, Ints] = field(default_factory=dict)

    def enter(self, delivery: Delivery) -> FileAnswer:
        """Judge every row of a file and remember what it loads."""
        faults = self._with_unknown_contacts(delivery.rows)
        broken = (faults != "").to_numpy()
        by_rule = Counter(rule for text in faults.filter(pl.Series(broken)) for rule in text.split(","))
        quarantined = int(broken.sum())
        rows_in = delivery.rows.height
        warned = delivery.rows[WARNED] if WARNED in delivery.rows.columns else pl.Series([], dtype=pl.String)
        warnings = dict(sorted(Counter(warned.filter(warned != "")).items()))
        if rows_in and quarantined > REFUSED_ABOVE * rows_in:
            return FileAnswer(
                delivery.file_name, delivery.file_type, delivery.sector, "refused", rows_in,
                quarantined=quarantined, by_rule=dict(sorted(by_rule.items())), warnings=warnings,
            )  # fmt: skip
        loaded = self._load(delivery, broken)
        return FileAnswer(
            delivery.file_name,
            delivery.file_type,
            delivery.sector,
            "accepted_with_quarantine" if quarantined else "accepted",
            rows_in,
            loaded,
            quarantined,
            rows_in - quarantined - loaded,
            dict(sorted(by_rule.items())),
            delivery.replaces,
            warnings,
        )

    def _with_unknown_contacts(self, rows: pl.DataFrame) -> pl.Series:
        """Return the faults of the rows, with those whose contact no register has told so far."""
        if CONTACT not in rows.columns or not rows.height:
            return rows[FAULTS]
        known = self.loaded_by.get("contact", np.zeros(0, dtype=np.int64)) > 0
        numbers = rows[CONTACT].to_numpy()
        inside = numbers < len(known)
        is_known = inside & (known[np.where(inside, numbers, 0)] if len(known) else False)
        is_known |= rows[FACT].is_null().to_numpy()
        told_already = (pl.col(FAULTS) == "contact_unknown") | (pl.col(FAULTS) == "")
        added = pl.when(told_already).then(pl.lit("contact_unknown")).otherwise(pl.col(FAULTS) + ",contact_unknown")
        return rows.select(pl.when(pl.Series(is_known)).then(pl.col(FAULTS)).otherwise(added)).to_series().alias(FAULTS)

    def _load(self, delivery: Delivery, broken: Flags) -> int:
        """Remember the facts of the good rows; return how many of them are new. A row without a fact repeats one.

        A corrected delivery states all that the file it replaces stated, and no other file does: that is forgotten.
        """
        facts = delivery.rows[FACT].filter(pl.Series(~broken)).drop_nulls().to_numpy()
        if delivery.file_type not in self.file_types:
            self.file_types.append(delivery.file_type)
        known = self.loaded_by.get(delivery.fact_kind, np.zeros(0, dtype=np.int64))
        if len(facts) and facts.max() >= len(known):
            known = np.concatenate([known, np.zeros(int(facts.max()) + 1 - len(known), dtype=np.int64)])
        if delivery.replaces:
            known[facts] = 0
        before = np.count_nonzero(known)
        new = facts[known[facts] == 0]
        known[new] = self.file_types.index(delivery.file_type) + 1
        self.loaded_by[delivery.fact_kind] = known
        return int(np.count_nonzero(known) - before)

    def loaded(self, kind: str) -> Flags:
        """Return which facts of a kind are loaded, by number."""
        flags: Flags = self.loaded_by.get(kind, np.zeros(0, dtype=np.int64)) > 0
        return flags

    def told(self, rows: pl.DataFrame, kind: str) -> pl.DataFrame:
        """Return the rows whose fact (column `fact`) is loaded."""
        numbers = pl.Series("fact", self.loaded(kind).nonzero()[0]).cast(rows.schema["fact"])
        return rows.join(numbers.to_frame(), on="fact", how="semi", maintain_order="left")

    def loaded_through(self, kind: str, numbers: Ints) -> list[str]:
        """Return the file type that loaded each of the facts; empty text for those not loaded."""
        names = np.array(["", *self.file_types])
        known = self.loaded_by.get(kind, np.zeros(0, dtype=np.int64))
        inside = numbers < len(known)
        return list(np.where(inside, names[known[np.where(inside, numbers, 0)]] if len(known) else "", ""))


def in_loading_order(deliveries: Iterable[Delivery], loading_order: Sequence[str]) -> Sequence[Delivery]:
    """Sort files as ingest takes them: by file type, then by name."""
    order = {file_type: position for position, file_type in enumerate(loading_order)}
    return sorted(deliveries, key=lambda one: (order[one.file_type], one.stem.removesuffix(one.suffix), one.file_name))
