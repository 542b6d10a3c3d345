import csv
import io

import openpyxl
import pytest

from dashboard.download import csv_file, harmless
from dashboard.parts.cards import cards, summary
from dashboard.parts.markup import chip, link
from dashboard.parts.prose import paragraphs
from dashboard.parts.tables import Cell, Section, table
from dashboard.presenters.overview import Card
from dashboard.presenters.prose import Paragraph
from dashboard.presenters.verdicts import Verdict
from dashboard.wording import Wording
from dashboard.workbook import read_number, workbook

HOSTILE = '<img src=x onerror="alert(1)">'
CARD = Card(
    "x", "hba1c", HOSTILE, HOSTILE, "80.0%", "", "78–82%", "800 of 1,000", "", "none", "", Verdict("worse", HOSTILE),
    Verdict("unknown", ""), (0.8, 0.9), (), None, "", 1, True,
)  # fmt: skip


def test_names_from_registers_are_never_markup(english: Wording) -> None:
    drawn = [
        cards([CARD], {"lang": "en"}, english),
        chip("better", HOSTILE),
        link("indicator", HOSTILE, unit=HOSTILE),
        table(HOSTILE, [HOSTILE], [Section(HOSTILE, ((Cell(HOSTILE, note=HOSTILE), Cell(HOSTILE)),))]),
        paragraphs(HOSTILE, [Paragraph(HOSTILE, (HOSTILE,))]),
        summary([(HOSTILE, "worse")]),
    ]
    for html in drawn:
        assert "<img src=x" not in html
        assert "&lt;img" in html


def test_a_source_is_a_link_only_when_it_is_a_web_address() -> None:
    assert "<a" in paragraphs("", [Paragraph("S", ("Guide",), {"Guide": "https://example.org"})])
    assert "<a" not in paragraphs("", [Paragraph("S", ("Guide",), {"Guide": "javascript:alert(1)"})])


def test_a_judgement_is_told_by_symbol_and_words_and_not_by_colour_alone() -> None:
    assert "▼" in chip("worse", "Lower")
    assert "▲" in chip("better", "Higher")
    assert chip("unknown", "") == ""


def test_a_table_names_its_rows_and_columns_for_screen_readers() -> None:
    html = table("Numbers", ["Unit", "Value"], [Section("Group", ((Cell("Skive"), Cell("1")),))])
    assert '<th scope="col">Unit</th>' in html
    assert '<th scope="row">Skive</th>' in html
    assert "<caption>Numbers</caption>" in html


def test_why_cells_are_hidden_is_written_once_below_the_table_with_a_number_in_each_cell() -> None:
    few, none = Cell("Not shown", note="Too few <5", look="hidden"), Cell("No data", note="No extract", look="hidden")
    html = table("Numbers", ["Unit", "a", "b"], [Section("", ((Cell("Skive"), few, few), (Cell("Viborg"), none, few)))])
    inside, below = html.split("</table>")
    assert below.count("Too few &lt;5") == 1
    assert below.index("<sup>1</sup> Too few") < below.index("<sup>2</sup> No extract")
    assert inside.count(">1</sup>") == 3
    assert inside.count(">2</sup>") == 1
    assert "tv-reasons" not in table("Numbers", ["Unit"], [Section("", ((Cell("Skive"),),))])


@pytest.mark.parametrize(("language", "separator"), [("danish", ";"), ("english", ",")])
def test_a_downloaded_table_says_what_it_is_and_opens_in_the_readers_spreadsheet(
    request: pytest.FixtureRequest, language: str, separator: str
) -> None:
    words: Wording = request.getfixturevalue(language)
    sections = [Section("HbA1c", ((Cell("Målt"), Cell("93,6 %", note="1 af 2")), (Cell("Skjult"), Cell("Ikke vist"))))]
    data = csv_file(["Indikator", "Skive"], sections, [("Kilde", "Tværs"), ("Periode", "2026")], words)
    assert data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig")), delimiter=separator))
    assert rows[:2] == [["Kilde", "Tværs"], ["Periode", "2026"]]
    assert rows[3][1:3] == ["Indikator", "Skive"]
    assert rows[4] == ["HbA1c", "Målt", "93,6 %", "1 af 2"]
    assert rows[5] == ["HbA1c", "Skjult", "Ikke vist", ""]


def test_a_workbook_holds_numbers_as_numbers_and_hidden_cells_as_words(danish: Wording) -> None:
    rows = (
        (Cell("Målt"), Cell("93,6 %", note="1.234 af 1.318")),
        (Cell("Median"), Cell("1.234,5")),
        (Cell("Skjult"), Cell("Ikke vist", note="Få personer", look="hidden")),
        (Cell("=1+1"), Cell("https://example.org")),
    )
    data = workbook(
        ["Indikator", "Skive"], [Section("", rows)], [("Tabel", "[Alt] om: Skive?"), ("Kilde", "=T")], danish
    )
    (sheet,) = openpyxl.load_workbook(io.BytesIO(data)).worksheets
    found = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert found[0][:2] == ["Tabel", "[Alt] om: Skive?"]
    assert found[3] == ["Indikator", "Skive", danish("download.note", column="Skive")]
    assert found[4] == ["Målt", 0.936, "1.234 af 1.318"]
    assert [sheet.cell(place, 2).number_format for place in (5, 6)] == ["0.0%", "#,##0.0"]
    assert found[5][1] == 1234.5
    assert found[6] == ["Skjult", "Ikke vist", "Få personer"]
    assert [cell.data_type for cell in sheet[8][:2]] == ["s", "s"]
    assert all(cell.hyperlink is None for cell in sheet[8])


@pytest.mark.parametrize("text", ["", "0740", "1,2–3,4", "78 af 90", "Skive", "1.23,4", "12 %-point", "nan", "1e5"])
def test_a_text_that_is_more_than_a_number_stays_a_text(danish: Wording, text: str) -> None:
    assert read_number(text, danish) is None


@pytest.mark.parametrize(("text", "number"), [("\N{MINUS SIGN}0,4", -0.4), ("+3", 3), ("12.345", 12345), ("0 %", 0)])
def test_signs_and_thousands_of_the_language_are_read(danish: Wording, text: str, number: float) -> None:
    found = read_number(text, danish)
    assert found is not None
    assert found[0] == number


@pytest.mark.parametrize("text", ["=1+1", "+45", "@SUM(A1)", "-cmd", "\tx"])
def test_a_spreadsheet_never_runs_a_cell(text: str) -> None:
    assert harmless(text) == f"'{text}"


@pytest.mark.parametrize("text", ["-0.5", "Skive", "0740", ""])
def test_ordinary_cells_stay_as_they_are(text: str) -> None:
    assert harmless(text) == text
