"""Every sentence stands in one place per language, and every page takes its sentences from there."""

import ast
import re
from datetime import date
from pathlib import Path

import hypothesis.strategies as st
import pytest
from babel.numbers import format_decimal, format_percent
from hypothesis import given

from dashboard.wording import LANGUAGES, sentences, wording

FOLDER = Path(__file__).parents[2] / "dashboard"
SOURCES = sorted(FOLDER.rglob("*.py"))
SCREENS = [FOLDER / "app.py", *sorted((FOLDER / "screens").glob("*.py"))]
PLACEHOLDER = re.compile(r"{(\w+)}")
KEY = re.compile(r"^[a-z_0-9]+(\.[a-zA-Z_0-9]+)+$")


def strings(path: Path) -> list[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    documentation = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    return [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documentation
    ]


def words_calls(path: Path) -> list[tuple[str, ast.expr]]:
    """Return the first argument of every call of the wording, and whether it asks for a grammatical number."""
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        called = ast.unparse(node.func)
        if called in {"words", "self.words", "view.words"}:
            found.append(("sentence", node.args[0]))
        elif called == "words.count":
            found.append(("number", node.args[0]))
    return found


def pattern(argument: ast.expr) -> str | None:
    """Return a key as a regular expression in which computed parts stand for anything; None for a whole variable."""
    if isinstance(argument, ast.Constant):
        return re.escape(argument.value)
    if isinstance(argument, ast.JoinedStr):
        return "".join(re.escape(part.value) if isinstance(part, ast.Constant) else r"\w+" for part in argument.values)
    if isinstance(argument, ast.IfExp):
        parts = [pattern(argument.body), pattern(argument.orelse)]
        return "|".join(part for part in parts if part)
    return None


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_every_sentence(language: str) -> None:
    assert sentences(language).keys() == sentences("en").keys()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_sentence_has_the_same_places_to_fill_in_every_language(language: str) -> None:
    english = sentences("en")
    for key, sentence in sentences(language).items():
        assert set(PLACEHOLDER.findall(sentence)) == set(PLACEHOLDER.findall(english[key])), key


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_every_sentence_the_code_asks_for_exists(path: Path) -> None:
    known = sentences("en")
    for kind, argument in words_calls(path):
        asked = pattern(argument)
        if asked is None:
            continue
        ending = r"\.(one|other)" if kind == "number" else ""
        assert any(re.fullmatch(f"({asked}){ending}", key) for key in known), ast.unparse(argument)


def test_every_sentence_is_asked_for_somewhere() -> None:
    asked = [
        re.compile(f"({found})" + (r"\.(one|other)" if kind == "number" else ""))
        for path in SOURCES
        for kind, argument in words_calls(path)
        if (found := pattern(argument))
    ]
    named_elsewhere = {"measure.unit"}  # looked up by the unit's own code
    unused = [
        key
        for key in sentences("en")
        if not any(each.fullmatch(key) for each in asked) and key.rpartition(".")[0] not in named_elsewhere
    ]
    assert unused == []


@pytest.mark.parametrize("path", SCREENS, ids=lambda path: path.stem)
def test_no_screen_holds_text_of_its_own(path: Path) -> None:
    stray = [text for text in strings(path) if not re.fullmatch(r"[a-z0-9_.:/<>\-]*|<[^>]+>|:material/\w+:", text)]
    in_a_log_only = ["A page could not be drawn."]
    assert [text for text in stray if text not in in_a_log_only] == []


@pytest.mark.parametrize("folder", ["presenters", "charts", "parts"])
def test_nothing_that_shapes_or_draws_holds_a_sentence(folder: str) -> None:
    for path in (FOLDER / folder).glob("*.py"):
        for text in strings(path):
            if path.name == "sheet.py" and re.search("[Ii]mage|Download plot", text):
                continue  # Plotly's own English, which is replaced by our words
            bare = re.sub(r"<[^>]*>|\w+=\"[^\"]*\"?", " ", text)
            assert not re.search(r"[A-ZÆØÅa-zæøå]{3,} [a-zæøå]{3,} [a-zæøå]{2,}", bare), (path.name, text)


@pytest.mark.parametrize(
    ("language", "share", "number", "day", "month"),
    [
        ("da", "62,8\u00a0%", "1.234,5", "30. september 2026", "sep. 2026"),
        ("nb", "62,8\u00a0%", "1\u00a0234,5", "30. september 2026", "sep. 2026"),
        ("en", "62.8%", "1,234.5", "30 September 2026", "Sept 2026"),
    ],
)
def test_numbers_and_dates_take_the_form_of_the_language(
    language: str, share: str, number: str, day: str, month: str
) -> None:
    words = wording(language)
    assert words.share(0.6281) == share
    assert words.number(1234.46) == number
    assert words.date(date(2026, 9, 30)) == day
    assert words.month(date(2026, 9, 30)) == month


@pytest.mark.parametrize("language", LANGUAGES)
@given(
    number=st.floats(-1e6, 1e6) | st.sampled_from([0.0, -0.0, 0.05, 0.25, -0.04, 1e-9, 999.95]),
    decimals=st.integers(0, 3),
)
def test_remembered_numbers_are_written_as_babel_writes_them_and_nought_has_no_sign(
    language: str, number: float, decimals: int
) -> None:
    words = wording(language)
    places = "." + "0" * decimals if decimals else ""
    percent = str(words.locale.percent_formats[None].pattern).replace("#,##0", f"#,##0{places}")
    for written, expected in (
        (words.number(number, decimals), format_decimal(number, f"#,##0{places}", words.locale)),
        (words.share(number, decimals), format_percent(number, percent, words.locale)),
        (words.trimmed(number), format_decimal(number, "#,##0.##", words.locale)),
    ):
        is_nought = not re.search("[1-9]", expected)
        assert written == (re.sub("[-\N{MINUS SIGN}]", "", expected) if is_nought else expected)


def test_one_patient_is_singular_and_none_or_two_are_plural() -> None:
    words = wording("en")
    assert [words.count("basis.median.patients", number) for number in (0, 1, 2)] == [
        "0 patients",
        "1 patient",
        "2 patients",
    ]


def test_the_reason_for_a_hidden_cell_names_the_policy_in_force() -> None:
    assert "Fewer than 7" in wording("en", 7)("state.suppressed.reason")
