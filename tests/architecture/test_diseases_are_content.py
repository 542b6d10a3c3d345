"""A disease is content: a folder of definitions. No program, and no sentence of the dashboard, names one."""

import re
from pathlib import Path

import pytest

from indicators.definitions.groups import load_groups
from indicators.definitions.reading import diseases
from tests.lib.evaluate import ROOT

# What is not content, and may know of no disease. `synthetic` invents people with the diseases there are.
PROGRAMS = ("dashboard", "indicators", "warehouse", "ingest", "packs", "tvaers")
DEFAULT = "tvaers/settings.py"
"""The one place that names a disease: that of a home whose owner names none."""


def programs() -> list[Path]:
    found = [path for folder in PROGRAMS for path in (ROOT / folder).rglob("*.py")]
    return [*found, *(ROOT / "dashboard" / "languages").glob("*.yaml")]


def test_no_program_names_a_disease_by_its_folder():
    named = [
        path.relative_to(ROOT).as_posix()
        for path in programs()
        if any(disease in path.read_text("utf-8") for disease in diseases())
    ]
    assert named == [DEFAULT]


@pytest.mark.parametrize("path", [*(ROOT / "dashboard").rglob("*.py"), *(ROOT / "dashboard" / "languages").iterdir()])
def test_the_dashboard_knows_no_disease_and_no_group_of_indicators(path: Path):
    text = path.read_text("utf-8")
    assert not re.search(r"diabet|hba1c", text, re.IGNORECASE)
    keys = {f"{name}:" for disease in diseases() for name in load_groups(disease)}
    assert not keys & {line.strip() for line in text.splitlines()}


def test_a_module_that_named_a_disease_would_be_seen():
    assert diseases()
    assert len(programs()) > 100
