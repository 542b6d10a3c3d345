"""What the pages set beside each other: content that names real indicators of the right kind, and forgets none."""

import json
from pathlib import Path

import pytest

from indicators.definitions import pages as module
from indicators.definitions.definition_files import load_definitions
from indicators.definitions.pages import as_text, load_pages
from indicators.definitions.parts import LANGUAGES
from indicators.definitions.sets import shown_of
from packs.pack import load_pack
from tvaers.errors import DefinitionError

PACK, DISEASE = load_pack("denmark"), "type_2_diabetes"
DEFINITIONS = load_definitions(DISEASE, PACK)
PAGE = """
complications:
  - title: {en: Eyes, da: Øjne, nb: Øyne}
    have: [retinopathy]
    new_cases: [new_retinopathy]
    found_by: [eye_examined]
courses:
  - title: {en: Referral, da: Henvisning, nb: Henvisning}
    is_sequence: true
    links:
      - indicator: course_completed
        from: {en: Begun, da: Begyndt, nb: Begynt}
        to: {en: Completed, da: Gennemført, nb: Fullført}
    times: [referral_to_first_meeting]
"""


def written(folder: Path, page: str, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / module.FILE).write_text(page, encoding="utf-8")
    monkeypatch.setattr(module, "disease_folder", lambda _: folder)


def test_every_complication_that_a_release_shows_stands_on_its_page() -> None:
    shown = [each for each in shown_of(DEFINITIONS, PACK.folder, DISEASE) if each.group == "complications"]
    content = json.loads(as_text(load_pages(DISEASE, DEFINITIONS), [each.id for each in DEFINITIONS]))
    named = {key for each in content["complications"] for part in ("have", "new_cases") for key in each[part]}
    assert shown
    assert {each.id for each in shown} <= named


def test_every_complication_has_what_should_find_it_and_every_text_all_languages() -> None:
    pages = load_pages(DISEASE, DEFINITIONS)
    assert all(each.found_by for each in pages.complications)
    texts = [each.title for each in (*pages.complications, *pages.courses)]
    texts += [text for course in pages.courses for link in course.links for text in (link.start, link.end)]
    assert all(set(text.model_dump(exclude_none=True)) == set(LANGUAGES) for text in texts)


def test_a_release_carries_only_what_names_an_indicator_that_it_shows() -> None:
    content = json.loads(as_text(load_pages(DISEASE, DEFINITIONS), ["retinopathy", "eye_examined", "course_completed"]))
    (eyes,) = content["complications"]
    assert (eyes["have"], eyes["new_cases"], eyes["found_by"]) == (["retinopathy"], [], ["eye_examined"])
    (course,) = content["courses"]
    assert [link["indicator"] for link in course["links"]] == ["course_completed"]
    assert course["times"] == []


def test_a_disease_without_the_page_has_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "disease_folder", lambda _: tmp_path)
    assert json.loads(as_text(load_pages(DISEASE, DEFINITIONS), [])) == {"complications": [], "courses": []}


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("eye_examined", "eyes_examined", "There is no indicator 'eyes_examined'."),
        ("course_completed", "referral_to_start", "no proportion among the indicators 'referral_to_start'"),
        ("new_retinopathy", "retinopathy", "no rate_per_1000_patient_years among the indicators 'retinopathy'"),
        ("referral_to_first_meeting", "retinopathy", "no time_to_event among the indicators"),
        ("is_sequence", "is_serial", ""),
    ],
)
def test_a_page_that_names_what_does_not_fit_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, old: str, new: str, told: str
) -> None:
    written(tmp_path, PAGE, monkeypatch)
    assert load_pages(DISEASE, DEFINITIONS).courses
    written(tmp_path, PAGE.replace(old, new), monkeypatch)
    with pytest.raises(DefinitionError) as fault:
        load_pages(DISEASE, DEFINITIONS)
    assert told in fault.value.what
