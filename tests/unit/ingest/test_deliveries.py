"""Files that claim to be the same delivery: none takes the place of another one unseen, and no older one of a newer."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from data_contracts.contract import load_contracts
from ingest.delivery import Receipt, take_stock
from ingest.extract import hash_of
from ingest.recognise import version_of
from ingest.report import write_page
from tests.lib.deliveries import PRACTICE, country_scheme, deliver, identifiers, measurements, text
from warehouse.run_log import Batch

CONTRACTS = load_contracts()
PEOPLE = identifiers(8)
RECEIPT = Receipt(date(2026, 11, 1))


def content(value):
    return text(PRACTICE, measurements(PEOPLE, value=str(value)))


def loaded(path, state="loaded"):
    """Return the record of a file that was loaded before."""
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    batch = Batch(
        1, "run", "", "", "praksis_maalinger", "general_practice", "1", "p", "1", "praksis_maalinger:year",
        date(2026, 1, 1), None, None, "key", "utf-8", ";", 8, 8, 0, 0, state, moment, moment, "1",
    )  # fmt: skip
    return replace(batch, file_name=path.name, file_hash=hash_of(path))


def stock(folder, known=()):
    deliveries, verdicts = take_stock(
        sorted(path for path in folder.rglob("*") if path.is_file()),
        folder,
        CONTRACTS,
        known,
        country_scheme(),
        RECEIPT,
    )
    return deliveries, [verdict for verdict in verdicts if verdict.state == "refused"]


def test_of_two_files_of_one_name_in_two_folders_the_second_is_refused(tmp_path):
    deliver(tmp_path / "a", "year.csv", content(50))
    deliver(tmp_path / "b", "year.csv", content(51))
    deliveries, refused = stock(tmp_path)
    assert [each.extract.path.parent.name for each in deliveries] == ["a"]
    assert [verdict.file_name for verdict in refused] == ["year.csv"]
    assert "name of its own" in refused[0].message


def test_a_second_run_does_not_let_the_refused_one_in(tmp_path):
    first = deliver(tmp_path / "b", "year.csv", content(50))
    deliver(tmp_path / "a", "year.csv", content(51))
    deliveries, refused = stock(tmp_path, [loaded(first)])
    assert deliveries == []
    assert len(refused) == 1


def test_a_corrected_file_of_the_same_name_is_taken_when_the_first_one_is_gone(tmp_path):
    first = deliver(tmp_path / "old", "year.csv", content(50))
    deliver(tmp_path / "new", "year.csv", content(51))
    deliveries, refused = stock(tmp_path / "new", [loaded(first)])
    assert (len(deliveries), refused) == (1, [])


def test_versions_come_in_the_order_of_their_numbers(tmp_path):
    for value, version in enumerate(("", "_v10", "_v2", "_v9"), 50):
        deliver(tmp_path, f"year{version}.csv", content(value))
    deliveries, _ = stock(tmp_path)
    assert [each.file_name for each in deliveries] == ["year.csv", "year_v2.csv", "year_v9.csv", "year_v10.csv"]


@pytest.mark.parametrize(("older", "newer"), [("year_v2.csv", "year_v10.csv"), ("year.csv", "year_rettet.csv")])
def test_an_older_version_that_comes_after_a_newer_one_is_refused(tmp_path, older, newer):
    held = loaded(deliver(tmp_path / "held", newer, content(50)))
    deliver(tmp_path / "late", older, content(51))
    deliveries, refused = stock(tmp_path / "late", [held])
    assert deliveries == []
    assert "newer version" in refused[0].message
    deliveries, refused = stock(tmp_path / "late", [replace(held, state="replaced")])
    assert (len(deliveries), refused) == (1, [])


def test_a_mark_without_a_number_is_the_second_version():
    names = ("x.csv", "x_v3.csv.gz", "x_rettet.csv", "x_corrected.json")
    assert [version_of(Path(name)) for name in names] == [1, 3, 2, 2]


@pytest.mark.parametrize("between", ["", "-", " "])
def test_a_file_with_an_identifier_in_its_name_is_refused_and_its_name_is_masked(tmp_path, between):
    person = between.join((PEOPLE[0][:6], PEOPLE[0][6:]))
    deliver(tmp_path, f"year_{person}.csv", content(50))
    deliver(tmp_path, "year_20250101.csv", content(51))
    deliveries, refused = stock(tmp_path)
    assert [each.file_name for each in deliveries] == ["year_20250101.csv"]
    assert [verdict.file_name for verdict in refused] == [f"year_######{between}####.csv"]
    assert person not in repr(refused)


@pytest.mark.parametrize("folder", ["{0}", "lab/{1}-{2}/2025", "sag {0} klinik"])
def test_a_file_in_a_folder_named_after_a_person_is_refused_and_the_folder_is_not_told(tmp_path, folder):
    person = PEOPLE[0]
    deliver(tmp_path / folder.format(person, person[:6], person[6:]), "year.csv", content(50))
    deliver(tmp_path / "lab_20250101", "other.csv", content(51))
    deliveries, refused = stock(tmp_path)
    assert [each.file_name for each in deliveries] == ["other.csv"]
    assert [(verdict.file_name, verdict.reason) for verdict in refused] == [("year.csv", "identifier_in_folder")]
    assert "Give the folder a name" in refused[0].message
    assert person[6:] not in repr(refused)


def test_a_file_name_that_is_no_text_can_still_be_told(tmp_path):
    deliver(tmp_path, "\udcff.csv", "no;known;columns\n1;2;3\n")
    _, verdicts = take_stock(list(tmp_path.iterdir()), tmp_path, CONTRACTS, [], country_scheme(), RECEIPT)
    assert [(verdict.file_name, verdict.state) for verdict in verdicts] == [("?.csv", "unrecognised")]


def test_a_copy_of_a_file_that_was_loaded_before_brings_no_rows_a_second_time(tmp_path):
    first = deliver(tmp_path, "year.csv", content(50))
    deliver(tmp_path / "again", "year_sent_again.csv", content(50))
    paths = sorted(path for path in tmp_path.rglob("*") if path.is_file())
    _, verdicts = take_stock(paths, tmp_path, CONTRACTS, [loaded(first)], country_scheme(), RECEIPT)
    assert [verdict.state for verdict in verdicts] == ["already_loaded", "already_loaded"]
    assert sum(verdict.rows_in for verdict in verdicts) == 8


@pytest.mark.parametrize(
    ("name", "content", "encoding", "separator", "reason"),
    [
        ("a.csv", "CPR\tYdernr\tDato\tVærdi\tEnhed\n", "cp1252", "tab", "column_missing"),
        ("b.csv", "cpr|ydernr|dato|kode|værdi|CPR\n", "utf-8", "|", "column_repeated"),
        ("c.csv", "day,name,shift\n", "utf-16", ",", "unknown_type"),
        ("d.csv", "dagens prøver\n", "utf-8", None, "unknown_type"),
        ("e.json", '{ "navn": "blå"\n', "utf-8", None, "not_json"),
    ],
)
def test_of_a_file_that_goes_no_further_encoding_and_separator_are_told_when_they_were_found(
    tmp_path, name, content, encoding, separator, reason
):
    deliver(tmp_path, name, content.encode(encoding))
    _, (verdict,) = take_stock([tmp_path / name], tmp_path, CONTRACTS, [], country_scheme(), RECEIPT)
    assert (verdict.encoding, verdict.separator, verdict.reason) == (encoding, separator, reason)
    page = write_page(tmp_path, verdict, None, "", "").read_text("utf-8")
    assert f"<td>Encoding</td><td>{encoding}</td></tr><tr><td>Separator</td><td>{separator or 'none'}</td>" in page
    assert ("<td>none: it lacks columns of the type" in page) == (reason == "column_missing")


def test_of_a_file_that_was_refused_before_it_was_read_the_page_says_that_nothing_was_found_out(tmp_path):
    deliver(tmp_path, "a.csv", "")
    _, (verdict,) = take_stock([tmp_path / "a.csv"], tmp_path, CONTRACTS, [], country_scheme(), RECEIPT)
    page = write_page(tmp_path, verdict, None, "", "").read_text("utf-8")
    assert page.count("<td>not found out</td>") == 2
