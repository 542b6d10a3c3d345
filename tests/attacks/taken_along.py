"""What leaves through the dashboard: what a page sends to the browser, and every file that its buttons hand out."""

import io
import re
import shutil
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

APP = Path(__file__).parents[2] / "dashboard" / "app.py"
# Streamlit names each file to download anew, and Plotly each picture in a file.
ONE_TIME_NAME = re.compile(r'file_id: "[0-9a-f]{32}"')
PICTURE_NAME = re.compile(rb'id="([0-9a-f-]{36})"')
NUMBERS = {
    "result": ("numerator", "denominator", "patient_years", "eligible", "completeness", "value", "ci_low", "ci_high"),
    "time_step": ("patients", "happened", "followed", "share", "ci_low", "ci_high"),
    "time_percentile": ("days", "ci_low", "ci_high"),
    "case_mix": ("expected", "ratio", "ratio_low", "ratio_high", "adjusted", "adjusted_low", "adjusted_high"),
}


@dataclass(frozen=True)
class Visit:
    """What one visit to a page hands out.

    Attributes:
        sent: Texts, pop-ups and the geometry of pictures, in the order in which they are drawn.
        files: The files behind the page's buttons, by name.
    """

    sent: str
    files: Mapping[str, bytes]


def with_numbers_in_hidden_cells(release: Path, loose: Path) -> Path:
    """Copy a release and write a number into every column of each cell that is not shown."""
    shutil.copy(release, loose)
    with duckdb.connect(str(loose)) as connection:
        for table, columns in NUMBERS.items():
            told = ", ".join(f"{column} = {place + 3}" for place, column in enumerate(columns))
            connection.execute(f"UPDATE {table} SET {told} WHERE state <> 'shown'")
    return loose


def visit(release: Path, page: str, monkeypatch: pytest.MonkeyPatch, **choices: str) -> Visit:
    """Open a page of a release with choices in its address, and press each of its buttons for files."""
    files: dict[str, bytes] = {}
    button = st.download_button

    def pressed(label: str, data: Callable[[], bytes], file_name: str, **others: Any) -> bool:
        files[file_name] = _content(file_name, data())
        return button(label, data=data, file_name=file_name, **others)

    with monkeypatch.context() as patch:
        patch.setenv("TVAERS_RELEASE", str(release))
        patch.setattr(st, "download_button", pressed)
        at = AppTest.from_file(str(APP), default_timeout=60)
        for name, value in choices.items():
            at.query_params[name] = value
        at.run()
        files.clear()
        at.switch_page(f"screens/{page}.py").run()
    assert not at.error
    assert not at.exception
    sent = "\n".join(str(getattr(element, "proto", "")) for element in at.main)
    return Visit(ONE_TIME_NAME.sub("", sent), files)


def _content(file_name: str, written: bytes) -> bytes:
    """Return what a file says, without the minute of its making and without names that are drawn anew each time."""
    if file_name.endswith(".xlsx"):
        with zipfile.ZipFile(io.BytesIO(written)) as book:
            return b"".join(book.read(name) for name in sorted(book.namelist()) if name != "docProps/core.xml")
    if file_name.endswith(".html"):
        for name in set(PICTURE_NAME.findall(written)):
            written = written.replace(name, b"")
    return written
