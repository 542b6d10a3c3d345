from dataclasses import replace

import pytest

from ingest.verdict import FileVerdict, RunResult
from tvaers import verdicts

ACCEPTED = FileVerdict(
    file_name="lab.csv",
    file_type="labka",
    sector="laboratory",
    state="accepted",
    rows_in=1_000,
    loaded=1_000,
    encoding="utf-8",
    separator=";",
)


def result(*files) -> RunResult:
    return RunResult("run", files, is_loaded=True)


def shown(capsys, *files) -> str:
    verdicts.show(result(*files))
    return capsys.readouterr().out


def test_a_file_has_its_verdict_its_counts_and_how_it_was_read(capsys):
    told = shown(capsys, ACCEPTED)
    (line,) = [line for line in told.splitlines() if line.strip().startswith("lab.csv")]
    assert line.split() == ["lab.csv", "labka", "accepted", "1,000", "1,000", "0", "0", "utf-8", ";"]


def test_the_totals_add_up_over_files(capsys):
    told = shown(capsys, ACCEPTED, replace(ACCEPTED, rows_in=500, loaded=400, quarantined=70, duplicates=30))
    (line,) = [line for line in told.splitlines() if line.strip().startswith("total")]
    assert line.split() == ["total", "2", "files", "1,500", "1,400", "70", "30"]


def test_every_reason_is_named_with_its_rows(capsys):
    told = shown(
        capsys, replace(ACCEPTED, state="accepted_with_quarantine", by_rule={"pnr_missing": 12}, warnings={"odd": 3})
    )
    assert "pnr_missing" in told
    assert "quarantined" in told
    assert "warning only" in told


def test_a_refused_file_says_why_and_names_its_report(capsys, tmp_path):
    told = shown(
        capsys, replace(ACCEPTED, state="refused", message="Column eksd is missing.", report=tmp_path / "r.html")
    )
    assert "REFUSED" in told
    assert "Column eksd is missing." in told
    assert "r.html" in told


def test_a_file_that_is_not_recognised_has_no_counts(capsys):
    told = shown(capsys, replace(ACCEPTED, state="unrecognised", file_type=None, rows_in=0, loaded=0))
    (line,) = [line for line in told.splitlines() if line.strip().startswith("lab.csv")]
    assert line.split() == ["lab.csv", "not", "recognised", "utf-8", ";"]


@pytest.mark.parametrize(
    ("states", "code"),
    [
        (["accepted", "accepted_with_quarantine", "already_loaded"], 0),
        (["accepted", "unrecognised"], 11),
        (["unrecognised", "refused", "accepted"], 12),
    ],
)
def test_a_refused_file_and_one_that_is_not_recognised_each_have_an_exit_code(states, code):
    assert verdicts.exit_code(result(*(replace(ACCEPTED, state=state) for state in states))) == code


def test_what_is_to_be_known_of_accepted_and_loaded_files_is_told_once(capsys):
    before = "Loaded before, on 2026-10-01."
    told = shown(
        capsys,
        replace(ACCEPTED, message="Replaces lab_old.csv."),
        *(replace(ACCEPTED, file_name=f"{n}.csv", state="already_loaded", message=before) for n in range(8)),
    )
    assert "lab.csv: Replaces lab_old.csv." in told
    assert told.count(before) == 1
    assert f"0.csv, 1.csv, 2.csv, 3.csv, 4.csv and 3 more: {before}" in told


def test_files_that_were_not_looked_at_are_told(capsys):
    verdicts.show(replace(result(ACCEPTED), skipped=("notes.md", "_old/lab.csv")))
    assert "Not looked at, since they are no deliveries: notes.md, _old/lab.csv." in capsys.readouterr().out


def test_the_document_for_machines_has_the_totals():
    document = verdicts.as_document(result(*(ACCEPTED, replace(ACCEPTED, state="refused", loaded=0))))
    assert document["rows_in"] == 2_000
    assert document["rows_loaded"] == 1_000
    assert document["states"] == {"accepted": 1, "refused": 1}
