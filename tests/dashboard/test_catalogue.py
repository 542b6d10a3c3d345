"""The catalogue tells the whole of every definition in the reader's language, on the page and on paper alike."""

import json
import re
from datetime import date

import pytest

from dashboard.catalogue import Definition, catalogue
from dashboard.parts import entry as parts
from dashboard.presenters.entry import Told, told
from dashboard.report.catalogue_document import document, written
from dashboard.wording import wording
from indicators.explain.neighbours import catalogue_to_read, packs_with_sets
from indicators.release.definition_pages import definition_pages
from packs.pack import load_pack
from tests.dashboard.conftest import LANGUAGES

TODAY = date(2026, 11, 22)
DISEASE = "type_2_diabetes"


def pages_of(country: str) -> dict[str, Definition]:
    pack = load_pack(country)
    known = catalogue_to_read(DISEASE, pack)
    return catalogue(definition_pages(known.indicators, pack, TODAY, known, {}, {}))


@pytest.fixture(scope="module")
def defined() -> dict[str, Definition]:
    return pages_of("denmark")


def of(defined: dict[str, Definition], name: str, language: str) -> Told:
    return told(defined[name], wording(language), defined)


@pytest.mark.parametrize("pack", packs_with_sets(), ids=lambda pack: pack.name)
def test_every_text_of_ours_is_translated(pack) -> None:
    untranslated: list[str] = []

    def look(stated: object) -> None:
        if isinstance(stated, dict) and isinstance(stated.get("en"), str):
            untranslated.extend([stated["en"]] if stated["en"] and {"da", "nb"} - stated.keys() else [])
        elif isinstance(stated, dict | list):
            for each in stated.values() if isinstance(stated, dict) else stated:
                look(each)

    known = catalogue_to_read(DISEASE, pack)
    for page in definition_pages(known.indicators, pack, TODAY, known, {}, {})["definition"]:
        look(json.loads(page))
    assert untranslated == []


@pytest.mark.parametrize("language", ["da", "nb"])
def test_what_was_written_in_english_only_says_so_in_the_readers_language(
    defined: dict[str, Definition], language: str
) -> None:
    found = of(defined, "eye_examined", language)
    assert found.in_english == wording(language)("catalogue.in_english")
    shown = parts.in_english(found.in_english, found.cases)
    assert shown.index(found.in_english) < shown.index('lang="en"') < shown.index(found.cases[0])
    assert of(defined, "eye_examined", "en").in_english == ""


def test_every_value_of_a_number_stands_with_its_day_and_source(defined: dict[str, Definition]) -> None:
    rows = [row for row in of(defined, "hba1c_below_59", "da").numbers if row.name.endswith("is_met_at_limit")]
    assert [(row.from_on, row.value[:1]) for row in rows] == [("altid", "1"), ("1. mar. 2017", "0")]
    assert all(row.href.startswith("https://") and row.state.startswith("kilde læst") for row in rows)


def test_a_number_without_an_address_is_not_confirmed(defined: dict[str, Definition]) -> None:
    rows = [row for name in defined for row in of(defined, name, "en").numbers if not row.href]
    assert rows
    assert {row.state for row in rows} == {"not confirmed"}


def test_a_country_that_doubts_a_shared_definition_is_told_with_its_doubt(defined: dict[str, Definition]) -> None:
    assert "Bruges af Danmark og Norge (ikke bekræftet der)." in of(defined, "eye_examined", "da").confirmed


def test_the_clauses_are_those_that_are_computed_in_their_order(defined: dict[str, Definition]) -> None:
    found = of(defined, "hba1c_below_53", "nb").clauses
    assert [part for part, _, _ in found] == ["Populasjon", "Teller med", "Verdi kjent", "Oppfyller"]
    assert found[-1][2] == "latest_hba1c_mmol_mol < $hba1c_general_limit_mmol_mol"


def test_other_countries_stand_beside_the_own_definition_with_what_differs(defined: dict[str, Definition]) -> None:
    own, *others = of(defined, "hba1c_below_53", "da").beside
    assert own[:2] == ("Danmark", "HbA1c under 53 mmol/mol")
    assert {row[0] for row in others} >= {"Norge", "Sverige", "England og Wales"}
    assert {row[3] for row in others} >= {"højst 53 mmol/mol", "højst 52 mmol/mol", "højst 58 mmol/mol"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_document_holds_every_definition_with_a_contents_list(
    defined: dict[str, Definition], language: str
) -> None:
    words = wording(language)
    page = written(document(defined, "Danmark", TODAY, words), "html", TODAY).decode()
    assert set(re.findall(r'<a href="#(\w+)">', page)) == set(re.findall(r'<article id="(\w+)">', page)) == set(defined)
    assert f'<html lang="{language}">' in page
    assert "None" not in re.sub(r"<[^>]+>", " ", page).split()
    assert not re.search(r"<script|src=|@import|url\(", page)


def test_the_document_can_be_printed_and_is_the_same_each_time(defined: dict[str, Definition]) -> None:
    few = {name: defined[name] for name in ("hba1c_below_53", "eye_examined")}
    made = document(few, "Danmark", TODAY, wording("da"))
    assert written(made, "pdf", TODAY).startswith(b"%PDF")
    assert written(made, "pdf", TODAY) == written(made, "pdf", TODAY)


def test_a_text_that_looks_like_markup_stays_text(defined: dict[str, Definition]) -> None:
    found = of(defined, "hba1c_below_53", "en")
    assert "&lt;" in str(parts.clauses(found)[0].rows[-1][-1].markup)
    assert "<b>" not in parts.in_english("", ["<b>bold</b>"])
