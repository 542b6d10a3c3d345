"""Tables as workbooks: numbers are numbers there, so that they can be sorted, drawn and calculated with."""

import io
import re
from collections.abc import Mapping, Sequence

import xlsxwriter
from babel.numbers import NumberFormatError, parse_decimal
from xlsxwriter.format import Format

from dashboard.download import rows_to_keep
from dashboard.parts.tables import Section
from dashboard.wording import Wording

_NAME_LENGTH = 31
_WIDEST, _NARROWEST = 48, 8


def workbook(
    header: Sequence[str],
    sections: Sequence[Section],
    lines: Sequence[tuple[str, str]],
    words: Wording,
) -> bytes:
    """Return a table as a workbook of one sheet: first what it is, line by line, then the table.

    A text that is a number or a percentage in the reader's language becomes one; a cell that is hidden keeps its words
    and is never blank or 0. Nothing is run as a formula or opened as a link.

    Args:
        header: Names of the columns.
        sections: The table as shown.
        lines: What the table shows: caption and text, for example period, definition, source.
        words: The reader's language.
    """
    written = io.BytesIO()
    settings = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(written, settings) as book:
        sheet = book.add_worksheet(_name(lines[0][1]))
        bold, wrapped = book.add_format({"bold": True}), book.add_format({"text_wrap": True, "valign": "top"})
        for place, (caption, text) in enumerate(lines):
            sheet.write_string(place, 0, caption, bold)
            sheet.write_string(place, 1, text)
        names, *rows = rows_to_keep(header, sections, words)
        first = len(lines) + 1
        sheet.write_row(first, 0, names, book.add_format({"bold": True, "text_wrap": True, "bottom": 1}))
        formats: dict[str, Format] = {}
        for place, row in enumerate(rows, start=first + 1):
            for column, text in enumerate(row):
                found = read_number(text, words)
                if found is None:
                    sheet.write_string(place, column, text, wrapped)
                    continue
                number, look = found
                if look not in formats:
                    formats[look] = book.add_format({"num_format": look, "valign": "top"})
                sheet.write_number(place, column, number, formats[look])
        sheet.freeze_panes(first + 1, 0)
        sheet.autofilter(first, 0, first + len(rows), len(names) - 1)
        for column, width in _widths([names, *rows]).items():
            sheet.set_column(column, column, width)
    return written.getvalue()


def read_number(text: str, words: Wording) -> tuple[float, str] | None:
    """Return the number that a text of the page is, and how a sheet writes it; None where it is not a number alone.

    Raises nothing: intervals, names, and words beside a number are texts.
    """
    is_share = text.endswith("%")
    plain = text.removesuffix("%").strip().replace("\N{MINUS SIGN}", "-").removeprefix("+")
    if not re.fullmatch(r"-?[0-9][0-9\s.,]*", plain) or (plain[:1] == "0" and plain[1:2].isdigit()):
        return None
    try:
        number = parse_decimal(plain, locale=words.locale, strict=True)
    except NumberFormatError:
        return None
    decimals = len(plain.rpartition(words.decimal_mark())[2]) if words.decimal_mark() in plain else 0
    look = ("0" if is_share else "#,##0") + ("." + "0" * decimals if decimals else "") + ("%" if is_share else "")
    return float(number / 100 if is_share else number), look


def _name(title: str) -> str:
    """Return a sheet's name: as long as a workbook allows, without the signs that it does not."""
    return re.sub(r"[^\w\s.,()–-]", " ", title)[:_NAME_LENGTH].strip()


def _widths(rows: Sequence[Sequence[str]]) -> Mapping[int, int]:
    longest = {column: max(map(len, texts)) for column, texts in enumerate(zip(*rows, strict=True))}
    return {column: min(max(length + 2, _NARROWEST), _WIDEST) for column, length in longest.items()}
