"""What is known about one patient, worked out slowly in plain Python from plain rows.

Written from the words of the indicator definitions and variables, not from their SQL. A patient is a dictionary of
lists of rows; every question loops over all of them.
"""

import csv
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from typing import Any

from synthetic.country import load_country
from synthetic.known_indicators.remembered import Answers, once_a_period

Row = dict[str, Any]


@cache
def code_list(name: str) -> list[tuple[str, str]]:
    """Return a code list of the country as (system, beginning of the code)."""
    entry = files("packs") / load_country().name / "codelists" / f"{name}.csv"
    return [(row["system"], row["code"]) for row in csv.DictReader(entry.read_text(encoding="utf-8").splitlines())]


@cache
def is_on(name: str, system: str, code: str) -> bool:
    """Return whether a code is on a list: it begins with one of the list's codes."""
    return any(system == listed and code.startswith(beginning) for listed, beginning in code_list(name))


def months_before(day: date, months: int) -> date:
    """Return the same day of an earlier month, or that month's last day."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    for number in (day.day, 30, 29, 28):
        try:
            return date(year, month + 1, number)
        except ValueError:
            continue
    raise ValueError(day)


def months_after(day: date, months: int) -> date:
    """Return the same day of a later month, or that month's last day."""
    return months_before(day, -months)


def first_day(period_end: date, months: int) -> date:
    """Return the first day of a period of whole months that ends on the last day of a month."""
    return months_before(period_end + timedelta(days=1), months)


class WhoAndWhere:
    """One patient and one period: which days are observed, who the patient is and where.

    Attributes:
        rows: The patient's rows by table.
        start: First day of the period.
        end: Its last day, the reporting date.
        of_person: Answers that hold for every period of this patient; periods of one patient share them.
        of_period: Answers that hold for this period.
    """

    def __init__(self, rows: dict[str, list[Row]], period_end: date, months: int, of_person: Answers) -> None:
        self.rows = rows
        self.end = period_end
        self.start = first_day(period_end, months)
        self.of_person = of_person
        self.of_period: Answers = {}
        self.person = rows["person"][0]
        self.diabetes = rows["diabetes"][0]
        self.observed = self._observed()

    def _observed(self) -> list[tuple[date, date]]:
        """First and last day of each stretch of the period: alive, living in the area, and with diabetes.

        Of a patient who moved away and came back, only those after the last return.
        """
        found: list[tuple[date, date]] = []
        for home in sorted(self.rows["residence"], key=lambda row: row["starts_on"]):
            first = max(home["starts_on"], self.start, self.diabetes["diabetes_since_on"])
            last = min(home["ends_on"] or self.end, self.person["died_on"] or self.end, self.end)
            if found:
                if first > found[-1][1] + timedelta(days=1) and first <= last:
                    found = []
                else:
                    first = max(first, found[-1][1] + timedelta(days=1))
            if first <= last:
                found.append((first, last))
        return found

    def is_observed(self, day: date | None) -> bool:
        """Return whether a day is one of the observed ones."""
        return day is not None and any(first <= day <= last for first, last in self.observed)

    def observed_days(self, until: date | None = None) -> int:
        """Return the number of observed days, all or those up to a day."""
        days = ((min(last, until or last) - first).days + 1 for first, last in self.observed)
        return sum(max(number, 0) for number in days)

    # ── who and where ──

    @property
    def observed_to(self) -> date:
        """The last observed day."""
        return self.observed[-1][1]

    @property
    def observed_from(self) -> date:
        """The first observed day."""
        return self.observed[0][0]

    @property
    @once_a_period
    def is_present(self) -> bool:
        """Whether alive and resident on the reporting date."""
        died = self.person["died_on"]
        return bool(self.observed) and self.observed_to == self.end and (died is None or died > self.end)

    @property
    @once_a_period
    def age(self) -> int:
        """Age in whole years on the last observed day, from the month of birth."""
        born = self.person["born_on"]
        had_birthday = (self.observed_to.month, self.observed_to.day) >= (born.month, born.day)
        return int(self.observed_to.year - born.year - (0 if had_birthday else 1))

    @property
    @once_a_period
    def age_band(self) -> str:
        """Age band on the last observed day."""
        for name, first in (("80+", 80), ("65-79", 65), ("50-64", 50), ("18-49", 18)):
            if self.age >= first:
                return name
        return "none"

    @property
    @once_a_period
    def municipality(self) -> str:
        """Where the patient lived on the last observed day."""
        return str(self._on_last_day("residence", "municipality_code"))

    @property
    @once_a_period
    def practice(self) -> str:
        """With which practice the patient was registered on the last observed day, or `none`."""
        return str(self._on_last_day("registration", "practice_id"))

    def _on_last_day(self, table: str, column: str) -> Any:
        found = [
            row
            for row in self.rows[table]
            if row["starts_on"] <= self.observed_to <= (row["ends_on"] or self.observed_to)
        ]
        return max(found, key=lambda row: (row["starts_on"], row[column]))[column] if found else "none"

    @property
    @once_a_period
    def hospital(self) -> str:
        """Hospital of the latest physical contact in the 15 months before the last observed day, or `none`."""
        first = first_day(self.end, 15)
        visits = [
            (contact["started_on"], contact["hospital_id"])
            for contact in self.rows["hospital_contact"]
            if contact["is_physical"] and contact["hospital_id"] and first <= contact["started_on"] <= self.observed_to
        ]
        return str(max(visits)[1]) if visits else "none"

    def in_period(self, day: date | None) -> bool:
        """Return whether a day lies in the period."""
        return day is not None and self.start <= day <= self.end
