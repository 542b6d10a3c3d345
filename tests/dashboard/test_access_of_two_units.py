"""Two units in one process, 1,000 reruns in turns and at the same time: nobody is ever taken for the other."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.access.entrance import judge
from dashboard.access.roles import Visitor
from dashboard.access.roles_file import read_roles
from dashboard.content import current
from tests.lib.logins import access_folder, claims

RERUNS = 1_000
UNITS = {"practice-057000": "Lægerne i 1", "practice-057013": "Lægerne i 2"}


def page() -> None:
    """Read what a page reads of whoever is there: as whom they are here, and their own unit's numbers."""
    import streamlit as st

    from dashboard.access.entrance import require
    from dashboard.content import current as now

    visitor = require("overview")
    content = now(visitor)
    own = content.units.by_key[visitor.unit]
    numbers = content.release.of_unit(own.level, own.unit_id)
    st.text(f"{visitor.role} {visitor.unit} {own.name} {numbers.hash_rows().sum()}")


@pytest.fixture
def guarded(tmp_path: Path, release_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TVAERS_RELEASE", str(release_path))
    monkeypatch.setenv("TVAERS_ACCESS", str(access_folder(tmp_path)))


def opened(*groups: str) -> AppTest:
    at = AppTest.from_function(page, default_timeout=60)
    at.user = claims(*groups)
    return at


def test_a_thousand_reruns_of_two_units_in_turns_never_cross(guarded: None) -> None:
    told: dict[str, set[str]] = {unit: set() for unit in UNITS}
    pages = {unit: opened(unit) for unit in UNITS}
    for _ in range(RERUNS // len(UNITS)):
        for unit, at in pages.items():
            told[unit].add(at.run().text[0].value)
    assert {unit: len(seen) for unit, seen in told.items()} == dict.fromkeys(UNITS, 1)
    for unit, name in UNITS.items():
        assert told[unit].pop().startswith(f"unit {unit} {name} ")


def test_two_units_that_read_at_the_same_time_never_cross(guarded: None, tmp_path: Path) -> None:
    rules = read_roles(tmp_path / "roles.yaml")
    logins = {group: claims(group) for group in (*UNITS, "researchers")}

    def read(group: str) -> set[tuple[str, str, int]]:
        found = set()
        for _ in range(RERUNS // len(logins)):
            visitor = judge(logins[group], rules)
            assert isinstance(visitor, Visitor)
            content = current(visitor)
            own = content.units.by_key.get(visitor.unit, content.units.everybody)
            found.add((visitor.unit, own.name, len(content.units.by_key)))
        return found

    with ThreadPoolExecutor(len(logins)) as together:
        seen = dict(zip(logins, together.map(read, logins), strict=True))
    assert {group: len(found) for group, found in seen.items()} == dict.fromkeys(logins, 1)
    (researcher,) = seen.pop("researchers")
    assert {unit: next(iter(found))[:2] for unit, found in seen.items()} == {u: (u, name) for u, name in UNITS.items()}
    assert all(researcher[2] < next(iter(found))[2] for found in seen.values())


def test_what_a_researcher_reads_in_between_is_never_a_units(guarded: None) -> None:
    unit, researcher = opened("practice-057000"), opened("researchers")
    for _ in range(5):
        assert not unit.run().exception
        asked = researcher.run()
        assert asked.exception, "a researcher has no unit, so the page must not find one"


def test_no_page_keeps_anything_that_streamlit_would_share_between_people() -> None:
    folder = Path(current.__code__.co_filename).parent
    found = [path.name for path in folder.rglob("*.py") if "cache_data" in path.read_text(encoding="utf-8")]
    assert found == []
    assert not [path.name for path in folder.rglob("*.py") if "cache_resource" in path.read_text(encoding="utf-8")]
