"""Country packs through the front door: listed, begun, checked."""

import json
import re
import shutil
from datetime import date
from pathlib import Path

import pytest

from indicators.catalogue import load_catalogue
from indicators.definitions.definition import PARAMETER
from indicators.definitions.sets import load_sets
from indicators.explain.definition_check import problems
from packs.pack import PACKS, load_pack
from tvaers.cli import main

NOT_ACCEPTED = {"- kl_gateway_119", "- kl_gateway_140", "- lmdb"}


def told(capsys, *words: str) -> dict:
    capsys.readouterr()
    assert main([*words, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


@pytest.fixture
def new_pack(tmp_path, capsys):
    assert main(["pack", "new", str(tmp_path / "atlantis")]) == 0
    return tmp_path / "atlantis"


def test_the_packs_that_come_along_are_listed(capsys):
    assert "denmark" in [pack["name"] for pack in told(capsys, "pack", "list")["packs"]]


def test_a_pack_that_comes_along_can_compute_every_indicator(capsys):
    indicators = told(capsys, "pack", "check", "denmark")["indicators"]
    assert indicators
    missing = ("missing_parameters", "missing_codelists", "missing_facts")
    assert [each for each in indicators if any(each[kind] for kind in missing)] == []


def test_a_new_pack_passes_its_check_under_its_own_name(new_pack, capsys):
    answer = told(capsys, "pack", "check", str(new_pack))
    assert (answer["pack"], answer["version"]) == ("atlantis", "0.1.0")


def test_a_bare_pack_passes_its_check_and_tells_what_it_still_lacks(tmp_path, capsys):
    assert main(["pack", "new", str(tmp_path / "lemuria"), "--bare"]) == 0
    answer = told(capsys, "pack", "check", str(tmp_path / "lemuria"))
    assert (answer["pack"], answer["version"], answer["problems"]) == ("lemuria", "0.1.0", [])
    lacking = {each["indicator"]: each for each in answer["indicators"]}
    assert set(lacking) == {"hba1c_measured", "hba1c_at_goal", "blood_pressure_measured", "blood_pressure_controlled"}
    assert not any(each["missing_parameters"] or each["is_verified"] for each in lacking.values())
    assert lacking["hba1c_at_goal"]["missing_facts"] == ["measurement(analyte=hba1c)"]
    assert "diabetes_diagnosis" in lacking["hba1c_at_goal"]["missing_codelists"]
    assert "scaffold" not in [pack["name"] for pack in told(capsys, "pack", "list")["packs"]]
    assert main(["pack", "new", str(tmp_path / "mu"), "--bare", "--like", "denmark"]) == 10


def test_a_bare_pack_holds_the_numbers_that_its_indicators_use_and_no_other():
    known, pack = load_catalogue("type_2_diabetes", load_pack("scaffold")), load_pack("scaffold")
    classifying = " ".join((*known.classifiers.values(), *known.classifier_steps.values()))
    assert set(known.parameters) == known.parameters_of(known.indicators) | set(PARAMETER.findall(classifying))
    assert problems(known, date(2026, 12, 31)) == []
    assert {each.country for each in load_sets(pack.folder, known.disease, [each.id for each in known.indicators])} == {
        "XX"
    }


def test_a_copy_beside_the_pack_it_is_named_after_is_the_one_that_is_checked_next(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    following = told(capsys, "pack", "new", "denmark")["next_step"]
    assert told(capsys, *following.split()[1:])["version"] == "0.1.0"


def test_an_indicator_without_its_code_list_or_parameter_is_listed(new_pack, capsys):
    complete = told(capsys, "pack", "check", str(new_pack))["indicators"]
    (new_pack / "codelists" / "stroke.csv").unlink()
    (new_pack / "parameters" / "adult_age_years.yaml").unlink()
    indicators = told(capsys, "pack", "check", str(new_pack))["indicators"]
    assert len(indicators) == len(complete)
    assert {name for each in indicators for name in each["missing_codelists"]} == {"stroke"}
    assert {name for each in indicators for name in each["missing_parameters"]} == {"adult_age_years"}


def test_a_parameter_that_only_a_variable_reads_is_listed_too(new_pack, capsys):
    (new_pack / "parameters" / "egfr_red_below_ml_min_1_73m2.yaml").unlink()
    (new_pack / "parameters" / "uacr_severe_from_mg_g.yaml").unlink()
    indicators = told(capsys, "pack", "check", str(new_pack))["indicators"]
    lacking = {each["indicator"]: each["missing_parameters"] for each in indicators if each["missing_parameters"]}
    assert lacking["nephropathy"] == ["uacr_severe_from_mg_g"]
    assert "hba1c_below_53" not in lacking


def test_what_no_file_type_of_the_pack_brings_is_listed(new_pack, capsys):
    page = new_pack / "pack.yaml"
    kept = [line for line in page.read_text().splitlines() if line.strip() not in NOT_ACCEPTED]
    page.write_text("\n".join(kept))
    indicators = told(capsys, "pack", "check", str(new_pack))["indicators"]
    lacking = {each["indicator"]: each["missing_facts"] for each in indicators if each["missing_facts"]}
    assert lacking["course_completed"] == ["municipal_course"]
    assert lacking["lipid_lowering_when_indicated"] == ["dispensing"]
    assert "hba1c_measured" not in lacking  # the laboratory still brings it
    assert main(["pack", "check", str(new_pack)]) == 0
    assert "no file type brings" in capsys.readouterr().out


def test_an_analysis_that_no_code_of_the_pack_stands_for_is_listed(new_pack, capsys):
    codes = new_pack / "codelists" / "laboratory_analysis.csv"
    codes.write_text("\n".join(line for line in codes.read_text().splitlines() if ",ldl," not in line))
    indicators = told(capsys, "pack", "check", str(new_pack))["indicators"]
    lacking = {each["indicator"]: each["missing_facts"] for each in indicators if each["missing_facts"]}
    assert lacking["ldl_measured"] == ["measurement(analyte=ldl)"]
    assert "hba1c_measured" not in lacking


def test_definitions_without_a_confirmed_source_or_due_for_review_are_told_apart(capsys):
    assert main(["pack", "check", "denmark", "--on", "2026-11-22"]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "without a published source that confirms them" in said
    assert "due for review" not in said
    assert main(["pack", "check", "denmark", "--on", "2126-11-22"]) == 0
    due = " ".join(capsys.readouterr().out.split()).split("due for review: ")[1]
    assert ", hba1c_75_and_above, " in due


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("fifty", "valid number"),
        ("530", "530 mmol/mol from 2024-01-01 cannot be meant: between 1 and 250"),
        ("yes", "valid"),
    ],
)
def test_a_number_that_cannot_be_meant_is_refused(value, said, new_pack, capsys):
    with_value(new_pack / "parameters" / "hba1c_general_limit_mmol_mol.yaml", value)
    assert main(["pack", "check", str(new_pack)]) == 13
    told_of = capsys.readouterr().err
    assert "hba1c_general_limit_mmol_mol.yaml" in told_of
    assert said in told_of


def test_a_share_is_written_as_a_share_and_not_in_per_cent(new_pack, capsys):
    with_value(new_pack / "parameters" / "share_with_foot_examined.yaml", "95")
    assert main(["pack", "check", str(new_pack)]) == 13
    assert "95 proportion" in capsys.readouterr().err


def with_value(path, value: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert "value: " in text
    path.write_text(re.sub(r"value: [0-9.]+", f"value: {value}", re.sub(r"from_on: \S+", "from_on: 2024-01-01", text)))


@pytest.mark.parametrize("day", ["2016-13-40", "2023-02-29"])
def test_a_day_that_does_not_exist_is_a_fault_that_names_its_file(day, new_pack, capsys):
    path = new_pack / "parameters" / "adult_age_years.yaml"
    path.write_text(re.sub(r"from_on: \S+", f"from_on: {day}", path.read_text(encoding="utf-8")))
    assert main(["pack", "check", str(new_pack)]) == 13
    assert "adult_age_years.yaml" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["no", "yes", "on", "null"])
def test_a_pack_may_have_a_name_that_yaml_takes_for_something_else(name, tmp_path, capsys):
    assert main(["pack", "new", str(tmp_path / name), "--bare"]) == 0
    assert told(capsys, "pack", "check", str(tmp_path / name))["pack"] == name


def test_a_code_list_that_is_parted_by_semicolons_is_a_fault_and_not_a_missing_list(new_pack, capsys):
    path = new_pack / "codelists" / "stroke.csv"
    path.write_text(path.read_text(encoding="utf-8").replace(",", ";"))
    assert main(["pack", "check", str(new_pack)]) == 13
    assert "stroke.csv" in (said := capsys.readouterr().err)
    assert "parted by commas" in said.lower() or "by commas" in said


def test_a_folder_that_is_no_pack_is_told_from_a_name_that_is_none(tmp_path, capsys):
    assert main(["pack", "check", str(tmp_path)]) == 13
    assert "no pack.yaml" in capsys.readouterr().err
    assert main(["pack", "check", "danmark"]) == 13
    assert "nearest match: denmark" in capsys.readouterr().err


def test_what_every_indicator_lacks_is_said_once(tmp_path, capsys):
    assert main(["pack", "new", str(tmp_path / "mu"), "--bare"]) == 0
    capsys.readouterr()
    assert main(["pack", "check", str(tmp_path / "mu")]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert said.count("diabetes_diagnosis") == 1
    assert "accepts no file types" in said


def test_a_definition_that_is_wrong_is_named_and_ends_the_check_with_a_fault(monkeypatch, capsys):
    from indicators.explain import definition_check

    monkeypatch.setattr(definition_check, "PLAIN_NUMBERS", frozenset())
    assert main(["pack", "check", "denmark"]) == 13
    said = " ".join(capsys.readouterr().out.split())
    assert "wrong: " in said
    assert "make it a parameter with a unit and a source" in said
    assert main(["pack", "check", "denmark", "--json"]) == 13
    assert json.loads(capsys.readouterr().out)["problems"]


def test_a_pack_with_a_word_too_much_is_a_fault_that_names_file_and_key(new_pack, capsys):
    page = new_pack / "pack.yaml"
    page.write_text(page.read_text() + "langauges: [en]\n")
    assert main(["pack", "check", str(new_pack)]) == 13
    said = capsys.readouterr().err
    assert "pack.yaml" in said
    assert "langauges" in said
    assert "languages" in said


def test_a_new_pack_never_replaces_anything(new_pack, capsys):
    assert main(["pack", "new", str(new_pack)]) == 10
    assert main(["pack", "new", str(new_pack.parent / "Two Words")]) == 10
    assert not (new_pack.parent / "Two Words").exists()


def test_the_sets_of_a_pack_are_listed_with_how_much_of_each_can_be_computed(new_pack, capsys):
    sets = {each["id"]: each for each in told(capsys, "pack", "check", "denmark")["sets"]}
    common = sets["dvdd_common_2017"]
    assert (common["indicators"], common["complete"], common["is_verified"], common["is_shown"]) == (6, 6, True, True)
    assert not sets["register_studies_2022"]["is_shown"]
    (new_pack / "sets" / "dvdd_common_2017.yaml").unlink()
    assert main(["pack", "check", str(new_pack)]) == 13
    assert "profile.yaml" in capsys.readouterr().err


def test_a_profile_shows_what_it_chooses_once_extracts_are_read(capsys, tmp_path):
    unread = Path(shutil.copytree(PACKS / "norway", tmp_path / "norway"))
    page = unread / "pack.yaml"
    page.write_text(re.sub(r"(?m)^contracts: .*$", "contracts: []", page.read_text(encoding="utf-8")), encoding="utf-8")
    for pack, shown in (("norway", {"ndv_adults", "hospital_and_home"}), (str(unread), set())):
        sets = {each["id"]: each for each in told(capsys, "pack", "check", pack)["sets"]}
        assert {name for name, each in sets.items() if each["is_chosen"]} == {"ndv_adults", "hospital_and_home"}
        assert {name for name, each in sets.items() if each["is_shown"]} == shown


def test_the_stratifiers_of_a_pack_are_named_and_a_wrong_one_is_a_fault(new_pack, capsys):
    assert told(capsys, "pack", "check", "denmark")["stratifiers"] == ["diabetes_duration"]
    page = new_pack / "stratifiers.yaml"
    page.write_text(page.read_text().replace("diabetes_years < 5", "shoe_size < 40"))
    assert main(["pack", "check", str(new_pack)]) == 13
    said = capsys.readouterr().err
    assert "shoe_size" in said
    assert "stratifiers.yaml" in said
