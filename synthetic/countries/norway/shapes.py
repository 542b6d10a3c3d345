"""The identifiers and files of the Norwegian record systems."""

from collections.abc import Iterator

from synthetic.chance import Chance
from synthetic.countries.norway.identifiers import changed_identifiers, make_identifiers
from synthetic.countries.norway.laboratory_and_pharmacy import write_prescriptions, write_reports
from synthetic.countries.norway.patient_register import write_hospital
from synthetic.countries.norway.population import write_population
from synthetic.extracts.delivery import Delivery
from synthetic.histories import Told
from synthetic.truth import Region

__all__ = ["changed_identifiers", "make_identifiers", "sector_files"]


def sector_files(
    region: Region,
    chance: Chance,
    told: Told,
    *,
    only_views: bool = False,  # noqa: ARG001 - there is one form of each file
) -> dict[str, Iterator[Delivery]]:
    """Return what yields each sector's files."""
    return {
        "population": write_population(region, chance),
        "hospital": write_hospital(region, chance),
        "laboratory": write_reports(region, told.results, chance),
        "pharmacy": write_prescriptions(region, told.purchases),
    }
