"""Hospital contacts with all that the writers of the registers and of the views need."""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from synthetic.chance import Chance
from synthetic.extracts.wording import identifier_on, within
from synthetic.truth import Region


@dataclass(frozen=True)
class HospitalRows:
    """Contacts, diagnoses and procedures with all that the writers need, ordered by start."""

    contacts: pl.DataFrame
    diagnoses: pl.DataFrame
    procedures: pl.DataFrame


def hospital_rows(region: Region, chance: Chance) -> HospitalRows:
    """Return contacts with their day, identifier, codes of department and specialty, and the linked rows with a day."""
    draw = chance.about("contact texts")
    specialties = region.country.region["specialties"]
    hospitals = [row["code"] for row in region.country.region["hospitals"]]
    keys = list(specialties)

    def by_specialty(field: str) -> Mapping[int, str]:
        return {index: specialties[key][field] for index, key in enumerate(keys)}

    contacts = region.care.hospital.contacts.with_columns(
        day=(pl.col("start") // 1440).cast(pl.Int32), end_day=(pl.col("end") // 1440).cast(pl.Int32)
    )
    count = contacts.height
    offset = (chance.part + 1) * 20_000_000
    contacts = contacts.with_columns(
        pnr=identifier_on(region, contacts["person"], contacts["day"]),
        code=pl.col("hospital").replace_strict(dict(enumerate(hospitals)), return_dtype=pl.String),
        department=pl.col("specialty").replace_strict(by_specialty("department"), return_dtype=pl.String),
        spec_old=pl.col("specialty").replace_strict(by_specialty("old"), return_dtype=pl.String),
        spec_new=pl.col("specialty").replace_strict(by_specialty("new"), return_dtype=pl.String),
        recnum=(pl.col("contact") + offset + 100_000_000).cast(pl.String).str.zfill(18),
        key=(pl.col("contact") + offset + 500_000_000).cast(pl.String).str.zfill(18),
        is_virtual=(pl.col("kind") == "outpatient") & pl.Series(draw.random(count) < 0.06),
    ).with_columns(unit=pl.col("code") + pl.col("department"))
    contacts = contacts.sort("start", "contact")
    link = contacts.select("contact", "day", "start", "recnum", "key", "unit")
    primary = region.care.hospital.diagnoses.filter(pl.col("type") == "A").unique(
        "contact", keep="first", maintain_order=True
    )
    contacts = contacts.join(primary.select("contact", action="code"), on="contact", how="left", maintain_order="left")
    return HospitalRows(
        contacts,
        region.care.hospital.diagnoses.with_row_index("fact")
        .join(link, on="contact", maintain_order="left")
        .sort("start", "fact"),
        region.care.hospital.procedures.with_row_index("fact")
        .join(link, on="contact", maintain_order="left")
        .sort("start", "fact"),
    )


def between(rows: HospitalRows, first: int, last: int) -> HospitalRows:
    """Return what began in a period, both ends included."""
    return HospitalRows(
        within(rows.contacts, "day", first, last),
        within(rows.diagnoses, "day", first, last),
        within(rows.procedures, "day", first, last),
    )
