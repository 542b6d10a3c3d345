"""A disease of one's own through the front door: begun, checked, and computed beside a pack that stays as it is."""

import json
from pathlib import Path

import duckdb
import pytest

from indicators.catalogue import load_catalogue
from indicators.definitions.parameters import load_parameters
from packs.pack import load_pack
from tests.lib.case_files import read_case_file
from tests.lib.evaluate import ROOT, evaluate
from tvaers.cli import main
from tvaers.errors import DefinitionError

PACK = load_pack("denmark")


def told(capsys, *words: str) -> dict:
    capsys.readouterr()
    assert main([*words, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


@pytest.fixture
def asthma(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    assert main(["pack", "new-disease", "asthma"]) == 0
    return tmp_path / "asthma"


def test_a_new_disease_passes_its_check_and_can_be_computed_at_once(asthma: Path, capsys):
    answer = told(capsys, "pack", "check", "denmark", "--disease", "./asthma")
    assert answer["problems"] == []
    (one,) = answer["indicators"]
    assert (one["disease"], one["indicator"]) == ("asthma", "asthma_diagnosed_again")
    assert not any(one[missing] for missing in ("missing_parameters", "missing_codelists", "missing_facts"))
    assert [each["id"] for each in answer["sets"] if each["is_shown"]] == ["asthma_first_set"]


def test_no_trace_of_the_example_is_left_in_a_new_disease(asthma: Path):
    for path in asthma.rglob("*"):
        assert "new_disease" not in path.name
        assert path.is_dir() or "new_disease" not in path.read_text("utf-8")
    assert (asthma / "countries" / "denmark").is_dir()


def test_the_drawn_cases_of_a_new_disease_come_out_as_they_say(asthma: Path):
    known = load_catalogue(str(asthma), PACK)
    (page,) = (asthma / "cases").rglob("*.txt")
    cases = read_case_file(page)
    outcomes = evaluate(cases[0].drawing, page.stem, cases[0].reporting_date, known)
    assert outcomes == {case.patient: case.outcome for case in cases}
    assert set(known.indicator(page.stem).examples) <= {case.title for case in cases}


def test_a_disease_of_ones_own_is_computed_and_released_with_its_own_groups(asthma: Path, home_copy, capsys):
    # The invented region has one disease: its code makes the example find people.
    codes = asthma / "countries" / "denmark" / "codelists" / "asthma_diagnosis.csv"
    codes.write_text(codes.read_text("utf-8").replace("DXX99", "DE11"), "utf-8")
    home = ["--home", str(home_copy.home)]
    assert main(["init", "--disease", "./asthma", *home]) == 0
    assert told(capsys, "compute", "--quarters", "1", *home)
    assert main(["release", *home]) == 0
    with duckdb.connect(str(home_copy.home / "release.duckdb"), read_only=True) as con:
        pages = con.execute("SELECT indicator_id, definition ->> '$.group_title.da' FROM indicator").fetchall()
        named = con.execute("SELECT value FROM meta WHERE key = 'disease'").fetchone()
        counted = con.execute("SELECT max(denominator) FROM result WHERE level = 'all'").fetchone()
    assert pages == [("asthma_diagnosed_again", "Opfølgning")]
    assert named == ("asthma",)
    assert counted[0] > 10


@pytest.mark.parametrize(
    ("folder", "said"),
    [
        ("Asthma", "small letters"),
        ("asthma-2", "small letters"),
        ("type_2_diabetes", "comes with"),
        ("asthma", "of that name already"),
    ],
)
def test_a_new_disease_that_cannot_be_is_refused(asthma: Path, capsys, folder: str, said: str):
    assert main(["pack", "new-disease", folder]) == 10
    assert said in capsys.readouterr().err


def test_a_folder_that_is_named_without_its_path_is_recognised(asthma: Path, capsys):
    assert main(["pack", "check", "denmark", "--disease", "asthma"]) == DefinitionError.exit_code
    assert "Did you mean './asthma'?" in capsys.readouterr().err


def test_a_number_that_pack_and_disease_both_set_is_refused(asthma: Path):
    own = asthma / "countries" / "denmark" / "parameters"
    own.mkdir()
    (own / "adult_age_years.yaml").write_text((PACK.folder / "parameters" / "adult_age_years.yaml").read_text("utf-8"))
    with pytest.raises(DefinitionError, match=r"both have a page 'adult_age_years\.yaml'"):
        load_parameters(PACK.folder, str(asthma))


def test_a_pack_that_computes_nothing_of_a_disease_says_so(asthma: Path):
    with pytest.raises(DefinitionError, match="computes nothing of asthma"):
        load_catalogue(str(asthma), load_pack(str(ROOT / "packs" / "norway")))
