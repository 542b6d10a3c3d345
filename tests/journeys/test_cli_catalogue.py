"""`tvaers catalogue` writes every definition of a country without a home or a release."""

import json

import pytest

from tvaers.cli import main
from tvaers.errors import DefinitionError, SettingsError


def test_the_catalogue_of_a_country_is_written_in_the_language_asked_for(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("TVAERS_HOME", str(tmp_path / "nowhere"))
    out = tmp_path / "new" / "katalog.html"
    assert main(["catalogue", "--out", str(out), "--country", "norway", "--language", "da", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    page = out.read_text(encoding="utf-8")
    assert (told["language"], told["pack"]) == ("da", "norway")
    assert page.count("<article") == told["indicators"] > 20
    assert "Land: Norge" in page


@pytest.mark.parametrize(
    ("words", "family"),
    [(["--out", "katalog.docx"], SettingsError), (["--out", "x.pdf", "--country", "atlantis"], DefinitionError)],
)
def test_what_cannot_be_written_is_said_and_nothing_is_left(words, family, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("TVAERS_HOME", str(tmp_path / "nowhere"))
    monkeypatch.chdir(tmp_path)
    assert main(["catalogue", *words]) == family.exit_code
    assert capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
