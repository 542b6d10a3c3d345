"""Hospital contacts of people with diabetes: the diabetes clinic, complications, admissions and readmissions."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from synthetic.chance import NEVER, YEAR, Days, Ints, choose, repeated_days, to_weekday
from synthetic.contact_book import ContactBook, stays
from synthetic.illness import TYPE_1
from synthetic.patients import Patients
from synthetic.visits import Visits


def diabetes_codes(patients: Patients, rows: Ints, draw: np.random.Generator) -> np.ndarray:
    """Return a diabetes diagnosis code for each row: mostly without complication, sometimes with."""
    ending = np.array(["9", "9", "9", "9", "", "8", "6"])[draw.integers(0, 7, len(rows))]
    start = np.where(patients.kind[rows] == TYPE_1, "DE10", "DE11")
    return np.char.add(start, ending)


def add_clinic_contacts(book: ContactBook, patients: Patients, visits: Visits, draw: np.random.Generator) -> None:
    """Add the visits to the hospital's diabetes clinic, each with diabetes as the primary diagnosis."""
    rows = np.flatnonzero(visits.at_hospital)
    who = visits.patient[rows]
    contact = book.add(patients.person[who], visits.day[rows], "outpatient", "endocrinology")
    book.diagnose(contact, diabetes_codes(patients, who, draw))


def add_complication_contacts(
    book: ContactBook,
    data: Mapping[str, Any],
    patients: Patients,
    onset: dict[str, Ints],
    observed_from: Days,
    draw: np.random.Generator,
) -> None:
    """Add the first contact of each complication and the follow-up contacts, with their procedures."""
    for name, row in data["complications"].items():
        codes, weights = np.array(list(row["codes"])), list(row["codes"].values())
        has = np.flatnonzero(onset[name] < NEVER)
        new = has[onset[name][has] >= observed_from[has]]
        acute = row["first_contact"] == "inpatient_acute"
        first = book.add(
            patients.person[new],
            onset[name][new],
            "inpatient" if acute else "outpatient",
            row["specialty"],
            acute=acute,
            stay_days=stays(draw, len(new), 4.0) if acute else None,
        )
        begins = np.maximum(onset[name][has] + 14, observed_from[has])
        which, day = repeated_days(
            draw, np.minimum(begins, patients.last[has]), patients.last[has],
            np.full(len(has), YEAR / row["follow_up"]), shape=1.5, at_least=20,
        )  # fmt: skip
        later = book.add(
            patients.person[has[which]], to_weekday(day, patients.last[has[which]]), "outpatient", row["specialty"]
        )
        contact, who = np.concatenate([first, later]), np.concatenate([new, has[which]])
        chosen = codes[choose(draw, weights, len(patients))]
        chosen = np.where(patients.kind == TYPE_1, np.char.replace(chosen, "DE11", "DE10"), chosen)
        book.diagnose(contact, chosen[who])
        with_diabetes = draw.random(len(who)) < data["rates"]["diabetes_as_secondary"]
        with_diabetes &= (patients.onset[who] <= np.concatenate([onset[name][new], day])) & ~np.char.startswith(
            chosen[who], "DE1"
        )
        book.diagnose(contact[with_diabetes], diabetes_codes(patients, who[with_diabetes], draw), "B")
        for code, procedure in data["procedures"].items():
            if procedure["of"] == name:
                candidates = first if procedure["once"] else contact
                book.operate(candidates[draw.random(len(candidates)) < procedure["share"]], code)


def add_ordinary_contacts(
    book: ContactBook, data: Mapping[str, Any], patients: Patients, observed_from: Days, draw: np.random.Generator
) -> tuple[Ints, Ints]:
    """Add admissions (some followed by a readmission within 30 days), outpatient and emergency contacts.

    Returns:
        Patient and discharge day of every admission.
    """
    rates = data["rates"]
    everyone = np.arange(len(patients))
    age = patients.age_on(everyone, patients.last)
    frailty = np.exp(0.022 * (age - 66) + 0.28 * patients.severity + 0.45 * draw.normal(size=len(patients)))
    first, last = observed_from, patients.last

    def contacts(kind: str, rate: float, *, acute_share: float) -> tuple[Ints, Ints]:
        pace = YEAR / np.clip(rate * frailty, 1e-3, None)
        who, day = repeated_days(draw, first, last, pace, shape=1.0, at_least=12)
        acute = draw.random(len(who)) < acute_share
        day = np.where(acute, day, to_weekday(day, last[who])).astype(np.int32)
        return _ordinary(book, data, kind, patients, who, day, acute, draw), who

    admitted, who = contacts("inpatient", rates["admission"], acute_share=0.78)
    discharged = book.discharge_days(admitted)
    back = np.flatnonzero((draw.random(len(who)) < rates["readmission"]) & (discharged + 30 <= last[who]))
    again = discharged[back] + 1 + draw.integers(0, 28, len(back))
    readmitted = _ordinary(
        book, data, "inpatient", patients, who[back], again.astype(np.int32), np.ones(len(back), bool), draw
    )
    contacts("outpatient", rates["outpatient"], acute_share=0.0)
    contacts("emergency", rates["emergency"], acute_share=1.0)
    return np.concatenate([who, who[back]]), np.concatenate([discharged, book.discharge_days(readmitted)])


def _ordinary(
    book: ContactBook,
    data: Mapping[str, Any],
    kind: str,
    patients: Patients,
    who: Ints,
    day: Days,
    acute: np.ndarray,
    draw: np.random.Generator,
) -> Ints:
    table = data["ordinary"][kind]
    chosen = choose(draw, [weight for _, weight in table.values()], len(who))
    specialty = np.array([book.specialties.index(key) for key, _ in table.values()])[chosen]
    length = stays(draw, len(who)) if kind == "inpatient" else None
    contact = book.add(patients.person[who], day, kind, specialty, acute=acute, stay_days=length)
    book.diagnose(contact, np.array(list(table))[chosen])
    noted = (draw.random(len(who)) < data["rates"]["diabetes_as_secondary"]) & (patients.onset[who] <= day)
    noted &= ~patients.is_quiet[who]
    book.diagnose(contact[noted], diabetes_codes(patients, who[noted], draw), "B")
    return contact
