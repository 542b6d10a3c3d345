"""A home with one research project in it, approved, for tests that ask it."""

import json
import shutil
from pathlib import Path
from typing import Any

from tests.conftest import TinyHome
from tvaers.cli import main

TABLES = ("measurement", "dispensing", "diagnosis", "residence", "service", "hospital_contact")
OWNER = ("--owner", "A. Researcher, university", "--purpose", "How often feet are looked at")


def copy_of(home: TinyHome, folder: Path) -> TinyHome:
    """A finished home of the caller's own, under a copy of the key."""
    shutil.copytree(home.home, folder / "home")
    key_file = folder / "key" / home.key_file.name
    key_file.parent.mkdir()
    shutil.copy(home.key_file, key_file)
    settings = home.settings.model_copy(update={"home": folder / "home", "key_file": key_file})
    settings.save()
    return TinyHome(settings, home.extracts)


def run(home: TinyHome, *words: str) -> int:
    """Run one command on a home and return its exit code."""
    return main([*words, "--home", str(home.home)])


def create(home: TinyHome, project: str, *, tables: tuple[str, ...] = TABLES, expires: str = "2030-12-31") -> int:
    """Write the page of a project."""
    wanted = [word for table in tables for word in ("--table", table)]
    return run(home, "project", "create", project, *OWNER, "--expires", expires, *wanted)


def approve(home: TinyHome, project: str) -> int:
    """Approve a project."""
    return run(home, "project", "approve", project, "--by", "C. Controller, head of data")


def journal(home: TinyHome, project: str) -> list[dict[str, Any]]:
    """What was done with a project, as its journal tells it."""
    path = home.home / "projects" / project / "journal.jsonl"
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
