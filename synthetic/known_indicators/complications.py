"""The signs of each complication of one patient: the first ever, and those that tell a new case from a known one."""

from datetime import date

from synthetic.known_indicators.facts import Facts
from synthetic.known_indicators.remembered import once_a_person
from synthetic.known_indicators.who_and_where import months_before

ALL_COMPLICATIONS = (
    "retinopathy", "nephropathy", "egfr_decline", "neuropathy", "foot_ulcer", "amputation", "ischaemic_heart_disease",
    "stroke", "heart_failure", "peripheral_arterial_disease",
)  # fmt: skip
LOOK_BACK_MONTHS = 48
"""Nothing of the kind may be on record of a new case in so many months before the first day under observation."""
LOW_VALUES_MONTHS = 24
"""Two low values further apart than this do not confirm each other."""


class Complications(Facts):
    """One patient's complications."""

    @once_a_person
    def first(self, complication: str) -> date | None:
        """Return the day of the first sign ever, or None."""
        return min(self._days(complication), default=None)

    def is_known_before(self, complication: str) -> bool:
        """Return whether there was a sign in the look-back, which ends before the first observed day."""
        begin = months_before(self.observed_from, LOOK_BACK_MONTHS)
        return any(begin <= day < self.observed_from for day in self._days(complication))

    def next(self, complication: str) -> date | None:
        """Return the day of the first sign from the first observed day on, or None."""
        return min((day for day in self._days(complication) if day >= self.observed_from), default=None)

    @once_a_person
    def _days(self, complication: str) -> list[date]:
        own = getattr(self, f"_{complication}", None)
        return list(own()) if own else self.signs(complication)

    def _retinopathy(self) -> list[date]:
        seen = self.examined("eye", "mild", "moderate", "severe", "proliferative")
        return self.signs("retinopathy") + seen

    def _nephropathy(self) -> list[date]:
        return self.signs("nephropathy") + [day for day, value in self.results("uacr") if value >= 300]

    def _egfr_decline(self) -> list[date]:
        low = [day for day, value in self.results("egfr") if value < 60]
        return [
            day
            for day in low
            if any((day - other).days >= 90 and other >= months_before(day, LOW_VALUES_MONTHS) for other in low)
        ]

    @once_a_person
    def _foot_ulcer(self) -> list[date]:
        with_diabetes = {row["contact_id"] for row in self.diagnoses("diabetes_diagnosis")} - {None}
        legs = [
            row["diagnosed_on"] for row in self.diagnoses("ulcer_of_lower_limb") if row["contact_id"] in with_diabetes
        ]
        return self.signs("foot_ulcer") + legs + self.examined("foot", "ulcer")

    def _any_complication(self) -> list[date]:
        return [day for name in ALL_COMPLICATIONS for day in self._days(name)]
