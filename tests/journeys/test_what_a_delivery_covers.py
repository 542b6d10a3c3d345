"""What a delivery covers is told by its rows and by the steward; when its files were copied tells nothing."""

import gzip
import json
import os
from datetime import date, timedelta

import pytest

from indicators.compute import compute
from indicators.delivered.coverage import coverage_of
from indicators.delivered.reporting_dates import last_covered_quarter
from indicators.disclosure.policy import load_policy
from indicators.release.content import completeness, deliveries
from ingest.job import run
from packs.pack import load_pack
from tests.lib.deliveries import LABKA, answer, deliver, identifiers, new_home, opened, text, typed_rows
from tests.lib.evaluate import catalogue
from tvaers.cli import main

PEOPLE = identifiers(40)
FIRST, LAST = date(2022, 1, 3), date(2024, 10, 31)
# A year ago, long before the newest row, and now.
POLICY = load_policy(load_pack("denmark").folder / "disclosure.yaml")
TIMES = (1_700_000_000, 600_000_000, None)


def extracts(folder, *, last=LAST):
    """Write who lives where and goes to which practice, and an HbA1c of everybody every five weeks."""
    homes = [{"pnr": each, "kom": "0791", "bop_vfra": "2015-03-01", "bop_vtil": ""} for each in PEOPLE]
    lists = [{"pnr": each, "ydernr": "012345", "tilknyttet_fra": "2015-03-01", "tilknyttet_til": ""} for each in PEOPLE]
    deliver(folder, "bef_2024.csv", typed_rows("bef", *homes))
    deliver(folder, "praksis_tilknytning_2024.csv", typed_rows("praksis_tilknytning", *lists))
    deliver(folder, "yderregister_2024.csv", typed_rows("yderregister", {"ydernr": "012345"}))
    rows = [
        (person, f"{FIRST + timedelta(days=place % 35 + 35 * visit)} 08:30:00", "NPU27300", "=", value, "Y012345")
        for place, person in enumerate(PEOPLE)
        for visit, value in enumerate(["55"] * 2 + ["51"] * 40)
        if FIRST + timedelta(days=place % 35 + 35 * visit) <= last
    ]
    deliver(folder, "labka_2024.csv", text(LABKA, rows))


def dated(folder, moment):
    for path in folder.iterdir():
        os.utime(path, moment and (moment, moment))


def told_by(home):
    """Return all numbers from which a release follows, and what it tells of the deliveries."""
    with opened(home) as con:
        results = con.execute("SELECT * FROM indicator.result ORDER BY ALL").fetchall()
        return results, deliveries(con).rows(), sorted(completeness(con, POLICY).rows())


@pytest.fixture(scope="module")
def homes(tmp_path_factory):
    """Homes into which an extract that ends in October 2024 was loaded today, under three file times, once unpacked."""
    made = []
    for number, moment in enumerate(TIMES):
        root = tmp_path_factory.mktemp("old")
        home, folder = new_home(root), root / "extracts"
        extracts(folder)
        if number == 1:
            packed = folder / "labka_2024.csv"
            deliver(folder, "labka_2024.csv.gz", gzip.compress(packed.read_bytes()))
            packed.unlink()
        dated(folder, moment)
        assert [verdict.quarantined for verdict in run(home, folder).files] == [0] * 4
        made.append(home)
    return made


@pytest.fixture
def old(homes):
    return homes[-1]


def test_the_same_files_give_the_same_release_whenever_they_were_copied_and_unpacked(homes):
    found = []
    for home in homes:
        assert compute(home, quarters=1).reporting_dates == (date(2024, 9, 30),)
        found.append(told_by(home))
    results, delivered, months = found[0]
    assert {row[-1] for row in results} >= {"computed", "no_data"}
    assert len(delivered) == 4
    assert months
    assert found[0] == found[1] == found[2]


def command(home, capsys, *words):
    """Run a command; return its exit code and what it says."""
    os.environ["TVAERS_KEY_FILE"] = str(home.key_file)
    try:
        code = main([*words, "--home", str(home.home), "--json"])
    finally:
        del os.environ["TVAERS_KEY_FILE"]
    told = capsys.readouterr()
    return code, json.loads(told.out or told.err)


MEASURED = (
    "SELECT period_end, state, numerator, denominator FROM indicator.result "
    "WHERE indicator_id = 'hba1c_measured' AND level = 'all' AND sex = 'all' AND age_band = 'all' ORDER BY 1"
)


def test_quarters_after_the_end_of_an_old_extract_are_no_data_and_never_zero(old, capsys):
    code, told = command(old, capsys, "compute", "--until", "2025-03-31", "--quarters", "3")
    assert code == 0
    summary = told["summary"]
    assert summary["dates_without_data"] == ["2024-12-31", "2025-03-31"]
    assert summary["without_data"]["hba1c_measured"].startswith("2024-11")
    found = answer(old, MEASURED)
    assert [row[1] for row in found] == ["computed"] + ["no_data"] * 2
    assert found[0][2:] == (40, 40)
    assert found[1][2:] == (None, None)


def test_a_last_date_before_the_data_begin_is_refused_and_a_covered_one_is_named(old, capsys):
    code, told = command(old, capsys, "compute", "--until", "2012-12-31", "--quarters", "4")
    assert code == 14
    assert told["what_to_do"] == "tvaers compute --until 2024-09-30"


def test_the_steward_may_state_that_nothing_more_will_come(tmp_path, capsys):
    home = new_home(tmp_path)
    extracts(tmp_path / "extracts")
    code, _ = command(home, capsys, "ingest", str(tmp_path / "extracts"), "--covers-until", "2024-12-31")
    assert code == 0
    known = catalogue()
    with opened(home) as con:
        coverage = coverage_of(con, known.all_sources(), known.deliverers)
    assert last_covered_quarter(known, coverage) == date(2024, 12, 31)


def test_no_file_can_cover_days_to_come(old, tmp_path, capsys):
    extracts(tmp_path / "extracts")
    code, told = command(old, capsys, "check", str(tmp_path / "extracts"), "--covers-until", "2999-12-31")
    assert code == 11
    assert "not come yet" in told["what"]


def test_a_row_lies_in_the_future_only_when_it_is_later_than_the_day_of_the_run(tmp_path):
    home = new_home(tmp_path)
    extracts(tmp_path / "extracts")
    verdicts = {
        verdict.file_type: verdict for verdict in run(home, tmp_path / "extracts", today=date(2024, 10, 29)).files
    }
    assert verdicts["labka"].by_rule.keys() == {"realsamplecollectiontime_in_future"}
    assert 0 < verdicts["labka"].quarantined < 10
