"""`tvaers retention` shows what is kept no longer, lets it go when asked, and leaves what was published."""

import json
import shutil
from datetime import date

import pytest

from ingest.life.backup import check_backup, create_backup
from packs.pack import PACKS
from tests.conftest import TinyHome
from tvaers import audit_log
from tvaers.cli import main
from tvaers.keys import load_master_key
from warehouse.connection import open_read_only

pytestmark = pytest.mark.slow
YEARS = 4


@pytest.fixture
def strict(home_copy: TinyHome, tmp_path) -> TinyHome:
    """A finished home under a pack that keeps measurements for a few years only."""
    shutil.copytree(PACKS / "denmark", tmp_path / "denmark")
    page = tmp_path / "denmark" / "retention.yaml"
    page.write_text(
        f"rules: [{{table: measurement, counted_from: taken_on, keep_years: {YEARS}, from_on: 2026-01-01, "
        "ground: a decision, is_verified: false}]"
    )
    settings = home_copy.settings.model_copy(update={"pack": str(tmp_path / "denmark")})
    settings.save()
    return TinyHome(settings, home_copy.extracts)


def ask(home: TinyHome, sql: str) -> list[tuple[object, ...]]:
    with open_read_only(home.settings.warehouse, load_master_key(home.settings).subkey("encryption")) as con:
        return con.execute(sql).fetchall()


def test_nothing_goes_before_it_is_asked_for_and_then_all_that_is_due(strict, tmp_path, capsys):
    home = ["--home", str(strict.home)]
    bytes_before, released = strict.settings.warehouse.read_bytes(), strict.settings.release.read_bytes()
    assert main(["retention", "--json", *home]) == 0
    told = json.loads(capsys.readouterr().out)
    (due,) = told["would_go"]
    assert due["rows"] > 0
    assert told["losing"]
    assert strict.settings.warehouse.read_bytes() == bytes_before
    kept = ask(strict, f"SELECT count(*) FROM core.measurement WHERE taken_on >= DATE '{due['keeps_from']}'")
    others = ask(strict, "SELECT count(*) FROM core.dispensing")

    backup = create_backup(strict.settings, tmp_path / "backups")
    assert not check_backup(strict.settings, backup).holds_gone
    assert main(["retention", "--apply", *home]) == 0
    assert "unverified" in capsys.readouterr().out
    assert check_backup(strict.settings, backup).holds_gone
    assert ask(strict, "SELECT count(*) FROM core.measurement") == kept
    (oldest,) = ask(strict, "SELECT min(taken_on) FROM (FROM core.measurement UNION ALL FROM parked.measurement)")
    assert oldest[0] >= date.fromisoformat(due["keeps_from"])
    assert ask(strict, "SELECT count(*) FROM core.dispensing") == others
    wrong = "SELECT count(*) FROM meta.batch WHERE rows_in <> rows_loaded + rows_quarantined + rows_duplicate"
    assert ask(strict, wrong) == [(0,)]
    assert strict.settings.release.read_bytes() == released
    entry = audit_log.entries(strict.settings)[-1]
    assert (entry["action"], entry["subject"], entry["outcome"]) == ("retention", "measurement", "done")

    written = strict.settings.warehouse.read_bytes()
    assert main(["retention", "--apply", *home]) == 0
    assert "0 rows" in capsys.readouterr().out
    assert strict.settings.warehouse.read_bytes() == written
    assert audit_log.entries(strict.settings)[-1] == entry
    assert main(["compute", "--quarters", "1", *home]) == 0
