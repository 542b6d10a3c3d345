"""Tables as text files: with what they show, of when, and from where, in the form the reader's spreadsheet expects."""

import csv
import io
from collections.abc import Iterator, Sequence

from dashboard.parts.tables import Section
from dashboard.wording import Wording

BYTE_ORDER_MARK = "\ufeff"
_FORMULA_STARTS = ("=", "+", "@", "\t", "\r")


def csv_file(
    header: Sequence[str], sections: Sequence[Section], lines: Sequence[tuple[str, str]], words: Wording
) -> bytes:
    """Return a table as CSV with a byte-order mark: first what it is, line by line, then the table.

    Where the decimal mark is a comma the fields are parted by semicolons, as spreadsheets in those languages expect.

    Args:
        header: Names of the columns.
        sections: The table as shown.
        lines: What the table shows: caption and text, for example period, definition, source.
        words: The reader's language.
    """
    written = io.StringIO()
    separator = ";" if words.decimal_mark() == "," else ","
    writer = csv.writer(written, delimiter=separator, lineterminator="\r\n")
    for caption, text in lines:
        writer.writerow([harmless(caption), harmless(text)])
    writer.writerow([])
    for row in rows_to_keep(header, sections, words):
        writer.writerow([harmless(field) for field in row])
    return (BYTE_ORDER_MARK + written.getvalue()).encode("utf-8")


def rows_to_keep(header: Sequence[str], sections: Sequence[Section], words: Wording) -> Iterator[list[str]]:
    """Yield a table as a file holds it: first the names of the columns, then the rows.

    A section's heading becomes a first column when any section has one, and notes a column of their own behind the one
    that they explain.
    """
    is_grouped = any(section.heading for section in sections)
    grouping = [words("download.group")] if is_grouped else []
    has_note = [any(row[place].note for section in sections for row in section.rows) for place in range(len(header))]
    named = [part for name, noted in zip(header, has_note, strict=True) for part in _named(name, words, is_noted=noted)]
    yield [*grouping, *named]
    for section in sections:
        for row in section.rows:
            fields = [section.heading] if is_grouped else []
            for cell, noted in zip(row, has_note, strict=True):
                fields += [cell.text, cell.note] if noted else [cell.text]
            yield fields


def harmless(text: str) -> str:
    """Return text that a spreadsheet does not run as a formula."""
    return (
        f"'{text}" if text.startswith(_FORMULA_STARTS) or (text.startswith("-") and not text[1:2].isdigit()) else text
    )


def _named(name: str, words: Wording, *, is_noted: bool) -> list[str]:
    return [name, words("download.note", column=name)] if is_noted else [name]
