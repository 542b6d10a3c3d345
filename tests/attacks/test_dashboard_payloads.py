"""What leaves through the dashboard and its reports does not change with the numbers that are hidden.

A release holds no number in a hidden cell. Here it is given one all the same, in every column: each page must send
exactly what it sent before, each button must hand out the same file, and each report must say the same. So all of it is
worked out from what the release shows, whatever the numbers are.
"""

from datetime import date
from pathlib import Path

import duckdb
import pytest

from dashboard import comparison
from dashboard.access.roles import ADMITTED, ANYBODY
from dashboard.content import content
from dashboard.initiatives.initiative import Plan
from dashboard.initiatives.store import begin
from dashboard.release_reader import open_release
from dashboard.report.folder import with_report
from dashboard.report.unit_report import UnitReport, unit_report
from dashboard.wording import LANGUAGES, wording
from tests.attacks.taken_along import NUMBERS, visit, with_numbers_in_hidden_cells
from tests.lib.tiny_release import tiny_release

UNITS = ("all-all", "municipality-0779", "cluster-K01", "practice-057000")
UNIT_READ_IN = dict(zip(LANGUAGES, ("practice-057000", "municipality-0779", "all-all"), strict=True))
BY_UNIT = ("map", "follow_up", "complications")
STATES = [
    *((page, language, UNIT_READ_IN[language]) for page in ADMITTED for language in LANGUAGES),
    *((page, "en", unit) for page in BY_UNIT for unit in UNITS if unit != UNIT_READ_IN["en"]),
]
FORMS = {"overview": {"pdf", "png"}, "map": {"csv", "xlsx", "html"}, "catalogue": {"pdf", "html"}}
Releases = tuple[Path, Path]


@pytest.fixture(scope="module")
def releases(tmp_path_factory: pytest.TempPathFactory) -> Releases:
    """A release as it is published, and one in which every hidden cell holds a number."""
    folder = tmp_path_factory.mktemp("payloads")
    honest = tiny_release(folder / "release.duckdb")
    return honest, with_numbers_in_hidden_cells(honest, folder / "loose.duckdb")


@pytest.fixture(autouse=True)
def initiatives_whose_effect_is_judged(releases: Releases, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give each unit an initiative, so that their page and the courses say what may be said of the numbers."""
    place = releases[0].with_name("initiatives.sqlite")
    monkeypatch.setenv("TVAERS_INITIATIVES", str(place))
    for unit in () if place.exists() else UNITS:
        plan = Plan(aim="Shoes off", indicator_id="foot_examined", owner="nurse", start=date(2025, 7, 1))
        begin(place, ANYBODY, unit, plan)


@pytest.fixture
def looks_at_hidden_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the dashboard show whatever has a number."""
    monkeypatch.setattr(comparison.Measure, "is_shown", property(lambda cell: cell.value is not None))


def reports(release: Path, language: str) -> dict[str, UnitReport]:
    """Return each unit's report with all its indicators; PDF, web page and slide are set from nothing else."""
    held = content(open_release(release))
    words = wording(language, held.smallest_group)
    return {
        unit.key: unit_report(held, unit, day, words, is_whole=True)
        for day in held.dates[:1]
        for unit in with_report(held)
    }


@pytest.mark.parametrize("table", NUMBERS)
def test_every_hidden_cell_of_the_loose_release_holds_numbers_and_none_of_the_honest_one(
    releases: Releases, table: str
) -> None:
    held = []
    for release in releases:
        with duckdb.connect(str(release), read_only=True) as connection:
            told = ", ".join(f"count({column})" for column in NUMBERS[table])
            held.append(connection.execute(f"SELECT count(*), {told} FROM {table} WHERE state <> 'shown'").fetchall())
    ((hidden, *numbers),) = held[0]
    assert hidden
    assert not any(numbers)
    assert held[1] == [(hidden,) * (len(numbers) + 1)]


@pytest.mark.parametrize(("page", "language", "unit"), STATES)
def test_a_page_sends_and_hands_out_the_same_whatever_the_hidden_numbers_are(
    releases: Releases, monkeypatch: pytest.MonkeyPatch, page: str, language: str, unit: str
) -> None:
    honest, loose = (
        visit(release, page, monkeypatch, lang=language, unit=unit, indicator="foot_examined") for release in releases
    )
    assert len(honest.sent) > 1_000
    assert honest.sent == loose.sent
    assert honest.files.keys() == loose.files.keys()
    assert [name for name, written in honest.files.items() if written != loose.files[name]] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_units_report_says_the_same_whatever_the_hidden_numbers_are(releases: Releases, language: str) -> None:
    honest, loose = (reports(release, language) for release in releases)
    assert len(honest) > 20
    assert [unit for unit, report in honest.items() if report != loose[unit]] == []


@pytest.mark.parametrize("page", FORMS)
def test_files_of_every_kind_are_taken_along(releases: Releases, monkeypatch: pytest.MonkeyPatch, page: str) -> None:
    files = visit(releases[0], page, monkeypatch, lang="en").files
    assert FORMS[page] <= {name.rpartition(".")[2] for name in files}
    assert all(files.values())


@pytest.mark.usefixtures("looks_at_hidden_numbers")
def test_a_page_or_a_file_that_looked_at_hidden_numbers_would_be_found_out(
    releases: Releases, monkeypatch: pytest.MonkeyPatch
) -> None:
    with duckdb.connect(str(releases[0]), read_only=True) as connection:
        found = connection.execute(
            "SELECT indicator_id, period_end::VARCHAR FROM result WHERE level = 'municipality' "
            "AND state = 'suppressed' AND sex = 'all' AND age_band = 'all' ORDER BY ALL"
        ).fetchone()
    assert found
    honest, loose = (
        visit(release, "map", monkeypatch, lang="en", indicator=found[0], date=found[1]) for release in releases
    )
    assert honest.sent != loose.sent
    changed = {name.rpartition(".")[2] for name, written in honest.files.items() if written != loose.files.get(name)}
    assert {"csv", "xlsx"} <= changed


@pytest.mark.usefixtures("looks_at_hidden_numbers")
def test_a_report_that_looked_at_hidden_numbers_would_be_found_out(releases: Releases) -> None:
    assert reports(releases[0], "en") != reports(releases[1], "en")
