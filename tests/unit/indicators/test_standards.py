"""Named standard populations are data of a pack and fit the age bands of the indicators."""

import json
from pathlib import Path

import pytest

from indicators.definitions.population import load_breakdowns
from indicators.definitions.standards import as_text, load_standards
from tests.lib.evaluate import ROOT
from tvaers.errors import DefinitionError

BANDS = [band.id for band in load_breakdowns("type_2_diabetes").age_bands]
PAGE = (ROOT / "packs" / "denmark" / "standards.yaml").read_text(encoding="utf-8")


def written(folder: Path, old: str, new: str) -> Path:
    assert old in PAGE
    (folder / "standards.yaml").write_text(PAGE.replace(old, new), encoding="utf-8")
    return folder


def test_the_european_standard_is_that_of_2013_from_18_years() -> None:
    (found,) = load_standards(ROOT / "packs" / "denmark", BANDS)
    assert found.id == "european_2013"
    assert sum(found.weights.values()) == 100_000 - 1_000 - 4_000 - 2 * 5_500 - 0.6 * 5_500
    assert "Eurostat" in found.source.title


def test_a_pack_without_the_page_has_none(tmp_path: Path) -> None:
    assert load_standards(tmp_path, BANDS) == ()
    assert json.loads(as_text(())) == []


@pytest.mark.parametrize(("old", "new"), [("80+: 5000", "80+: 0"), ("80+: 5000", "81+: 5000"), (", 80+: 5000", "")])
def test_a_standard_has_people_in_just_the_bands_of_the_indicators(tmp_path: Path, old: str, new: str) -> None:
    with pytest.raises(DefinitionError, match="other age bands"):
        load_standards(written(tmp_path, old, new), BANDS)


def test_a_misspelt_key_is_named(tmp_path: Path) -> None:
    with pytest.raises(DefinitionError, match="unknown key"):
        load_standards(written(tmp_path, "weights:", "weight:"), BANDS)
