"""Surveying delivered bytes: encoding, separator, header, and what is refused before a row is read."""

import codecs
import gzip
import io
import tarfile

import pytest

from ingest.extract import extracts_in, hash_of, read_text, refuse_repeated_columns, survey
from tvaers.errors import ExtractError

HEADER = 'CPR;"Dato";Værdi\n'
ROWS = "x;2025-01-01;5\ny;2025-01-02;åben\n"


def surveyed(folder, content, name="file.csv"):
    path = folder / name
    path.write_bytes(content)
    return survey(path, hash_of(path))


@pytest.mark.parametrize(
    ("encoding", "found"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("cp1252", "cp1252"),
        ("latin-1", "cp1252"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
    ],
)
@pytest.mark.parametrize("compressed", [False, True])
def test_every_usual_encoding_is_found_and_read(tmp_path, encoding, found, compressed):
    content = (HEADER + ROWS).encode(encoding)
    extract = surveyed(tmp_path, gzip.compress(content) if compressed else content)
    assert extract.encoding == found
    assert extract.is_compressed is compressed
    assert extract.header == ("cpr", "dato", "værdi")
    text = b"".join(read_text(extract))
    assert text[extract.data_begins_at :].decode() == ROWS


def test_a_byte_that_windows_lacks_is_read_as_latin_1(tmp_path):
    assert surveyed(tmp_path, HEADER.encode("latin-1") + b"x;\x81;\xe5\n").encoding == "latin-1"


def test_a_letter_far_into_the_file_decides_the_encoding(tmp_path):
    long = "x;y;z\n" * 20_000
    assert surveyed(tmp_path, f"a;b;c\n{long}æ;ø;å\n".encode("cp1252")).encoding == "cp1252"
    assert surveyed(tmp_path, f"a;b;c\n{long}æ;ø;å\n".encode()).encoding == "utf-8"


@pytest.mark.parametrize("separator", [";", ",", "\t", "|"])
def test_every_usual_separator_is_found(tmp_path, separator):
    extract = surveyed(tmp_path, f"a{separator}b{separator}c\n1{separator}2,5{separator}3\n".encode())
    assert extract.separator == separator
    assert extract.header == ("a", "b", "c")


def test_another_separator_gives_one_column(tmp_path):
    assert surveyed(tmp_path, b"a^b^c\n1^2^3\n").header == ("a^b^c",)


@pytest.mark.parametrize("content", [b"", b"\n", b" \r\n\t\n", codecs.BOM_UTF8, gzip.compress(b"", mtime=0)])
def test_a_file_without_text_is_empty(tmp_path, content):
    with pytest.raises(ExtractError, match="empty"):
        surveyed(tmp_path, content)


@pytest.mark.parametrize("content", [bytes(range(256)) * 8, b"a;b\n\0;1\n", b"a;b\n" + b"\1\2\3\4" * 50, b"RT\3\4" * 9])
def test_binary_junk_is_not_text(tmp_path, content):
    with pytest.raises(ExtractError, match="not text"):
        surveyed(tmp_path, content)


@pytest.mark.parametrize("kept", [12, 40, -9, -1])
def test_a_truncated_gzip_is_refused(tmp_path, kept):
    whole = gzip.compress((HEADER + ROWS * 50).encode())
    with pytest.raises(ExtractError, match="cut short"):
        surveyed(tmp_path, whole[:kept])


def test_a_file_that_breaks_the_encoding_it_declares_is_damaged(tmp_path):
    with pytest.raises(ExtractError, match="damaged"):
        surveyed(tmp_path, codecs.BOM_UTF8 + HEADER.encode() + b"\xff\xfe;1;2\n")


def test_a_header_that_repeats_a_name_is_refused_whatever_its_case(tmp_path):
    with pytest.raises(ExtractError, match="more than once"):
        refuse_repeated_columns(surveyed(tmp_path, b"cpr;dato;CPR\n1;2;3\n"))


def test_hidden_files_and_known_answers_are_no_extracts(tmp_path):
    for name in ("a.csv", "lab/b.csv.gz", ".hidden.csv", "known_answers/files.json", "README.md", "lab/.x/c.csv"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x")
    assert [path.relative_to(tmp_path).as_posix() for path in extracts_in(tmp_path)] == ["a.csv", "lab/b.csv.gz"]


def test_a_single_file_can_be_named(tmp_path):
    (tmp_path / "a.csv").write_text("x")
    assert extracts_in(tmp_path / "a.csv") == [tmp_path / "a.csv"]


@pytest.mark.parametrize("exists", [False, True])
def test_a_missing_or_empty_folder_is_refused(tmp_path, exists):
    folder = tmp_path / "extracts"
    if exists:
        folder.mkdir()
    with pytest.raises(ExtractError, match=r"does not exist|holds no extracts"):
        extracts_in(folder)


@pytest.mark.parametrize("encoding", ["cp1252", "utf-8"])
@pytest.mark.parametrize("block_bytes", [7, 16, 17, 64])
def test_the_encoding_is_found_however_a_file_falls_into_blocks(tmp_path, monkeypatch, encoding, block_bytes):
    monkeypatch.setattr("ingest.encoding.BLOCK_BYTES", block_bytes)
    content = "a;b;c\n" + "æ;ø;å\n" + "x;y;z\n" * 20 + "å;æ;ø\n"
    extract = surveyed(tmp_path, content.encode(encoding))
    assert extract.encoding == encoding
    assert b"".join(read_text(extract)).decode() == content


def test_an_archive_is_called_one(tmp_path):
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        archive.addfile(tarfile.TarInfo("bef_2026.csv"), io.BytesIO(b""))
    for content in (b"PK\x03\x04" + bytes(60), b"Rar!\x1a\x07" + bytes(60), packed.getvalue()):
        with pytest.raises(ExtractError, match="an archive"):
            surveyed(tmp_path, content)


def test_a_link_to_a_file_that_is_not_there_is_a_delivery_nobody_can_read(tmp_path):
    (tmp_path / "bef_2026.csv").symlink_to(tmp_path / "unmounted" / "bef_2026.csv")
    (link,) = extracts_in(tmp_path)
    with pytest.raises(ExtractError, match="cannot be read"):
        hash_of(link)


@pytest.mark.parametrize(
    ("first", "separator"), [("sep=;\n", ";"), ('"SEP=;"\r\n', ";"), ("\nsep=;\n", ";"), ("sep=~\n", ";")]
)
def test_the_line_with_which_excel_names_the_separator_is_no_header(tmp_path, first, separator):
    extract = surveyed(tmp_path, (first + HEADER + ROWS).encode())
    assert (extract.header, extract.separator) == (("cpr", "dato", "værdi"), separator)
    assert b"".join(read_text(extract))[extract.data_begins_at :].decode() == ROWS
    assert extract.lines_before == first.count("\n") + 1


def test_the_separator_that_such_a_line_names_is_used_although_another_sign_is_more_frequent(tmp_path):
    extract = surveyed(tmp_path, b"sep=|\ncpr|dato,tid,sted\n")
    assert extract.header == ("cpr", "dato,tid,sted")


def test_lines_that_end_as_on_old_macintosh_computers_are_named_as_the_cause(tmp_path):
    with pytest.raises(ExtractError, match="carriage return alone") as fault:
        surveyed(tmp_path, (HEADER + ROWS).replace("\n", "\r").encode())
    assert fault.value.reason == "line_ends"
    assert surveyed(tmp_path, (HEADER + ROWS).replace("\n", "\r\n").encode()).header == ("cpr", "dato", "værdi")
