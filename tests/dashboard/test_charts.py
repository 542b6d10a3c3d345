"""Charts are judged by what they draw: values, gaps, order, and texts that Plotly cannot misread."""

import json
from dataclasses import replace
from datetime import date
from itertools import pairwise

import plotly.graph_objects as go
import pytest

from dashboard import colours
from dashboard.catalogue import Definition
from dashboard.charts import dots, received, sheet, spine, trend
from dashboard.charts.reach import reach, target_sign
from dashboard.comparison import Judgement, Measure
from dashboard.parts.sparkline import sparkline
from dashboard.presenters import drawn
from dashboard.presenters.data_quality import Received
from dashboard.presenters.practice import Row, Spine
from dashboard.presenters.verdicts import Verdict
from dashboard.wording import Wording, wording
from tests.dashboard.conftest import LANGUAGES

CAPTION = sheet.Caption("HbA1c <59 & more", "Skive · percent", "Source: a release")
DAYS = (date(2025, 12, 31), date(2026, 3, 31), date(2026, 6, 30), date(2026, 9, 30))
SCALE = drawn.Scale("percent", "%", True, 95.0, "≥ 95%")


def dot(value: float | None, label: str = "", **more: object) -> drawn.Dot:
    if value is None:
        return drawn.Dot(label, None, None, None, "Fewer than 5", state="suppressed")
    return drawn.Dot(label, value, value - 2, value + 2, f"{value} of <all>", **more)  # type: ignore[arg-type]


def line(*values: float | None) -> drawn.Line:
    return drawn.Line("Skive", DAYS[: len(values)], tuple(dot(value, str(value)) for value in values))


def text_of(figure: go.Figure) -> str:
    return json.dumps(figure.to_plotly_json(), default=str)


def test_a_hidden_quarter_is_a_hatched_gap_and_never_a_zero(english: Wording) -> None:
    figure = trend.figure(line(90, None, 91, 92), None, SCALE, CAPTION, english)
    (hatched,) = [trace for trace in figure.data if trace.type == "bar"]
    assert list(hatched.x) == [DAYS[1]]
    assert "Fewer than 5" in hatched.customdata[0]
    own = next(trace for trace in figure.data if trace.type == "scatter" and trace.mode == "lines+markers")
    assert list(own.y) == [90, None, 91, 92]
    ribbons = [trace for trace in figure.data if trace.type == "scatter" and trace.fill == "toself"]
    assert [len(ribbon.x) for ribbon in ribbons] == [2, 4]


def test_a_trend_shows_the_target_and_the_comparison(english: Wording) -> None:
    figure = trend.figure(line(90, 91), line(80, 81), SCALE, CAPTION, english)
    dashes = {trace.line.dash for trace in figure.data if trace.mode == "lines" and trace.line.dash}
    assert dashes == {"dash", "dot"}
    assert "Target ≥ 95%" in figure.layout.title.subtitle.text
    low, high = figure.layout.yaxis.range
    assert low < 78
    assert 95 < high <= 100


def test_a_trend_without_a_single_number_still_draws(english: Wording) -> None:
    figure = trend.figure(line(None, None), None, replace(SCALE, target=None), CAPTION, english)
    low, high = figure.layout.yaxis.range
    assert low <= 0
    assert high >= 100


def test_a_trend_without_dates_still_draws(english: Wording) -> None:
    assert trend.figure(line(), None, SCALE, CAPTION, english).layout.height > 200


def test_units_keep_their_order_and_hidden_ones_are_hatched(english: Wording) -> None:
    units = [dot(90, "A", judgement="worse"), dot(None, "B"), dot(99, "C", is_own=True)]
    figure = dots.figure(units, dot(95, "All"), SCALE, CAPTION, english)
    assert list(figure.layout.yaxis.ticktext) == ["A", "B", "<b>C</b>"]
    assert figure.layout.yaxis.range[0] > figure.layout.yaxis.range[1]
    (hatched,) = [trace for trace in figure.data if trace.type == "bar"]
    assert list(hatched.y) == [1]
    (shown,) = [trace for trace in figure.data if trace.type == "scatter"]
    assert list(shown.x) == [90, 99]
    assert list(shown.error_x.array) == [2, 2]
    assert list(shown.marker.symbol) == ["triangle-down", "circle"]


def test_a_heading_row_is_neither_a_value_nor_hidden(english: Wording) -> None:
    rows = dots.headed([drawn.Panel("Skive", (dot(90, "Women"), dot(None, "Men")))])
    figure = dots.figure(rows, None, SCALE, CAPTION, english)
    assert list(figure.layout.yaxis.ticktext) == ["<b>Skive</b>", "Women", "Men"]
    (hatched,) = [trace for trace in figure.data if trace.type == "bar"]
    assert list(hatched.y) == [2]


def test_a_zero_is_drawn_whole_at_the_edge_of_the_axis(english: Wording) -> None:
    assert -1 < reach([0.0, 8.0], replace(SCALE, target=None)).low < 0


def test_a_target_is_drawn_while_the_values_keep_a_quarter_of_the_axis_and_named_when_not() -> None:
    near, far = reach([5.0, 10.0], replace(SCALE, target=25.0)), reach([5.0, 10.0], replace(SCALE, target=25.1))
    assert near.target == 25.0
    assert near.high > 25.0
    assert far.target is None
    assert far.high < 12
    (sign,) = target_sign(replace(SCALE, target=25.1), far, wording("en"))
    assert "outside" in sign.name
    assert target_sign(replace(SCALE, target=None), far, wording("en")) == []


def test_values_that_hardly_move_are_not_blown_up_to_fill_the_axis() -> None:
    ends = reach([50.0, 50.1], replace(SCALE, target=None))
    assert ends.high - ends.low >= 4
    assert reach([99.9, 100.0], replace(SCALE, target=None)).high <= 100.1


def row(position: float | None, judgement: Judgement = "similar") -> Row:
    nowhere = Spine(None, None, None, None, {})
    placed = nowhere if position is None else Spine(position, None, None, (-1, -0.4, 0.3, 1), {"cluster": 4.0})
    return Row(
        indicator_id="x",
        group="HbA1c",
        title="HbA1c <59",
        value="",
        interval="",
        basis="",
        completeness="",
        reason="hidden" if position is None else "",
        state="suppressed" if position is None else "shown",
        others=(),
        verdict=Verdict("similar", ""),
        judgement=judgement,
        spine=placed,
        text="n of m",
    )


def test_the_spine_keeps_marks_inside_its_frame_and_hatches_hidden_rows(english: Wording) -> None:
    figure = spine.figure([row(0.2, "better"), row(None)], [("cluster", "Klynge 1")], CAPTION, english)
    ends = figure.layout.xaxis.range
    for trace in figure.data:
        if trace.type == "scatter":
            assert all(ends[0] <= x <= ends[1] for x in trace.x)
    assert any(trace.type == "bar" and trace.marker.pattern.shape == "/" for trace in figure.data)
    assert "Klynge 1" in figure.layout.title.subtitle.text


def test_a_long_label_of_the_spine_is_written_in_full_on_a_higher_row(english: Wording) -> None:
    long = replace(row(0.2), title="ACE-hæmmer eller angiotensin II-receptorblokker ved albuminuri")
    axis = spine.figure([row(0.1), long, row(0.3)], [], CAPTION, english).layout.yaxis
    assert axis.ticktext[2].replace("<br>", " ") == long.title
    apart = [later - earlier for earlier, later in pairwise(axis.tickvals)]
    assert apart[2] > apart[0]
    assert apart[0] == pytest.approx(1)


def test_a_month_without_rows_carries_a_cross(english: Wording) -> None:
    found = Received(("Hospital",), (date(2026, 1, 1), date(2026, 2, 1)), ((1.0, None),), (("9", "0"),), (("a", "b"),))
    figure = received.figure(found, CAPTION, english)
    crosses = next(trace for trace in figure.data if trace.type == "scatter")
    assert list(crosses.x) == [date(2026, 2, 1)]
    assert figure.data[0].z[0][1] is None
    assert "Half as many" in figure.layout.title.subtitle.text


@pytest.mark.parametrize("language", LANGUAGES)
def test_numbers_on_a_chart_take_the_marks_of_the_language(language: str) -> None:
    words = wording(language)
    figure = sheet.sheet(CAPTION, 100, words).figure()
    assert figure.layout.separators == words.decimal_mark() + words.thousands_mark()


def test_markup_in_a_name_is_drawn_as_text(english: Wording) -> None:
    figure = dots.figure([dot(90, "<b>Læger</b> & co")], None, SCALE, CAPTION, english)
    assert figure.layout.yaxis.ticktext[0].startswith("&lt;b&gt;Læger&lt;/b&gt; &amp;")
    assert "&lt;59" in figure.layout.title.text


def test_no_chart_draws_a_missing_number_as_text(english: Wording, definitions: dict[str, Definition]) -> None:
    definition = definitions["hba1c_measured"]
    hidden = drawn.dot(Measure("suppressed"), "A", definition, english)
    figure = dots.figure([hidden], None, drawn.scale(definition, english), CAPTION, english)
    for word in ("None", "NaN", "nan"):
        assert f'"{word}' not in text_of(figure)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_picture_button_speaks_the_language_and_names_its_file(language: str) -> None:
    words = wording(language)
    settings = sheet.config("tvaers-x", words)
    assert settings["modeBarButtons"] == [["toImage"]]
    assert settings["toImageButtonOptions"] | {"scale": 0, "width": 0} == {
        "format": "png",
        "filename": "tvaers-x",
        "scale": 0,
        "width": 0,
    }
    assert words("chart.picture") in settings["locales"][language]["dictionary"].values()


def test_a_file_name_has_only_letters_every_system_accepts() -> None:
    assert (
        sheet.file_name("Spine", "Lægehuset på Åen/2", "2026-09-30") == "tvaers-spine-laegehuset-paa-aaen-2-2026-09-30"
    )


def test_the_key_is_broken_to_fit_a_phone() -> None:
    key = [sheet.Sign("●", colours.INK, "A name of twenty chr") for _ in range(4)]
    assert len(sheet.key_lines(key)) == 4 or len(sheet.key_lines(key)) == 2
    assert sheet.key_lines([]) == []


def test_a_sparkline_has_gaps_where_numbers_are_hidden() -> None:
    from base64 import b64decode

    element = sparkline((0.5, 0.6, None, 0.7, 0.8), (0.7, 0.9), 0.75, "Course")
    svg = b64decode(element.split("base64,")[1].split('"')[0]).decode()
    assert svg.count("<polyline") == 2
    assert svg.count("<rect") == 1
    assert 'alt="Course"' in element
    assert sparkline((None, 0.5), (), None, "Course") == ""
