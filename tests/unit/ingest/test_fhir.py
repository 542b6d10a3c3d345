"""Bundles laid out as rows."""

import json

import pytest

from data_contracts.contract import load_contracts
from ingest.extract import survey
from ingest.fhir import read_bundles, recognise_bundles
from packs.pack import load_pack
from tests.lib.deliveries import identifiers
from tvaers.errors import ExtractError

CONTRACTS = load_contracts()
CONTRACT = CONTRACTS["kl_gateway_119"]
PERSON, OTHER = identifiers(2)
ZONE = load_pack("denmark").time_zone
CITIZEN = "urn:oid:1.2.208.176.1.2"


def entry(kind, identity, **body):
    return {"fullUrl": f"urn:uuid:{identity}", "resource": {"resourceType": kind, "id": identity, **body}}


def bundle(*entries, person=PERSON, at="2025-03-02T23:25:12+01:00", profile="klgateway-119-delivery-report"):
    patient = entry(
        "Patient", "p1", identifier=[{"system": "other", "value": "x"}, {"system": CITIZEN, "value": person}]
    )
    return {
        "resourceType": "Bundle",
        "meta": {"profile": [f"http://fhir.example/{profile}"]},
        "type": "collection",
        "timestamp": at,
        "entry": [patient, *entries],
    }


REQUEST = entry(
    "ServiceRequest",
    "r1",
    status="active",
    authoredOn="2025-03-01T10:00:00+01:00",
    reasonReference=[{"reference": "Condition/c1"}],
)
CONDITION = entry(
    "Condition",
    "c1",
    code={"coding": [{"system": "other", "code": "X"}, {"system": "urn:oid:1.2.208.176.2.4.12", "code": "DE11"}]},
)


def rows(folder, content, name="report.json"):
    path = folder / name
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    blocks = list(read_bundles(survey(path, "x"), CONTRACT, ZONE))
    return [row for block in blocks for row in block.frame.to_dicts()], [n for b in blocks for n in b.malformed]


def test_one_resource_is_one_row_and_other_kinds_are_none(tmp_path):
    found, malformed = rows(tmp_path, bundle(REQUEST, CONDITION, entry("Organization", "o1")))
    assert [(row["row_number"], row["resource_type"], row["resource_id"]) for row in found] == [
        (1, "ServiceRequest", "r1"),
        (2, "Condition", "c1"),
    ]
    assert malformed == []


def test_person_and_report_time_come_from_the_bundle(tmp_path):
    found, _ = rows(tmp_path, bundle(REQUEST))
    assert found[0]["pnr"] == PERSON
    assert found[0]["reported_at"] == "2025-03-02 23:25:12"


@pytest.mark.parametrize(
    ("written", "local"),
    [
        ("2026-03-31T22:30:00Z", "2026-04-01 00:30:00"),
        ("2026-03-31T22:30:00.125+00:00", "2026-04-01 00:30:00"),
        ("2026-01-31T22:30:00Z", "2026-01-31 23:30:00"),
        ("2026-07-01T00:30:00+03:00", "2026-06-30 23:30:00"),
        ("2026-07-01T10:00:00+02:00", "2026-07-01 10:00:00"),
        ("2026-07-01T10:00:00", "2026-07-01 10:00:00"),
        ("2026-07-01", "2026-07-01"),
        ("2026-02-30T10:00:00Z", "2026-02-30 10:00:00"),
    ],
)
def test_a_time_with_an_offset_is_told_in_the_countrys_own_time(tmp_path, written, local):
    request = entry("ServiceRequest", "r1", status="active", authoredOn=written)
    found, _ = rows(tmp_path, bundle(request, at=written))
    assert (found[0]["received_on"], found[0]["reported_at"]) == (local, local)


def test_reports_of_mixed_offsets_come_in_the_order_in_which_they_were_made(tmp_path):
    stamps = ["2026-03-10T12:30:00+02:00", "2026-03-10T11:00:00Z", "2026-03-10T12:30:00+01:00"]
    found, _ = rows(tmp_path, [bundle(REQUEST, at=stamp) for stamp in stamps])
    assert [row["reported_at"][11:16] for row in found] == ["11:30", "12:00", "12:30"]


def test_codes_are_taken_by_their_system_and_references_by_their_id(tmp_path):
    found, _ = rows(tmp_path, bundle(REQUEST, CONDITION))
    assert found[0]["condition_id"] == "c1"
    assert found[0]["received_on"] == "2025-03-01 10:00:00"
    assert (found[1]["sks"], found[1]["icpc2"]) == ("DE11", None)


def test_an_extension_is_found_by_the_end_of_its_address(tmp_path):
    plan = entry(
        "CarePlan",
        "k1",
        extension=[
            {"url": "http://fhir.example/StructureDefinition/Another", "valueReference": {"reference": "X/x"}},
            {
                "url": "http://fhir.example/StructureDefinition/BasedOnServiceRequest",
                "valueReference": {"reference": "urn:uuid:r1"},
            },
        ],
    )
    found, _ = rows(tmp_path, bundle(plan))
    assert found[0]["request_id"] == "r1"


def test_a_resource_without_an_id_takes_that_of_its_address(tmp_path):
    nameless = {"fullUrl": "urn:uuid:abc-1", "resource": {"resourceType": "Encounter", "status": "finished"}}
    found, _ = rows(tmp_path, bundle(nameless))
    assert found[0]["resource_id"] == "abc-1"


def test_a_bundle_without_a_person_has_rows_without_an_identifier(tmp_path):
    alone = bundle(REQUEST)
    alone["entry"] = alone["entry"][1:]
    found, _ = rows(tmp_path, alone)
    assert found[0]["pnr"] is None


def test_lines_and_lists_of_bundles_are_read_alike(tmp_path):
    two = [bundle(REQUEST), bundle(CONDITION, person=OTHER)]
    as_list, _ = rows(tmp_path, two)
    as_lines, _ = rows(tmp_path, "\n".join(map(json.dumps, two)) + "\n\n", "report.ndjson")
    assert as_list == as_lines
    assert [row["pnr"] for row in as_lines] == [PERSON, OTHER]


def test_a_line_that_is_no_bundle_is_one_malformed_row(tmp_path):
    lines = [json.dumps(bundle(REQUEST)), '{"resourceType": "Bun', json.dumps({"a": 1}), json.dumps(bundle(CONDITION))]
    found, malformed = rows(tmp_path, "\n".join(lines), "report.ndjson")
    assert malformed == [2, 3]
    assert [row["row_number"] for row in found] == [1, 4]


def test_a_document_that_is_cut_short_is_refused(tmp_path):
    with pytest.raises(ExtractError, match="not a complete JSON document"):
        rows(tmp_path, json.dumps(bundle(REQUEST), indent=1)[:-30])


@pytest.mark.parametrize("law", ["119", "140"])
def test_bundles_are_recognised_by_their_profiles_and_else_by_the_files_name(tmp_path, law):
    path = tmp_path / "report.json"
    path.write_text(json.dumps(bundle(REQUEST, profile=f"klgateway-{law}-delivery-report")))
    assert recognise_bundles(survey(path, "x"), CONTRACTS).file_type == f"kl_gateway_{law}"
    path.write_text(json.dumps(bundle(REQUEST, profile="something-else")))
    assert recognise_bundles(survey(path, "x"), CONTRACTS) is None
    named = path.rename(tmp_path / f"kl_gateway_{law}_2025.json")
    assert recognise_bundles(survey(named, "x"), CONTRACTS).file_type == f"kl_gateway_{law}"


def test_a_survey_finds_no_columns_in_json(tmp_path):
    (tmp_path / "report.json").write_text(json.dumps(bundle(REQUEST)))
    extract = survey(tmp_path / "report.json", "x")
    assert (extract.separator, extract.header) == (None, ())


def test_lines_are_read_one_at_a_time_wherever_the_blocks_of_the_file_end(tmp_path, monkeypatch):
    lines = [json.dumps(bundle(REQUEST)), "", '{"resourceType": "Bun', json.dumps(bundle(CONDITION))]
    content = "\r\n".join(lines)
    expected = rows(tmp_path, content, "report.ndjson")
    monkeypatch.setattr("ingest.bundles.LARGEST_DOCUMENT_BYTES", 10)
    for size in (1, 7, 100):
        monkeypatch.setattr("ingest.encoding.BLOCK_BYTES", size)
        found, malformed = rows(tmp_path, content, "report.ndjson")
        assert found == expected[0]
        assert malformed == expected[1]


def test_a_document_too_large_to_be_read_at_once_is_refused_with_what_to_ask_for(tmp_path, monkeypatch):
    monkeypatch.setattr("ingest.bundles.LARGEST_DOCUMENT_BYTES", 1000)
    with pytest.raises(ExtractError, match="too large") as fault:
        rows(tmp_path, json.dumps([bundle(REQUEST)] * 20))
    assert "NDJSON" in fault.value.what_to_do
