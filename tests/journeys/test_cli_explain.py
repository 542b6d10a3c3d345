"""`tvaers explain` tells of every definition that comes along, in words and exactly, before a home exists too."""

import json

import pytest

from tvaers.cli import main


@pytest.fixture
def nowhere(monkeypatch, tmp_path):
    """A user who has not set anything up."""
    monkeypatch.setenv("TVAERS_HOME", str(tmp_path / "home"))


def said(capsys, *words: str) -> str:
    assert main(["explain", *words]) == 0
    return capsys.readouterr().out


def test_everything_a_clinician_signs_is_told(nowhere, capsys):
    text = said(capsys, "hba1c_below_59")
    for part in (
        "Of adults with type 2 diabetes",  # the question
        "latest_hba1c_mmol_mol",  # the exact clause
        "$hba1c_common_limit_mmol_mol: 59 mmol/mol",  # the number with its source
        "Sources:",
        "Drawn cases:",
        "Limits:",
        "Used by: Denmark",
        "Sets: ",
        "Owner: ",
        "Reviewed: ",
        "History:",
        "Other countries ask:",
        "(hba1c_at_goal)",
    ):
        assert part in text, part


def test_a_later_version_says_what_it_changed(nowhere, capsys):
    text = said(capsys, "readmission_within_30_days")
    assert "version 2: " in text
    assert "see the changelog" not in text


@pytest.mark.parametrize(
    ("name", "pack"), [("audit_hba1c_at_most_58", "england"), ("children_hba1c_below_53", "norway")]
)
def test_a_neighbours_definition_is_found_without_naming_the_country(name, pack, nowhere, capsys):
    assert main(["explain", name, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["pack"] == pack


def test_a_country_may_be_named_for_its_own_numbers(nowhere, capsys):
    assert "135/85" in said(capsys, "blood_pressure_controlled", "--country", "norway")
    assert "140/90" in said(capsys, "blood_pressure_controlled")


def test_a_name_that_is_near_gets_those_near_it_and_not_all(nowhere, capsys):
    assert main(["explain", "hba1c_belov_53"]) == 13
    told = capsys.readouterr().err
    assert "Did you mean 'hba1c_below_53'?" in told
    assert "stroke" not in told


def test_a_published_measure_is_told_from_a_name_that_is_none(nowhere, capsys):
    assert main(["explain", "cms122_glycaemia_above_9_percent"]) == 13
    assert "tvaers measure check" in capsys.readouterr().err
