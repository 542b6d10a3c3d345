"""The pictures that the reader's browser draws do not change with the numbers that are hidden.

The SVG behind a chart's button is drawn in the browser from what the page sent. It is saved here from a release as
it is published and from one in which every hidden cell holds a number: both must be the same picture.
"""

import re
from pathlib import Path

import pytest

from tests.attacks.taken_along import with_numbers_in_hidden_cells
from tests.dashboard.browser import DESKTOP, Watched, chromium, served
from tests.lib.tiny_release import tiny_release

pytestmark = pytest.mark.browser
PAGES = ("practice", "map")
# Plotly names the parts of a drawing anew each time; what is seen are its shapes, places, colours and words.
SEEN = re.compile(r' (?:d|x|y|x1|x2|y1|y2|transform|width|height)="[^"]*"|fill: (?!url)[^;]*|>[^<]+<')


def pictures(release: Path) -> dict[str, list[str]]:
    """Save the SVG behind every chart's button and return what is seen in it."""
    found = {}
    with served(release) as address, chromium() as browser:
        watched = Watched(browser, DESKTOP)
        for page in PAGES:
            watched.go(f"{address}/{page}?lang=en&unit=practice-057000&indicator=foot_examined")
            buttons = watched.page.locator(".tv-picture")
            for place in range(buttons.count()):
                with watched.page.expect_download() as drawing:
                    buttons.nth(place).click()
                svg = Path(drawing.value.path()).read_text(encoding="utf-8")
                found[drawing.value.suggested_filename] = SEEN.findall(svg)
            assert watched.complaints == []
        watched.page.close()
    return found


def test_every_svg_is_the_same_whatever_the_hidden_numbers_are(tmp_path: Path) -> None:
    honest = tiny_release(tmp_path / "release.duckdb")
    as_published, loose = pictures(honest), pictures(with_numbers_in_hidden_cells(honest, tmp_path / "loose.duckdb"))
    assert len(as_published) > len(PAGES)
    assert all(len(seen) > 100 for seen in as_published.values())
    assert any("Not shown" in text for seen in as_published.values() for text in seen)
    assert as_published.keys() == loose.keys()
    assert [name for name, svg in as_published.items() if svg != loose[name]] == []
