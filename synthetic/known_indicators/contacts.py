"""One patient's contacts with hospital, general practice and municipality, and what followed a stay in hospital."""

from datetime import date, datetime, timedelta

from synthetic.known_indicators.complications import Complications
from synthetic.known_indicators.remembered import once_a_period, once_a_person
from synthetic.known_indicators.who_and_where import Row, code_list

HOUR = timedelta(hours=1)


class Patient(Complications):
    """One patient and one period, with everything that indicators ask."""

    @once_a_period
    def acute_contacts(self, name: str) -> set[date]:
        """Days on which an acute physical hospital contact with a diagnosis on a list began, while observed."""
        contacts = {row["contact_id"] for row in self.diagnoses(name) if row["sector"] == "hospital"}
        return {
            row["started_on"]
            for row in self.rows["hospital_contact"]
            if row["contact_id"] in contacts
            and row["is_physical"]
            and row["is_acute"]
            and self.is_observed(row["started_on"])
        }

    @once_a_person
    def diabetes_contacts(self) -> list[date]:
        """A diabetes diagnosis at a hospital contact or in general practice, a foot examination or an annual review."""
        lists = ("diabetes_diagnosis", "practice_type_1_diagnosis", "practice_type_2_diagnosis")
        named = [row["diagnosed_on"] for name in lists for row in self.diagnoses(name)]
        return named + self.examined("foot") + self.examined("annual_review")

    @once_a_person
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

    @once_a_period
    def sectors(self) -> set[str]:
        """In which of hospital, general practice and municipality there is any record in the period."""
        found = {sector for sector, day in self._days_by_sector() if self.in_period(day)}
        for course in self.rows["municipal_course"]:
            begun = course["referred_on"] or course["granted_on"]
            if begun and begun <= self.end and (course["closed_on"] is None or course["closed_on"] >= self.start):
                found.add("municipality")
        return found & {"hospital", "general_practice", "municipality"}

    @once_a_person
    def _days_by_sector(self) -> set[tuple[str, date]]:
        days = {("hospital", row["started_on"]) for row in self.rows["hospital_contact"]}
        for table, column in (
            ("diagnosis", "diagnosed_on"),
            ("measurement", "taken_on"),
            ("examination", "examined_on"),
        ):
            days |= {(row["sector"], row[column]) for row in self.rows[table] if not self._was_taken_back(row)}
        days |= {("general_practice", row["service_on"]) for row in self.services("general_practice_service")}
        days |= {
            ("municipality", row["held_on"]) for row in self.rows["municipal_encounter"] if row["status"] == "finished"
        }
        return days

    @staticmethod
    def _was_taken_back(row: Row) -> bool:
        return row.get("retraction") == "yes" or row.get("result_state") == "cancelled"

    # ── municipal courses ──

    @once_a_person
    def courses(self) -> list[Row]:
        """Courses whose focus is diabetes, each with the day of its first meeting that was held."""
        found = []
        for course in self.rows["municipal_course"]:
            code = course["focus_code"]
            if code and any(code.startswith(beginning) for _, beginning in code_list("municipal_diabetes_focus")):
                held = [
                    row["held_on"]
                    for row in self.rows["municipal_encounter"]
                    if row["course_id"] == course["course_id"] and row["status"] == "finished"
                ]
                found.append(course | {"begun_on": min(held, default=None)})
        return found

    # ── stays in hospital ──

    @once_a_person
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

    @once_a_period
    def discharges(self, days: int) -> list[Row]:
        """Discharges alive of an observed patient in the period, at least so many days before its end."""
        died = self.person["died_on"]
        return [
            stay
            for stay in self.stays()
            if self.is_observed(stay["end"].date())
            and stay["end"].date() + timedelta(days=days) <= self.end
            and (died is None or died > stay["end"].date())
        ]

    @staticmethod
    def discharged_from(stay: Row) -> str:
        """Hospital of the contact of a stay that ended last, of those that ended together the one that began last."""
        last = max(stay["contacts"], key=lambda row: (*Patient._from_to(row)[1::-1], row["hospital_id"] or "none"))
        return str(last["hospital_id"] or "none")

    def has_diabetes_diagnosis(self, stay: Row) -> bool:
        """Return whether a contact of the stay holds a diabetes diagnosis."""
        contacts = {row["contact_id"] for row in stay["contacts"]}
        return any(row["contact_id"] in contacts for row in self.diagnoses("diabetes_diagnosis"))

    def next_stays(self, stay: Row, days: int) -> list[Row]:
        """Return the stays that begin after this one ended, within so many days."""
        return [
            other
            for other in self.stays()
            if stay["end"] < other["begin"] and other["begin"].date() <= stay["end"].date() + timedelta(days=days)
        ]

    @once_a_person
    def days_seen_outside(self) -> list[date]:
        """Days on which general practice, outpatient endocrinology or the municipality saw the patient."""
        seen = [row["service_on"] for row in self.services("general_practice_consultation")]
        seen += [row["examined_on"] for row in self.rows["examination"] if row["sector"] == "general_practice"]
        seen += [row["held_on"] for row in self.rows["municipal_encounter"] if row["status"] == "finished"]
        return seen + [
            row["started_on"]
            for row in self.rows["hospital_contact"]
            if row["is_physical"]
            and row["specialty"] == "endocrinology"
            and row["patient_type"] in ("outpatient", None)
            and not row["is_acute"]
        ]

    def days_until_seen(self, stay: Row, days: int) -> int | None:
        """Days from a discharge to the first later day on which somebody saw the patient; None when nobody did."""
        after = [(day - stay["end"].date()).days for day in self.days_seen_outside()]
        return min((day for day in after if 0 < day <= days), default=None)

    def days_until_told_of(self, stay: Row) -> list[int]:
        """Days from a discharge to each summary that the hospital sent before it discharged the patient again."""
        hospital, left = self.discharged_from(stay), stay["end"]
        later = [
            other["end"].date()
            for other in self.stays()
            if other["end"] > left and self.discharged_from(other) == hospital
        ]
        return [
            (row["sent_on"] - left.date()).days
            for row in self.rows["message"]
            if (row["kind"], row["state"], row["hospital_id"]) == ("discharge_summary", "sent", hospital)
            and row["sent_on"] >= left.date()
            and not any(day <= row["sent_on"] for day in later)
        ]
