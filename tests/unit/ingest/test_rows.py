"""Splitting text into rows: what is malformed is named by its row number, and nothing is lost."""

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest import encoding
from ingest.extract import survey
from ingest.rows import read_rows


def read(folder, content: str, header: str = "a;b;c\n"):
    """Return the rows as (row number, fields...), and the numbers of the malformed rows."""
    path = folder / "file.csv"
    path.write_bytes((header + content).encode())
    rows, malformed = [], []
    for block in read_rows(survey(path, "x")):
        rows += block.frame.rows()
        malformed += block.malformed.to_list()
    return rows, malformed


def test_blank_fields_are_null_and_fields_are_trimmed(tmp_path):
    assert read(tmp_path, "1;;3\n 4 ;5\u00a0;\n;;\n") == (
        [(1, "1", None, "3"), (2, "4", "5", None), (3, None, None, None)],
        [],
    )


def test_a_tab_is_a_blank_unless_it_is_the_separator(tmp_path):
    assert read(tmp_path, "1;2;3\t\n") == ([(1, "1", "2", "3")], [])
    assert read(tmp_path, "1\t\t3\n", "a\tb\tc\n") == ([(1, "1", None, "3")], [])


def test_the_last_line_needs_no_line_end(tmp_path):
    assert read(tmp_path, "1;2;3\n4;5;6") == ([(1, "1", "2", "3"), (2, "4", "5", "6")], [])


def test_windows_line_ends_are_no_part_of_a_field(tmp_path):
    assert read(tmp_path, "1;2;3\r\n4;5;\r\n", "a;b;c\r\n") == ([(1, "1", "2", "3"), (2, "4", "5", None)], [])


@pytest.mark.parametrize("bad", ["6;7", "6", "8;9;10;11", "1;2;3;4;5", '"6;7;8', '"x"y;2;3', '1;"2";3;'])
def test_a_row_with_the_wrong_number_of_fields_is_named(tmp_path, bad):
    rows, malformed = read(tmp_path, f"1;2;3\n{bad}\n4;5;6\n")
    assert malformed == [2]
    assert [row[0] for row in rows] == [1, 3]


def test_a_field_too_many_and_one_too_few_do_not_make_up_for_each_other(tmp_path):
    rows, malformed = read(tmp_path, "1;2;3\n1;2\n1;2;3;4\n4;5;6\n")
    assert malformed == [2, 3]
    assert [row[0] for row in rows] == [1, 4]


def test_a_blank_line_is_no_row(tmp_path):
    assert read(tmp_path, "1;2;3\n\n\n4;5;6\n\n") == ([(1, "1", "2", "3"), (2, "4", "5", "6")], [])


def test_quoted_fields_may_hold_separators_quotes_and_line_breaks(tmp_path):
    rows, malformed = read(tmp_path, '"a;b";"say ""hi""";"two\nlines"\n4;5;6\n')
    assert rows == [(1, "a;b", 'say "hi"', "two\nlines"), (2, "4", "5", "6")]
    assert malformed == []


def test_a_quote_inside_a_bare_field_is_a_character(tmp_path):
    assert read(tmp_path, '1;5" tube;3\n') == ([(1, "1", '5" tube', "3")], [])


def test_a_stray_quote_does_not_swallow_the_rows_after_it(tmp_path):
    rows, malformed = read(tmp_path, '1;"2;3\n' + "4;5;6\n" * 5 + '7;8";9\n')
    assert 1 in malformed
    assert [row[0] for row in rows if row[1] == "4"] == [2, 3, 4, 5, 6]


def test_a_quote_that_is_never_closed_costs_its_row_only(tmp_path):
    rows, malformed = read(tmp_path, "1;2;3\n" * 30 + '"1;2;3\n' + "1;2;3\n" * 30)
    assert malformed == [31]
    assert len(rows) == 60


def test_row_numbers_run_on_from_block_to_block(tmp_path, monkeypatch):
    monkeypatch.setattr(encoding, "BLOCK_BYTES", 50)
    lines = [f"{number};x;y" for number in range(1, 101)]
    lines[40] = "too;few"
    lines[60] = '61;"quoted; and\nbroken";y'
    rows, malformed = read(tmp_path, "\n".join(lines) + "\n")
    assert malformed == [41]
    assert [(row[0], row[1]) for row in rows] == [(n, str(n)) for n in range(1, 101) if n != 41]
    assert rows[59][2] == "quoted; and\nbroken"


# A quoted line that looks like a whole row is taken for one, so lines inside a field have no separators here.
FIELD = st.one_of(st.text(st.sampled_from('ab1 ,;"'), max_size=6), st.text(st.sampled_from('ab1 ,"\n'), max_size=6))


@settings(deadline=None)
@given(st.lists(st.tuples(FIELD, FIELD, FIELD), min_size=1, max_size=12))
def test_what_is_written_by_the_book_is_read_back(tmp_path_factory, rows):
    held = io.StringIO()
    csv.writer(held, delimiter=";", lineterminator="\n", quoting=csv.QUOTE_ALL).writerows(rows)
    read_back, malformed = read(tmp_path_factory.mktemp("rows"), held.getvalue())
    assert malformed == []
    assert [row[1:] for row in read_back] == [tuple(field.strip() or None for field in row) for row in rows]


@settings(deadline=None)
@given(st.lists(st.sampled_from(["1;2;3", "1;2", "1;2;3;4", '"1;2;3', '1;"2";3', "", 'a"b;2;3']), max_size=40))
def test_every_line_that_is_not_blank_is_a_row_or_named(tmp_path_factory, lines):
    content = "".join(f"{line}\n" for line in lines)
    rows, malformed = read(tmp_path_factory.mktemp("rows"), content)
    numbers = sorted([row[0] for row in rows] + malformed)
    assert numbers == list(range(1, len(numbers) + 1))
    assert len([row for row in rows if row[1:] == ("1", "2", "3")]) >= lines.count("1;2;3")
