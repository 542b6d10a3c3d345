"""The first sign ever of each complication of one patient."""

from datetime import date

from synthetic.known_indicators.facts import Facts
from synthetic.known_indicators.remembered import once_a_person

ALL_COMPLICATIONS = (
    "retinopathy", "nephropathy", "egfr_decline", "neuropathy", "foot_ulcer", "amputation", "ischaemic_heart_disease",
    "stroke", "heart_failure", "peripheral_arterial_disease",
)  # fmt: skip


class Complications(Facts):
    """One patient's complications."""

    @once_a_person
    def first(self, complication: str) -> date | None:
        """Return the day of the first sign ever, or None."""
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

    @once_a_person
    def _foot_ulcer(self) -> list[date]:
        with_diabetes = {row["contact_id"] for row in self.diagnoses("diabetes_diagnosis")} - {None}
        legs = [
            row["diagnosed_on"] for row in self.diagnoses("ulcer_of_lower_limb") if row["contact_id"] in with_diabetes
        ]
        return self.signs("foot_ulcer") + legs + self.examined("foot", "ulcer")

    def _any_complication(self) -> list[date]:
        found = [self.first(name) for name in ALL_COMPLICATIONS]
        return [day for day in found if day is not None]
