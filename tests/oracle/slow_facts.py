"""What is known about one patient, worked out slowly in plain Python from the rows of the core tables.

Written from the words of the indicator definitions and variables, not from their SQL. A patient is a dictionary of
lists of rows; every question loops over all of them.
"""

import csv
from datetime import date, timedelta
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


class Facts:
    """One patient and one period: who and where, diagnoses, operations, results."""

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
