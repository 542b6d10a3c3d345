"""What is known about one patient, worked out slowly in plain Python from the rows of the core tables.

Written from the words of the indicator definitions and variables, not from their SQL. A patient is a dictionary of
lists of rows; every question loops over all of them.
"""

import csv
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

Row = dict[str, Any]
PACK = Path(__file__).parents[2] / "packs" / "denmark"
HOUR = timedelta(hours=1)
JUST = 0.01


def read_list(name: str) -> list[tuple[str, str]]:
    """Return a code list as (system, beginning of the code)."""
    with (PACK / "codelists" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return [(row["system"], row["code"]) for row in csv.DictReader(file)]


LISTS = {path.stem: read_list(path.stem) for path in (PACK / "codelists").glob("*.csv")}


def is_on(name: str, system: str, code: str) -> bool:
    """Return whether a code is on a list: it begins with one of the list's codes."""
    return any(system == listed and code.startswith(beginning) for listed, beginning in LISTS[name])


def months_before(day: date, months: int) -> date:
    """Return the same day of an earlier month, or that month's last day."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    for number in (day.day, 30, 29, 28):
        try:
            return date(year, month + 1, number)
        except ValueError:
            continue
    raise ValueError(day)


def first_day(period_end: date, months: int) -> date:
    """Return the first day of a period of whole months that ends on the last day of a month."""
    return months_before(period_end + timedelta(days=1), months)


class Patient:
    """One patient and one period."""

    def __init__(self, rows: dict[str, list[Row]], period_end: date, months: int) -> None:
        self.rows = rows
        self.end = period_end
        self.start = first_day(period_end, months)
        self.person = rows["person"][0]
        self.diabetes = rows["diabetes"][0]
        self.days = self._observed_days()

    def _observed_days(self) -> list[date]:
        """The days of the period on which the patient was alive, lived in the area and had diabetes."""
        days = set()
        for home in self.rows["residence"]:
            day = max(home["starts_on"], self.start, self.diabetes["diabetes_since_on"])
            last = min(home["ends_on"] or self.end, self.person["died_on"] or self.end, self.end)
            while day <= last:
                days.add(day)
                day += timedelta(days=1)
        return sorted(days)

    # ── who and where ──

    @property
    def observed_to(self) -> date:
        return self.days[-1]

    @property
    def observed_from(self) -> date:
        return self.days[0]

    @property
    def is_present(self) -> bool:
        died = self.person["died_on"]
        return bool(self.days) and self.observed_to == self.end and (died is None or died > self.end)

    @property
    def age(self) -> int:
        born = self.person["born_on"]
        had_birthday = (self.observed_to.month, self.observed_to.day) >= (born.month, born.day)
        return int(self.observed_to.year - born.year - (0 if had_birthday else 1))

    @property
    def age_band(self) -> str:
        for name, first in (("80+", 80), ("65-79", 65), ("50-64", 50)):
            if self.age >= first:
                return name
        return "18-49"

    @property
    def municipality(self) -> str:
        return str(self._on_last_day("residence", "municipality_code"))

    @property
    def practice(self) -> str:
        return str(self._on_last_day("registration", "practice_id"))

    def _on_last_day(self, table: str, column: str) -> Any:
        found = [
            row
            for row in self.rows[table]
            if row["starts_on"] <= self.observed_to <= (row["ends_on"] or self.observed_to)
        ]
        return max(found, key=lambda row: (row["starts_on"], row[column]))[column] if found else "none"

    @property
    def hospital(self) -> str:
        first = first_day(self.end, 15)
        visits = [
            (contact["started_on"], contact["hospital_id"])
            for contact in self.rows["hospital_contact"]
            if contact["is_physical"] and contact["hospital_id"] and first <= contact["started_on"] <= self.observed_to
        ]
        return str(max(visits)[1]) if visits else "none"

    # ── diagnoses, operations, results ──

    def in_period(self, day: date | None) -> bool:
        return day is not None and self.start <= day <= self.end

    def diagnoses(self, name: str, kinds: str = "AB") -> list[Row]:
        """Diagnoses on a list: of these types from hospital, any from general practice, unless retracted."""
        return [
            row
            for row in self.rows["diagnosis"]
            if is_on(name, row["code_system"], row["code"])
            and row["retraction"] != "yes"
            and (
                row["sector"] == "general_practice"
                or (row["sector"] == "hospital" and row["diagnosis_type"] in tuple(kinds))
            )
        ]

    def operations(self, name: str) -> list[Row]:
        return [row for row in self.rows["procedure"] if is_on(name, "sks", row["code"])]

    def signs(self, name: str) -> list[date]:
        """Days with a diagnosis or operation on a list."""
        found = [row["diagnosed_on"] for row in self.diagnoses(name)]
        return found + [row["performed_on"] for row in self.operations(name)]

    def examined(self, kind: str, *results: str) -> list[date]:
        return [
            row["examined_on"]
            for row in self.rows["examination"]
            if row["examination"] == kind and (not results or row["result"] in results)
        ]

    def results(self, analyte: str) -> list[tuple[date, float]]:
        """Numbers of an analyte; one given as less or more than a number lies just beside it."""
        found = []
        for row in self.rows["measurement"]:
            if row["analyte"] == analyte and row["result_state"] == "number" and row["value"] is not None:
                beside = {"<": -JUST, "<=": -JUST, ">": JUST, ">=": JUST}.get(row["comparator"] or "=", 0.0)
                found.append((row["taken_on"], row["value"] + beside))
        return found

    def latest(self, analyte: str) -> float | None:
        """The lowest number of the latest day of the period."""
        found = [(day, value) for day, value in self.results(analyte) if self.in_period(day)]
        if not found:
            return None
        last = max(day for day, _ in found)
        return min(value for day, value in found if day == last)

    def latest_day(self, days: list[date]) -> date | None:
        return max((day for day in days if self.in_period(day)), default=None)

    def blood_pressure(self) -> tuple[date, float, float] | None:
        """The lowest systolic and the lowest diastolic value of the latest day that has both."""
        upper, lower = self.results("systolic_blood_pressure"), self.results("diastolic_blood_pressure")
        both = {day for day, _ in upper} & {day for day, _ in lower}
        last = self.latest_day(list(both))
        if last is None:
            return None
        return (
            last,
            min(value for day, value in upper if day == last),
            min(value for day, value in lower if day == last),
        )

    def uacr(self) -> tuple[date, float] | None:
        """The lowest ratio of the latest day; albumin below the detection limit is the ratio 0."""
        found = self.results("uacr")
        found += [
            (row["taken_on"], 0.0)
            for row in self.rows["measurement"]
            if row["analyte"] == "uacr" and row["result_state"] == "below_detection"
        ]
        last = self.latest_day([day for day, _ in found])
        return None if last is None else (last, min(value for day, value in found if day == last))

    def smoking(self) -> tuple[date, str] | None:
        """The latest status; on one day current goes before former and former before never."""
        last = self.latest_day(self.examined("smoking"))
        if last is None:
            return None
        said = {
            row["result"]
            for row in self.rows["examination"]
            if row["examination"] == "smoking" and row["examined_on"] == last
        }
        return last, next(status for status in ("current", "former", "never") if status in said)

    def eye_examination(self) -> date | None:
        days = [
            row["examined_on"]
            for row in self.rows["examination"]
            if row["examination"] == "eye" and row["result"] != "ungradable"
        ]
        return self.latest_day(days + self.signs("eye_examination"))

    def foot_examination(self) -> date | None:
        therapy = [row["service_on"] for row in self.services("foot_therapist_service") if not row["is_for_child"]]
        return self.latest_day(self.examined("foot") + therapy)

    def services(self, name: str) -> list[Row]:
        return [
            row for row in self.rows["service"] if is_on(name, "service", row["specialty_code"] + row["service_code"])
        ]

    def collected(self, name: str) -> bool:
        """Whether a drug on a list was collected in the last 12 months."""
        year_ago = months_before(self.end, 12)
        return any(
            is_on(name, "atc", row["atc_code"]) and year_ago < row["dispensed_on"] <= self.end
            for row in self.rows["dispensing"]
        )

    # ── complications: the first sign ever ──

    def first(self, complication: str) -> date | None:
        days = getattr(self, f"_{complication}")() if hasattr(self, f"_{complication}") else self.signs(complication)
        return min(days, default=None)

    def _retinopathy(self) -> list[date]:
        seen = self.examined("eye", "mild", "moderate", "severe", "proliferative")
        return self.signs("retinopathy") + seen

    def _nephropathy(self) -> list[date]:
        return self.signs("nephropathy") + [day for day, value in self.results("uacr") if value >= 300]

    def _egfr_decline(self) -> list[date]:
        low = [day for day, value in self.results("egfr") if value < 60]
        return [day for day in low if any((day - other).days >= 90 for other in low)]

    def _foot_ulcer(self) -> list[date]:
        with_diabetes = {row["contact_id"] for row in self.diagnoses("diabetes_diagnosis")} - {None}
        legs = [
            row["diagnosed_on"] for row in self.diagnoses("ulcer_of_lower_limb") if row["contact_id"] in with_diabetes
        ]
        return self.signs("foot_ulcer") + legs + self.examined("foot", "ulcer")

    def _any_complication(self) -> list[date]:
        found = [self.first(name) for name in ALL_COMPLICATIONS]
        return [day for day in found if day is not None]

    # ── contacts ──

    def acute_contacts(self, name: str) -> set[date]:
        """Days on which an acute physical hospital contact with a diagnosis on a list began, while observed."""
        contacts = {row["contact_id"] for row in self.diagnoses(name) if row["sector"] == "hospital"}
        return {
            row["started_on"]
            for row in self.rows["hospital_contact"]
            if row["contact_id"] in contacts
            and row["is_physical"]
            and row["is_acute"]
            and row["started_on"] in self.days
        }

    def diabetes_contacts(self) -> list[date]:
        """A diabetes diagnosis at a hospital contact or in general practice, a foot examination or an annual review."""
        lists = ("diabetes_diagnosis", "practice_type_1_diagnosis", "practice_type_2_diagnosis")
        named = [row["diagnosed_on"] for name in lists for row in self.diagnoses(name)]
        return named + self.examined("foot") + self.examined("annual_review")

    def hospital_diabetes_contacts(self) -> list[date]:
        """A contact with endocrinology, also by telephone, or with diabetes as its primary diagnosis."""
        primary = {
            row["contact_id"] for row in self.diagnoses("diabetes_diagnosis", "A") if row["sector"] == "hospital"
        }
        return [
            row["started_on"]
            for row in self.rows["hospital_contact"]
            if row["specialty"] == "endocrinology" or row["contact_id"] in primary
        ]

    def sectors(self) -> set[str]:
        """In which of hospital, general practice and municipality there is any record in the period."""
        days = [("hospital", row["started_on"]) for row in self.rows["hospital_contact"]]
        for table, column in (
            ("diagnosis", "diagnosed_on"),
            ("measurement", "taken_on"),
            ("examination", "examined_on"),
        ):
            days += [(row["sector"], row[column]) for row in self.rows[table] if not self._was_taken_back(row)]
        days += [("general_practice", row["service_on"]) for row in self.services("general_practice_service")]
        days += [
            ("municipality", row["held_on"]) for row in self.rows["municipal_encounter"] if row["status"] == "finished"
        ]
        found = {sector for sector, day in days if self.in_period(day)}
        for course in self.rows["municipal_course"]:
            begun = course["referred_on"] or course["granted_on"]
            if begun and begun <= self.end and (course["closed_on"] is None or course["closed_on"] >= self.start):
                found.add("municipality")
        return found & {"hospital", "general_practice", "municipality"}

    @staticmethod
    def _was_taken_back(row: Row) -> bool:
        return row.get("retraction") == "yes" or row.get("result_state") == "cancelled"

    # ── municipal courses ──

    def courses(self) -> list[Row]:
        """Courses whose focus is diabetes, each with the day of its first meeting that was held."""
        found = []
        for course in self.rows["municipal_course"]:
            code = course["focus_code"]
            if code and any(code.startswith(beginning) for _, beginning in LISTS["municipal_diabetes_focus"]):
                held = [
                    row["held_on"]
                    for row in self.rows["municipal_encounter"]
                    if row["course_id"] == course["course_id"] and row["status"] == "finished"
                ]
                found.append(course | {"begun_on": min(held, default=None)})
        return found

    # ── stays in hospital ──

    def stays(self) -> list[Row]:
        """Physical contacts joined when they overlap or lie at most 4 hours apart, if they last 12 hours together."""
        contacts = sorted(
            (self._from_to(row) for row in self.rows["hospital_contact"] if self._can_be_a_stay(row)),
            key=lambda span: (span[0], span[1]),
        )
        stays: list[Row] = []
        for begin, end, contact in contacts:
            if stays and begin <= stays[-1]["end"] + 4 * HOUR:
                stays[-1]["end"] = max(stays[-1]["end"], end)
                stays[-1]["contacts"].append(contact)
            else:
                stays.append({"begin": begin, "end": end, "contacts": [contact]})
        return [
            stay
            for stay in stays
            if stay["end"] - stay["begin"] >= 12 * HOUR or any(row["starts_at"] is None for row in stay["contacts"])
        ]

    @staticmethod
    def _can_be_a_stay(row: Row) -> bool:
        if not row["is_physical"]:
            return False
        has_times = row["starts_at"] is not None and row["ends_at"] is not None
        return has_times or (row["patient_type"] == "inpatient" and row["ended_on"] is not None)

    @staticmethod
    def _from_to(row: Row) -> tuple[datetime, datetime, Row]:
        if row["starts_at"] is not None and row["ends_at"] is not None:
            return row["starts_at"], row["ends_at"], row
        noon = timedelta(hours=12)
        return (
            datetime.combine(row["started_on"], datetime.min.time()) + noon,
            datetime.combine(row["ended_on"], datetime.min.time()) + noon,
            row,
        )

    def discharges(self, days: int) -> list[Row]:
        """Discharges alive of an observed patient in the period, at least so many days before its end."""
        died = self.person["died_on"]
        return [
            stay
            for stay in self.stays()
            if stay["end"].date() in self.days
            and stay["end"].date() + timedelta(days=days) <= self.end
            and (died is None or died > stay["end"].date())
        ]

    def has_diabetes_diagnosis(self, stay: Row) -> bool:
        contacts = {row["contact_id"] for row in stay["contacts"]}
        return any(row["contact_id"] in contacts for row in self.diagnoses("diabetes_diagnosis"))

    def next_stays(self, stay: Row, days: int) -> list[Row]:
        return [
            other
            for other in self.stays()
            if stay["end"] < other["begin"] and other["begin"].date() <= stay["end"].date() + timedelta(days=days)
        ]

    def seen_after(self, stay: Row, days: int) -> bool:
        """Whether general practice, outpatient endocrinology or the municipality saw the patient in the days after."""
        seen = [row["service_on"] for row in self.services("general_practice_consultation")]
        seen += [row["diagnosed_on"] for row in self.rows["diagnosis"] if row["sector"] == "general_practice"]
        seen += [row["examined_on"] for row in self.rows["examination"] if row["sector"] == "general_practice"]
        seen += [row["held_on"] for row in self.rows["municipal_encounter"] if row["status"] == "finished"]
        seen += [
            row["started_on"]
            for row in self.rows["hospital_contact"]
            if row["is_physical"] and row["specialty"] == "endocrinology" and row["patient_type"] != "inpatient"
        ]
        left = stay["end"].date()
        return any(left < day <= left + timedelta(days=days) for day in seen)


ALL_COMPLICATIONS = (
    "retinopathy", "nephropathy", "egfr_decline", "neuropathy", "foot_ulcer", "amputation", "ischaemic_heart_disease",
    "stroke", "heart_failure", "peripheral_arterial_disease",
)  # fmt: skip
