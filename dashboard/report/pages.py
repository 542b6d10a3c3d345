"""A report as a file: PDF and picture set by Typst, web page by Jinja; none needs anything but itself to be read."""

import json
from dataclasses import asdict
from datetime import UTC, date, datetime, time
from importlib.resources import files
from pathlib import Path
from typing import Any

import typst
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from dashboard.report.unit_report import UnitReport

TEMPLATES = Path(str(files("dashboard.report")))
PIXELS_PER_INCH = 144.0
"""A slide of 960 x 540 points becomes 1,920 x 1,080 pixels, which is what projectors show."""


def pdf(report: UnitReport, made_on: date | None) -> bytes:
    """Return a report on A4 pages, tagged for screen readers (PDF/UA-1); the same report gives the same bytes.

    Args:
        report: What it says.
        made_on: The day that the file states as its day of making: that of the release.
    """
    return typst.compile(
        str(TEMPLATES / "paper.typ"),
        **_given(report),
        format="pdf",
        pdf_standards="ua-1",
        timestamp=datetime.combine(made_on, time(), UTC) if made_on else None,
    )


def picture(report: UnitReport) -> bytes:
    """Return one slide, 16 to 9, as PNG of 1,920 x 1,080 pixels."""
    return typst.compile(str(TEMPLATES / "slide.typ"), **_given(report), format="png", ppi=PIXELS_PER_INCH)


def web_page(report: UnitReport) -> str:
    """Return one HTML file that works offline and asks nobody for anything."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    environment.filters["drawn"] = Markup  # courses are drawn by this package and hold numbers only
    return environment.get_template("page.html").render(report=report)


def _given(report: UnitReport) -> dict[str, Any]:
    return {
        "root": str(TEMPLATES),
        # Only the fonts that come with the library: the same page on every machine.
        "ignore_system_fonts": True,
        "sys_inputs": {"report": json.dumps(asdict(report), ensure_ascii=False)},
    }
