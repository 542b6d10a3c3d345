"""The four published measures once more, patient by patient in plain Python, straight from FHIR resources.

Written from the published logic and not from the definitions of the pack; shares no code with the engine. Slow.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

Json = dict[str, Any]
ALWAYS, FOREVER = datetime.fromisoformat("0001-01-01"), datetime.fromisoformat("9999-12-31")
FINAL = {"final", "amended", "corrected"}
ORDERED = {"order", "original-order", "reflex-order", "filler-order", "instance-order"}
VISITS = {
    "office_visit",
    "annual_wellness_visit",
    "preventive_visit_established",
    "preventive_visit_initial",
    "home_healthcare",
    "telephone_visit",
}


def moment(told: str) -> datetime:
    if len(told) == 10:
        return datetime.fromisoformat(told)
    return datetime.fromisoformat(told).astimezone(UTC).replace(tzinfo=None)


def span(resource: Json, element: str) -> tuple[datetime, datetime] | None:
    """The stretch of time of a choice of moment or period; None when there is none."""
    if f"{element}DateTime" in resource:
        return (moment(resource[f"{element}DateTime"]),) * 2
    if stretch := resource.get(f"{element}Period"):
        return moment(stretch["start"]), moment(stretch["end"]) if "end" in stretch else FOREVER
    return None


def age(born_on: date, day: date) -> int:
    years = day.year - born_on.year
    return years - 1 if (day.month, day.day) < (born_on.month, born_on.day) else years


class Chart:
    """One patient's resources, and the questions that several measures ask of them.

    `names` tells the code lists of a coding.
    """

    def __init__(self, bundle: Json, names: Callable[[Json], set[str]], year: int) -> None:
        self.names = names
        self.by_kind: dict[str, list[Json]] = {}
        for entry in bundle["entry"]:
            self.by_kind.setdefault(entry["resource"]["resourceType"], []).append(entry["resource"])
        self.born_on = date.fromisoformat(self.by_kind["Patient"][0]["birthDate"])
        self.first, self.last = date(year, 1, 1), date(year, 12, 31)

    def listed(self, concept: Json | None, lists: set[str]) -> bool:
        return any(self.names(coding) & lists for coding in (concept or {}).get("coding", []))

    def encounters(self, *lists: str) -> Iterator[tuple[Json, datetime, datetime]]:
        for each in self.by_kind.get("Encounter", []):
            if each["status"] == "finished" and any(self.listed(kind, set(lists)) for kind in each["type"]):
                stretch = each["period"]
                yield each, moment(stretch["start"]), moment(stretch["end"]) if "end" in stretch else FOREVER

    def conditions(self, *lists: str, problems: bool = True) -> Iterator[tuple[datetime, datetime]]:
        for each in self.by_kind.get("Condition", []):
            verification = each.get("verificationStatus", {}).get("coding", [{}])[0].get("code")
            if verification in {"refuted", "entered-in-error"} or not self.listed(each["code"], set(lists)):
                continue
            profile = " ".join(each.get("meta", {}).get("profile", []))
            if not problems and "problems-health-concerns" in profile:
                continue
            onset = moment(each["onsetDateTime"]) if "onsetDateTime" in each else ALWAYS
            clinical = each.get("clinicalStatus", {}).get("coding", [{}])[0].get("code")
            if "abatementDateTime" in each:
                yield onset, moment(each["abatementDateTime"])
            elif clinical in {"active", "recurrence", "relapse"}:
                yield onset, FOREVER
            elif onset > ALWAYS:
                yield onset, onset

    def observations(
        self, *lists: str, profile: str, category: str = "", statuses: set[str] = FINAL
    ) -> Iterator[tuple[Json, datetime, datetime]]:
        for each in self.by_kind.get("Observation", []):
            if each["status"] not in statuses or not self.listed(each["code"], set(lists)):
                continue
            said = " ".join(each.get("meta", {}).get("profile", []))
            categories = {code["code"] for part in each.get("category", []) for code in part["coding"]}
            if said and profile not in said:
                continue
            expected = {"observation-lab": "laboratory", "screening-assessment": "survey", "clinical-result": "exam"}
            if not said and categories & set(expected.values()) and expected.get(profile) not in categories:
                continue
            if category and category not in categories:
                continue
            if stretch := span(each, "effective"):
                yield each, *stretch

    def procedures(self, *lists: str) -> Iterator[tuple[datetime, datetime]]:
        for each in self.by_kind.get("Procedure", []):
            stretch = span(each, "performed")
            if each["status"] == "completed" and self.listed(each["code"], set(lists)) and stretch:
                yield stretch

    def orders(self, kind: str, element: str, *lists: str) -> Iterator[Json]:
        statuses = {"active"} if kind == "MedicationRequest" else {"active", "completed"}
        for each in self.by_kind.get(kind, []):
            if each["status"] in statuses and each["intent"] in ORDERED and self.listed(each[element], set(lists)):
                yield each

    def touches(self, starts: datetime, ends: datetime, first: date | None = None) -> bool:
        return starts.date() <= self.last and ends.date() >= (first or self.first)

    def lies_within(self, starts: datetime, ends: datetime, first: date | None = None) -> bool:
        return starts.date() >= (first or self.first) and ends.date() <= self.last

    def year_before(self) -> date:
        return self.first.replace(year=self.first.year - 1)

    def visited(self, *more: str) -> bool:
        return any(self.lies_within(starts, ends) for _, starts, ends in self.encounters(*VISITS, *more))

    def hospice(self) -> bool:
        to_hospice = any(
            self.first <= ends.date() <= self.last
            and self.listed(each.get("hospitalization", {}).get("dischargeDisposition"), {"discharge_to_hospice"})
            for each, _, ends in self.encounters("inpatient_encounter")
        )
        said_yes = any(
            self.listed(each.get("valueCodeableConcept"), {"answer_yes"}) and self.touches(starts, ends)
            for each, starts, ends in self.observations("hospice_care_assessment", profile="screening-assessment")
        )
        ordered = any(
            self.first <= moment(each["authoredOn"]).date() <= self.last
            for each in self.orders("ServiceRequest", "code", "hospice_care_ambulatory")
        )
        return (
            to_hospice
            or said_yes
            or ordered
            or any(self.touches(starts, ends) for _, starts, ends in self.encounters("hospice_encounter"))
            or any(self.touches(*stretch) for stretch in self.procedures("hospice_care_ambulatory"))
            or any(self.touches(*stretch) for stretch in self.conditions("hospice_diagnosis"))
        )

    def palliative(self) -> bool:
        asked = self.observations("palliative_care_questionnaire", profile="screening-assessment")
        return (
            any(self.touches(starts, ends) for _, starts, ends in asked)
            or any(self.touches(*stretch) for stretch in self.conditions("palliative_care_diagnosis"))
            or any(self.touches(starts, ends) for _, starts, ends in self.encounters("palliative_care_encounter"))
            or any(self.touches(*stretch) for stretch in self.procedures("palliative_care_intervention"))
        )

    def frail(self) -> bool:
        symptoms = self.observations("frailty_symptom", profile="simple-observation", statuses=FINAL | {"preliminary"})
        return (
            any(
                self.first <= moment(each["authoredOn"]).date() <= self.last
                for each in self.orders("DeviceRequest", "codeCodeableConcept", "frailty_device")
            )
            or any(
                self.listed(each.get("valueCodeableConcept"), {"frailty_device"})
                and self.first <= ends.date() <= self.last
                for each, _, ends in self.observations("medical_equipment_used", profile="screening-assessment")
            )
            or any(self.touches(*stretch) for stretch in self.conditions("frailty_diagnosis"))
            or any(self.touches(starts, ends) for _, starts, ends in self.encounters("frailty_encounter"))
            or any(self.touches(starts, ends) for _, starts, ends in symptoms)
        )

    def seriously_ill(self) -> bool:
        began = any(
            self.year_before() <= starts.date() <= self.last for starts, _ in self.conditions("advanced_illness")
        )
        for each in self.orders("MedicationRequest", "medicationCodeableConcept", "dementia_medication"):
            supply = each.get("dispenseRequest", {}).get("expectedSupplyDuration")
            if supply:
                starts = datetime.combine(moment(each["authoredOn"]).date(), datetime.min.time())
                ends = starts + timedelta(days=int(supply["value"]) - 1)
                began = began or self.touches(starts, ends, self.year_before())
        return began

    def in_nursing_home(self) -> bool:
        told = [
            (ends, self.listed(each.get("valueCodeableConcept"), {"lives_in_nursing_home"}))
            for each, _, ends in self.observations("housing_status", profile="screening-assessment")
            if ends.date() <= self.last
        ]
        return bool(told) and max(told)[1]

    def old_and_ill(self) -> bool:
        years = age(self.born_on, self.last)
        return years >= 66 and (self.in_nursing_home() or (self.frail() and self.seriously_ill()))


def latest(ends: datetime, starts: datetime) -> date:
    return starts.date() if ends >= FOREVER else ends.date()


def has_result(each: Json) -> bool:
    return any(key.startswith("value") for key in each)


def cms122(chart: Chart) -> tuple[bool, bool, bool]:
    seen = chart.visited("nutrition_service", "medical_nutrition_therapy")
    ill = any(chart.touches(*stretch) for stretch in chart.conditions("diabetes", problems=False))
    inside = 18 <= age(chart.born_on, chart.last) <= 75 and seen and ill
    tests = [
        (latest(ends, starts), each)
        for each, starts, ends in chart.observations(
            "hba1c_laboratory_test", "glucose_management_indicator", profile="observation-lab"
        )
        if chart.first <= latest(ends, starts) <= chart.last
    ]
    if not tests:
        high = True
    else:
        last = max(day for day, _ in tests)
        of_day = [each for day, each in tests if day == last]
        quantities = [each.get("valueQuantity") for each in of_day]
        if any(not has_result(each) for each in of_day):
            high = True
        elif any(quantity is None or quantity["unit"] != "%" for quantity in quantities):
            high = False
        else:
            lowest = min((q["value"], {"<": -1, ">": 1}.get(q.get("comparator", ""), 0)) for q in quantities)
            high = lowest > (9, 0)
    return inside, chart.hospice() or chart.palliative() or chart.old_and_ill(), high


def cms131(chart: Chart) -> tuple[bool, bool, bool]:
    seen = chart.visited("ophthalmological_service")
    ill = any(chart.touches(*stretch) for stretch in chart.conditions("diabetes", problems=False))
    inside = 18 <= age(chart.born_on, chart.last) <= 75 and seen and ill
    blind = any(starts.date() <= chart.last for starts, _ in chart.conditions("bilateral_absence_of_eyes"))
    before = chart.year_before()

    def examined(name: str, finding: str | None, first: date, last: date) -> bool:
        return any(
            first <= starts.date()
            and ends.date() <= last
            and (finding is None or chart.listed(each.get("valueCodeableConcept"), {finding}))
            for each, starts, ends in chart.observations(name, profile="clinical-result", category="exam")
        )

    retinopathy = any(chart.touches(*stretch) for stretch in chart.conditions("diabetic_retinopathy"))
    first = chart.first if retinopathy else before
    eyes = {
        eye: (
            examined(f"{eye}_eye_retinopathy_level", "retinopathy_severity", chart.first, chart.last),
            examined(
                f"{eye}_eye_retinopathy_level", "no_apparent_retinopathy", before, chart.first - timedelta(days=1)
            ),
        )
        for eye in ("left", "right")
    }
    graded = any(now for now, _ in eyes.values()) and all(now or clear for now, clear in eyes.values())
    met = (
        examined("retinal_or_dilated_eye_exam", None, first, chart.last)
        or examined("eye_screening_by_machine", "autonomous_eye_exam_result", chart.first, chart.last)
        or graded
        or all(clear for _, clear in eyes.values())
    )
    return inside, chart.hospice() or chart.palliative() or chart.old_and_ill() or blind, met


def cms951(chart: Chart) -> tuple[bool, bool, bool]:
    ill = any(s.date() < chart.first and e.date() >= chart.first for s, e in chart.conditions("diabetes"))
    inside = 18 <= age(chart.born_on, chart.first) <= 85 and chart.visited("outpatient_consultation") and ill
    failing = chart.conditions("chronic_kidney_disease_stage_5", "end_stage_renal_disease")
    excluded = any(chart.touches(*stretch) for stretch in failing) or chart.hospice() or chart.palliative()

    def tests(name: str) -> list[tuple[Json, datetime, datetime]]:
        return [
            found
            for found in chart.observations(name, profile="observation-lab")
            if chart.lies_within(*found[1:]) and has_result(found[0])
        ]

    ratio = any(
        "valueQuantity" in each or chart.listed(each.get("valueCodeableConcept"), {"undetectable_result"})
        for each, _, _ in tests("urine_albumin_creatinine_ratio")
    )
    four = timedelta(days=4)
    apart = any(
        a_starts >= c_starts - four and a_ends <= c_ends + four
        for _, a_starts, a_ends in tests("urine_albumin")
        for _, c_starts, c_ends in tests("urine_creatinine")
    )
    return inside, excluded, bool(tests("estimated_gfr")) and (ratio or apart)


def cms165(chart: Chart) -> tuple[bool, bool, bool]:
    half = date(chart.first.year, 6, 30)
    ill = any(s.date() <= half and e.date() >= chart.first for s, e in chart.conditions("essential_hypertension"))
    years = age(chart.born_on, chart.last)
    inside = 18 <= years <= 85 and ill and chart.visited("virtual_encounter")
    kidney = ("end_stage_renal_disease", "kidney_transplant_recipient", "chronic_kidney_disease_stage_5")
    excluded = (
        chart.hospice()
        or chart.palliative()
        or chart.old_and_ill()
        or (years >= 81 and chart.frail())
        or any(chart.touches(*stretch) for stretch in chart.conditions("pregnancy", *kidney))
        or any(ends.date() <= chart.last for _, ends in chart.procedures("kidney_transplant", "dialysis_service"))
        or any(s.date() <= chart.last for _, s, _ in chart.encounters("renal_monthly_outpatient_service"))
    )
    stays = [(s.date(), e.date()) for _, s, e in chart.encounters("inpatient_encounter", "emergency_visit")]
    classes = {each["id"]: each["class"]["code"] for each in chart.by_kind.get("Encounter", [])}
    readings: dict[date, list[dict[str, float]]] = {}
    for each in chart.by_kind.get("Observation", []):
        stretch = span(each, "effective")
        parts = {
            name: part["valueQuantity"]["value"]
            for part in each.get("component", [])
            for name in ("systolic_blood_pressure", "diastolic_blood_pressure")
            if chart.listed(part["code"], {name})
        }
        is_one = parts or chart.listed(each["code"], {"blood_pressure_panel"})
        if not stretch or not is_one or each["status"] not in FINAL:
            continue
        day = latest(stretch[1], stretch[0])
        taken_at = classes.get(each.get("encounter", {}).get("reference", "").removeprefix("Encounter/"))
        elsewhere = taken_at is not None and taken_at not in {"EMER", "IMP", "ACUTE", "NONAC", "PRENC", "SS"}
        if chart.first <= day <= chart.last and (elsewhere or not any(s <= day <= e for s, e in stays)):
            readings.setdefault(day, []).append(parts)
    of_day = readings[max(readings)] if readings else [{}]
    lowest = {
        name: min(parts.get(name, float("-inf")) for parts in of_day)
        for name in ("systolic_blood_pressure", "diastolic_blood_pressure")
    }
    met = all(value > float("-inf") for value in lowest.values()) and (
        lowest["systolic_blood_pressure"] < 140 and lowest["diastolic_blood_pressure"] < 90
    )
    return inside, excluded, met


SLOW = {"CMS122": cms122, "CMS131": cms131, "CMS951": cms951, "CMS165": cms165}


def slow_populations(bundle: Json, measure: str, names: Callable[[Json], set[str]], year: int = 2026) -> dict[str, int]:
    """Return 1 or 0 for each population of a measure's report of one patient."""
    inside, excluded, met = SLOW[measure](Chart(bundle, names, year))
    return {
        "initial-population": int(inside),
        "denominator": int(inside),
        "denominator-exclusion": int(inside and excluded),
        "denominator-exception": 0,
        "numerator": int(inside and not excluded and met),
        "numerator-exclusion": 0,
    }
