"""Value sets that a user supplies become code lists, or it is said which are missing and why one cannot be read."""

import duckdb
import pytest

from ingest.value_sets import Supplied, Wanted, code_lists, read_value_sets
from tests.lib.fhir_patients import Json, bundle, write_lines
from tvaers.errors import DefinitionError, ExtractError

URL = "http://example.org/ValueSet/invented"
WANTED = Wanted("invented", "Invented", URL, ("CMS122", "CMS131"))


def value_set(url: str = URL, **content) -> Json:
    return {"resourceType": "ValueSet", "url": url, **content}


def listed(*codes: str, **more) -> Json:
    return {"include": [{"system": "s", "concept": [{"code": code} for code in codes], **more}]}


def read(tmp_path, *documents: Json) -> list[str]:
    path = write_lines(tmp_path / "value_sets.ndjson", list(documents))
    with duckdb.connect() as con:
        frame = code_lists([WANTED], read_value_sets(path, con))
    assert set(frame["list"]) == {"invented"}
    return frame["code"].to_list()


def test_the_codes_that_a_composition_lists_are_read(tmp_path):
    assert read(tmp_path, value_set(compose=listed("b", "a"))) == ["a", "b"]


def test_an_expansion_counts_before_the_composition_also_what_lies_below_other_codes(tmp_path):
    below = [{"system": "s", "code": "a", "contains": [{"system": "s", "code": "b"}]}]
    group = {"abstract": True, "system": "s", "code": "group", "contains": below}
    found = read(tmp_path, value_set(expansion={"total": 3, "contains": [group]}, compose=listed("z")))
    assert found == ["a", "b"]


def test_a_value_set_may_be_made_of_others_less_some_codes(tmp_path):
    compose = {"include": [{"valueSet": ["http://example.org/1", "http://example.org/2|5"]}], "exclude": []}
    both = [value_set(f"http://example.org/{n}", compose=listed("a", f"{n}", "c")) for n in (1, 2)]
    assert read(tmp_path, value_set(compose=compose), *both) == ["a", "c"]
    compose["exclude"] = listed("c")["include"]
    assert read(tmp_path, value_set(compose=compose), *both) == ["a"]


def test_of_several_versions_the_highest_counts_and_the_address_may_be_https(tmp_path):
    newest = value_set(URL.replace("http:", "https:"), version="20260101", compose=listed("new"))
    assert read(tmp_path, newest, value_set(version="20250101", compose=listed("old"))) == ["new"]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ({"expansion": {"total": 5, "contains": [{"system": "s", "code": "a"}]}}, "holds 1 of 5 codes"),
        ({"compose": {"include": [{"system": "s", "filter": [{"op": "is-a"}]}]}}, "by a rule"),
        ({"compose": {"include": [{"system": "s"}]}}, "stands for all of s"),
        ({"compose": {"include": [{"valueSet": ["http://example.org/absent"]}]}}, "is not supplied"),
        ({"compose": {"include": [{"valueSet": [URL]}]}}, "is not supplied"),
        ({}, "lists no codes"),
    ],
)
def test_a_value_set_whose_codes_cannot_be_told_is_named_with_the_reason(tmp_path, content, reason):
    with pytest.raises(ExtractError, match="cannot be told") as fault:
        read(tmp_path, value_set(**content))
    assert reason in fault.value.where
    assert URL in fault.value.where


def test_a_missing_value_set_is_named_with_the_measures_that_need_it():
    with pytest.raises(DefinitionError) as fault:
        code_lists([WANTED], Supplied({}))
    assert URL in fault.value.where
    assert "for CMS122, CMS131" in fault.value.where
    assert "--value-sets" in fault.value.what_to_do


def test_value_sets_may_lie_among_the_test_patients(tmp_path):
    write_lines(tmp_path / "all.ndjson", [bundle([value_set(compose=listed("a"))])])
    with duckdb.connect() as con:
        from ingest.resource_files import read_resources

        read_resources(con, tmp_path)
        assert code_lists([WANTED], read_value_sets(None, con))["code"].to_list() == ["a"]


def test_a_file_of_value_sets_that_cannot_be_read_is_refused(tmp_path):
    (tmp_path / "broken.json").write_text("{")
    with duckdb.connect() as con, pytest.raises(ExtractError, match="cannot be read"):
        read_value_sets(tmp_path, con)
