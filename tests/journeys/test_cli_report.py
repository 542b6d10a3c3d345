"""`tvaers report` writes what a unit takes along, for one unit or for all."""

import json

from tvaers.cli import main


def test_one_unit_gets_its_pages_in_the_language_of_its_country(tiny_home, tmp_path, capsys):
    words = ["report", "--unit", "Viborg", "--to", str(tmp_path), "--home", str(tiny_home.home), "--json"]
    assert main(words) == 0
    told = json.loads(capsys.readouterr().out)
    files = sorted(path.name for path in tmp_path.iterdir())
    assert [name.rsplit(".", 1)[1] for name in files] == ["html", "pdf"]
    assert all(name.startswith("tvaers-municipality-") and "-viborg-" in name for name in files)
    assert '<html lang="da">' in (tmp_path / files[0]).read_text(encoding="utf-8")
    assert (tmp_path / files[1]).read_bytes().startswith(b"%PDF")
    assert told["reporting_date"] in files[0]
    assert told["next_step"].startswith("tvaers dashboard")


def test_all_units_get_theirs_at_once_below_the_reports_of_the_home(home_copy, capsys):
    assert main(["report", "--all", "--form", "pdf", "--language", "nb", "--home", str(home_copy.home)]) == 0
    out, err = capsys.readouterr()
    written = list((home_copy.home / "reports" / "units").rglob("*.pdf"))
    assert f"{len(written)} reports" in out
    assert "Writing reports" in err
    assert {path.name.split("-")[1] for path in written} == {"all", "municipality", "cluster", "practice"}


def test_a_report_of_nobody_or_of_all_and_one_is_refused(tiny_home, capsys):
    for words in ([], ["--all", "--unit", "Viborg"]):
        assert main(["report", *words, "--home", str(tiny_home.home)]) == 10
        assert "--unit NAME, or --all" in capsys.readouterr().err


def test_an_unknown_unit_ends_with_what_to_do(tiny_home, capsys):
    assert main(["report", "--unit", "Atlantis", "--home", str(tiny_home.home)]) == 17
    assert "tvaers report --all" in capsys.readouterr().err
