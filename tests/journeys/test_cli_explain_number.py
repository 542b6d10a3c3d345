"""`tvaers explain --unit` leads from a published number back to the delivered files, and tells no hidden one."""

import hashlib
import json

import duckdb
import polars as pl
import pytest

from indicators.fingerprint import definitions_fingerprints
from tests.conftest import TinyHome
from tests.lib.evaluate import catalogue
from tvaers import audit_log
from tvaers.cli import main
from tvaers.errors import DefinitionError, DisclosureError, ReleaseError
from tvaers.keys import load_master_key
from warehouse.connection import open_for_build, open_read_only

pytestmark = pytest.mark.slow


def released(home: TinyHome, condition: str) -> dict[str, object]:
    """Return one number of everybody, or of a unit, as the release holds it."""
    with duckdb.connect(str(home.settings.release), read_only=True) as con:
        found = con.execute(
            f"SELECT * FROM result WHERE sex = 'all' AND age_band = 'all' AND numerator IS NOT NULL = ({condition}) "
            "AND level = 'all' AND state IN ('shown', 'suppressed') ORDER BY indicator_id, period_end DESC LIMIT 1"
        ).pl()
    return found.to_dicts()[0]


def asked(home: TinyHome, cell: dict[str, object], *words: str) -> list[str]:
    place = ["--unit", f"{cell['level']}-{cell['unit_id']}", "--period", str(cell["period_end"])]
    return ["explain", str(cell["indicator_id"]), *place, *words, "--home", str(home.home)]


def told(home: TinyHome, cell: dict[str, object], capsys: pytest.CaptureFixture[str]) -> dict[str, object]:
    assert main(asked(home, cell, "--json")) == 0
    return json.loads(capsys.readouterr().out)["number"]


def change(home: TinyHome, statement: str, *values: object) -> None:
    with open_for_build(home.settings.warehouse, load_master_key(home.settings).subkey("encryption")) as con:
        con.execute(statement, list(values))


def computed(home: TinyHome, cell: dict[str, object]) -> tuple[int, int]:
    with open_read_only(home.settings.warehouse, load_master_key(home.settings).subkey("encryption")) as con:
        found = con.execute(
            "SELECT numerator, denominator FROM indicator.result WHERE indicator_id = ? AND period_end = ? "
            "AND level = 'all' AND sex = 'all' AND age_band = 'all'",
            [cell["indicator_id"], cell["period_end"]],
        ).fetchone()
    assert found
    return found


def test_a_published_number_is_followed_to_the_bytes_that_were_delivered(home_copy, capsys):
    cell = released(home_copy, "true")
    found = told(home_copy, cell, capsys)
    assert (found["cell"]["numerator"], found["cell"]["denominator"]) == (cell["numerator"], cell["denominator"])
    assert found["warehouse"]["result"] == "same"
    assert found["warehouse"]["is_the_one"] is True
    delivered = {
        hashlib.sha256(path.read_bytes()).hexdigest() for path in home_copy.extracts.rglob("*") if path.is_file()
    }
    files = found["warehouse"]["files"]
    assert {each["file_hash"] for each in files} <= delivered
    assert {"population", "hospital"} <= {each["sector"] for each in files}
    assert {"what is counted", "who is counted"} == {purpose for each in files for purpose in each["used_for"]}
    origin = found["entry"]["origin"]
    own = str(cell["indicator_id"])
    assert origin["definitions"][own] == found["definition_now"] == definitions_fingerprints(catalogue())[own]
    assert origin["computed_with"].keys() >= {"computed_on", "code_version", "pack", "pack_hash", "area", "classifier"}


def test_rows_are_rounded_so_that_no_file_tells_of_a_few_people(home_copy, capsys):
    files = told(home_copy, released(home_copy, "true"), capsys)["warehouse"]["files"]
    assert any(each["rows"] for each in files)
    assert all(each["rows"] is None or each["rows"] % 10 == 0 for each in files)


def test_a_hidden_number_stays_hidden_though_the_warehouse_holds_it(home_copy, capsys):
    cell = released(home_copy, "false")
    # A number that stands nowhere else, so that its appearing can only be this one's.
    change(home_copy, "UPDATE indicator.result SET numerator = 98761, denominator = 98765, value = 0.98763")
    assert computed(home_copy, cell) == (98761, 98765)
    found = told(home_copy, cell, capsys)
    assert found["warehouse"]["result"] is None
    assert [found["cell"][name] for name in ("numerator", "denominator", "value", "ci_low", "ci_high")] == [None] * 5
    assert main(asked(home_copy, cell)) == 0
    text = capsys.readouterr().out
    assert "→ Not shown. " in text
    assert "9876" not in text + json.dumps(found)


def test_a_closed_quarter_that_is_counted_differently_now_is_told_apart(home_copy, capsys):
    cell = released(home_copy, "true")
    change(home_copy, "UPDATE indicator.result SET numerator = numerator - 1, denominator = denominator - 1")
    assert main(asked(home_copy, cell)) == 0
    said = capsys.readouterr()
    assert "counts it differently today" in said.out
    assert f"tvaers release --correct {cell['period_end']}" in said.err
    assert str(computed(home_copy, cell)[1]) not in said.out.split("Files:")[0].replace(",", "")


def test_a_warehouse_that_was_built_anew_is_not_taken_for_the_one_that_was(home_copy, capsys):
    cell = released(home_copy, "true")
    change(home_copy, "UPDATE meta.batch SET file_hash = 'another' WHERE batch_id = 1")
    assert told(home_copy, cell, capsys)["warehouse"]["is_the_one"] is False
    main(asked(home_copy, cell))
    assert "built anew since" in capsys.readouterr().out


def test_a_changed_definition_is_told_apart_from_the_one_that_was(home_copy, capsys, monkeypatch):
    monkeypatch.setattr(
        "indicators.fingerprint.definitions_fingerprints",
        lambda known: dict.fromkeys([each.id for each in known.indicators], "f" * 16),
    )
    main(asked(home_copy, released(home_copy, "true")))
    assert "it was changed since, today's hash is ffffffffffffffff" in capsys.readouterr().out


def test_without_the_warehouse_only_what_the_release_says_is_told(home_copy, capsys):
    cell = released(home_copy, "true")
    home_copy.settings.warehouse.unlink()
    home_copy.settings.key_file.unlink()
    assert main(asked(home_copy, cell)) == 0
    text = capsys.readouterr().out
    assert "there is no warehouse with its key here" in text
    assert "population" in text
    assert "SHA-256" not in text


def test_a_changed_register_is_not_believed(home_copy, capsys):
    page = home_copy.settings.register / "0001" / "entry.json"
    stated = json.loads(page.read_text())
    stated["entry"]["origin"]["code"] = "9.9"
    page.write_text(json.dumps(stated))
    assert main(asked(home_copy, released(home_copy, "true"))) == DisclosureError.exit_code
    assert "has been changed" in capsys.readouterr().err


def test_an_entry_from_before_origins_were_noted_is_still_read(home_copy, capsys):
    from indicators.release.register import Register

    settings = home_copy.settings
    register = Register(settings.register, load_master_key(settings))
    (entry,) = register.entries
    numbers = {name: frame.clone() for name, frame in register.numbers(entry).items()}
    for path in sorted(settings.register.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    old = Register(settings.register, load_master_key(settings))
    old.add(
        type(entry)(
            *(getattr(entry, name) for name in ("number", "release_id", "pack", "disease")),
            entry.policy_version,
            entry.issues,
        ),
        numbers,
    )
    main(asked(home_copy, released(home_copy, "true")))
    assert "its text of then was not noted" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("hba1c_below_53", "--unit", "Nowhere"), ReleaseError.exit_code),
        (("hba1c_below_53", "--period", "summer"), ReleaseError.exit_code),
        (("hba1c_below_53", "--period", "1999-Q1"), ReleaseError.exit_code),
        (("hba1c_below_53", "--age", "0-3"), ReleaseError.exit_code),
        (("hba1c_below_35", "--unit", "all"), DefinitionError.exit_code),
        (("hba1c_below_53", "--unit", "all", "--pseudonym", "x"), 2),
    ],
)
def test_what_is_not_there_is_refused_by_its_name(tiny_home, words, code, capsys):
    assert main(["explain", *words, "--home", str(tiny_home.home)]) == code
    assert "Traceback" not in capsys.readouterr().err


def test_that_the_warehouse_was_asked_stands_in_the_log_without_the_number(home_copy, capsys):
    main(asked(home_copy, released(home_copy, "true")))
    entry = audit_log.entries(home_copy.settings)[-1]
    assert (entry["action"], entry["subject"], entry["outcome"]) == ("explain", "where a number comes from", "done")


def test_every_level_of_the_release_can_be_asked_for(tiny_home, capsys):
    with duckdb.connect(str(tiny_home.settings.release), read_only=True) as con:
        units = con.execute(
            "SELECT level, min(unit_id) AS unit_id, max(period_end) AS period_end, min(indicator_id) AS indicator_id "
            "FROM result WHERE level NOT LIKE 'by!_%' ESCAPE '!' AND unit_id <> 'none' GROUP BY level"
        ).pl()
    assert isinstance(units, pl.DataFrame)
    assert units.height > 3
    for cell in units.to_dicts():
        assert main(asked(tiny_home, cell)) == 0
        assert f"({cell['level']}-{cell['unit_id']})" in capsys.readouterr().out
