from datetime import date
from pathlib import Path

import pytest

from indicators.catalogue import Catalogue, load_catalogue
from indicators.definitions.breaks import breaks_of, load_breaks
from packs.pack import load_pack
from tvaers.errors import DefinitionError

DENMARK = load_pack("denmark")
PAGE = """
breaks:
  - from_on: 2021-01-01
    tables: [{tables}]
    what: {{en: Something changed, da: Noget ændrede sig, nb: Noe endret seg}}
    source: {{title: A letter, read_on: 2026-01-01}}
"""


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue("type_2_diabetes", DENMARK)


def test_the_change_of_the_patient_register_is_data_of_its_country() -> None:
    (found,) = load_breaks(DENMARK.folder)
    assert found.from_on == date(2019, 3, 1)
    assert "LPR3" in found.what.in_language("da")


@pytest.mark.parametrize(
    ("indicator", "is_marked"),
    [("heart_failure", True), ("readmission_within_30_days", True), ("hba1c_measured", False), ("smokers", False)],
)
def test_a_break_belongs_to_the_indicators_that_read_its_tables(
    catalogue: Catalogue, indicator: str, is_marked: bool
) -> None:
    found = breaks_of(catalogue.indicator(indicator), catalogue, load_breaks(DENMARK.folder))
    assert [each["from_on"] for each in found] == (["2019-03-01"] if is_marked else [])


def test_a_pack_without_breaks_has_none(tmp_path: Path) -> None:
    assert load_breaks(tmp_path) == ()


def test_a_break_of_a_table_that_does_not_exist_is_refused_with_the_nearest(tmp_path: Path) -> None:
    (tmp_path / "breaks.yaml").write_text(PAGE.format(tables="diagnoses"), encoding="utf-8")
    with pytest.raises(DefinitionError, match="no table 'diagnoses'") as fault:
        load_breaks(tmp_path)
    assert "diagnosis" in str(fault.value.what_to_do)


def test_a_break_without_a_table_is_refused(tmp_path: Path) -> None:
    (tmp_path / "breaks.yaml").write_text(PAGE.format(tables=""), encoding="utf-8")
    with pytest.raises(DefinitionError, match="written wrongly"):
        load_breaks(tmp_path)
