"""Who has diabetes, which type and from when: one person at a time, in plain Python.

The rules are those of the Open-Source Diabetes Classifier (steno-aarhus/osdc, August 2026). This module shares no code
with the pipeline and is slow on purpose: it is the answer that the pipeline is compared with.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import NamedTuple

RAISED_MMOL_MOL = 48.0
RAISED_PERCENT = 6.5
PREGNANCY_BEFORE = timedelta(weeks=40)
PREGNANCY_AFTER = timedelta(weeks=12)
INSULIN_EARLY = timedelta(days=180)
METFORMIN_AGE = 40
FIRST_STABLE_DATE = date(1998, 1, 1)

PREGNANCY_ENDING = tuple(
    [f"DO0{digit}" for digit in range(7)] + [f"DO8{digit}" for digit in range(5)] + ["DZ33", "DZ37"]
)
OTHER_USE = ("A10BJ", "A10BK01", "A10BK03")
POLYCYSTIC_INDICATIONS = frozenset({"0000092", "0000276", "0000781"})


class Diagnosis(NamedTuple):
    """A hospital diagnosis.

    Attributes:
        on: Day.
        code: Code in upper case without dot, SKS (`DE119`) or ICD-8 (`250`).
        kind: Diagnosis type: A, B, ...
        register: `old` (no field for retraction) or `new`.
        specialty: `endocrinology`, `other_medical`, or anything else.
        retraction: `no`, `yes` or `not_stated`.
    """

    on: date
    code: str
    kind: str
    register: str
    specialty: str
    retraction: str


class Purchase(NamedTuple):
    """A purchase at a pharmacy; `volume` is daily doses per package."""

    on: date
    atc: str
    volume: float
    packages: float
    indication: str


class HbA1c(NamedTuple):
    """A laboratory's result under a national code, in mmol/mol; `from_percent` when it was delivered in percent.

    Measurements of practices and municipalities, and results under other codes, are no part of the published rules.
    """

    on: date
    value: float
    from_percent: bool = False


class FootTherapy(NamedTuple):
    """A service of a foot therapist; `on` is the Monday of its week."""

    on: date
    service: str
    is_for_child: bool = False


@dataclass(frozen=True)
class History:
    """All that the rules look at for one person; `born_on` is the first day of the month of birth."""

    is_woman: bool
    born_on: date
    diagnoses: list[Diagnosis] = field(default_factory=list)
    purchases: list[Purchase] = field(default_factory=list)
    hba1c: list[HbA1c] = field(default_factory=list)
    foot_therapy: list[FootTherapy] = field(default_factory=list)


class Verdict(NamedTuple):
    """The type (`type_1` or `type_2`), the inclusion date, and whether that date is stable (1998 or later)."""

    diabetes_type: str
    since_on: date
    is_stable: bool


def classify(person: History) -> Verdict | None:
    """Return the person's diabetes, or None when the registers do not show any."""
    counted = [one for one in person.diagnoses if one.kind in ("A", "B") and _stands(one)]
    windows = [
        (one.on - PREGNANCY_BEFORE, one.on + PREGNANCY_AFTER)
        for one in counted
        if one.code.startswith(PREGNANCY_ENDING)
    ]
    purchases = [one for one in set(person.purchases) if _counts(one, person) and not _inside(one.on, windows)]
    raised = {one.on for one in person.hba1c if _is_raised(one) and not _inside(one.on, windows)}
    feet = {(one.on, one.service) for one in person.foot_therapy if not one.is_for_child}

    diagnosed = Counter(one.on for one in counted if _is_diabetes(one.code))
    treated_feet = Counter(on for on, _ in feet)
    bought_or_raised = Counter(one.on for one in purchases) | Counter(raised)
    days = sorted((diagnosed | treated_feet | bought_or_raised).elements())
    if len(days) < 2:
        return None
    since = days[1]
    kind = "type_1" if _has_type_1(counted, purchases) else "type_2"
    return Verdict(kind, since, since >= FIRST_STABLE_DATE)


def _stands(one: Diagnosis) -> bool:
    """The older register cannot retract; in the newer one only what is stated not to be retracted counts."""
    return one.register == "old" or one.retraction == "no"


def _is_diabetes(code: str) -> bool:
    return code.startswith(("DE10", "DE11", "DE12", "DE13", "DE14", "249", "250"))


def _is_raised(result: HbA1c) -> bool:
    limit = (RAISED_PERCENT - 2.15) * 10.929 - 1e-6 if result.from_percent else RAISED_MMOL_MOL
    return result.value >= limit


def _counts(purchase: Purchase, person: History) -> bool:
    if not purchase.atc.startswith("A10") or purchase.atc.startswith(OTHER_USE):
        return False
    if purchase.atc.startswith("A10BA02") and person.is_woman:
        fortieth = person.born_on.replace(year=person.born_on.year + METFORMIN_AGE)
        return purchase.on >= fortieth and purchase.indication not in POLYCYSTIC_INDICATIONS
    return True


def _inside(day: date, windows: Iterable[tuple[date, date]]) -> bool:
    return any(first <= day <= last for first, last in windows)


def _has_type_1(diagnoses: list[Diagnosis], purchases: list[Purchase]) -> bool:
    primary = [one for one in diagnoses if one.kind == "A"]

    def count(codes: tuple[str, ...], specialty: str) -> int:
        return sum(one.code.startswith(codes) and one.specialty == specialty for one in primary)

    one, two = ("DE10", "249"), ("DE11", "250")
    at_endocrinology = count(one, "endocrinology"), count(two, "endocrinology")
    at_other_medical = count(one, "other_medical"), count(two, "other_medical")
    any_type_1 = at_endocrinology[0] + at_other_medical[0] > 0
    deciding = at_endocrinology if sum(at_endocrinology) else at_other_medical
    majority_type_1 = deciding[0] > deciding[1]

    insulin = [one for one in purchases if one.atc.startswith("A10A") and not one.atc.startswith("A10AE56")]
    insulin_doses = sum(one.volume * one.packages for one in insulin)
    all_doses = sum(one.volume * one.packages for one in purchases)
    only_insulin = insulin_doses > 0 and len(insulin) == len(purchases)
    if only_insulin:
        return any_type_1
    two_thirds = all_doses > 0 and insulin_doses >= all_doses * 2 / 3 - 1e-9
    first = min((one.on for one in purchases), default=None)
    early = first is not None and any(one.on <= first + INSULIN_EARLY for one in insulin)
    return majority_type_1 and two_thirds and early
