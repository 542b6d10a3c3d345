"""The hostile statements, a project's database to try them on, and a process in which one layer stands alone."""

import json
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from tests.lib.checkout import ROOT
from warehouse.encryption import connect

LISTS = ROOT / "tests" / "attacks" / "hostile"
CANARY = "CANARY-5f1c9e"
KEY = bytes(range(32))
TABLES = frozenset({"person", "measurement", "diabetes", "about", "dictionary"})


def statements(name: str, *, resource: bool = False) -> list[str]:
    """The statements of a list; those that use up the machine, or the others."""
    chosen, is_resource = [], False
    for line in (LISTS / f"{name}.sql").read_text(encoding="utf-8").splitlines():
        if line.startswith("-- "):
            is_resource = line == "-- resource"
        elif line and is_resource == resource:
            chosen.append(line)
    return chosen


def project_file(folder: Path) -> Path:
    """An encrypted database like a project's, beside a file that holds a canary, and an empty folder."""
    path = folder / "project.duckdb"
    (folder / "out").mkdir()
    (folder / "secret.csv").write_text(f"a,b\n{CANARY},{CANARY}\n")
    con = connect(None)
    con.execute(f"ATTACH '{path}' AS project (TYPE duckdb, ENCRYPTION_KEY ?)", [KEY.hex()])
    con.execute(
        "CREATE TABLE project.person AS "
        "SELECT uuid() AS person, 'female' AS sex, '1950-1954' AS birth_band FROM range(50)"
    )
    con.execute("CREATE TABLE project.measurement AS SELECT uuid() AS person, 42.0 AS value FROM range(5000)")
    con.execute("CREATE TABLE project.diabetes AS SELECT person, 'type_2' AS diabetes_type FROM project.person")
    con.execute("CREATE TABLE project.about AS SELECT 'try' AS project, DATE '2099-01-01' AS expires_on")
    con.execute("CREATE TABLE project.dictionary AS SELECT 'person' AS table_name")
    con.execute("CHECKPOINT project")
    con.close()
    return path


def aimed(statement: str, path: Path) -> str:
    """A statement with its targets filled in."""
    folder = path.parent
    filled = statement.replace("{secret}", str(folder / "secret.csv")).replace("{db}", str(path))
    return filled.replace("{out}", str(folder / "out"))


@dataclass
class Tried:
    """What became of a list of statements.

    Attributes:
        ran: How many were given to the engine.
        leaks: Those that told the canary, a system file, an environment or the file's raw bytes.
        changed: Settings that were changed, by statement.
        died: Those that ended the process.
    """

    ran: int = 0
    leaks: list[str] = field(default_factory=list)
    changed: dict[str, list[str]] = field(default_factory=dict)
    died: list[str] = field(default_factory=list)


def try_alone(layer: str, wanted: list[str], path: Path) -> Tried:
    """Run statements in a process where one layer alone stands, and go on after each that ends the process."""
    tried, left = Tried(), [aimed(each, path) for each in wanted]
    while left:
        done = subprocess.run(
            [sys.executable, "-m", "tests.lib.hostile_process", layer, str(path)],
            input=json.dumps(left).encode(),
            capture_output=True,
            check=False,
            cwd=ROOT,
            timeout=300,
        )
        told = [json.loads(line) for line in done.stdout.splitlines() if line.startswith(b"{")]
        for statement, each in zip(left, told, strict=False):
            tried.ran += 1
            if each["leak"]:
                tried.leaks.append(statement)
            if each["changed"]:
                tried.changed[statement] = each["changed"]
        if len(told) < len(left):
            tried.died.append(left[len(told)])
        left = left[len(told) + 1 :]
    return tried
