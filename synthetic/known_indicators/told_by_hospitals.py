"""What the population registers and the hospitals told about people, as plain rows."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import polars as pl

from synthetic.chance import NEVER, Chance
from synthetic.extracts.hospital_rows import hospital_rows
from synthetic.histories import EPOCH, OTHER_MEDICAL, VIEWS
from synthetic.known_counts import Ledger
from synthetic.known_indicators.who_and_where import Row
from synthetic.truth import Region

TableRow = tuple[int, str, Row]
"""Person, table, row."""
OLDER_REGISTER = "lpr_adm"
NEWER_VIEW, *OLDER_VIEWS = VIEWS
ALWAYS_ACUTE = "for_akutambulantekontakter"


def about(frame: pl.DataFrame, people: pl.Series) -> pl.DataFrame:
    """Return the rows about these people."""
    return frame.filter(pl.col("person").is_in(people.cast(frame.schema["person"]).implode()))


def records(frame: pl.DataFrame) -> list[dict[str, Any]]:
    """Return the rows as dictionaries."""
    return frame.to_dicts()


def day_of(number: int) -> date:
    """Return the date of a day number."""
    return EPOCH + timedelta(days=number)


def moment_of(minutes: int) -> datetime:
    """Return the moment of a number of minutes since 1970."""
    return datetime.combine(EPOCH, datetime.min.time()) + timedelta(minutes=minutes)


def registers(region: Region, ledger: Ledger, people: pl.Series) -> Iterator[TableRow]:
    """Yield who people are, where they lived and with whom they were registered."""
    for person in people.to_list():
        died = int(region.departures.died[person])
        born = day_of(int(region.people.born[person]))
        yield person, "person", {
            "sex": "female" if region.people.sex[person] == 2 else "male",
            "born_on": born.replace(day=1),
            "died_on": day_of(died) if died < NEVER else None,
        }  # fmt: skip
    for row in records(about(ledger.told(region.residences.with_row_index("fact"), "residence"), people)):
        place = region.municipalities[row["municipality"]].code
        yield row["person"], "residence", {"municipality_code": place} | _from_to(row)
    for row in records(about(ledger.told(region.registrations.with_row_index("fact"), "registration"), people)):
        practice = str(region.practices.code[row["practice"]])
        yield row["person"], "registration", {"practice_id": practice} | _from_to(row)


def _from_to(row: Row) -> Row:
    ends_on = day_of(row["ends_on"]) if row["ends_on"] < NEVER else None
    return {"starts_on": day_of(max(row["starts_on"], -200_000)), "ends_on": ends_on}


def hospitals(region: Region, chance: Chance, ledger: Ledger, people: pl.Series) -> Iterator[TableRow]:
    """Yield contacts, diagnoses and procedures by the file through which each was told first.

    The older register has days instead of moments. The views have no retracted diagnoses, and their contacts have no
    procedures; the specialties of their contacts stand in the list of departments.
    """
    told = hospital_rows(region, chance)
    contacts = about(told.contacts, people)
    numbers = contacts["contact"]
    through = dict(zip(numbers.to_list(), ledger.loaded_through("contact", numbers.to_numpy()), strict=True))
    keys = list(region.country.region["specialties"])
    by_number = {row["contact"]: row for row in records(contacts)}
    for number, row in by_number.items():
        if through[number]:
            yield row["person"], "hospital_contact", _contact(row, through[number], keys[row["specialty"]])
    diagnoses = told.diagnoses.filter(pl.col("contact").is_in(numbers.implode()))
    own = ledger.loaded_through("diagnosis", diagnoses["fact"].cast(pl.Int64).to_numpy())
    for row, file_type in zip(records(diagnoses), own, strict=True):
        contact = by_number[row["contact"]]
        in_view = through[row["contact"]] in VIEWS and row["retraction"] != "yes"
        if file_type or in_view:
            yield contact["person"], "diagnosis", {
                "contact_id": row["contact"],
                "diagnosed_on": day_of(row["day"]),
                "code_system": "icd8" if row["code"][0].isdigit() else "sks",
                "code": row["code"],
                "diagnosis_type": row["type"],
                "retraction": _retraction(row, file_type),
                "sector": "hospital",
            }  # fmt: skip
    procedures = told.procedures.filter(pl.col("contact").is_in(numbers.implode()))
    loaded = ledger.loaded_through("procedure", procedures["fact"].cast(pl.Int64).to_numpy())
    for row in records(procedures.filter(pl.Series(np.array(loaded, dtype=str) != "", dtype=pl.Boolean))):
        person = by_number[row["contact"]]["person"]
        yield person, "procedure", {"performed_on": day_of(row["day"]), "code": row["code"]}


def with_code(region: Region, chance: Chance, code: str) -> set[int]:
    """Return the people with a diagnosis whose code begins so, in the files of any hospital."""
    told = hospital_rows(region, chance)
    own = told.diagnoses.filter(pl.col("code").cast(pl.String).str.starts_with(code))
    return set(told.contacts.join(own, on="contact", how="semi")["person"].to_list())


def _retraction(row: Row, file_type: str) -> str:
    """Return what is known of a diagnosis: the older register does not tell, and the views show what stands."""
    if file_type == "lpr_diag":
        return "not_stated"
    return str(row["retraction"]) if file_type else "no"


def _contact(row: Row, file_type: str, specialty: str) -> Row:
    is_old, is_older_view = file_type == OLDER_REGISTER, file_type in OLDER_VIEWS
    group = specialty if specialty == "endocrinology" else "other_medical" if specialty in OTHER_MEDICAL else "other"
    return {
        "contact_id": row["contact"],
        "started_on": day_of(row["day"]),
        "starts_at": None if is_old else moment_of(row["start"]),
        "ended_on": day_of(row["end_day"]),
        "ends_at": None if is_old else moment_of(row["end"]),
        "patient_type": str(row["kind"]) if is_old or file_type in VIEWS else None,
        "is_physical": is_old or is_older_view or not row["is_virtual"],
        "is_acute": (file_type == ALWAYS_ACUTE or None) if is_older_view else bool(row["acute"]),
        "specialty": group,
        "hospital_id": row["code"],
    }
