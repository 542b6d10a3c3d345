"""Every screen runs in every language on the tiny release, keeps its choices in the address, and words every fault."""

import json
import re
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import plotly.graph_objects as go
import pytest
from streamlit.testing.v1 import AppTest

from dashboard.wording import wording
from tests.dashboard.conftest import LANGUAGES
from tests.lib.logins import access_folder, claims

APP = Path(__file__).parents[2] / "dashboard" / "app.py"
SCREENS = (
    "overview",
    "map",
    "municipality",
    "practice",
    "indicator",
    "follow_up",
    "complications",
    "initiatives",
    "data_quality",
    "catalogue",
    "about",
)
NOT_WORDS = re.compile(r"(?<![\w-])(None|NaN|nan|null|undefined|KeyError|Traceback)(?![\w-])")


@pytest.fixture(autouse=True)
def released(monkeypatch: pytest.MonkeyPatch, release_path: Path) -> Path:
    monkeypatch.setenv("TVAERS_RELEASE", str(release_path))
    return release_path


def opened(screen: str = "overview", user: dict[str, Any] | None = None, **address: str) -> AppTest:
    at = AppTest.from_file(str(APP), default_timeout=60)
    at.user = user or at.user
    for name, value in address.items():
        at.query_params[name] = value
    at.run()
    if screen != SCREENS[0]:
        at.switch_page(f"screens/{screen}.py").run()
    return at


def html(at: AppTest) -> str:
    return "\n".join(element.proto.body for element in at.get("html"))


def text(at: AppTest) -> str:
    return re.sub(r"<style.*?</style>|<script.*?</script>|<[^>]+>", " ", html(at), flags=re.DOTALL)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("screen", SCREENS)
def test_every_screen_draws_in_every_language(screen: str, language: str) -> None:
    at = opened(screen, lang=language)
    words = wording(language)
    assert not at.exception
    assert not at.error
    assert "<h1>" in html(at)
    assert words("frame.invented") in html(at)
    assert words("frame.foot") in html(at)
    assert not NOT_WORDS.search(text(at))


@pytest.mark.parametrize(
    ("screen", "address", "charts"),
    [
        ("map", {}, 1),
        ("municipality", {"unit": "municipality-0779"}, 1),
        ("practice", {"unit": "practice-057000"}, 2),
        ("indicator", {"unit": "practice-057026", "level": "practice"}, 4),
        ("indicator", {"course": "run_chart"}, 4),
        ("follow_up", {"unit": "municipality-0791"}, 2),
        ("data_quality", {}, 1),
    ],
)
def test_plotly_knows_every_word_of_what_a_page_draws(screen: str, address: dict[str, str], charts: int) -> None:
    drawn = [json.loads(chart.proto.spec) for chart in opened(screen, lang="da", **address).get("plotly_chart")]
    assert len(drawn) >= charts
    for each in drawn:
        assert go.Figure(each).to_plotly_json().keys() == {"data", "layout"}


@pytest.mark.parametrize(
    "unit", ["practice-057000", "cluster-K01", "hospital-6630", "municipality-0779", "practice-none"]
)
def test_the_overview_tells_the_story_of_any_kind_of_unit(unit: str) -> None:
    at = opened(lang="da", unit=unit)
    assert not at.error
    assert at.selectbox(key="choose.unit").value == unit
    assert "Sammenlignet med hele området" in text(at)


def test_a_link_shows_another_reader_the_same_thing() -> None:
    address = {
        "lang": "nb",
        "unit": "municipality-0740",
        "with": "municipality-0779",
        "date": "2026-03-31",
        "indicator": "hba1c_below_53",
    }
    at = opened("indicator", **address)
    assert "HbA1c under 53 mmol/mol" in html(at)
    assert "31. mars 2026" in text(at)
    assert "Skive" in text(at)
    assert {name: at.query_params[name] for name in address} == address


def test_a_choice_is_written_into_the_address_and_kept_on_other_screens() -> None:
    at = opened(lang="en")
    at.selectbox(key="choose.unit").select("practice-057026").run()
    assert at.query_params["unit"] == "practice-057026"
    at.switch_page("screens/practice.py").run()
    assert "Lægerne i 3" in html(at)
    assert at.query_params["lang"] == "en"


def test_the_language_can_be_switched_on_the_spot() -> None:
    at = opened("data_quality", lang="da")
    assert "Hvor gode er data?" in html(at)
    at.selectbox(key="choose.lang").select("nb").run()
    assert "Hvor gode er dataene?" in html(at)
    assert at.query_params["lang"] == "nb"


@pytest.mark.parametrize(
    "address",
    [
        {"unit": "practice-does-not-exist"},
        {"indicator": "no_such"},
        {"date": "1999-12-31"},
        {"lang": "xx"},
        {"with": "nothing"},
        {"unit": "<script>alert(1)</script>"},
        {"group": "no_such", "level": "no_such"},
    ],
)
def test_an_address_that_makes_no_sense_falls_back_instead_of_failing(address: dict[str, str]) -> None:
    for screen in ("overview", "indicator"):
        at = opened(screen, **address)
        assert not at.exception
        assert not at.error
        assert "<script>alert" not in html(at)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("screen", "name"), [("overview", "unit"), ("practice", "unit"), ("indicator", "indicator"), ("indicator", "date")]
)
def test_a_link_to_what_the_release_does_not_hold_says_so_and_what_is_shown_instead(
    language: str, screen: str, name: str
) -> None:
    at, words = opened(screen, lang=language, **{name: "practice-999999"}), wording(language)
    (title,) = re.findall("<h1>(.*?)</h1>", html(at))
    instead = {"overview unit": words("unit.everybody"), "indicator date": words.date(date(2026, 9, 30))}
    told = words(f"frame.not_held.{name}", shown=instead.get(f"{screen} {name}", title))
    assert [warning.value for warning in at.warning if warning.value in told] == [told]


def test_a_link_to_what_the_release_holds_gives_no_warning() -> None:
    assert not opened("indicator", unit="practice-057000", indicator="hba1c_below_53", date="2026-03-31").warning


def test_a_group_of_indicators_can_be_looked_at_alone() -> None:
    at = opened(lang="en", group="eyes")
    everything = html(at).split("All indicators")[1]
    assert "Eyes examined" in everything
    assert "LDL measured" not in everything


def test_a_comparison_can_be_left_out() -> None:
    at = opened(lang="en", unit="municipality-0740", **{"with": "nobody"})
    assert "Without comparison." in text(at)
    assert "No clear difference from" not in text(at)


def test_a_hidden_cell_is_explained_in_words() -> None:
    at = opened("practice", lang="en", unit="practice-057000")
    assert "Not shown to protect privacy." in text(at)


def test_a_level_of_units_can_be_chosen() -> None:
    at = opened("indicator", lang="en", level="practice")
    assert "Practices" in str(at.get("plotly_chart")[-1].proto)


def test_the_practices_stand_in_a_funnel_around_the_area_or_the_target() -> None:
    at = opened("indicator", lang="en", indicator="eye_examined", unit="practice-057000")
    assert "Among the practices" in text(at)
    assert "The practices" in text(at).split("The practices in a funnel")[1]
    at.button_group(key="choose.around").set_value("target").run()
    assert at.query_params["around"] == "target"
    assert wording("en")("funnel.only_chance") in text(at)


def test_the_course_can_be_seen_as_a_run_chart() -> None:
    at = opened("indicator", lang="en", indicator="hba1c_measured")
    assert wording("en")("course.too_short", fewest="10") not in text(at)
    at.button_group(key="choose.course").set_value("run_chart").run()
    assert wording("en")("course.too_short", fewest="10") in text(at)
    assert at.query_params["course"] == "run_chart"
    assert "Control limits" in str(at.get("plotly_chart")[0].proto)


@pytest.mark.parametrize("unit", ["all-all", "municipality-0779", "cluster-K01", "practice-057000"])
def test_follow_up_and_complications_open_for_any_kind_of_unit(unit: str) -> None:
    for screen in ("follow_up", "complications"):
        at = opened(screen, lang="da", unit=unit)
        assert not at.error
        assert "95 %-interval" in text(at)


def test_the_course_of_care_has_its_links_and_its_curve() -> None:
    at = opened("follow_up", lang="en", unit="municipality-0791")
    links, curve = (str(chart.proto) for chart in at.get("plotly_chart"))
    assert "Discharged" in links
    assert "End of the link" in links
    assert "first meeting" in curve
    assert wording("en")("times.followed") in text(at)


def test_an_examination_that_is_behind_is_told_beside_its_complication(released: Path, tmp_path: Path) -> None:
    path = Path(shutil.copy(released, tmp_path / "release.duckdb"))
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            "UPDATE result SET state = 'shown', value = 0.1, ci_low = 0.08, ci_high = 0.12, numerator = 50, "
            "denominator = 500 WHERE indicator_id = 'foot_examined' AND level = 'municipality'"
        )
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TVAERS_RELEASE", str(path))
        behind = text(opened("complications", lang="en", unit="municipality-0791"))
    assert wording("en")("complication.found_less", which="Feet examined") in behind


def test_a_median_has_no_funnel() -> None:
    assert "funnel" not in text(opened("indicator", lang="en", indicator="hba1c_median"))


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        ("UPDATE meta SET value = '0' WHERE key = 'schema_version'", "older"),
        ("UPDATE meta SET value = '9' WHERE key = 'schema_version'", "newer"),
        ("DELETE FROM indicator", "empty"),
        ("DELETE FROM result", "empty"),
    ],
)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_release_that_cannot_be_shown_is_told_of_in_the_readers_language(
    released: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, statement: str, reason: str, language: str
) -> None:
    path = Path(shutil.copy(released, tmp_path / "release.duckdb"))
    with duckdb.connect(str(path)) as connection:
        connection.execute(statement)
    monkeypatch.setenv("TVAERS_RELEASE", str(path))
    at = opened(lang=language)
    words = wording(language)
    assert words("fault.title") in html(at)
    assert [each.value for each in at.info] == [words(f"fault.{reason}")]
    assert not at.exception


def test_a_missing_release_is_told_of_and_shown_as_soon_as_it_exists(
    released: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "release.duckdb"
    monkeypatch.setenv("TVAERS_RELEASE", str(path))
    at = opened(lang="en")
    assert "No numbers have been released yet." in at.info[0].value
    assert str(tmp_path) not in html(at) + at.info[0].value + at.markdown[0].value
    shutil.copy(released, path)
    at.run()
    assert "Where do we stand?" in html(at)


def test_a_process_without_a_named_release_says_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TVAERS_RELEASE")
    assert "No numbers have been released yet." in opened(lang="en").info[0].value


@pytest.mark.parametrize(
    ("statement", "screen", "sentence"),
    [
        ("DELETE FROM delivery", "data_quality", "data_quality.nothing_delivered"),
        ("DELETE FROM quarantine", "data_quality", "data_quality.nothing_aside"),
        ("DELETE FROM completeness", "data_quality", "data_quality.no_months"),
        ("DELETE FROM unit WHERE level = 'municipality'", "municipality", "municipality.none"),
        ("DELETE FROM unit WHERE level = 'municipality'", "map", "municipality.none"),
        ("DELETE FROM place", "map", "map.none"),
        ("DELETE FROM meta WHERE key = 'pages'", "follow_up", "care.none"),
        ("DELETE FROM meta WHERE key = 'pages'", "complications", "complication.none"),
        ("DELETE FROM unit WHERE level = 'practice'", "practice", "practice.none"),
        ("UPDATE result SET state = 'suppressed', value = NULL", "practice", "practice.all_hidden"),
        ("UPDATE result SET state = 'suppressed', value = NULL", "indicator", "indicator.nothing_at_level"),
        (
            "UPDATE delivery SET covers_until = DATE '2026-10-01', state = 'loaded'",
            "data_quality",
            "data_quality.all_fresh",
        ),
    ],
)
def test_every_empty_state_is_worded(
    released: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, statement: str, screen: str, sentence: str
) -> None:
    path = Path(shutil.copy(released, tmp_path / "release.duckdb"))
    with duckdb.connect(str(path)) as connection:
        connection.execute(statement)
    monkeypatch.setenv("TVAERS_RELEASE", str(path))
    at = opened(screen, lang="nb")
    assert wording("nb")(sentence) in [each.value for each in [*at.info, *at.success]]
    assert not at.error


def test_a_release_of_real_data_carries_no_mark_of_invention(
    released: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = Path(shutil.copy(released, tmp_path / "release.duckdb"))
    with duckdb.connect(str(path)) as connection:
        connection.execute("UPDATE meta SET value = 'false' WHERE key = 'is_synthetic'")
    monkeypatch.setenv("TVAERS_RELEASE", str(path))
    monkeypatch.setenv("TVAERS_ACCESS", str(access_folder(tmp_path)))
    at = opened(lang="en", user=claims("managers"))
    assert "Where do we stand?" in text(at)
    assert "invented" not in text(at).lower()


def test_two_readers_do_not_see_each_others_choices() -> None:
    one, two = opened(lang="da", unit="practice-057000"), opened(lang="en", unit="practice-057013")
    for _ in range(3):
        one.run()
        two.run()
        assert "Lægerne i 1" in html(one)
        assert "Lægerne i 2" in html(two)
        assert "Where do we stand?" not in html(one)


def test_a_page_that_breaks_says_so_in_words_and_shows_no_code(monkeypatch: pytest.MonkeyPatch) -> None:
    from dashboard.presenters import overview

    monkeypatch.setattr(overview, "_card", lambda *_: 1 / 0)
    at = opened(lang="da")
    assert [each.value for each in at.error] == [wording("da")("fault.unexpected")]
    assert not at.exception


def test_of_many_municipalities_those_with_most_numbers_stand_side_by_side_first(
    released: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = Path(shutil.copy(released, tmp_path / "release.duckdb"))
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            "INSERT INTO unit SELECT 'municipality', concat('9', number), concat('Aa', number), NULL, NULL "
            "FROM range(4) AS added(number)"
        )
    monkeypatch.setenv("TVAERS_RELEASE", str(path))
    at = opened("municipality", lang="en")
    assert not at.error
    assert at.multiselect(key="choose.municipalities").value == [
        f"municipality-{each}" for each in ("0740", "0779", "0791")
    ]


def test_many_municipalities_of_which_nothing_is_told_are_still_set_side_by_side(
    released: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = Path(shutil.copy(released, tmp_path / "release.duckdb"))
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            "INSERT INTO unit SELECT 'municipality', concat('9', number), concat('Aa', number), NULL, NULL "
            "FROM range(4) AS added(number)"
        )
        connection.execute("DELETE FROM result WHERE level = 'municipality'")
    monkeypatch.setenv("TVAERS_RELEASE", str(path))
    at = opened("municipality", lang="en")
    assert not at.error
    assert not at.exception
    assert len(at.multiselect(key="choose.municipalities").value) == 4
