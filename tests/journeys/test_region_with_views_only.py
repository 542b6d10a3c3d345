"""A region whose hospitals deliver only its own views: the list of departments tells type 1 from type 2."""

import json
import shutil
from types import SimpleNamespace

import pytest

from indicators.compute import compute
from ingest.job import run
from synthetic.region import write_region
from tests.journeys.test_messy_region_known_answers import COUNTED, ENDS_ON, INHABITANTS
from tests.lib.deliveries import answer, new_home
from tests.lib.known_people import found_diabetes, known_diabetes
from tvaers.commands.doctor import examine

# One test process makes the module's fixture; without the group each would.
pytestmark = pytest.mark.slow
VIEWS = {"for_lpr3kontakter", "for_indlaeggelser", "for_besoeg", "for_akutambulantekontakter"}


@pytest.fixture(scope="module")
def extracts(tmp_path_factory):
    folder = tmp_path_factory.mktemp("views") / "extracts"
    write_region(folder, seed=7, inhabitants=INHABITANTS, ends_on=ENDS_ON, only_views=True)
    return folder


@pytest.fixture(scope="module")
def region(extracts, tmp_path_factory):
    settings = new_home(tmp_path_factory.mktemp("views"))
    verdicts = run(settings, extracts).files
    compute(settings, [ENDS_ON])
    return SimpleNamespace(settings=settings, verdicts=verdicts)


def test_every_file_gives_the_counts_that_its_writer_knows(region, extracts):
    known = json.loads((extracts / "known_answers" / "files.json").read_text("utf-8"))
    found = {verdict.file_name: {name: getattr(verdict, name) for name in COUNTED} for verdict in region.verdicts}
    assert found == {file["file_name"]: {name: file[name] for name in COUNTED} for file in known}
    assert {file["file_type"] for file in known if file["sector"] == "hospital"} == {
        *VIEWS,
        "shak_afsnit",
        "meddelelseslog",
    }


def test_everybody_has_the_type_and_the_date_that_was_worked_out_apart(region, extracts):
    told = known_diabetes(extracts, region.settings, ENDS_ON)
    assert found_diabetes(region.settings) == told
    assert {kind for kind, _ in told.values()} == {"type_1", "type_2"}


def test_nothing_is_said_when_every_contact_has_its_specialty(region):
    assert not any("specialty" in verdict.message for verdict in region.verdicts)
    assert [each.state for each in examine(region.settings.home) if each.point == "specialties"] == ["good"]


def test_without_the_list_the_verdict_and_the_doctor_say_that_the_type_cannot_be_told(region, extracts, tmp_path):
    few = tmp_path / "few"
    for name in ("for_lpr3kontakter", "for_besoeg"):
        (path,) = (extracts / "hospital").glob(f"{name}_*")
        few.mkdir(exist_ok=True)
        shutil.copy2(path, few)
    settings = new_home(tmp_path)
    said = {verdict.file_type: verdict.message for verdict in run(settings, few).files}
    assert all("people with type 1 may be counted as type 2" in said[name] for name in said)
    (finding,) = (each for each in examine(settings.home) if each.point == "specialties")
    assert (finding.state, "none" in finding.detail) == ("note", True)
    run(settings, extracts / "hospital")
    assert answer(settings, "SELECT count(*) FROM core.hospital_contact WHERE specialty IS NULL") == [(0,)]
    (finding,) = (each for each in examine(settings.home) if each.point == "specialties")
    assert finding.state == "good"
