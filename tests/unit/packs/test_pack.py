"""A pack is read whole and checked; a fault names the file, the key, what is allowed and the nearest match."""

import shutil
from pathlib import Path

import polars as pl
import pytest

from data_contracts.contract import load_contracts
from packs.pack import CODE_COLUMNS, PACKS, available_packs, load_pack
from tvaers.errors import DefinitionError

DENMARK = load_pack("denmark")


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(PACKS / "denmark", tmp_path / "denmark"))


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_every_contract_has_a_mapping_and_every_mapping_a_contract() -> None:
    packs = [load_pack(name) for name in available_packs()]
    for pack in packs:
        assert set(pack.contracts) == {path.stem for path in (pack.folder / "mappings").glob("*.yaml")}
    assert {name for pack in packs for name in pack.contracts} == set(load_contracts())


def test_contacts_are_loaded_before_what_depends_on_them() -> None:
    for order in (load_pack(name).contracts for name in available_packs()):
        for name, contract in load_contracts(order).items():
            assert all(order.index(needed) < order.index(name) for needed in contract.depends_on)


def test_a_pack_can_be_given_by_the_path_of_its_folder(copy: Path) -> None:
    assert load_pack(copy).name == "denmark"
    assert "denmark" in available_packs()


@pytest.mark.parametrize("name", DENMARK.codelists)
def test_a_code_list_has_its_columns_a_source_for_every_code_and_no_code_twice(name: str) -> None:
    frame = DENMARK.codelist(name)
    assert set(CODE_COLUMNS) <= set(frame.columns)
    assert frame.select("system", "code", "source").null_count().row(0) == (0, 0, 0)
    assert not frame.select("system", "code").is_duplicated().any()


def test_numbers_of_a_code_list_are_numbers_and_codes_with_leading_zeros_stay_text() -> None:
    assert DENMARK.codelist("laboratory_analysis").schema["factor"] == pl.Float64
    assert DENMARK.codelist("municipal_organisation")["municipality_code"].to_list() == ["0316"]
    assert {"0791", "0740", "0779"} == set(
        DENMARK.municipalities.filter(pl.col("is_in_area") == "yes")["municipality_code"]
    )
    assert DENMARK.hospitals.schema["hospital_id"] == pl.String


def test_an_unknown_pack_is_answered_with_the_nearest_one() -> None:
    with pytest.raises(DefinitionError, match="denmark"):
        load_pack("denmrk")


def test_an_unknown_code_list_or_file_type_is_answered_with_the_nearest_one() -> None:
    with pytest.raises(DefinitionError, match="Nearest match: laboratory_analysis"):
        DENMARK.codelist("laboratory_analyses")
    with pytest.raises(DefinitionError, match="Nearest match: kontakter"):
        DENMARK.mapping("kontakte")


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("pack.yaml", "version: 1.0.0", "versoin: 1.0.0", ["versoin", "Nearest match: version"]),
        ("pack.yaml", "  - lpr_adm", "  - lpr_adn", ["lpr_adn", "Nearest match: lpr_adm"]),
        ("pack.yaml", "country: DK", "country: Denmark", ["identifier.country"]),
        ("pack.yaml", "  hospital:", "  hospitals:", ["hospital"]),
        ("mappings/lmdb.yaml", "table: dispensing", "table: dispensings", ["Nearest match: dispensing"]),
        ("mappings/lmdb.yaml", "atc_code:", "atc_kode:", ["targets.0", "Nearest match: atc_code"]),
        ("mappings/lmdb.yaml", "{from: pnr}", "{form: pnr}", ["form", "Nearest match: from"]),
        ("mappings/lmdb.yaml", "{from: pnr}", "{from: pnr, value: x}", ["exactly one of from, value, sql"]),
        ("mappings/lmdb.yaml", "      atc_code: {sql: upper(atc)}\n", "", ["atc_code", "has no source"]),
        ("mappings/lmdb.yaml", "file_type: lmdb", "file_type: lmbd", ["lmbd"]),
        ("mappings/bef.yaml", "codelist: sex", "codelist: sexes", ["Nearest match: sex"]),
        ("mappings/lpr_diag.yaml", "table: hospital_contact", "table: contact", ["Nearest match: hospital_contact"]),
        ("mappings/kl_gateway_119.yaml", "rows: meeting", "rows: meetings", ["Nearest match: meeting"]),
        ("mappings/bef.yaml", "file_type: bef", "file_type: [bef", ["no YAML"]),
    ],
)
def test_a_fault_in_a_pack_names_the_file_and_what_was_meant(
    copy: Path, file: str, old: str, new: str, said: list[str]
) -> None:
    change(copy / file, old, new)
    with pytest.raises(DefinitionError) as caught:
        load_pack(copy)
    assert f"denmark/{file}" in caught.value.where
    assert all(part in caught.value.what + caught.value.where for part in said), str(caught.value)


def test_a_missing_mapping_is_named(copy: Path) -> None:
    (copy / "mappings" / "lmdb.yaml").unlink()
    with pytest.raises(DefinitionError, match="missing") as caught:
        load_pack(copy)
    assert "mappings/lmdb.yaml" in caught.value.where


def test_a_code_list_that_lacks_a_column_is_named(copy: Path) -> None:
    change(
        copy / "codelists" / "sex.csv", "system,code,label,from,to,source,sex", "system,kode,label,from,to,source,sex"
    )
    with pytest.raises(DefinitionError, match="'code' is missing"):
        load_pack(copy).codelist("sex")


@pytest.mark.parametrize("name", ["sweden", "united_states"])
def test_a_pack_of_definitions_only_says_that_it_makes_no_home(name):
    with pytest.raises(DefinitionError, match=f"{name} has no municipalities and no deliveries") as told:
        _ = load_pack(name).municipalities
    assert f"tvaers pack check {name}" in str(told.value)
