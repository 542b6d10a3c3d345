"""What is told of the results that were held back because nobody knows the unit they are in.

A spelling of a unit is no patient's value, but a field may hold anything. So only texts that look like a unit are told,
short ones without long words, names or long numbers. One without a sign of units must be short and on several rows.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import duckdb

from data_contracts.contract import Contract, ResultReading
from data_contracts.rules import UNIT_UNKNOWN
from ingest.stage import PRESENT

FEWEST_REFUSED = 20
"""Fewer results of an analysis than this in units that are not known refuse no file."""
_MOST_TOLD = 5
_ROWS_OF_A_WORD = 5
_UNIT_SIGNS = re.compile(r"[/%^*\[{²³⁻]")
_LOOKS_LIKE_A_UNIT = re.compile(
    r"(?=.{1,24}$)"
    r"(?!.*[^\W\d_]{10})(?!.*[A-ZÆØÅ][a-zæøå]{2})(?!.* .* )"  # no long word, no name, no sentence
    r"(?!(?:.*\d){6})(?=[^\W\d_]|[%x×*]|10|.*[^\W\d_%]/)"  # no long number, no date
    r"[\w%/.,*^()\[\]{}+\-×·⁻²³ ]+"
)
_SHORT_WORD = re.compile(r"(?!.*[^\W\d_]{5})[^\W\d_]+\.?")


@dataclass(frozen=True)
class UnknownUnits:
    """Results of a file whose unit is not known.

    Attributes:
        rows: How many there are.
        spellings: The commonest spellings that may be told, with their numbers of rows.
        analysis: The analysis of which most of the results are among them, when those are too many to go without;
            empty when there is none.
        share: Their share of the results of that analysis.
        units: The code list of the pack that the spellings are missing from.
    """

    rows: int
    spellings: tuple[tuple[str, int], ...]
    analysis: str
    share: float
    units: str

    def in_words(self) -> str:
        """Return how many results have which spelling."""
        told = [f"`{spelling}` ({_rows(rows)})" for spelling, rows in self.spellings]
        others = self.rows - sum(rows for _, rows in self.spellings)
        if others:
            told.append(f"{'others' if told else 'spellings that look like no unit'} ({_rows(others)})")
        return ", ".join(told)

    def what_to_do(self) -> str:
        """Return how the results can be used after all."""
        return (
            f"ask the supplier which unit it is, or have the spelling added to codelists/{self.units}.csv of the pack, "
            "beside the unit that it means"
        )


def _rows(count: int) -> str:
    return "1 row" if count == 1 else f"{count} rows"


def unknown_units(con: duckdb.DuckDBPyConnection, contract: Contract, by_rule: Iterable[str]) -> UnknownUnits | None:
    """Return what is to be told of the present file's results in unknown units; None where it has none.

    Args:
        con: The connection with the staged file.
        contract: Its contract.
        by_rule: The rules that some of its rows broke.
    """
    if UNIT_UNKNOWN not in by_rule:
        return None
    column, reading = next((each.name, each.reading) for each in contract.columns if each.reading and each.reading.unit)
    is_held_back = f"{reading.unit}__fit = 'unknown' AND {column}__number IS NOT NULL"
    found = con.execute(
        f"SELECT {reading.unit}, count(*) FROM {PRESENT.delivered} WHERE {is_held_back} GROUP BY ALL"
    ).fetchall()
    code, share = _most_concerned(con, reading, column, is_held_back, contract.max_error_share)
    return UnknownUnits(sum(rows for _, rows in found), tuple(_told(found)), code, share, reading.units)


def _most_concerned(
    con: duckdb.DuckDBPyConnection, reading: ResultReading, column: str, is_held_back: str, most: float
) -> tuple[str, float]:
    """Return the analysis with the greatest share of such results above what the contract allows, and that share."""
    row = con.execute(
        f"SELECT {reading.analysis}__normal, count_if({is_held_back}) / count(*) AS share FROM {PRESENT.delivered} "
        f"WHERE {column}__number IS NOT NULL AND {reading.analysis}__known GROUP BY ALL "
        f"HAVING count_if({is_held_back}) >= ? AND share > ? ORDER BY share DESC, 1 LIMIT 1",
        [FEWEST_REFUSED, most],
    ).fetchone()
    return row or ("", 0.0)


def _told(found: Iterable[tuple[str, int]]) -> Iterator[tuple[str, int]]:
    """Yield the commonest spellings that look like a unit, capital and small letters and blanks apart."""
    rows: Counter[str] = Counter()
    for spelling, count in found:
        rows[" ".join(spelling.split())] += count
    may_be_told = (
        (spelling, count)
        for spelling, count in sorted(rows.items(), key=lambda one: (-one[1], one[0]))
        if _LOOKS_LIKE_A_UNIT.fullmatch(spelling)
        and (_UNIT_SIGNS.search(spelling) or (count >= _ROWS_OF_A_WORD and _SHORT_WORD.fullmatch(spelling)))
    )
    for _, one in zip(range(_MOST_TOLD), may_be_told, strict=False):
        yield one
