"""Measures on test patients through the front door: agreement, disagreement with its reason, and what is refused."""

import json
import shutil

import pytest

from tests.lib.checkout import ROOT
from tests.lib.drawn_measures import DIAGNOSIS, VISIT
from tests.lib.fhir_patients import bundle, invented_value_sets, patient, report, resource, write_lines
from tvaers.cli import main
from tvaers.errors import DefinitionError, ExtractError

EXAMPLE = ROOT / "docs" / "how-to" / "measure_example"
IN_DENOMINATOR = {"initial-population": 1, "denominator": 1, "denominator-exclusion": 0}


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "patients").mkdir()
    write_lines(tmp_path / "value_sets.ndjson", [invented_value_sets()])
    return tmp_path / "patients"


def check(capsys, folder, *more: str) -> tuple[int, dict]:
    capsys.readouterr()
    words = ["measure", "check", str(folder), "--value-sets", str(folder.parent / "value_sets.ndjson"), "--json"]
    code = main([*words, *more])
    return code, json.loads(capsys.readouterr().out)


def drawn(number: int, measure: str, expected: dict[str, int], *facts: tuple[str, dict]) -> dict:
    resources = [patient(number), report(measure, number, expected, description=f"patient {number}")]
    resources += [
        resource("Encounter", dict(VISIT), number, "visit"),
        resource("Condition", dict(DIAGNOSIS), number, "dx"),
    ]
    return bundle([*resources, *(resource(kind, cells, number, f"x{n}") for n, (kind, cells) in enumerate(facts))])


def assessed(value: str) -> tuple[str, dict]:
    return "Observation", {"code": "hba1c_laboratory_test", "at": "2026-05-01", "value": value}


def test_test_patients_whose_results_agree_end_well(capsys):
    words = ["measure", "check", str(EXAMPLE), "--value-sets", str(EXAMPLE / "value_sets.json")]
    assert main(words) == 0
    told = capsys.readouterr().out
    assert "CMS122: 2 of 2 test patients agree in every population" in told
    assert "CMS131: 1 of 1 test patients agree in every population" in told


def test_the_example_holds_invented_value_sets_only():
    assert json.loads((EXAMPLE / "value_sets.json").read_text()) == invented_value_sets()


def test_a_disagreement_names_the_patient_the_clause_and_what_it_saw(folder, capsys):
    bundles = [
        drawn(1, "CMS122", IN_DENOMINATOR | {"numerator": 1}, assessed("8.9")),
        drawn(2, "CMS122", IN_DENOMINATOR | {"numerator": 0}),
        drawn(
            3,
            "CMS122",
            IN_DENOMINATOR | {"numerator": 0},
            ("Encounter", {"code": "hospice_encounter", "at": "2026-05-01.."}),
        ),
        drawn(4, "CMS122", {"initial-population": 0}),
    ]
    write_lines(folder / "all.ndjson", bundles)
    code, told = check(capsys, folder)
    assert (code, told["agrees"]) == (1, False)
    found = {(each["description"], each["population"]): each for each in told["disagreements"]}
    assert set(found) == {
        ("patient 1", "numerator"),
        ("patient 2", "numerator"),
        ("patient 3", "denominator-exclusion"),
        ("patient 4", "initial-population"),
    }
    assert "glycaemic_assessment_percent = 8.9" in found["patient 1", "numerator"]["reason"]
    assert "glycaemia_high_above_percent = 9" in found["patient 1", "numerator"]["reason"]
    assert "glycaemic_assessment_has_result = not told" in found["patient 2", "numerator"]["reason"]
    assert "hospice_visit = yes" in found["patient 3", "denominator-exclusion"]["reason"]
    assert "age_at_end = 56" in found["patient 4", "initial-population"]["reason"]
    assert found["patient 1", "numerator"]["case"] == "all.ndjson#1"
    (numerator,) = [each for each in told["agreements"] if each["population"] == "numerator"]
    assert numerator == {
        "measure": "CMS122",
        "population": "numerator",
        "cases": 3,
        "expected": 1,
        "found": 1,
        "agreeing": 1,
    }


def test_a_patient_who_is_not_expected_to_be_left_out_is_told_why_they_are(folder, capsys):
    write_lines(folder / "all.ndjson", [bundle([patient(1), report("CMS951", 1, IN_DENOMINATOR | {"numerator": 1})])])
    code, told = check(capsys, folder)
    assert code == 1
    reason = {each["population"]: each["reason"] for each in told["disagreements"]}
    assert "not: Diabetes that began before the period" in reason["initial-population"]
    assert "age_at_start" not in reason["initial-population"]
    assert reason["numerator"].startswith("not in the denominator: not in the initial-population: not: ")


def test_each_report_is_judged_in_its_own_period(folder, capsys):
    old = drawn(1, "CMS122", {"initial-population": 0})
    old["entry"][1]["resource"]["period"] = {"start": "2024-01-01", "end": "2024-12-31"}
    write_lines(folder / "all.ndjson", [old, drawn(2, "CMS122", {"initial-population": 1})])
    assert check(capsys, folder)[0] == 0


def test_two_reports_of_one_patient_are_two_cases(folder, capsys):
    both = drawn(1, "CMS122", IN_DENOMINATOR | {"numerator": 1})
    both["entry"].append({"resource": report("CMS165", 1, IN_DENOMINATOR | {"numerator": 0})})
    write_lines(folder / "all.ndjson", [both])
    code, told = check(capsys, folder)
    assert (code, {each["measure"] for each in told["agreements"]}) == (0, {"CMS122", "CMS165"})


def test_a_patient_kept_loose_by_kind_and_in_a_bundle_beside_it_is_compared_once(folder, capsys):
    whole = drawn(1, "CMS122", IN_DENOMINATOR | {"numerator": 0}, assessed("8.9"))
    for number, entry in enumerate(whole["entry"]):
        place = folder / "patient one" / entry["resource"]["resourceType"]
        place.mkdir(parents=True, exist_ok=True)
        (place / f"{number}.json").write_text(json.dumps(entry["resource"]))
    inside = {"resource": {**whole, "id": "the same again, inside"}}
    (folder / "patient one" / "exported.json").write_text(json.dumps(whole | {"entry": [*whole["entry"], inside]}))
    code, told = check(capsys, folder)
    assert (code, {each["cases"] for each in told["agreements"]}) == (0, {1})
    assert [each["what"] for each in told["left_out"]] == ["reports that stand there again (each is compared once)"]


def test_a_second_expectation_for_the_same_patient_is_not_taken_for_the_first_again(folder, capsys):
    first = drawn(1, "CMS122", IN_DENOMINATOR | {"numerator": 1})
    write_lines(folder / "all.ndjson", [first, drawn(1, "CMS122", IN_DENOMINATOR | {"numerator": 0})])
    code, told = check(capsys, folder)
    assert (code, {each["cases"] for each in told["agreements"]}) == (1, {2})


def test_a_report_that_names_its_patient_in_its_inputs_is_understood(folder, capsys):
    told_otherwise = report("CMS122", 1, {"initial-population": 1})
    del told_otherwise["subject"]
    told_otherwise["contained"] = [
        {"resourceType": "Parameters", "parameter": [{"name": "subject", "valueString": "p1"}]}
    ]
    resources = [entry["resource"] for entry in drawn(1, "CMS122", {})["entry"]]
    resources[1] = told_otherwise
    write_lines(folder / "all.ndjson", [bundle([*resources, patient(2)])])
    code, told = check(capsys, folder)
    assert code == 0
    assert [each["what"] for each in told["left_out"]] == ["patients without an expected report"]


def test_a_bad_file_is_told_and_the_others_are_compared(folder, capsys):
    write_lines(folder / "all.ndjson", [drawn(1, "CMS122", IN_DENOMINATOR | {"numerator": 1})])
    (folder / "cut.json").write_text('{"resourceType": "Bundle", "entry": [')
    code, told = check(capsys, folder)
    assert code == ExtractError.exit_code
    assert [each["file"] for each in told["bad_files"]] == ["cut.json"]
    assert told["disagreements"] == []


def test_resources_of_another_patient_and_unknown_measures_are_left_out_and_told(folder, capsys):
    strange = drawn(1, "CMS122", IN_DENOMINATOR | {"numerator": 1}, assessed("7"))
    strange["entry"][-1]["resource"]["subject"] = {"reference": "Patient/somebody-else"}
    write_lines(folder / "all.ndjson", [strange, drawn(2, "CMS1220Other", {"initial-population": 1})])
    code, told = check(capsys, folder)
    assert (code, told["agrees"], told["disagreements"]) == (1, False, [])
    assert sorted(each["what"] for each in told["left_out"]) == [
        "reports of CMS1220Other, which no pack has",
        "resources that name another patient than any beside them",
    ]


def test_a_report_whose_period_cannot_be_read_is_no_agreement(folder, capsys):
    slip = drawn(2, "CMS122", IN_DENOMINATOR | {"numerator": 1})
    slip["entry"][1]["resource"]["period"]["start"] = "2027-01-01"
    write_lines(folder / "all.ndjson", [drawn(1, "CMS122", IN_DENOMINATOR | {"numerator": 1}), slip])
    code, told = check(capsys, folder)
    assert (code, told["agrees"], told["disagreements"]) == (1, False, [])
    (unproved,) = (each for each in told["left_out"] if each["is_unproved"])
    assert unproved["what"] == "reports without a measurement period"


def test_missing_value_sets_are_named_with_their_measures(folder, capsys):
    write_lines(folder / "all.ndjson", [drawn(1, "CMS951", {"initial-population": 1})])
    sets = invented_value_sets()
    sets["entry"] = [each for each in sets["entry"] if "INVENTED" in each["resource"]["title"]]
    kept = [each for each in sets["entry"] if not each["resource"]["title"].endswith(" urine_albumin")]
    write_lines(folder.parent / "value_sets.ndjson", [sets | {"entry": kept}])
    code, told = check(capsys, folder)
    assert code == DefinitionError.exit_code
    assert told["where"].startswith("Urine Albumin (http://cts.nlm.nih.gov/fhir/ValueSet/")
    assert told["where"].endswith("for CMS951")


def test_value_sets_of_measures_that_nobody_asked_for_may_be_missing(folder, capsys):
    write_lines(folder / "all.ndjson", [drawn(1, "CMS951", {"initial-population": 1})])
    sets = invented_value_sets()
    kept = [each for each in sets["entry"] if not each["resource"]["title"].endswith(" pregnancy")]
    write_lines(folder.parent / "value_sets.ndjson", [sets | {"entry": kept}])
    assert check(capsys, folder)[0] == 0


@pytest.mark.parametrize(
    ("document", "family"),
    [
        (bundle([patient(1)]), ExtractError),
        (bundle([report("CMS122", 1, {"initial-population": 1})]), ExtractError),
        (drawn(1, "CMS130", {"initial-population": 1}), DefinitionError),
    ],
    ids=["no report", "no patient", "no known measure"],
)
def test_a_folder_that_proves_nothing_is_refused(folder, capsys, document, family):
    write_lines(folder / "all.ndjson", [document])
    code, told = check(capsys, folder)
    assert (code, told["error"]) == (family.exit_code, family.family)
    assert told["what_to_do"]


def test_a_pack_of_measures_passes_its_check_and_tells_what_must_be_supplied(capsys):
    assert main(["pack", "check", "united_states", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["measures"] == ["CMS122", "CMS131", "CMS165", "CMS951"]
    assert told["value_sets_to_supply"]["urine_albumin"] == ["CMS951"]
    assert main(["pack", "check", "united_states"]) == 0
    assert "value sets are licensed and must be supplied" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("page", "wrong", "told"),
    [
        ("criteria.yaml", ("code_in: [diabetes]", "code_in: [diabetis]"), "Did you mean 'diabetes'?"),
        ("criteria.yaml", ("timing: overlaps the start", "timing: sometimes"), "timing"),
        (
            "populations.yaml",
            ("$oldest_age_glycaemia_years", "$oldest_age_glycemia_years"),
            "oldest_age_glycaemia_years",
        ),
        ("cms122_glycaemia_above_9_percent.yaml", ("when: hospice\n", "when: hospise\n"), "hospice"),
        ("variables/latest_housing_status.sql", ("max(ends_at)", "maximal(ends_at)"), "latest_housing_status.sql"),
    ],
)
def test_a_measure_that_is_written_wrongly_is_told_with_file_and_nearest_name(tmp_path, capsys, page, wrong, told):
    shutil.copytree(ROOT / "packs" / "united_states", tmp_path / "atlantis")
    path = tmp_path / "atlantis" / "measures" / page
    text = path.read_text()
    assert wrong[0] in text
    path.write_text(text.replace(*wrong))
    assert main(["pack", "check", str(tmp_path / "atlantis")]) == DefinitionError.exit_code
    assert told in capsys.readouterr().err
