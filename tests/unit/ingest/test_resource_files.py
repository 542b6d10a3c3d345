"""Files of FHIR resources: bundles, loose resources, lines; and what is said of those that cannot be read."""

import gzip
import json

import duckdb
import pytest

from ingest.resource_files import BAD_BUNDLE, NO_RESOURCE, NOT_JSON, NOT_TEXT, BadFile, read_resources
from tests.lib.fhir_patients import bundle, patient
from tvaers.errors import ExtractError


@pytest.fixture
def con():
    with duckdb.connect() as con:
        yield con


def groups(con) -> set[tuple[str, str]]:
    return set(con.execute("SELECT group_name, id FROM resource").fetchall())


def test_a_bundle_is_a_group_and_loose_resources_share_that_of_their_folder(con, tmp_path):
    (tmp_path / "loose").mkdir()
    (tmp_path / "bundle.json").write_text(json.dumps(bundle([patient(1), patient(2)]), indent=2))
    (tmp_path / "loose" / "a.json").write_text(json.dumps(patient(3)))
    (tmp_path / "loose" / "b.json").write_text(json.dumps(patient(4)))
    assert read_resources(con, tmp_path) == []
    assert groups(con) == {("bundle.json", "p1"), ("bundle.json", "p2"), ("loose", "p3"), ("loose", "p4")}


def test_a_folder_named_for_the_resources_in_it_belongs_to_the_folder_above(con, tmp_path):
    for place in ("one/Patient", "two/Patient", "Patient", "three/Patients", "four/Condition"):
        (tmp_path / place).mkdir(parents=True)
        (tmp_path / place / "a.json").write_text(json.dumps(patient(1)))
    assert read_resources(con, tmp_path) == []
    assert groups(con) == {(group, "p1") for group in ("one", "two", ".", "three/Patients", "four/Condition")}


def test_lines_hold_bundles_or_resources_and_may_be_gzipped(con, tmp_path):
    lines = [json.dumps(bundle([patient(1)])), "", json.dumps(bundle([patient(2)])), json.dumps(patient(3))]
    (tmp_path / "all.ndjson.gz").write_bytes(gzip.compress("\r\n".join(lines).encode()))
    assert read_resources(con, tmp_path) == []
    assert groups(con) == {("all.ndjson.gz#1", "p1"), ("all.ndjson.gz#3", "p2"), (".", "p3")}


def test_a_mark_of_the_byte_order_is_no_fault(con, tmp_path):
    (tmp_path / "a.json").write_bytes(b"\xef\xbb\xbf" + json.dumps(bundle([patient(1)])).encode())
    assert read_resources(con, tmp_path) == []
    assert groups(con) == {("a.json", "p1")}


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b'{\n "resourceType": "Bundle",\n "entry": [', NOT_JSON),
        (b"\xff\xfe\x00", NOT_TEXT),
        (b"[1, 2]", NO_RESOURCE),
        (b'{"resourceType": 7}', NO_RESOURCE),
        (b'{"resourceType": "Bundle", "entry": {}}', BAD_BUNDLE),
        (b'{"resourceType": "Bundle", "entry": [{"resource": "Patient"}]}', BAD_BUNDLE),
    ],
)
def test_a_file_that_cannot_be_read_is_told_and_the_others_are_read(con, tmp_path, content, reason):
    (tmp_path / "bad.json").write_bytes(content)
    (tmp_path / "good.json").write_text(json.dumps(bundle([patient(1)])))
    assert read_resources(con, tmp_path) == [BadFile("bad.json", reason)]
    assert groups(con) == {("good.json", "p1")}


def test_one_bad_line_is_told_by_its_number(con, tmp_path):
    lines = [json.dumps(bundle([patient(1)])), '{"resourceType": "Bundle", "entry"']
    (tmp_path / "all.ndjson").write_text("\n".join(lines))
    assert read_resources(con, tmp_path) == [BadFile("all.ndjson, line 2", NOT_JSON)]
    assert groups(con) == {("all.ndjson#1", "p1")}


def test_a_folder_without_fhir_files_is_refused(con, tmp_path):
    (tmp_path / "notes.txt").write_text("nothing")
    with pytest.raises(ExtractError, match="holds no FHIR files"):
        read_resources(con, tmp_path)
    with pytest.raises(ExtractError, match="does not exist"):
        read_resources(con, tmp_path / "elsewhere")


def test_a_bundle_without_entries_brings_nothing(con, tmp_path):
    (tmp_path / "empty.json").write_text('{"resourceType": "Bundle"}')
    assert read_resources(con, tmp_path) == []
    assert groups(con) == set()
