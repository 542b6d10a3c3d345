"""Two hundred known identifiers go through deliveries of every fate; no byte on the disk tells one of them."""

import base64
import gzip
import itertools
import json
import logging
import os
import subprocess
import sys
import tempfile
from textwrap import dedent

import pytest

from data_contracts.warehouse_tables import load_tables
from ingest.job import run
from tests.lib.byte_search import disguises, files_holding
from tests.lib.deliveries import (
    CHANGES,
    LABKA,
    PRACTICE,
    answer,
    deliver,
    identifiers,
    measurements,
    new_home,
    results,
    text,
)
from tvaers.cli import main

CANARIES = identifiers(200)
EXAMINATIONS = ("CPR", "Ydernr", "Dato", "Undersoegelse", "Resultat", "Bemaerkning")
LATE = "2031-01-01"

# A temporary file is written and removed as ever, but is copied aside first, so that it can be searched.
KEEPING = """
    import os, shutil, sys, tempfile
    from pathlib import Path
    from tvaers.cli import main
    remove_tree, aside = shutil.rmtree, Path(sys.argv[3])
    def keep(path):
        place = Path(os.fsdecode(path))
        if place.is_relative_to(tempfile.gettempdir()) and place.exists():
            kept = aside / f"{len(list(aside.iterdir()))}"
            shutil.copytree(place, kept) if place.is_dir() else shutil.copyfile(place, kept)
    def keep_tree(path, *args, **kwargs):
        keep(path)
        return remove_tree(path, *args, **kwargs)
    shutil.rmtree = keep_tree
    codes = [main([verb, sys.argv[2], "--home", sys.argv[1]]) for verb in ("check", "ingest", "ingest")]
    codes += [main(["keys", verb, "--home", sys.argv[1]]) for verb in ("show", "rotate", "check")]
    codes += [main(["object", name, "--home", sys.argv[1]]) for name in sys.argv[4:]]
    codes += [main(["erase", "--home", sys.argv[1]])]
    print(codes)
"""


def _deliver_all(folder):
    """Deliver the canaries so that they are loaded, held back, refused, not recognised, cut short or ignored."""
    dashed = [f"{one[:6]}-{one[6:]}" for one in CANARIES[:60]]
    told = measurements(dashed)
    told[0] = (*told[0][:2], LATE, *told[0][3:])
    told[1] = (*told[1][:5], f"se {CANARIES[61]}")
    told[2] = (*told[2][:4], f"aflyst, {CANARIES[62][:6]} {CANARIES[62][6:]}", "")
    deliver(folder, "praksis_maalinger_2025.csv", text(PRACTICE, told))
    deliver(folder, "labka_2025.csv", text(LABKA, results(CANARIES[60:120])).encode("utf-16"))
    notes = [
        (one, "012345", "2025-03-02", "rygestatus", "aldrig", f"Mor er {other}")
        for one, other in zip(CANARIES[120:140], CANARIES[140:160], strict=True)
    ]
    deliver(folder, "praksis_undersoegelser_2025.csv", text(EXAMINATIONS, notes))
    changes = [(one, other, "2025-05-05") for one, other in zip(CANARIES[:5], CANARIES[160:165], strict=True)]
    deliver(folder, "cpr_skift_2025.csv", text(CHANGES, changes))
    late = [(one, "012345", LATE, "NPU27300", "52", "") for one in CANARIES[165:180]]
    deliver(folder, "praksis_maalinger_2026.csv", text(PRACTICE, late))
    deliver(folder, "praksis_maalinger_2024.csv", text(PRACTICE, measurements(CANARIES[180:190])).split("\n", 1)[1])
    whole = gzip.compress(text(PRACTICE, measurements(CANARIES[180:])).encode())
    deliver(folder, "praksis_maalinger_2023.csv.gz", whole[:-20])
    header = (*PRACTICE, CANARIES[190])
    deliver(folder, "praksis_maalinger_2022.csv", text(header, [(*row, "") for row in measurements(CANARIES[190:])]))
    deliver(folder, "ukendt.csv", text((CANARIES[199], "tekst"), [(CANARIES[198], "x")]))
    _deliver_keys_and_names(folder)


def _deliver_keys_and_names(folder):
    """Deliver records whose keys a supplier built from the person's number, and files named after a person."""
    people = CANARIES[20:60]
    contacts = [
        (person, f"{person}{'-1' if number % 2 else ''}", "2017-05-04", "2017-05-04", "1", "01")
        for number, person in enumerate(people)
    ]
    deliver(folder, "lpr_adm_2017.csv", text(("pnr", "recnum", "d_inddto", "d_uddto", "c_pattype", "c_spec"), contacts))
    diagnoses = [(contact[1], "DE119", "A") for contact in contacts]
    deliver(folder, "lpr_diag_2017.csv", text(("recnum", "c_diag", "c_diagtype"), diagnoses))
    deliver(folder, "kl_gateway_119_2025.json", json.dumps([_referral(person) for person in people]))
    days = measurements(CANARIES[100:150])
    days[5] = (*days[5][:2], f"{CANARIES[7][:6]}-{CANARIES[7][6:]}", *days[5][3:])
    deliver(folder, "praksis_maalinger_2021.csv", text(PRACTICE, days))
    deliver(folder, f"{CANARIES[8]}/praksis_maalinger_2020.csv", text(PRACTICE, measurements(CANARIES[:9])))
    deliver(folder, f"lab_{CANARIES[9]}_v2.csv", text(PRACTICE, measurements(CANARIES[:8])))
    deliver(folder, f"notes/{CANARIES[10]}.md", "not a delivery")


def _referral(person):
    patient = {"resourceType": "Patient", "id": f"p{person}",
               "identifier": [{"system": "urn:oid:1.2.208.176.1.2", "value": person}]}  # fmt: skip
    request = {"resourceType": "ServiceRequest", "id": person, "status": "active", "authoredOn": "2025-01-05"}
    return {
        "resourceType": "Bundle", "type": "collection", "timestamp": "2025-03-02T08:00:00+01:00",
        "entry": [{"fullUrl": f"urn:uuid:{each['id']}", "resource": each} for each in (patient, request)],
    }  # fmt: skip


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    """Check and load the canaries through the front door, twice, change the key, object and erase."""
    folder = tmp_path_factory.mktemp("canaries")
    settings = new_home(folder)
    _deliver_all(folder / "extracts")
    spare = folder / "temporary"
    spare.mkdir()
    (folder / "kept").mkdir()
    objecting = deliver(folder, "objecting.txt", f"{CANARIES[170]}\n{CANARIES[171][:6]}-{CANARIES[171][6:]}\n")
    mistyped = deliver(folder, "mistyped.txt", f"{CANARIES[172]}\n{CANARIES[173]}, tlf. 12345678\n")
    read = [str(each) for each in (folder / "extracts", folder / "kept", objecting, mistyped)]
    job = subprocess.run(
        [sys.executable, "-c", dedent(KEEPING), str(settings.home), *read],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "TMPDIR": str(spare)},
        cwd=spare,
    )
    (folder / "said").mkdir()
    (folder / "said" / "stdout").write_text(job.stdout)
    (folder / "said" / "stderr").write_text(job.stderr)
    return settings, folder


def test_every_fate_was_met(done):
    settings, folder = done
    again = {verdict.file_name: verdict.state for verdict in run(settings, folder / "extracts").files}
    assert again == {
        "praksis_maalinger_2025.csv": "already_loaded",
        "labka_2025.csv": "already_loaded",
        "praksis_undersoegelser_2025.csv": "already_loaded",
        "cpr_skift_2025.csv": "already_loaded",
        "praksis_maalinger_2026.csv": "refused",
        "praksis_maalinger_2024.csv": "unrecognised",
        "praksis_maalinger_2023.csv.gz": "refused",
        "praksis_maalinger_2022.csv": "already_loaded",
        "ukendt.csv": "unrecognised",
        "lpr_adm_2017.csv": "already_loaded",
        "lpr_diag_2017.csv": "already_loaded",
        "kl_gateway_119_2025.json": "already_loaded",
        "praksis_maalinger_2021.csv": "already_loaded",
        "praksis_maalinger_2020.csv": "refused",
        "lab_##########_v#.csv": "refused",
    }
    assert answer(settings, "SELECT count(*) FROM core.measurement") == [(176,)]
    assert answer(settings, "SELECT count(*) FROM core.diagnosis JOIN core.hospital_contact USING (contact_id)") == [
        (40,)
    ]
    assert answer(settings, "SELECT count(DISTINCT course_id) FROM core.municipal_course") == [(40,)]
    held_back = "SELECT DISTINCT rule FROM meta.quarantine ORDER BY rule"
    assert answer(settings, held_back) == [("dato_in_future",), ("identifier_in_text",)]


def test_no_byte_below_the_home_tells_an_identifier(done):
    settings, _ = done
    assert len(list(settings.home.rglob("*.html"))) > 4
    assert files_holding([settings.home], CANARIES) == {}


def test_no_temporary_file_and_nothing_said_tells_an_identifier(done):
    _, folder = done
    assert "[12, 12, 12, 0, 0, 0, 0, 11, 0]" in (folder / "said" / "stdout").read_text()
    assert files_holding([folder / "temporary", folder / "kept", folder / "said"], CANARIES) == {}


def test_no_cell_of_the_opened_warehouse_tells_an_identifier(done, tmp_path):
    """The file is encrypted, so its bytes prove little: look at what it says when opened, too."""
    settings, _ = done
    tables = answer(settings, "SELECT schema_name || '.' || table_name FROM duckdb_tables() WHERE NOT internal")
    assert len(tables) > 20
    for number, (name,) in enumerate(tables):
        rows = answer(settings, f"SELECT * FROM warehouse.{name}")
        (tmp_path / str(number)).write_text("\n".join(repr(row) for row in rows))
    assert files_holding([tmp_path], CANARIES) == {}


def test_rows_lie_in_the_order_of_pseudonyms_so_that_none_tells_the_order_of_delivery(done):
    settings, _ = done
    looked_at = 0
    of_people = [table for table in load_tables() if table.schema == "core" and "patient_id" in str(table.columns)]
    for table, schema in itertools.product(of_people, ("core", "parked")):
        first = table.sorted_by[0]
        assert first in {"patient_id", "old_patient_id"}, table.name
        people = [one for (one,) in answer(settings, f"SELECT {first} FROM {schema}.{table.name}") if one is not None]
        assert people == sorted(people), f"{schema}.{table.name}"
        looked_at += len(people)
    assert looked_at > 200


def test_a_fault_in_the_middle_of_a_file_tells_no_identifier(done, tmp_path, monkeypatch, caplog, capsys):
    """Even a fault of the program itself: neither its text, nor a log, nor what lies on the disk."""
    settings, folder = done
    spare = tmp_path / "temporary"
    spare.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(spare))

    def fail(*_args):
        raise MemoryError

    monkeypatch.setattr("ingest.file_job.write_batch", fail)
    deliver(tmp_path / "extracts", "praksis_maalinger_2027.csv", text(PRACTICE, measurements(CANARIES[:50])))
    with caplog.at_level(logging.DEBUG):
        code = main(["ingest", str(tmp_path / "extracts"), "--home", str(settings.home)])
    assert code != 0
    told = tmp_path / "told"
    told.mkdir()
    said = capsys.readouterr()
    (told / "all").write_text(said.out + said.err + caplog.text)
    assert files_holding([settings.home, spare, told], CANARIES) == {}
    assert folder.exists()


@pytest.mark.parametrize("number", range(len(disguises(CANARIES[0]))))
def test_the_search_finds_a_planted_identifier_in_every_disguise(tmp_path, number):
    planted = sorted(disguises(CANARIES[17]))[number]
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "planted.bin").write_bytes(os.urandom(70) + planted + os.urandom(7))
    assert list(files_holding([tmp_path], CANARIES)) == [str(tmp_path / "deep" / "planted.bin")]


@pytest.mark.parametrize("before", [b"", b"a", b"ab", b"abc"])
def test_the_search_finds_base64_and_compressed_text_however_it_is_cut(tmp_path, before):
    content = before + CANARIES[3].encode() + b"; and more"
    (tmp_path / "encoded").write_bytes(base64.b64encode(content))
    (tmp_path / "zipped").write_bytes(gzip.compress(content))
    assert len(files_holding([tmp_path], CANARIES)) == 2
