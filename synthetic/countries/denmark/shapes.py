"""The identifiers and files of the Danish record systems."""

from collections.abc import Iterator

from synthetic.chance import Chance
from synthetic.extracts.delivery import Delivery
from synthetic.extracts.hospital_files import write_hospital
from synthetic.extracts.laboratory_files import write_laboratory
from synthetic.extracts.municipal_files import write_municipality
from synthetic.extracts.population_files import write_population
from synthetic.extracts.primary_care_files import (
    write_eye_screening,
    write_practice_record,
    write_prescriptions,
    write_services,
)
from synthetic.histories import Told
from synthetic.identifiers import changed_identifiers, make_identifiers
from synthetic.truth import Region

__all__ = ["changed_identifiers", "make_identifiers", "sector_files"]


def sector_files(
    region: Region, chance: Chance, told: Told, *, only_views: bool = False
) -> dict[str, Iterator[Delivery]]:
    """Return what yields each sector's files; of the hospitals on request the region's own views only.

    Each draws random numbers of its own, so that it is of no account which is asked first.
    """
    return {
        "population": write_population(region, chance),
        "hospital": write_hospital(region, chance, only_views=only_views),
        "laboratory": write_laboratory(region, told.results),
        "pharmacy": write_prescriptions(region, told.purchases),
        "insurance": write_services(region, told.services),
        "general_practice": write_practice_record(region, chance),
        "eye_screening": write_eye_screening(region),
        "municipality": write_municipality(region, chance),
    }
