"""Split a delivered text into rows and fields; a row with the wrong number of fields is named, never dropped."""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from ingest.extract import Extract, read_text

# A quoted field may hold line breaks. When more lines than this lie between two quotes, a quote was left open.
_LONGEST_FIELD = 20


@dataclass(frozen=True)
class Block:
    """Some rows of a file, in order.

    Attributes:
        frame: `row_number` (1 is the first data row) and one text column per delivered column; trimmed, blank is null.
        malformed: Numbers of the rows whose number of fields or whose quoting is wrong; they are not in `frame`.
    """

    frame: pl.DataFrame
    malformed: pl.Series


def read_rows(extract: Extract) -> Iterator[Block]:
    """Yield the rows of a delimited file, all as text.

    A blank line is not a row. Every other line is counted, well formed or not.

    Raises:
        ExtractError: The file is cut short.
    """
    before = 0
    for text in _whole_lines(extract):
        block = _split(text, extract, before)
        before += block.frame.height + block.malformed.len()
        yield block


def _whole_lines(extract: Extract) -> Iterator[bytes]:
    """Yield the text after the header in blocks that end with a line end, outside quotes where that can be told."""
    to_skip = extract.data_begins_at
    held = b""
    for block in read_text(extract):
        text = held + block[to_skip:]
        to_skip = max(0, to_skip - len(block))
        end = text.rfind(b"\n") + 1
        if b'"' in text:
            end = _end_outside_quotes(text, end)
        held = text[end:]
        if end:
            yield text[:end]
    if held.strip():
        yield held if held.endswith(b"\n") else held + b"\n"


def _end_outside_quotes(text: bytes, end: int) -> int:
    """Return the last line end before which the quotes are even, looking back over a few lines at most."""
    cut = end
    quotes = text.count(b'"', 0, end)
    for _ in range(_LONGEST_FIELD):
        if quotes % 2 == 0:
            return cut
        earlier = text.rfind(b"\n", 0, cut - 1) + 1
        quotes -= text.count(b'"', earlier, cut)
        cut = earlier
    return end


def _split(text: bytes, extract: Extract, before: int) -> Block:
    separator = str(extract.separator)
    lines = text.count(b"\n")
    if b'"' not in text and text.count(separator.encode()) == lines * (len(extract.header) - 1):
        # No row has a field too many (the parser would say so), hence none has one too few.
        try:
            frame = _parse(text, extract.header, separator, quote=None)
        except pl.exceptions.PolarsError:
            return _split_each_row(text, extract.header, separator, before)
        if _has_loose_space(text, separator):
            frame = _trimmed(frame)
        return Block(frame.with_row_index("row_number", offset=before + 1), pl.Series([], dtype=pl.UInt32))
    return _split_each_row(text, extract.header, separator, before)


def _has_loose_space(text: bytes, separator: str) -> bool:
    """Tell whether a field may begin or end with a blank; text without any is passed over quickly."""
    edge = separator.encode()
    blanks = [blank for blank in (b" ", b"\t") if blank != edge and blank in text]
    return (not text.isascii() and b"\xc2\xa0" in text) or any(
        sign in text
        for blank in blanks
        for sign in (blank + edge, edge + blank, blank + b"\n", b"\n" + blank, blank + b"\r")
    )


def _split_each_row(text: bytes, header: tuple[str, ...], separator: str, before: int) -> Block:
    """Split text in which some row is malformed or quoted: judge each row, then parse the well-formed ones."""
    rows = _rows_of(text.decode("utf-8"), len(header), separator).with_row_index("row_number", offset=before + 1)
    plain, quoted = _patterns(len(header), separator)
    fits_quoted = pl.col("row").str.contains(quoted)
    fits_plain = pl.col("row").str.contains(plain) & ~pl.col("row").str.contains(f'(?:^|{re.escape(separator)})"')
    judged = rows.with_columns(is_quoted=fits_quoted, is_plain=fits_plain & ~fits_quoted)
    parts = [
        _parse_rows(judged.filter(pl.col(flag)), header, separator, quote)
        for flag, quote in (("is_quoted", '"'), ("is_plain", None))
    ]
    malformed = judged.filter(~pl.col("is_quoted") & ~pl.col("is_plain"))["row_number"]
    return Block(pl.concat(parts).sort("row_number"), malformed)


def _rows_of(text: str, width: int, separator: str) -> pl.DataFrame:
    """Return one row per line, joining lines that one quoted field spans; column `row`."""
    lines = pl.DataFrame({"line": text.removesuffix("\n").split("\n")}).select(pl.col("line").str.strip_suffix("\r"))
    quotes = pl.col("line").str.count_matches('"', literal=True)
    fields = pl.col("line").str.count_matches(separator, literal=True) + 1
    open_before = (quotes.cum_sum() - quotes) % 2 == 1
    spans = lines.with_columns(
        row=(~open_before).cum_sum(),
        # A line between two quotes that is a whole row by itself shows that the first quote was a stray one.
        stray=open_before & (quotes == 0) & (fields == width),
    )
    size = pl.len().over("row")
    is_one_row = (size <= _LONGEST_FIELD) & ~pl.col("stray").any().over("row")
    return (
        spans.with_columns(part=pl.when(is_one_row).then(0).otherwise(pl.int_range(pl.len())))
        .group_by("row", "part", maintain_order=True)
        .agg(pl.col("line").str.join("\n"))
        .select(row="line")
        .filter(pl.col("row").str.strip_chars() != "")
    )


def _patterns(width: int, separator: str) -> tuple[str, str]:
    """Return what a row looks like without quoted fields, and what it looks like with some."""
    edge = re.escape(separator)
    bare = f"[^{edge}\n]*"
    either = f'(?:[^{edge}"\n]*|"(?:[^"]|"")*")'
    times = f"{{{width - 1}}}"
    return f"^{bare}(?:{edge}{bare}){times}$", f"^{either}(?:{edge}{either}){times}$"


def _parse_rows(rows: pl.DataFrame, header: tuple[str, ...], separator: str, quote: str | None) -> pl.DataFrame:
    schema = {"row_number": pl.UInt32, **dict.fromkeys(header, pl.String)}
    if rows.is_empty():
        return pl.DataFrame(schema=schema)
    text = "\n".join(rows["row"]) + "\n"
    frame = _trimmed(_parse(text.encode(), header, separator, quote=quote))
    return frame.insert_column(0, rows["row_number"])


def _parse(text: bytes, header: tuple[str, ...], separator: str, *, quote: str | None) -> pl.DataFrame:
    return pl.read_csv(
        io.BytesIO(text),
        has_header=False,
        separator=separator,
        quote_char=quote,
        schema=dict.fromkeys(header, pl.String),
    )


def _trimmed(frame: pl.DataFrame) -> pl.DataFrame:
    trimmed = pl.all().str.strip_chars()
    return frame.select(pl.when(trimmed != "").then(trimmed))
