"""Country packs through the front door: listed, begun, checked."""

import json

import pytest

from tvaers.cli import main


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
    assert [each for each in indicators if each["missing_parameters"] or each["missing_codelists"]] == []


def test_a_new_pack_passes_its_check_under_its_own_name(new_pack, capsys):
    answer = told(capsys, "pack", "check", str(new_pack))
    assert (answer["pack"], answer["version"]) == ("atlantis", "0.1.0")


def test_an_indicator_without_its_code_list_or_parameter_is_listed(new_pack, capsys):
    complete = told(capsys, "pack", "check", str(new_pack))["indicators"]
    (new_pack / "codelists" / "stroke.csv").unlink()
    (new_pack / "parameters" / "adult_age_years.yaml").unlink()
    indicators = told(capsys, "pack", "check", str(new_pack))["indicators"]
    assert len(indicators) == len(complete)
    assert {name for each in indicators for name in each["missing_codelists"]} == {"stroke"}
    assert {name for each in indicators for name in each["missing_parameters"]} == {"adult_age_years"}


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
