"""Improvement initiatives: who may write them, that nothing about patients is, and what is claimed of their effect."""

import sqlite3
import stat
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from pydantic import ValidationError
from streamlit.testing.v1 import AppTest

from dashboard.access.roles import ANYBODY, Role, Visitor
from dashboard.catalogue import Definition
from dashboard.initiatives import store
from dashboard.initiatives.initiative import End, Initiative, Note, Plan
from dashboard.initiatives.store import InitiativesError
from dashboard.presenters.initiatives import Shown, effect, marks, present, what_worked_first
from dashboard.presenters.units import Directory, Unit
from dashboard.wording import Wording
from tests.dashboard.test_before_after import LAST, QUARTERS, RISEN, STEADY
from tests.dashboard.test_screens import html, opened, text
from tests.lib.logins import access_folder, claims

PRACTICE = "practice-057000"
PLAN = Plan(aim="More are measured", indicator_id="hba1c_measured", owner="nurse", start=date(2024, 10, 1))
FOOT = PLAN.model_copy(update={"indicator_id": "foot_examined", "aim": "Shoes off"})
SECRET = "0107521234"


@pytest.fixture
def place(tmp_path: Path, release_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "initiatives.sqlite"
    monkeypatch.setenv("TVAERS_RELEASE", str(release_path))
    monkeypatch.setenv("TVAERS_INITIATIVES", str(path))
    return path


@pytest.fixture
def share(definitions: dict[str, Definition]) -> Definition:
    return replace(definitions["hba1c_measured"], direction="higher_is_better", breaks=())


# The database


def test_what_is_written_is_read_again_in_its_order_with_who_wrote_it(place: Path) -> None:
    begun = store.begin(place, ANYBODY, PRACTICE, PLAN)
    later = PLAN.model_copy(update={"aim": "All are measured", "target": 0.9})
    note = Note(phase="study", day=date(2025, 1, 5), text="Half of the list is done.")
    for content in (note, later, End(ending="adopted", day=date(2025, 6, 1), text="It stays.")):
        begun = store.go_on(place, ANYBODY, begun, content)
    (found,) = store.read(place)
    assert found == begun
    assert (found.plan, found.notes, found.end and found.end.text) == (later, [note], "It stays.")
    assert [each.content.kind for each in found.entries] == ["plan", "note", "plan", "end"]
    assert {each.written_by for each in found.entries} == {"quality_manager"}
    assert stat.S_IMODE(place.stat().st_mode) == 0o600


def test_the_one_begun_last_stands_first_and_no_file_is_no_initiative(place: Path) -> None:
    assert store.read(place) == []
    assert not place.exists()
    for year in (2024, 2026, 2025):
        store.begin(place, ANYBODY, PRACTICE, PLAN.model_copy(update={"start": date(year, 1, 1)}))
    assert [each.plan.start.year for each in store.read(place)] == [2026, 2025, 2024]


@pytest.mark.parametrize("statement", ["UPDATE entry SET content = '{}'", "DELETE FROM entry"])
def test_the_file_itself_refuses_to_have_its_history_changed(place: Path, statement: str) -> None:
    store.begin(place, ANYBODY, PRACTICE, PLAN)
    with sqlite3.connect(place) as database, pytest.raises(sqlite3.IntegrityError, match="entries are not"):
        database.execute(statement)
    assert store.read(place)[0].plan == PLAN


@pytest.mark.parametrize(
    ("visitor", "may"),
    [
        (ANYBODY, True),
        (Visitor(Role.UNIT, PRACTICE), True),
        (Visitor(Role.UNIT, "practice-057001"), False),
        (Visitor(Role.RESEARCHER), False),
        (Visitor(Role.STEWARD), False),
        (Visitor(Role.PUBLIC), False),
    ],
    ids=lambda each: f"{each.role}-{each.unit}" if isinstance(each, Visitor) else "",
)
def test_a_unit_writes_its_own_and_the_quality_manager_all(place: Path, visitor: Visitor, may: bool) -> None:
    if may:
        assert store.begin(place, visitor, PRACTICE, PLAN).entries[0].written_by == visitor.role
        return
    with pytest.raises(InitiativesError):
        store.begin(place, visitor, PRACTICE, PLAN)
    assert store.read(place) == []


# Nothing about patients


@pytest.mark.parametrize(
    "told",
    [
        SECRET,
        "010752-1234",
        "010752 1234 came late",
        "01 07 52 12 34",
        "+45 20 30 40 50 6",
        "RSSMRA85T10A562S",
        "write to somebody@example.org",
        "see 943 476 5919",
    ],
)
def test_a_text_with_a_persons_number_or_address_is_refused_without_repeating_it(told: str) -> None:
    for written in (
        lambda: Plan(aim=told, indicator_id="hba1c_measured", owner="nurse", start=date(2026, 1, 1)),
        lambda: Plan(aim="x", indicator_id="hba1c_measured", owner=told, start=date(2026, 1, 1)),
        lambda: Plan(aim="x", indicator_id="hba1c_measured", owner="x", start=date(2026, 1, 1), actions=told),
        lambda: Note(phase="do", day=date(2026, 1, 1), text=f"Of {told} we learned much."),
        lambda: End(ending="abandoned", day=date(2026, 1, 1), text=told),
    ):
        with pytest.raises(ValidationError) as fault:
            written()
        assert [each["type"] for each in fault.value.errors()] == ["identifier"]
        assert told not in str(fault.value)


@pytest.mark.parametrize(
    "told",
    [
        "HbA1c under 53 mmol/mol hos 80 % inden 2026-12-31",
        "Hver onsdag kl. 14:30 fra 1.10.2026",
        "120/80 mmHg, 7 dage, 2 x 2 målinger",
        "Diabetesfodterapeut og forebyggelsescenter",
    ],
)
def test_a_text_about_work_is_taken_as_it_is(told: str) -> None:
    assert Note(phase="do", day=date(2026, 1, 1), text=told).text == told


@pytest.mark.parametrize(
    ("told", "kind"), [("", "string_too_short"), ("  ", "string_too_short"), ("x" * 201, "string_too_long")]
)
def test_a_line_is_neither_empty_nor_endless(told: str, kind: str) -> None:
    with pytest.raises(ValidationError) as fault:
        Plan(aim=told, indicator_id="hba1c_measured", owner="nurse", start=date(2026, 1, 1))
    assert [each["type"] for each in fault.value.errors()] == [kind]


# The effect


def test_an_effect_is_claimed_as_before_and_after_the_first_day(share: Definition, english: Wording) -> None:
    assert effect(PLAN.start, share, RISEN, LAST, english).judgement == "better"
    assert effect(PLAN.start, replace(share, direction="lower_is_better"), RISEN, LAST, english).judgement == "worse"
    steady = effect(PLAN.start, share, STEADY, LAST, english)
    assert (steady.judgement, steady.text) == ("unknown", english("before_after.no_signal"))


def test_before_a_whole_period_has_begun_after_the_start_it_is_too_early(share: Definition, english: Wording) -> None:
    begun = date(2026, 2, 1)
    assert effect(begun, share, RISEN, LAST, english).text.startswith("Too early to say: a whole period of 12 months")


def test_hidden_numbers_and_unknown_indicators_judge_nothing(share: Definition, english: Wording) -> None:
    hidden = {day: replace(cell, state="suppressed", value=None) for day, cell in RISEN.items()}
    assert effect(PLAN.start, share, hidden, LAST, english).judgement == "unknown"
    assert "no number shown" in effect(PLAN.start, share, hidden, LAST, english).text
    assert "does not hold the indicator" in effect(PLAN.start, None, {}, LAST, english).text


def test_the_starts_of_a_units_own_initiatives_are_marked_on_its_indicator_alone(place: Path, english: Wording) -> None:
    for unit, plan in ((PRACTICE, PLAN), (PRACTICE, FOOT), ("practice-057001", PLAN)):
        store.begin(place, ANYBODY, unit, plan)
    own = Unit("practice", "057000", "Lægerne i 1", "K01", "0791")
    (mark,) = marks(store.read(place), own, "foot_examined", english)
    assert (mark.day, mark.text) == (FOOT.start, "1 October 2024: the initiative “Shoes off” began.")


def test_those_that_worked_stand_first_and_a_unit_that_is_gone_says_so(
    share: Definition, english: Wording, place: Path
) -> None:
    found = [store.begin(place, ANYBODY, unit, PLAN) for unit in ("practice-1", "practice-2", "practice-3")]
    numbers = {"practice-1": {"hba1c_measured": STEADY}, "practice-3": {"hba1c_measured": RISEN}}
    units = Directory([Unit("practice", "1", "One", "", ""), Unit("practice", "3", "Three", "", "")])

    def shown(each: Initiative) -> Shown:
        return present(each, units, {"hba1c_measured": share}, numbers, QUARTERS[-1], english)

    ordered = what_worked_first([shown(each) for each in found])
    assert [each.whose for each in ordered] == ["Three", "One", "A unit that this release does not hold"]


# The page


def write_down(at: AppTest, words: Wording, **told: str) -> AppTest:
    fields = {each.label: each for each in [*at.text_input, *at.text_area]}
    for field, value in told.items():
        fields[words(f"initiative.field.{field}")].set_value(value)
    (save,) = [each for each in at.button if each.label == words("initiative.write.save")]
    return save.click().run()


def test_an_initiative_is_written_down_and_noted_on_the_page(place: Path, english: Wording) -> None:
    at = opened("initiatives", lang="en", unit=PRACTICE)
    assert "Nothing is written down for Lægerne i 1 yet." in [each.value for each in at.info]
    write_down(at, english, aim="Shoes <b>off</b>", owner="nurse", actions="At each review\nOn Tuesdays")
    assert not at.exception
    assert "Shoes &lt;b&gt;off&lt;/b&gt;" in html(at)
    assert [each.value for each in at.success] == ["It is written down."]
    (initiative,) = store.read(place)
    at.selectbox(key=f"initiative.about.{PRACTICE}").select(initiative.initiative_id).run()
    write_down(at, english, text="It takes two minutes.")
    assert "Plan: It takes two minutes." in text(at)
    assert [each.content.kind for each in store.read(place)[0].entries] == ["plan", "note"]


def test_what_cannot_be_written_down_is_told_field_by_field_and_the_text_stays(place: Path, english: Wording) -> None:
    at = opened("initiatives", lang="en", unit=PRACTICE)
    write_down(at, english, aim=f"For {SECRET}", owner="")
    told = [each.value for each in at.error]
    assert [each.split(":")[0] for each in told] == [
        "What do you want to reach?",
        "Whose task is it? (a role, not a name)",
    ]
    assert "what looks like a person's number" in told[0]
    assert not any(SECRET in each for each in told)
    assert not place.exists()
    assert at.text_input[0].value == f"For {SECRET}"


def test_a_unit_reads_the_others_and_is_offered_to_write_its_own_only(
    place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, english: Wording
) -> None:
    store.begin(place, ANYBODY, "practice-057001", PLAN)
    monkeypatch.setenv("TVAERS_ACCESS", str(access_folder(tmp_path)))
    user = claims(PRACTICE)
    own = opened("initiatives", user, lang="en", unit=PRACTICE)
    other = opened("initiatives", user, lang="en", unit="practice-057001")
    title = english("initiative.write.title")
    assert title in html(own)
    assert "More are measured" in html(own)
    assert title not in html(other)
    assert not other.text_input


def test_without_a_place_or_with_a_broken_one_the_page_says_so_and_the_others_stand(
    place: Path, monkeypatch: pytest.MonkeyPatch, english: Wording
) -> None:
    place.write_bytes(b"no database of anything" * 100)
    at = opened("initiatives", lang="en", unit=PRACTICE)
    assert [each.value for each in at.error] == [english("initiative.unreadable")]
    assert english("frame.foot") in html(at)
    assert not opened("indicator", lang="en", unit=PRACTICE).error
    monkeypatch.delenv("TVAERS_INITIATIVES")
    assert [each.value for each in opened("initiatives", lang="en").info] == [english("initiative.nowhere")]


def test_a_reader_who_may_not_see_initiatives_sees_no_mark_of_one(
    place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.begin(place, ANYBODY, "municipality-0791", FOOT)
    chosen = {"lang": "en", "unit": "municipality-0791", "indicator": "foot_examined"}
    assert "Shoes off" in text(opened("indicator", **chosen))
    monkeypatch.setenv("TVAERS_ACCESS", str(access_folder(tmp_path)))
    seen = {group: text(opened("indicator", claims(group), **chosen)) for group in ("managers", "researchers")}
    assert {group: "Shoes off" in told for group, told in seen.items()} == {"managers": True, "researchers": False}
