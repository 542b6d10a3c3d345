"""A server and a browser for the browser tests, and what is asked of every page."""

import json
import re
import shutil
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

from dashboard.launch import command, environment
from dashboard.wording import sentences

ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
DESKTOP, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
# Streamlit asks for its own settings below the page's path first and is told that they lie at the root.
STREAMLITS_OWN = re.compile(r"/_stcore/(health|host-config)")
AXE = Axe()
NOT_WORDS = re.compile(r"(?<![\w-])(None|NaN|nan|null|undefined|Traceback|Error)(?![\w-])")
CHROME = re.compile(
    r"\b(Deploy|required|Choose an option|Press Enter|Running|Fullscreen|Made with|Download plot|Rerun|Settings|"
    r"View fullscreen|Page not found|Skip to main content|Search|Loading)\b"
)
VISIBLE = """() => {
  const titles = [...document.querySelectorAll('[title],[data-title],[aria-label]')]
    .filter(e => e.getClientRects().length)
    .flatMap(e => [e.title, e.dataset.title, e.getAttribute('aria-label')]);
  return document.body.innerText + '\\n' + titles.filter(Boolean).join('\\n');
}"""
OVERLAPS = """() => {
  const problems = [];
  const box = e => e.getBoundingClientRect();
  for (const chart of document.querySelectorAll('.js-plotly-plot')) {
    const title = chart.querySelector('.gtitle-subtitle'), plot = chart.querySelector('.nsewdrag');
    if (title && plot && box(title).bottom > box(plot).top + 3) problems.push('key over chart');
    for (const text of chart.querySelectorAll('.gtitle, .gtitle-subtitle'))
      if (box(text).right > box(chart).right + 2) problems.push('cut: ' + text.textContent.slice(0, 40));
    for (const axis of ['.ytick', '.xtick']) {
      const labels = [...chart.querySelectorAll(axis)].filter(e => box(e).width), ticks = labels.map(box);
      for (let i = 1; i < ticks.length; i++) {
        const a = ticks[i - 1], b = ticks[i];
        const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
        const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
        if (across > 2 && down > 4) problems.push('labels overlap: ' + labels[i].textContent);
      }
      for (const tick of ticks) if (tick.left < box(chart).left - 2) problems.push('label cut at the left');
    }
  }
  return problems;
}"""
WIDER_THAN_SCREEN = """() => {
  const main = document.querySelector('[data-testid=stMain]');
  return Math.max(document.documentElement.scrollWidth, main.scrollWidth) - window.innerWidth;
}"""


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


@contextmanager
def served(release: Path) -> Iterator[str]:
    """Serve a release as `tvaers dashboard` does, initiatives beside it, and yield its address."""
    port, initiatives = free_port(), release.with_name("initiatives.sqlite")
    log = release.with_suffix(".log")
    with log.open("w") as written:
        server = subprocess.Popen(
            command(release, port),
            env=environment(release, initiatives=initiatives),
            cwd=release.parent,
            stdout=written,
            stderr=written,
        )
        try:
            wait_for(f"http://127.0.0.1:{port}/_stcore/health", server, log)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait(20)


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start the system's Chromium."""
    path = next(
        (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), None
    )
    assert path, "The browser tests need Chromium; .ci/run installs it, or: apt-get install chromium"
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


class Watched:
    """A page whose console is listened to."""

    def __init__(self, browser: Browser, size: dict[str, int], **told: Any) -> None:
        context = browser.new_context(viewport=size, locale="da-DK", accept_downloads=True, **told)  # type: ignore[arg-type]
        self.page: Page = context.new_page()
        self.complaints: list[str] = []
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda fault: self.complaints.append(str(fault)))

    def _heard(self, message: ConsoleMessage) -> None:
        is_streamlits_own = STREAMLITS_OWN.search(str(message.location.get("url", "")))
        if message.type == "error" and not is_streamlits_own:
            self.complaints.append(message.text)

    def go(self, address: str) -> None:
        self.page.goto(address)
        self.settle()

    def heading(self, text: str) -> None:
        """Wait for a page's title."""
        self.page.wait_for_function(
            "text => document.querySelector('h1')?.innerText.includes(text)", arg=text, timeout=60_000
        )
        self.settle()

    def settle(self) -> None:
        """Wait until the script has ended and every chart has been drawn."""
        self.page.wait_for_selector(".tv-foot", timeout=60_000)
        self.page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]", timeout=60_000)
        self.page.wait_for_function(
            "() => [...document.querySelectorAll('[class*=st-key-chart-]')]"
            ".every(chart => chart.querySelector('.main-svg') && chart.querySelector('.modebar-btn'))"
        )

    def turn_to(self, title: str, heading: str) -> None:
        """Follow the navigation to another page."""
        self.page.locator("[data-testid=stTopNavLink]", has_text=title).click()
        self.page.wait_for_function("text => document.querySelector('h1')?.innerText.includes(text)", arg=heading)
        self.settle()

    def barriers(self) -> list[str]:
        """Return what axe-core finds that keeps people out, whatever its impact, with the elements concerned."""
        found = AXE.run(self.page).response["violations"]
        return [
            f"{each['impact']}: {each['id']} at {[part for node in each['nodes'][:3] for part in node['target']]}"
            for each in found
        ]

    def complain(self, language: str) -> list[str]:
        """Return everything that is wrong with the page as it stands, in words."""
        shown: str = self.page.evaluate(VISIBLE)
        found = [f"on screen: {word}" for word in NOT_WORDS.findall(shown)]
        found += [f"exception: {each}" for each in self.page.locator("[data-testid=stException]").all_inner_texts()]
        if self.page.evaluate(WIDER_THAN_SCREEN) > 1:
            found.append("the page is wider than the screen")
        found += self.page.evaluate(OVERLAPS)
        if language != "en":
            found += [f"Streamlit's English: {word}" for word in CHROME.findall(shown)]
            found += [f"English: {sentence}" for sentence in english_only(language) if sentence in shown]
        found += self.complaints
        self.complaints.clear()
        return found


def english_only(language: str) -> list[str]:
    """Return whole English sentences and captions that another language words differently."""
    own = " ".join(sentences(language).values())
    return [
        text
        for text in sentences("en").values()
        if "{" not in text and " " in text and len(text) > 9 and text not in own
    ]


def picture_size(png: bytes) -> tuple[int, int]:
    """Return width and height of a PNG from its header."""
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    return int.from_bytes(png[16:20], "big"), int.from_bytes(png[20:24], "big")


def settings_of(page_file: str) -> dict[str, Any]:
    """Return the picture settings of a downloaded chart page."""
    found = re.search(r'"toImageButtonOptions":\s*({[^}]*})', page_file)
    assert found
    return json.loads(found[1])


def wait_for(address: str, server: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(300):
        assert server.poll() is None, log.read_text()
        try:
            with urllib.request.urlopen(address, timeout=2):
                return
        except OSError:
            time.sleep(0.2)
    raise AssertionError(f"The dashboard did not start: {log.read_text()}")
