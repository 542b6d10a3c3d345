"""Contract files follow the standard, and a fault in one is named with its file and key."""

import json
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from open_data_contract_standard.model import OpenDataContractStandard

from data_contracts.contract import TYPED_COLUMNS, load_contracts
from data_contracts.contract_file import read_contract
from data_contracts.standard import FOLDER
from packs.pack import load_pack
from tvaers.errors import ContractError

FILES = sorted([*(FOLDER / "sectors").glob("*/*.yaml"), *(FOLDER / "core").glob("*.yaml")])
PACKS = Path(str(files("packs")))
VALIDATOR = jsonschema.Draft201909Validator(json.loads(OpenDataContractStandard.json_schema()))
SMALL = FOLDER / "sectors" / "hospital" / "lpr_diag.yaml"


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_contract_is_valid_under_the_standard_s_own_schema(path: Path) -> None:
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert [fault.message for fault in VALIDATOR.iter_errors(document)] == []


def test_there_is_a_contract_for_every_file_type_and_it_is_named_like_its_file() -> None:
    contracts = load_contracts()
    assert sorted(contracts) == sorted(path.stem for path in (FOLDER / "sectors").glob("*/*.yaml"))
    read = {name for pack in PACKS.glob("*/pack.yaml") for name in load_pack(pack.parent).settings.contracts}
    assert set(contracts) == read


@pytest.mark.parametrize("name", load_contracts())
def test_a_contract_says_everything_a_supplier_needs(name: str) -> None:
    contract = load_contracts()[name]
    names = [column.name for column in contract.columns]
    assert contract.description.endswith(".")
    assert contract.key
    assert set(contract.key) <= set(names)
    assert len(set(names)) == len(names)
    assert 0 < contract.max_error_share <= 0.05
    assert contract.fresh_within_days > 0
    assert set(contract.depends_on) <= set(load_contracts())
    for column in contract.columns:
        assert column.description.endswith("."), column.name
        assert column.source.endswith((".", ")")), column.name
        assert column.name == column.name.lower()
        assert bool(column.paths) == (contract.format == "fhir"), column.name


@pytest.mark.parametrize("name", load_contracts())
def test_a_dropped_column_is_in_no_rule_and_may_be_absent(name: str) -> None:
    contract = load_contracts()[name]
    for column in contract.columns:
        if column.is_dropped:
            assert column.may_be_absent
            assert not [rule.id for rule in contract.rules if column.name in (rule.column, *rule.predicate.split())]


@pytest.mark.parametrize("name", load_contracts())
def test_every_delivered_text_that_is_read_as_something_has_a_rule_for_when_it_cannot(name: str) -> None:
    contract = load_contracts()[name]
    ids = {rule.id for rule in contract.rules}
    for column in contract.columns:
        if column.type in TYPED_COLUMNS:
            assert f"{column.name}_unreadable" in ids
        if column.required and column.type != "identifier":
            assert f"{column.name}_missing" in ids


def test_an_unknown_file_type_is_answered_with_the_nearest_one() -> None:
    with pytest.raises(ContractError, match="lab_dm_forsker"):
        load_contracts(["lab_dm_forsk"])


def changed(tmp_path: Path, old: str, new: str) -> Path:
    text = SMALL.read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "hospital" / "lpr_diag.yaml"
    path.parent.mkdir()
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("required: true", "requird: true", "requird"),
        ("physicalType: code", "physicalType: kode", "recnum.physicalType"),
        ("logicalType: string", "logicalType: integer", "recnum.logicalType"),
        ("classification: record_key", "classification: secret", "recnum.classification"),
        ("value: registers_guide", "value: hearsay", "recnum.source"),
        ("examples: ['000000000100000001']", "examples: []", "recnum.examples"),
        ("property: maxErrorShare", "property: maxErorShare", "maxErorShare"),
        ("kind: DataContract", "kind: [DataContract", "the file"),
        ("property: freshness", "property: frequency", "freshness"),
    ],
)
def test_a_fault_in_a_contract_names_the_file_and_the_key(tmp_path: Path, old: str, new: str, named: str) -> None:
    path = changed(tmp_path, old, new)
    with pytest.raises(ContractError) as caught:
        read_contract(path)
    assert named in caught.value.what
    assert "hospital/lpr_diag.yaml" in caught.value.where


def test_a_named_rule_may_not_take_the_id_of_a_generated_one(tmp_path: Path) -> None:
    document: dict[str, Any] = yaml.safe_load(SMALL.read_text(encoding="utf-8"))
    rule = {
        "type": "custom",
        "engine": "duckdb",
        "severity": "quarantine",
        "implementation": "true",
        "description": "-",
    }
    document["schema"][0]["quality"] = [{"name": "recnum_missing", **rule}]
    path = tmp_path / "lpr_diag.yaml"
    path.write_text(yaml.safe_dump(document), encoding="utf-8")
    with pytest.raises(ContractError, match="recnum_missing"):
        read_contract(path)


@pytest.mark.parametrize(("key", "value"), [("severity", "error"), ("engine", "soda")])
def test_a_named_rule_is_a_predicate_with_a_known_severity(tmp_path: Path, key: str, value: str) -> None:
    document: dict[str, Any] = yaml.safe_load(SMALL.read_text(encoding="utf-8"))
    rule = {
        "type": "custom",
        "engine": "duckdb",
        "severity": "quarantine",
        "implementation": "true",
        "description": "-",
    }
    document["schema"][0]["quality"] = [{"name": "some_rule", **rule, key: value}]
    path = tmp_path / "lpr_diag.yaml"
    path.write_text(yaml.safe_dump(document), encoding="utf-8")
    with pytest.raises(ContractError, match="some_rule"):
        read_contract(path)
