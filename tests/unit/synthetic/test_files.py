"""The written files keep to their contracts, come in many styles, and are the same for the same seed."""

import csv
import gzip
import hashlib
import json
from pathlib import Path

import pytest
import yaml

from data_contracts.contract import load_contracts
from packs.pack import load_pack
from synthetic.country import country_names, load_country
from synthetic.extracts.delivery import FAULTS
from synthetic.region import write_region
from synthetic.truth import Region
from synthetic.writing import SECTORS, deliveries, told_facts
from tests.lib.checkout import ROOT
from tests.unit.synthetic.conftest import CHANCE
from tvaers.errors import DefinitionError


def written(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def answers(folder: Path) -> list[dict]:
    return json.loads((folder / "known_answers" / "files.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("clean")
    write_region(folder, inhabitants=5_000, seed=4, indicator_values=False)
    return folder


@pytest.fixture(scope="module")
def messy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("messy")
    write_region(folder, inhabitants=5_000, seed=4, indicator_values=False, messy=True)
    return folder


def test_every_file_type_with_a_contract_is_written(clean: Path) -> None:
    assert {answer["file_type"] for answer in answers(clean)} == set(load_pack("denmark").contracts)


def test_every_delivered_column_is_in_the_contract(small_region: Region) -> None:
    contracts = load_contracts()
    for delivery in deliveries(small_region, CHANCE, told_facts(small_region, CHANCE)):
        contract = contracts[delivery.file_type]
        if contract.format == "csv":
            assert set(delivery.columns) == {column.name for column in contract.columns}, delivery.file_type


def test_clean_files_have_no_fault(small_region: Region) -> None:
    for delivery in deliveries(small_region, CHANCE, told_facts(small_region, CHANCE)):
        assert (delivery.rows[FAULTS] == "").all(), delivery.file_type


def test_the_loading_order_is_that_of_the_pack() -> None:
    pack = yaml.safe_load((ROOT / "packs" / "denmark" / "pack.yaml").read_text(encoding="utf-8"))
    assert load_country("denmark").region["loading_order"] == pack["contracts"]


def test_rows_in_are_loaded_quarantined_or_duplicates(clean: Path, messy: Path) -> None:
    for answer in (*answers(clean), *answers(messy)):
        if answer["state"].startswith("accepted"):
            assert answer["rows_in"] == answer["loaded"] + answer["quarantined"] + answer["duplicates"]


def test_row_counts_are_those_of_the_files(clean: Path) -> None:
    for answer in answers(clean):
        path = clean / answer["sector"] / answer["file_name"]
        if path.suffix == ".csv":
            assert len(path.read_bytes().splitlines()) - 1 == answer["rows_in"], path.name


def test_the_same_seed_writes_the_same_bytes(clean: Path, tmp_path: Path) -> None:
    write_region(tmp_path, inhabitants=5_000, seed=4, indicator_values=False)
    assert written(tmp_path) == written(clean)


def test_writing_again_leaves_nothing_of_the_last_time(tmp_path: Path) -> None:
    write_region(tmp_path, inhabitants=300, messy=True, indicator_values=False)
    write_region(tmp_path, inhabitants=300, years=3, indicator_values=False)
    assert not list(tmp_path.rglob("*2015*"))


def test_known_answers_lie_beside_the_sectors_and_can_be_left_out(tmp_path: Path) -> None:
    write_region(tmp_path, inhabitants=300, known_answers=False)
    assert {path.name for path in tmp_path.iterdir()} <= set(SECTORS)


def test_messy_files_break_every_kind_of_rule(messy: Path) -> None:
    rules = {rule for answer in answers(messy) for rule in answer["by_rule"]}
    kinds = ("_missing", "_unreadable", "_not_allowed", "_implausible", "_in_future")
    for kind in kinds:
        assert any(rule.endswith(kind) for rule in rules), kind
    assert rules >= {
        "identifier_missing", "identifier_broken", "identifier_replacement", "identifier_in_text", "contact_unknown",
        "ends_before_start", "row_malformed", "answered_before_sampling",
    }  # fmt: skip


def test_every_rule_of_the_messy_files_is_a_rule_of_the_contract_or_of_reading(messy: Path) -> None:
    contracts = load_contracts()
    for answer in answers(messy):
        if answer["file_type"]:
            known = {rule.id for rule in contracts[answer["file_type"]].rules}
            assert set(answer["by_rule"]) <= known | {"row_malformed", "identifier_in_text"}, answer["file_name"]


def test_whole_files_go_wrong_in_every_known_way(messy: Path) -> None:
    by_name = {answer["file_name"]: answer for answer in answers(messy)}
    states = [answer["state"] for answer in by_name.values()]
    assert states.count("already_loaded") == 1
    assert states.count("unrecognised") == 1
    assert states.count("refused") >= 6
    assert any(answer["replaces"] in by_name for answer in by_name.values() if answer["replaces"])
    truncated = next(path for path in messy.rglob("lab_dm_forsker_2015.csv.gz"))
    with pytest.raises(EOFError), gzip.open(truncated) as file:
        file.read()


def test_results_come_as_percent_fraction_word_sign_and_under_old_and_local_codes(messy: Path) -> None:
    path = next(messy.rglob("lab_dm_forsker_2016_2026.csv"))
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader((line for line in file), delimiter=";"))
    values = {(row["ANALYSISCODE"], row["VALUE"]) for row in rows}
    codes = {code for code, _ in values}
    assert codes >= {"NPU03835", "NPU27412", "NPU4998", "DNK35131 (erstattet af DNK35302)"}
    percents = {value for code, value in values if code == "NPU03835"}
    assert any(value.startswith("0,0") for value in percents)
    assert any("," in value and not value.startswith("0,") for value in percents)
    assert {"Aflyst", "ikke påvist", "negativ"} <= {value for _, value in values}
    assert any(value.startswith("<") for _, value in values)
    assert any(value.startswith(">") for _, value in values)
    view = next(messy.rglob("for_labka_2026.csv")).read_text(encoding="utf-8").upper()
    assert "AAB00093" in view


def test_styles_differ_between_suppliers(messy: Path) -> None:
    accepted = [answer for answer in answers(messy) if answer["state"].startswith("accepted")]
    starts = {
        answer["file_type"]: (messy / answer["sector"] / answer["file_name"]).read_bytes()[:200] for answer in accepted
    }
    assert starts["praksis_tilknytning"].startswith(b"\xef\xbb\xbf")
    assert starts["sysi"][:2] in (b"\xff\xfe", b"\xfe\xff")
    assert b"\t" in starts["praksis_diagnoser"]
    assert b"|" in starts["praksis_undersoegelser"]
    assert starts["lpr_adm"].split(b",")[0] != b"PNR"


def test_a_second_course_for_another_disease_is_reported_for_some_citizens(clean: Path) -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in (clean / "municipality").glob("kl_gateway_119*"))
    assert "DE11" in text


def test_a_country_is_written_part_by_part_with_identifiers_of_its_own(tmp_path: Path) -> None:
    write_region(tmp_path, inhabitants=4_000, national=True, years=2, indicator_values=False)
    registers = sorted((tmp_path / "population").glob("bef_2026_del*.csv"))
    assert len(registers) == 20
    people: list[set[str]] = []
    for path in registers:
        rows = path.read_bytes().decode("cp1252").splitlines()[1:]
        people.append({row.split(";")[0] for row in rows})
    assert sum(map(len, people)) == len(set().union(*people))


def test_an_unknown_country_is_named_with_those_that_exist() -> None:
    with pytest.raises(DefinitionError, match="denmark"):
        load_country("denmarc")
    assert "denmark" in country_names()
