"""The groups of indicators are content of the disease: their order and words, and nothing else names one."""

import shutil
from pathlib import Path

import pytest

from indicators.definitions.definition_files import load_definitions
from indicators.definitions.groups import load_groups
from indicators.definitions.reading import disease_folder, disease_name, diseases
from tests.lib.evaluate import ROOT
from tvaers.errors import DefinitionError

DISEASE = "type_2_diabetes"
WORDS = "{en: Lungs, da: Lunger, nb: Lunger}"
GROUP = f"lungs:\n  title: {WORDS}\n  about: {WORDS}\n"


@pytest.fixture
def kept_elsewhere(tmp_path: Path) -> Path:
    return Path(shutil.copytree(disease_folder(DISEASE), tmp_path / "lung_disease"))


@pytest.mark.parametrize("disease", diseases())
def test_every_group_of_a_disease_has_indicators_here_or_in_a_country(disease: str):
    countries = ROOT.glob(f"packs/*/indicators/{disease}")
    folders = {path.parent.name for root in (disease_folder(disease), *countries) for path in root.glob("*/*.yaml")}
    assert set(load_groups(disease)) == folders


def test_indicators_stand_in_the_order_in_which_the_page_names_their_groups(kept_elsewhere: Path):
    page = kept_elsewhere / "groups.yaml"
    groups = load_groups(str(kept_elsewhere))
    assert list(dict.fromkeys(each.group for each in load_definitions(str(kept_elsewhere)))) == list(groups)
    turned = [f"{name}:\n  title: {WORDS}\n  about: {WORDS}\n" for name in reversed(groups)]
    page.write_text("".join(turned), "utf-8")
    assert list(dict.fromkeys(each.group for each in load_definitions(str(kept_elsewhere)))) == list(reversed(groups))


@pytest.mark.parametrize(
    ("page", "told"),
    [
        ("", "names no group"),
        ("- lungs\n", "names no group"),
        (GROUP.replace("lungs:", "Lung Function:"), "cannot be the name of a group"),
        (GROUP.replace("da: Lunger, ", ""), "not translated into da"),
        (GROUP + "  colour: blue\n", "colour"),
        (GROUP, "There is no group"),
        (None, "groups of a disease's indicators are missing"),
    ],
)
def test_a_page_of_groups_that_does_not_fit_is_refused(kept_elsewhere: Path, page: str | None, told: str):
    path = kept_elsewhere / "groups.yaml"
    path.unlink() if page is None else path.write_text(page, "utf-8")
    with pytest.raises(DefinitionError, match=told):
        load_definitions(str(kept_elsewhere))


def test_a_disease_is_found_by_its_name_or_by_a_path(kept_elsewhere: Path, monkeypatch: pytest.MonkeyPatch):
    assert disease_folder(DISEASE) == ROOT / "indicators" / DISEASE
    monkeypatch.chdir(kept_elsewhere.parent)
    assert disease_folder("./lung_disease") == disease_folder(str(kept_elsewhere)) == kept_elsewhere
    assert disease_name("./lung_disease") == "lung_disease"
    assert disease_name(DISEASE) == DISEASE


@pytest.mark.parametrize("disease", ["lung_disease", "./no_such", "{elsewhere}/variables"])
def test_what_is_no_disease_is_refused(kept_elsewhere: Path, monkeypatch: pytest.MonkeyPatch, disease: str):
    monkeypatch.chdir(kept_elsewhere.parent)
    with pytest.raises(DefinitionError, match="no disease"):
        disease_folder(disease.format(elsewhere=kept_elsewhere))
