"""The definitions of the neighbouring countries decide their drawn cases, and each that is theirs alone has cases."""

from datetime import date

import pytest

from indicators.definitions.definition import PARAMETER
from indicators.definitions.definition_files import definition_paths
from indicators.definitions.parameters import Parameter
from indicators.definitions.sets import load_sets
from indicators.explain.definition_check import problems, texts_of
from packs.pack import load_pack
from tests.lib.case_board import Setting, case_board
from tests.lib.case_files import case_files, folder_of, read_case_file
from tests.lib.evaluate import ROOT, catalogue, neighbours

DISEASE = "type_2_diabetes"
FILES = [(country, path) for country in neighbours() for path in case_files(folder_of(country))]
TITLES = {(country, path.stem): [case.title for case in read_case_file(path)] for country, path in FILES}
DEFINED = [(country, each) for country in neighbours() for each in catalogue(country=country).indicators]


@pytest.mark.parametrize(("country", "path"), FILES, ids=lambda part: getattr(part, "stem", part))
def test_a_drawn_case_of_a_neighbour_comes_out_as_expected(country, path):
    known, board = catalogue(country=country), case_board(country)
    indicator = known.indicator(path.stem)
    for day in board.dates_of(indicator.id):
        setting = Setting(day, indicator.period)
        frame = board.frame(known, setting)
        (found,) = board.outcomes(known, indicator.id, [indicator], frame, board.events[setting], day)
        assert {case: words for case, words in found.items() if words != case.outcome} == {}


@pytest.mark.parametrize(("country", "indicator"), DEFINED, ids=lambda part: getattr(part, "id", part))
def test_a_definition_is_drawn_for_its_country_or_for_the_first(country, indicator):
    drawn_elsewhere = {path.stem for path in case_files(folder_of("denmark"))}
    assert (country, indicator.id) in TITLES or indicator.id in drawn_elsewhere
    if (country, indicator.id) in TITLES:
        assert set(indicator.examples) <= set(TITLES[country, indicator.id])


@pytest.mark.parametrize(("country", "indicator"), DEFINED, ids=lambda part: getattr(part, "id", part))
def test_a_definition_that_a_country_gives_other_numbers_is_drawn_with_them(country, indicator):
    own, first = catalogue(country=country), catalogue()
    names = own.parameters_of([indicator])
    differing = {
        name
        for name in names
        if name not in first.parameters or dated(own.parameters[name]) != dated(first.parameters[name])
    }
    # A target is a share of a unit: no patient's case can tell one from another.
    differing -= {(indicator.target or "").removeprefix("$"), (indicator.acceptable or "").removeprefix("$")}
    assert not differing or (country, indicator.id) in TITLES


def dated(parameter: Parameter) -> list[tuple[date, float]]:
    return [(each.from_on, each.value) for each in parameter.values]


@pytest.mark.parametrize("country", neighbours())
def test_a_neighbours_pack_holds_no_more_than_its_definitions_use_and_is_written_right(country):
    known, pack = catalogue(country=country), load_pack(country)
    used = set(known.parameters_of(known.indicators))
    classifying = " ".join((*known.classifiers.values(), *known.classifier_steps.values()))
    used |= set(PARAMETER.findall(classifying))
    sets = load_sets(pack.folder, DISEASE, [each.id for each in known.indicators])
    used |= {one.target.removeprefix("$") for each in sets for one in each.awaited if one.target}
    assert set(known.parameters) == used
    assert problems(known, date(2026, 12, 31)) == []
    assert {name for each in sets for name in each.indicators} == {each.id for each in known.indicators}


def test_every_definition_of_many_countries_is_named_by_one_and_every_target_is_set_by_one():
    countries = ["denmark", *neighbours()]
    named = {each.id for country in countries for each in catalogue(country=country).indicators}
    assert {path.stem for path in definition_paths(DISEASE)} <= named
    targets = {each.target for country in countries for each in catalogue(country=country).indicators}
    written = {line for path in definition_paths(DISEASE) for line in path.read_text("utf-8").splitlines()}
    assert {line.removeprefix("target: ") for line in written if line.startswith("target: ")} <= targets


@pytest.mark.parametrize(("country", "indicator"), DEFINED, ids=lambda part: getattr(part, "id", part))
def test_no_name_of_a_parameter_is_left_in_the_words(country, indicator):
    texts = [text for _, text in texts_of(indicator)] + [indicator.title, indicator.question]
    assert not [text for text in texts if "{" in f"{text.en}{text.da}{text.nb}"]


def test_what_a_neighbour_calls_verified_names_a_page():
    for _, indicator in DEFINED:
        assert not indicator.verified or any(source.href for source in indicator.source), indicator.id


def test_the_folder_of_cases_holds_no_other_country():
    assert {path.name for path in (ROOT / "tests" / "spec" / "countries").iterdir()} == set(neighbours())
