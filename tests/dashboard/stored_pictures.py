"""Pictures of key pages as they looked when somebody last found them right, small and grey, to notice what moved.

    python -m tests.dashboard.stored_pictures

draws them anew after a change that was meant, for somebody to look at before they are committed. They are an eighth of
the size: another font or a word does not matter, a chart that is empty or a column that has slipped does.
"""

import io
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Browser

from tests.dashboard.browser import DESKTOP, PHONE, Watched, chromium, served
from tests.lib.tiny_release import tiny_release

FOLDER = Path(__file__).parent / "pictures"
WIDTHS = {"desktop": DESKTOP, "phone": PHONE}
PAGES = {
    "overview": "unit=municipality-0791",
    "practice": "unit=practice-057000",
    "indicator": "indicator=hba1c_below_53&unit=municipality-0791",
    "map": "indicator=eye_examined",
    "follow_up": "unit=municipality-0791",
}
SMALLER = 8
# How much lighter or darker a spot must be to differ, of 255, and which share of spots may.
NOTICED, MAY_DIFFER = 24, 0.02
Grey = NDArray[np.int16]


def seen(browser: Browser, address: str) -> Iterator[tuple[str, bytes]]:
    """Yield each page at each width with its name, in Danish and in the light: what a reader sees first, as PNG."""
    watched = Watched(browser, DESKTOP, color_scheme="light")
    for page, choices in PAGES.items():
        watched.go(f"{address}/{page}?lang=da&date=2026-09-30&{choices}")
        for width, size in WIDTHS.items():
            watched.page.set_viewport_size(size)  # type: ignore[arg-type]
            watched.page.wait_for_timeout(600)
            yield f"{page}_{width}", watched.page.screenshot()
        watched.page.set_viewport_size(DESKTOP)  # type: ignore[arg-type]
    watched.page.close()


def small(picture: bytes) -> Image.Image:
    """Return a picture in grey and an eighth of its size, each spot the mean of those it stands for."""
    grey = Image.open(io.BytesIO(picture)).convert("L")
    return grey.reduce(SMALLER)


def spots(picture: Image.Image) -> Grey:
    return np.asarray(picture, dtype=np.int16)


def difference(one: Grey, other: Grey) -> float:
    """Return which share of the spots of two pictures differ; all of them where their sizes do."""
    if one.shape != other.shape:
        return 1.0
    return float((np.abs(one - other) > NOTICED).mean())


def stored(name: str) -> Grey:
    return spots(Image.open(FOLDER / f"{name}.png"))


def main() -> None:
    """Draw all pictures anew."""
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        release = tiny_release(Path(folder) / "release.duckdb")
        with served(release) as address, chromium() as browser:
            for name, picture in seen(browser, address):
                small(picture).save(FOLDER / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main()
