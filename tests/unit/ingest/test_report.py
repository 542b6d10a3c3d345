"""Pages of a run: every file has one of its own."""

from pathlib import Path

from ingest.report import write_index, write_page
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
