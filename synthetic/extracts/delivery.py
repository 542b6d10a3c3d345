"""One file to deliver: its rows as text, its style, and what is known about every row."""

import gzip
from dataclasses import dataclass
from pathlib import Path

import polars as pl

LARGE = 40_000
"""Files with more rows than this are delivered compressed."""

FACT = "_fact"
FAULTS = "_faults"
CONTACT = "_contact"
WARNED = "_warned"
HIDDEN = (FACT, FAULTS, CONTACT, WARNED)


@dataclass(frozen=True)
class Style:
    """How a supplier writes files.

    Attributes:
        separator: Between fields.
        encoding: Python name of the encoding.
        case: Of the column names: upper, lower or title.
        quoted: Whether every field stands in quotes.
    """

    separator: str = ";"
    encoding: str = "utf-8"
    case: str = "lower"
    quoted: bool = False


@dataclass
class Delivery:
    """One file to deliver.

    Attributes:
        sector: Folder it is written to.
        file_type: Name of its contract.
        period: What it covers, as written in the file name.
        rows: Text columns in delivered order, plus `_fact` (number of the fact the row states: equal numbers of one
            `fact_kind` are the same fact delivered twice; null for a row that repeats another register), `_faults`
            (rule ids the row breaks, joined by commas), where rows belong to a contact, its number `_contact`, and
            where some are loaded with a warning, its rule `_warned`.
        style: How the supplier writes it.
        fact_kind: Which facts `_fact` numbers: contact, diagnosis, procedure, result ...
        part: Added to the period in the file name when a country is written in parts.
        suffix: Added to the file name: `_v2` for a corrected delivery.
        replaces: Name of the file that this one corrects, if any.
        malformed: Rows (from 0) that get a field too many.
    """

    sector: str
    file_type: str
    period: str
    rows: pl.DataFrame
    style: Style
    fact_kind: str
    suffix: str = ""
    part: str = ""
    replaces: str | None = None
    malformed: tuple[int, ...] = ()

    @property
    def stem(self) -> str:
        """File name without extension."""
        return f"{self.file_type}_{self.period}{self.part}{self.suffix}"

    @property
    def file_name(self) -> str:
        """File name; large files are compressed."""
        return self.stem + (".csv.gz" if self.rows.height > LARGE else ".csv")

    @property
    def columns(self) -> list[str]:
        """Delivered columns."""
        return [name for name in self.rows.columns if name not in HIDDEN]

    def forget_texts(self) -> None:
        """Keep only what is known about the rows; the texts are on disk."""
        self.rows = self.rows.select(name for name in HIDDEN if name in self.rows.columns)

    def write(self, folder: Path) -> Path:
        """Write the file below its sector's folder and return its path."""
        target = folder / self.sector
        target.mkdir(parents=True, exist_ok=True)
        path = target / self.file_name
        change = {"upper": str.upper, "lower": str.lower, "title": str.title}[self.style.case]
        table = self.rows.select(
            pl.when(pl.col(name) != "").then(pl.col(name)).alias(change(name)) for name in self.columns
        )
        text: str = table.write_csv(
            separator=self.style.separator, quote_style="always" if self.style.quoted else "necessary"
        )
        if self.malformed:
            lines = text.split("\n")
            for row in self.malformed:
                lines[row + 1] += f"{self.style.separator}x"
            text = "\n".join(lines)
        content = text.encode(self.style.encoding, errors="replace")
        if path.suffix == ".gz":
            content = gzip.compress(content, compresslevel=1, mtime=0)
        path.write_bytes(content)
        return path


def deliver(
    sector: str,
    file_type: str,
    period: str,
    rows: pl.DataFrame,
    style: Style,
    *,
    fact: pl.Expr | str | None = None,
    fact_kind: str | None = None,
) -> Delivery:
    """Return a delivery without faults but those that the rows have; facts are numbered by column, else row by row."""
    numbered = rows.with_row_index("_number") if fact is None else rows
    expression = pl.col("_number") if fact is None else (pl.col(fact) if isinstance(fact, str) else fact)
    faults = pl.col(FAULTS) if FAULTS in numbered.columns else pl.lit("").alias(FAULTS)
    text = numbered.with_columns(expression.cast(pl.Int64).alias(FACT), faults).drop(
        "_number", *([fact] if isinstance(fact, str) else []), strict=False
    )
    return Delivery(sector, file_type, period, text, style, fact_kind or f"{file_type}_{period}")
