"""No page of the dashboard does anything before it has asked who is there, and nothing else opens the release."""

import ast

from dashboard.access.roles import ADMITTED, EXTENT, Role
from tests.lib.checkout import ROOT, files_below, name_of

SCREENS = {path.stem: path for path in (ROOT / "dashboard" / "screens").glob("*.py") if path.stem != "__init__"}
MAY_OPEN_THE_RELEASE = {"dashboard/content.py", "dashboard/release_reader.py"}


def statements(path):
    body = ast.parse(path.read_text(encoding="utf-8")).body
    return [each for each in body[1:] if not isinstance(each, ast.Import | ast.ImportFrom)]


def is_constant(statement):
    return isinstance(statement, ast.Assign) and not any(isinstance(node, ast.Call) for node in ast.walk(statement))


def test_the_first_thing_each_page_does_is_to_require_its_own_roles():
    first = {
        name: next(ast.unparse(each) for each in statements(path) if not is_constant(each))
        for name, path in SCREENS.items()
    }
    assert first == {name: f"visitor = require('{name}')" for name in SCREENS}
    for path in SCREENS.values():
        assert "from dashboard.access.entrance import require" in path.read_text(encoding="utf-8")


def test_each_page_hands_on_whom_it_let_in_and_nobody_else():
    for name, path in SCREENS.items():
        opened = [
            node
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("open_page")
        ]
        assert [[ast.unparse(each) for each in node.args[:2]] for node in opened] == [["visitor", f"'{name}'"]]
        assigned = [
            node
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(node, ast.Name) and node.id == "visitor" and isinstance(node.ctx, ast.Store)
        ]
        assert len(assigned) == 1


def test_every_page_says_who_is_let_in_and_every_role_how_much_it_reads():
    assert set(ADMITTED) == set(SCREENS)
    assert set(EXTENT) == set(Role)
    assert all(roles <= set(Role) for roles in ADMITTED.values())


def test_only_one_place_in_the_dashboard_opens_the_release_and_it_asks_for_whom():
    openers = {
        name_of(path) for path in files_below("dashboard") if "open_release(" in path.read_text(encoding="utf-8")
    }
    assert openers == MAY_OPEN_THE_RELEASE


def test_no_page_is_made_of_a_visitor_who_was_not_judged():
    makers = {
        name_of(path)
        for path in files_below("dashboard")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] == "Visitor"
    }
    assert makers == {"dashboard/access/entrance.py", "dashboard/access/roles.py"}


def test_no_part_of_a_page_runs_again_without_the_page():
    # A fragment or dialog runs by itself, so that nobody would ask who is there.
    alone = {"fragment", "dialog"}
    found = [
        name_of(path)
        for path in files_below("dashboard")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and node.attr in alone and ast.unparse(node.value) == "st"
    ]
    assert found == []


def test_every_file_that_a_page_hands_out_is_made_only_while_the_login_holds():
    handed_out = [
        (name_of(path), next(ast.unparse(each.value) for each in node.keywords if each.arg == "data"))
        for path in files_below("dashboard")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "st.download_button"
    ]
    assert handed_out
    assert [name for name, data in handed_out if not data.startswith("while_admitted(view.visitor, ")] == []
