"""Pages of a run: every file has one of its own."""

from pathlib import Path

import duckdb
import pytest

from data_contracts.contract import load_contracts
from ingest.report import list_failures, remove_unfinished, write_index, write_page
from ingest.stage import FAILED
from ingest.verdict import FileVerdict


def page(folder: Path, file_name: str, message: str) -> FileVerdict:
    verdict = FileVerdict(file_name, None, None, "refused", message=message)
    path = write_page(folder, verdict, None, "", "")
    return FileVerdict(file_name, None, None, "refused", message=message, report=path)


def test_files_of_one_name_or_of_names_that_look_alike_keep_their_pages(tmp_path):
    names = ("year.csv", "year.csv", "å.csv", "ø.csv", "index", "x" * 250)
    verdicts = [page(tmp_path, name, f"message {number}") for number, name in enumerate(names)]
    write_index(tmp_path, "run", verdicts)
    assert len({verdict.report for verdict in verdicts}) == len(names)
    for verdict in verdicts:
        assert verdict.message in verdict.report.read_text(encoding="utf-8")
    index = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert all(f'href="{verdict.report.name}"' in index for verdict in verdicts)


@pytest.mark.parametrize(
    ("file_type", "asked", "not_asked"),
    [("labka", "as many fields as the header", "bundle"), ("kl_gateway_119", "a whole FHIR bundle", "header")],
)
def test_a_row_that_is_not_whole_is_explained_by_what_the_file_is_made_of(file_type, asked, not_asked):
    con = duckdb.connect()
    con.execute(f"CREATE TABLE {FAILED} (row_number BIGINT, rule VARCHAR, column_name VARCHAR, severity VARCHAR)")
    con.execute(f"INSERT INTO {FAILED} VALUES (3, 'row_malformed', NULL, 'quarantine')")
    _, _, told = list_failures(con, load_contracts()[file_type], 1).partition("row_malformed")
    assert asked in told
    assert not_asked not in told


def test_pages_of_killed_runs_are_removed_and_nothing_else(tmp_path):
    killed, finished, loaded = (f"20261122T17060{second}Z-0a1f" for second in range(3))
    for name in (killed, finished, loaded, "kept by hand"):
        page(tmp_path / name, "year.csv", "told")
    write_index(tmp_path / finished, finished, [])
    remove_unfinished(tmp_path, {loaded})
    remove_unfinished(tmp_path / "none", set())
    assert {folder.name for folder in tmp_path.iterdir()} == {finished, loaded, "kept by hand"}
