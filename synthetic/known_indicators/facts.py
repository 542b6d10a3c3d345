"""What one patient's records say in a period: diagnoses, operations, examinations, results, drugs."""

from datetime import date

from synthetic.known_indicators.remembered import once_a_period, once_a_person
from synthetic.known_indicators.who_and_where import Row, WhoAndWhere, is_on, months_before

JUST = 0.01


class Facts(WhoAndWhere):
    """One patient and one period, with diagnoses, operations, examinations and results."""

    @once_a_person
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

    @once_a_person
    def operations(self, name: str) -> list[Row]:
        """Return procedures on a list."""
        return [row for row in self.rows["procedure"] if is_on(name, "sks", row["code"])]

    @once_a_person
    def signs(self, name: str) -> list[date]:
        """Days with a diagnosis or operation on a list."""
        found = [row["diagnosed_on"] for row in self.diagnoses(name)]
        return found + [row["performed_on"] for row in self.operations(name)]

    @once_a_person
    def examined(self, kind: str, *results: str) -> list[date]:
        """Return the days of an examination, all or those with one of these results."""
        return [
            row["examined_on"]
            for row in self.rows["examination"]
            if row["examination"] == kind and (not results or row["result"] in results)
        ]

    @once_a_person
    def results(self, analyte: str) -> list[tuple[date, float]]:
        """Numbers of an analyte; one given as less or more than a number lies just beside it."""
        found = []
        for row in self.rows["measurement"]:
            if row["analyte"] == analyte and row["result_state"] == "number" and row["value"] is not None:
                beside = {"<": -JUST, "<=": -JUST, ">": JUST, ">=": JUST}.get(row["comparator"] or "=", 0.0)
                found.append((row["taken_on"], row["value"] + beside))
        return found

    @once_a_period
    def latest(self, analyte: str) -> float | None:
        """The lowest number of the latest day of the period."""
        found = [(day, value) for day, value in self.results(analyte) if self.in_period(day)]
        if not found:
            return None
        last = max(day for day, _ in found)
        return min(value for day, value in found if day == last)

    def latest_day(self, days: list[date]) -> date | None:
        """Return the latest of the days that lies in the period."""
        return max((day for day in days if self.in_period(day)), default=None)

    @once_a_period
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

    @once_a_period
    def uacr(self) -> tuple[date, float] | None:
        """The lowest ratio of the latest day; albumin below the detection limit is the ratio 0."""
        found = self.results("uacr") + [
            (row["taken_on"], 0.0)
            for row in self.rows["measurement"]
            if row["analyte"] == "uacr" and row["result_state"] == "below_detection"
        ]
        last = self.latest_day([day for day, _ in found])
        return None if last is None else (last, min(value for day, value in found if day == last))

    @once_a_period
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

    @once_a_period
    def eye_examination(self) -> date | None:
        """Return the latest day in the period on which the eyes were seen and could be graded."""
        return self.latest_day(self.eyes_seen())

    @once_a_person
    def eyes_seen(self) -> list[date]:
        """Return the days on which the eyes were seen and could be graded."""
        days = [
            row["examined_on"]
            for row in self.rows["examination"]
            if row["examination"] == "eye" and row["result"] != "ungradable"
        ]
        return days + self.signs("eye_examination")

    @once_a_period
    def foot_examination(self) -> date | None:
        """Return the latest day in the period of a foot examination or of foot therapy."""
        therapy = [row["service_on"] for row in self.services("foot_therapist_service") if not row["is_for_child"]]
        return self.latest_day(self.examined("foot") + therapy)

    @once_a_person
    def services(self, name: str) -> list[Row]:
        """Return services on a list."""
        return [
            row for row in self.rows["service"] if is_on(name, "service", row["specialty_code"] + row["service_code"])
        ]

    @once_a_period
    def collected(self, name: str) -> bool:
        """Whether a drug on a list was collected in the last 12 months."""
        year_ago = months_before(self.end, 12)
        return any(
            is_on(name, "atc", row["atc_code"]) and year_ago < row["dispensed_on"] <= self.end
            for row in self.rows["dispensing"]
        )
