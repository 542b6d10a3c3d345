"""Telling what a file is from its header."""

from pathlib import Path

import pytest

from data_contracts.contract import load_contracts
from ingest.extract import Extract
from ingest.recognise import delivery_key, nearest_contract, recognise
from tvaers.errors import ContractError

CONTRACTS = load_contracts()
TABLES = [name for name, contract in CONTRACTS.items() if contract.format == "csv"]


def delivered(header, name="delivery.csv"):
    return Extract(Path(name), "x", False, "utf-8", ";", tuple(header), 0)


@pytest.mark.parametrize("file_type", TABLES)
def test_every_file_type_is_known_by_its_columns_whatever_the_file_is_called(file_type):
    header = [column.name for column in CONTRACTS[file_type].columns]
    found = recognise(delivered(header), CONTRACTS)
    assert found.contract.file_type == file_type
    assert found.ignored == ()


@pytest.mark.parametrize("file_type", TABLES)
def test_columns_that_may_be_absent_are_not_needed(file_type):
    found = recognise(delivered(CONTRACTS[file_type].header, f"{file_type}_2025.csv"), CONTRACTS)
    assert found.contract.file_type == file_type


@pytest.mark.parametrize("file_type", [name for name in TABLES if len(CONTRACTS[name].header) > 4])
def test_a_missing_column_is_named(file_type):
    *kept, missing = CONTRACTS[file_type].header
    with pytest.raises(ContractError, match=f"looks like {file_type}.*{missing}") as fault:
        recognise(delivered(kept, f"{file_type}_2025.csv"), CONTRACTS)
    assert fault.value.how_much == f"1 of {len(kept) + 1} columns are missing."


def test_columns_that_no_contract_knows_are_ignored_by_name():
    header = [*CONTRACTS["lmdb"].header, "kommentar"]
    assert recognise(delivered(header), CONTRACTS).ignored == ("kommentar",)


@pytest.mark.parametrize("name", ["0101401234", "010140-1234", "5,2", "anna petersen 0101401234", "x" * 50])
def test_a_column_name_that_may_be_data_is_given_by_its_place(name):
    header = [name, *CONTRACTS["lmdb"].header]
    assert recognise(delivered(header), CONTRACTS).ignored == ("column 1",)


def test_a_file_like_none_is_not_recognised_and_its_nearest_type_is_known():
    assert recognise(delivered(["day", "name", "shift"]), CONTRACTS) is None
    half = CONTRACTS["lmdb"].header[:3]
    assert recognise(delivered(half), CONTRACTS) is None
    assert nearest_contract(delivered(half), CONTRACTS).file_type == "lmdb"


def test_a_row_of_data_instead_of_a_header_is_not_recognised():
    assert recognise(delivered(["0101401234", "2025-01-01", "a10ba02", "1", "2", "", "3"]), CONTRACTS) is None


def test_the_wider_of_two_types_needs_its_own_columns():
    assert recognise(delivered(CONTRACTS["sssy"].header), CONTRACTS).contract.file_type == "sssy"
    assert recognise(delivered(CONTRACTS["sysi"].header), CONTRACTS).contract.file_type == "sysi"


@pytest.mark.parametrize(
    "name",
    [
        "lab_2025.csv",
        "lab_2025.csv.gz",
        "LAB_2025.CSV",
        "lab_2025_v2.csv",
        "lab_2025_rettet.csv",
        "lab_2025_corrected.csv.gz",
    ],
)
def test_a_corrected_delivery_is_known_by_its_name(name):
    assert delivery_key("lab", Path(name)) == "lab:lab_2025"


def test_another_period_is_another_delivery():
    assert delivery_key("lab", Path("lab_2026.csv")) != delivery_key("lab", Path("lab_2025.csv"))
