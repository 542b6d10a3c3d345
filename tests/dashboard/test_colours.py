"""The theme, light and dark: every text can be read, and colour-blind people tell the judgements apart."""

import json
import re
from pathlib import Path

import numpy as np
import plotly.graph_objects as go
import pytest

from dashboard import colours
from dashboard.launch import command

FOLDER = Path(colours.__file__).parent
HEX = re.compile(r"#[0-9a-f]{6}\b")
THEMES = ("light", "dark")
READABLE, SEEN = 4.5, 3.0  # WCAG 2.2, 1.4.3 and 1.4.11
TEXTS = [
    *(
        (ink, ground)
        for ink in (colours.INK, colours.MUTED, colours.ACCENT)
        for ground in (colours.PAPER, colours.WASH)
    ),
    (colours.MUTED, colours.HATCH),
    (colours.NOTICE_INK, colours.NOTICE),
    (colours.BETTER_INK, colours.BETTER_WASH),
    (colours.WORSE_INK, colours.WORSE_WASH),
    (colours.DIFFERENT_INK, colours.DIFFERENT_WASH),
    (colours.MUTED, colours.ELSEWHERE),
    *((colours.INK, shade) for shade in (*colours.RAMP[:3], *colours.RAMP_BETTER[:2], *colours.RAMP_WORSE[:2])),
    *((colours.PAPER, shade) for shade in (*colours.RAMP[3:], colours.RAMP_BETTER[2], colours.RAMP_WORSE[2])),
]
# Machado, Oliveira and Fernandes, IEEE Trans Vis Comput Graph 2009;15:1291: severity 1.0, on linear light.
BLINDNESS = {
    "protan": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deutan": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "tritan": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
}
TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
WHITE = TO_XYZ.sum(axis=1)
TOLD_APART = 20.0  # CIE 1976; about 2 is just noticeable side by side


def of(theme: str, colour: str) -> str:
    return colours.DARK[colour] if theme == "dark" else colour


def light_of(colour: str) -> np.ndarray:
    """Return the linear light of red, green and blue, 0 to 1."""
    parts = np.array([int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)])
    return np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)


def contrast(one: str, other: str) -> float:
    low, high = sorted(float(TO_XYZ[1] @ light_of(each)) for each in (one, other))
    return (high + 0.05) / (low + 0.05)


def lab(light: np.ndarray) -> np.ndarray:
    x, y, z = np.cbrt(np.maximum(TO_XYZ @ light / WHITE, 1e-4))
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("ink", "ground"), TEXTS)
def test_every_text_can_be_read_on_its_ground(theme: str, ink: str, ground: str) -> None:
    assert contrast(of(theme, ink), of(theme, ground)) >= READABLE


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("mark", [colours.BETTER, colours.WORSE, colours.SIMILAR, colours.DIFFERENT, colours.LIMIT])
def test_every_mark_stands_out_from_the_paper(theme: str, mark: str) -> None:
    assert contrast(of(theme, mark), of(theme, colours.PAPER)) >= SEEN


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("blindness", BLINDNESS)
def test_better_and_worse_are_told_apart_by_colour_blind_people(theme: str, blindness: str) -> None:
    seen = [
        lab(np.clip(np.array(BLINDNESS[blindness]) @ light_of(of(theme, each)), 0, 1))
        for each in (colours.BETTER, colours.WORSE)
    ]
    assert float(np.linalg.norm(seen[0] - seen[1])) > TOLD_APART


def test_every_judgement_has_a_symbol_of_its_own() -> None:
    told = [colours.MARKS[each] for each in ("better", "worse", "similar", "different")]
    assert len(set(told)) == len(told)


def test_every_colour_has_a_counterpart_in_the_dark_and_none_stands_anywhere_else() -> None:
    source = (FOLDER / "colours.py").read_text(encoding="utf-8")
    assert set(HEX.findall(source)) == {each for pair in colours.DARK.items() for each in pair if each[0] == "#"}
    elsewhere = [*FOLDER.rglob("*.py"), FOLDER / "style.css"]
    found = {path.name: HEX.findall(path.read_text(encoding="utf-8")) for path in elsewhere}
    assert {name: each for name, each in found.items() if each and name != "colours.py"} == {}


def test_a_chart_in_the_dark_differs_in_its_colours_only() -> None:
    figure = go.Figure(go.Scatter(x=[1, 2], y=[3, 4], marker={"color": colours.BETTER}, text=["#1", "ink"]))
    figure.update_layout(paper_bgcolor=colours.PAPER, title={"text": f'<span style="color:{colours.INK}">A</span>'})
    dark = json.loads(colours.in_the_dark(figure.to_json()))
    assert dark["data"][0]["marker"]["color"] == colours.DARK[colours.BETTER]
    assert dark["layout"]["paper_bgcolor"] == colours.DARK[colours.PAPER]
    assert colours.DARK[colours.INK] in dark["layout"]["title"]["text"]
    light = json.loads(figure.to_json())
    assert HEX.sub("", json.dumps(dark)) == HEX.sub("", json.dumps(light))


def test_the_style_sheet_takes_every_colour_from_the_theme() -> None:
    asked = set(re.findall(r"var\(--tv-([a-z-]+)\)", (FOLDER / "style.css").read_text(encoding="utf-8"))) - {"nothing"}
    for is_dark in (False, True):
        assert asked <= set(re.findall(r"--tv-([a-z-]+):", colours.variables(is_dark=is_dark)))


def test_the_browser_chooses_between_the_two_themes(tmp_path: Path) -> None:
    told = command(tmp_path / "release.duckdb", 8501)
    assert f"--theme.light.backgroundColor={colours.PAPER}" in told
    assert f"--theme.dark.backgroundColor={colours.DARK[colours.PAPER]}" in told
    assert not [each for each in told if each.startswith("--theme.base=")]
