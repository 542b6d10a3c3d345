"""Bundles that are built wrongly: each is refused by itself, and the files beside it are loaded."""

import json

import pytest

from ingest.job import run
from tests.lib.deliveries import PRACTICE, deliver, identifiers, measurements, new_home, text

PEOPLE = identifiers(12)
VALUE = "Zacharine Marksdatter"
PROFILE = {"profile": ["http://fhir.example/klgateway-119-delivery-report"]}


def bundle(**changes):
    return json.dumps({"resourceType": "Bundle", "meta": PROFILE, **changes})


ODD = {
    "entry_of_text": bundle(entry=[VALUE]),
    "entries_as_object": bundle(entry={"resource": {"id": VALUE}}),
    "entries_as_text": bundle(entry=VALUE),
    "resource_as_text": bundle(entry=[{"resource": VALUE}]),
    "meta_as_text": bundle(meta=VALUE),
    "meta_of_resource_as_list": bundle(entry=[{"resource": {"resourceType": "Patient", "meta": [VALUE]}}]),
    "profile_as_number": bundle(meta={"profile": 7}),
    "deep": "[" * 200_000 + "]" * 200_000,
    "deep_entry": '{"resourceType": "Bundle", "entry": ' + "[" * 200_000 + "]" * 200_000 + "}",
    "kl_gateway_119_half_a_letter": bundle(
        entry=[{"resource": {"resourceType": "ServiceRequest", "id": "\ud800", "status": "active"}}]
    ),
}


@pytest.fixture
def home(tmp_path):
    return new_home(tmp_path)


def test_each_odd_bundle_is_refused_and_the_others_are_loaded(home, tmp_path):
    folder = tmp_path / "extracts"
    for name, content in ODD.items():
        deliver(folder, f"{name}.json", content)
    deliver(folder, "praksis_maalinger_2025.csv", text(PRACTICE, measurements(PEOPLE)))
    result = run(home, folder)
    states = {verdict.file_name: verdict.state for verdict in result.files}
    assert states.pop("praksis_maalinger_2025.csv") == "accepted"
    assert states == {f"{name}.json": "refused" for name in ODD}
    assert all(verdict.message for verdict in result.files if verdict.state == "refused")
    assert VALUE not in " ".join(verdict.message for verdict in result.files)
    assert all(VALUE not in page.read_text(encoding="utf-8") for page in home.reports.rglob("*.html"))


def test_a_fault_nobody_foresaw_refuses_one_file_and_tells_only_its_kind(home, tmp_path, monkeypatch):
    from ingest import delivery, reading

    survey, read_rows = delivery.survey, reading.read_rows

    def failing_survey(path, file_hash):
        if path.name == "praksis_maalinger_a.csv":
            raise KeyError(VALUE)
        return survey(path, file_hash)

    def failing_rows(extract):
        if extract.path.name == "praksis_maalinger_b.csv":
            raise ZeroDivisionError(VALUE)
        return read_rows(extract)

    monkeypatch.setattr(delivery, "survey", failing_survey)
    monkeypatch.setattr(reading, "read_rows", failing_rows)
    for value, name in enumerate("abc", 50):
        content = text(PRACTICE, measurements(PEOPLE, value=str(value)))
        deliver(tmp_path / "extracts", f"praksis_maalinger_{name}.csv", content)
    told = {verdict.file_name[-5]: verdict for verdict in run(home, tmp_path / "extracts").files}
    assert [told[name].state for name in "abc"] == ["refused", "refused", "accepted"]
    assert "KeyError" in told["a"].message
    assert "ZeroDivisionError" in told["b"].message
    assert VALUE not in told["a"].message + told["b"].message
