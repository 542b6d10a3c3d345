"""What one delivered file type promises: contract files of the Open Data Contract Standard, read into frozen objects.

The staged table
    A delivered file is checked, reported and conformed from one DuckDB table that ingest builds, with:

    - `row_number BIGINT`: the data row in the file, counting from 1 after the header (a bundle: the resource).
    - `delivered_on DATE`: the day of delivery, which is the day of the run, the same on every row; dates after it
      are in the future.
    - for every delivered column its lower-case name as VARCHAR: the delivered text, trimmed, blank as NULL.
      Direct identifiers and free text are not there at all; a column that may be absent from the header is NULL.
    - for a record key its keyed hash instead of the text: equal keys are still equal, and nothing else can be read off.
    - for an identifier column `<c>` instead: `<c> UUID` (the pseudonym, NULL when unusable), `<c>__state` ('ok',
      'zero_lost', 'missing', 'broken' or 'replacement') and `<c>__has_check_digit BOOLEAN`.
    - for a typed column `<c>__typed`, NULL when unreadable: date and iso_week as DATE (the Monday of the week),
      datetime as TIMESTAMP, time as TIME, number as DOUBLE (decimal comma or point), integer as BIGINT.
    - for a laboratory value `<c>__comparator` ('=', '<', '<=', '>', '>='; NULL without a number), `<c>__number DOUBLE`
      in the unit that its code stands for, `<c>__word` (the text in lower case when it is no number) and, where its
      words are listed, `<c>__word_known BOOLEAN`. The code's own unit may stand behind the number.
    - for the unit delivered beside a laboratory value `<u>__fit`: 'same' (the unit its code stands for), 'converted'
      (another one of the same analyte; the number was converted), 'contradicts' (a known unit that its code cannot
      have) or 'unknown' (a spelling that the pack does not list: its number may be in any unit); NULL or 'same' when
      it is blank.
    - for a column that refers to another delivery `<c>__known BOOLEAN`: whether a row with that key was accepted,
      earlier or in this run; NULL when the column is blank.
    - for a column with a code list of the pack `<c>__normal VARCHAR` (upper case, a replaced code resolved to the one
      that replaces it, the digits after a three-letter prefix padded to five) and `<c>__known BOOLEAN`: whether the
      code list has that code; both NULL when the column is blank.

    The predicates of the rules read this table and nothing else. TRUE and NULL mean that a row is fine.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Literal

from data_contracts.standard import FOLDER, contract_fault
from tvaers.errors import ContractError

ColumnType = Literal[
    "text", "code", "date", "datetime", "time", "number", "integer", "lab_value", "identifier", "iso_week"
]
Privacy = Literal["none", "identifier", "record_key", "direct_identifier", "free_text"]
Severity = Literal["quarantine", "warn"]

TYPED_COLUMNS = frozenset({"date", "datetime", "time", "number", "integer", "iso_week"})
DEFAULT_FORMATS: dict[str, tuple[str, ...]] = {
    "date": ("%Y-%m-%d", "%d-%m-%Y", "%d/%m/%Y", "%d%m%Y", "%Y-%m-%d %H:%M:%S"),
    "datetime": (
        "%Y-%m-%d %H:%M:%S",
        "%Y-%m-%dT%H:%M:%S",
        "%Y-%m-%d %H:%M:%S.%n",
        "%Y-%m-%d %H:%M",
        "%d-%m-%Y %H:%M:%S",
        "%d-%m-%Y %H:%M",
        "%d/%m/%Y %H:%M:%S",
        "%d/%m/%Y %H:%M",
        "%Y-%m-%d",
        "%d-%m-%Y",
        "%d/%m/%Y",
        "%d%m%Y",
    ),
    "time": ("%H:%M:%S", "%H:%M", "%H%M"),
    "iso_week": ("yyww",),
}
"""Accepted spellings in strptime directives, tried in this order. A number takes a decimal comma or point."""


@dataclass(frozen=True)
class ResultReading:
    """How laboratory values are read beside the analysis they belong to; the lists are the pack's code lists.

    Attributes:
        analysis: Column of the analysis; its code list tells the unit that each code stands for (`delivered_unit`).
        words: List of the words that are a result without being a number.
        units: List of the spellings of units.
        conversions: List of the factors between units of the same analyte.
        most_unknown_words: Share of rows that are neither a number nor a listed word above which a file is refused.
        unit: Column of the delivered unit; empty when none is delivered.
    """

    analysis: str
    words: str
    units: str
    conversions: str
    most_unknown_words: float
    unit: str = ""


@dataclass(frozen=True)
class Judged:
    """What a number is judged by, see `data_contracts.plausible_results`.

    Attributes:
        analysis: Column of the analysis.
        sign: Column of the relation sign; empty when the sign stands before the number.
    """

    analysis: str
    sign: str = ""


@dataclass(frozen=True)
class Column:
    """One delivered column.

    Attributes:
        name: Column name in lower case; headers are compared without regard to case.
        type: How its text is read, see the staged table above.
        required: True when it may not be blank.
        allowed: Allowed codes, compared without regard to case; empty when free.
        minimum: Least plausible value, included; a date as ISO text.
        maximum: Greatest plausible value, included; a date as ISO text.
        unit: Unit of a number, or where to find it.
        formats: Accepted spellings, tried in order.
        description: What it holds, in words for the supplier.
        source: Where the fact that the column exists and is spelled so was read.
        privacy: How close it is to a person; direct identifiers and free text are dropped before anything is stored,
            and the key of a record is hashed, since a supplier could have built it from a person's identifier.
        examples: Invented values; the first ones of all columns together make a row that breaks no rule.
        pattern: Regular expression a code must match as a whole, without regard to case; empty when free.
        meanings: What each allowed code means, in the order of `allowed`.
        may_be_absent: True when the header may leave the column out; it then counts as blank.
        may_be_future: True when a date after the delivery is no fault.
        refers_to: Each `file_type.column` that the value can be known from; one is enough. Empty when it stands alone.
        code_list: Code list of the pack that must know the value; empty when none.
        synonyms: Other names the column may have in the header.
        paths: For bundles: (resource type, path) pairs that fill the column, see `docs/reference/packs.md`.
        reading: For a laboratory value: how it is read; None when it is read without regard to its analysis.
        judged: For a result: what tells whether it is possible for its analysis; None when it is not judged so.
    """

    name: str
    type: ColumnType
    required: bool
    allowed: tuple[str, ...]
    minimum: float | str | None
    maximum: float | str | None
    unit: str
    formats: tuple[str, ...]
    description: str
    source: str
    privacy: Privacy
    examples: tuple[str, ...]
    pattern: str = ""
    meanings: tuple[str, ...] = ()
    may_be_absent: bool = False
    may_be_future: bool = False
    refers_to: tuple[str, ...] = ()
    code_list: str = ""
    synonyms: tuple[str, ...] = ()
    paths: tuple[tuple[str, str], ...] = ()
    reading: ResultReading | None = None
    judged: Judged | None = None

    @property
    def is_dropped(self) -> bool:
        """True when the column never reaches the staged table."""
        return self.privacy in ("direct_identifier", "free_text")


@dataclass(frozen=True)
class Rule:
    """One promise about a row.

    Attributes:
        id: Name of the rule, unique in its contract; the same in reports, quarantine and known answers.
        column: Column it is about; None when about several.
        predicate: DuckDB truth expression over the staged table: TRUE or NULL when the row is fine.
        severity: `quarantine` holds the row back; `warn` only counts it.
        description: The promise in one sentence for the supplier.
    """

    id: str
    column: str | None
    predicate: str
    severity: Severity
    description: str


@dataclass(frozen=True)
class Contract:
    """What one delivered file type promises.

    Attributes:
        file_type: Name of the file type.
        version: Version of the contract.
        sector: Who delivers it; a folder below `sectors/`.
        format: `csv` for a table with a header, `fhir` for bundles.
        description: What the file holds.
        limitations: What it does not say; may be empty.
        columns: The columns in order.
        key: Columns that together name a row.
        rules: All rules, generated from the columns or named in the contract.
        max_error_share: Share of quarantined rows above which the file is refused whole.
        fresh_within_days: Days after which the newest delivery counts as old.
        followed_by: File types that took its place; it is not late once one of them tells of later days.
        is_told_whole: Each delivery tells what holds on its day (a register of units, of changed numbers), so that
            it is as recent as that day, however old its newest change.
        depends_on: File types of which at least one must be delivered before or with this one.
        resource_types: For bundles: the resource types that count as rows.
    """

    file_type: str
    version: str
    sector: str
    format: Literal["csv", "fhir"]
    description: str
    limitations: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    rules: tuple[Rule, ...]
    max_error_share: float
    fresh_within_days: int
    depends_on: tuple[str, ...]
    resource_types: tuple[str, ...] = ()
    followed_by: tuple[str, ...] = ()
    is_told_whole: bool = False

    def column(self, name: str) -> Column:
        """Return a column by its lower-case name.

        Raises:
            ContractError: The contract has no such column.
        """
        for each in self.columns:
            if each.name == name:
                return each
        raise contract_fault(Path(self.sector, f"{self.file_type}.yaml"), name, "is not a column of this contract")

    @property
    def header(self) -> tuple[str, ...]:
        """The columns a delivered header must hold."""
        return tuple(each.name for each in self.columns if not each.may_be_absent)


def load_contracts(names: Sequence[str] | None = None) -> dict[str, Contract]:
    """Return contracts by file type: all of them, or those named, in the order given.

    Raises:
        ContractError: A name is unknown, or a contract is written wrongly.
    """
    known = _all_contracts()
    if names is None:
        return dict(known)
    for name in names:
        if name not in known:
            near = get_close_matches(name, known, n=1)
            raise ContractError(
                f"There is no contract for the file type '{name}'.",
                where=f"nearest match: {near[0]}" if near else f"known: {', '.join(sorted(known))}",
                what_to_do="Correct the name; docs/reference/contracts/README.md lists the file types.",
            )
    return {name: known[name] for name in names}


@cache
def _all_contracts() -> dict[str, Contract]:
    from data_contracts.contract_file import read_contract

    paths = sorted((FOLDER / "sectors").glob("*/*.yaml"))
    return {contract.file_type: contract for contract in map(read_contract, paths)}
