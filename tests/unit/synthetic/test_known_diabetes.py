"""The slow classifier by hand-made cases: each rule has a person whom it decides."""

from datetime import date, timedelta

import pytest

from synthetic.known_diabetes import Diagnosis, FootTherapy, HbA1c, History, Purchase, classify

FIRST = date(2020, 1, 10)
SECOND = date(2020, 3, 10)
BORN = date(1950, 1, 1)


def diagnosis(on: date, code: str, kind: str = "A", *, specialty: str = "", retraction: str = "no") -> Diagnosis:
    return Diagnosis(on, code, kind, "new", specialty, retraction)


def metformin(on: date, indication: str = "") -> Purchase:
    return Purchase(on, "A10BA02", 50.0, 1.0, indication)


def insulin(on: date, volume: float = 40.0) -> Purchase:
    return Purchase(on, "A10AE04", volume, 1.0, "")


def man(**events: list) -> History:
    return History(is_woman=False, born_on=BORN, **events)


def woman(born_on: date = BORN, **events: list) -> History:
    return History(is_woman=True, born_on=born_on, **events)


def test_one_event_is_not_enough() -> None:
    assert classify(man(hba1c=[HbA1c(FIRST, 60)])) is None


def test_the_second_event_is_the_inclusion_date() -> None:
    verdict = classify(man(hba1c=[HbA1c(SECOND, 60), HbA1c(FIRST, 48)]))
    assert verdict is not None
    assert verdict.since_on == SECOND


def test_hba1c_just_below_the_limit_is_no_event() -> None:
    assert classify(man(hba1c=[HbA1c(FIRST, 47.9), HbA1c(SECOND, 60)])) is None


def test_percent_has_its_own_limit() -> None:
    at_limit = (6.5 - 2.15) * 10.929
    assert classify(man(hba1c=[HbA1c(FIRST, at_limit, True), HbA1c(SECOND, at_limit, True)])) is not None
    assert classify(man(hba1c=[HbA1c(FIRST, at_limit), HbA1c(SECOND, at_limit)])) is None


def test_events_of_different_streams_on_one_day_are_one_event() -> None:
    assert classify(man(hba1c=[HbA1c(FIRST, 60)], diagnoses=[diagnosis(FIRST, "DE119")])) is None


def test_a_raised_hba1c_and_a_purchase_on_one_day_are_one_event() -> None:
    assert classify(man(hba1c=[HbA1c(FIRST, 60)], purchases=[metformin(FIRST)])) is None


def test_two_purchases_on_one_day_are_two_events() -> None:
    verdict = classify(man(purchases=[metformin(FIRST), insulin(FIRST)]))
    assert verdict is not None
    assert verdict.since_on == FIRST


def test_two_services_of_a_foot_therapist_count_but_not_for_a_child() -> None:
    assert classify(man(foot_therapy=[FootTherapy(FIRST, "2170"), FootTherapy(SECOND, "2170")])) is not None
    assert classify(man(foot_therapy=[FootTherapy(FIRST, "2170"), FootTherapy(SECOND, "2170", True)])) is None


@pytest.mark.parametrize("atc", ["A10BJ02", "A10BJ06", "A10BK01", "A10BK03"])
def test_drugs_with_other_uses_do_not_count(atc: str) -> None:
    other = [Purchase(FIRST, atc, 30.0, 1.0, ""), Purchase(SECOND, atc, 30.0, 1.0, "")]
    assert classify(man(purchases=other)) is None


def test_metformin_counts_for_a_woman_from_her_fortieth_birthday() -> None:
    born = date(1980, 3, 1)
    before = [metformin(date(2020, 2, 28)), metformin(date(2020, 2, 29))]
    after = [metformin(date(2020, 3, 1)), metformin(date(2020, 3, 2))]
    assert classify(woman(born, purchases=before)) is None
    assert classify(woman(born, purchases=after)) is not None


def test_metformin_for_polycystic_ovaries_never_counts_for_a_woman() -> None:
    assert classify(woman(purchases=[metformin(FIRST, "0000276"), metformin(SECOND, "0000276")])) is None
    assert classify(man(purchases=[metformin(FIRST, "0000276"), metformin(SECOND, "0000276")])) is not None


@pytest.mark.parametrize(("days", "counts"), [(-281, True), (-280, False), (84, False), (85, True)])
def test_the_pregnancy_window_holds_both_its_ends(days: int, *, counts: bool) -> None:
    birth = date(2020, 6, 1)
    on = birth + timedelta(days=days)
    events = [HbA1c(on, 60), HbA1c(birth + timedelta(days=400), 60)]
    verdict = classify(woman(diagnoses=[diagnosis(birth, "DO800")], hba1c=events))
    assert (verdict is not None) is counts


def test_a_diagnosis_without_statement_of_retraction_counts_in_the_older_register_only() -> None:
    unclear = [diagnosis(FIRST, "DE119", retraction="not_stated"), diagnosis(SECOND, "DE119", retraction="not_stated")]
    assert classify(man(diagnoses=unclear)) is None
    assert classify(man(diagnoses=[one._replace(register="old") for one in unclear])) is not None


def test_additions_and_referral_diagnoses_do_not_count() -> None:
    assert classify(man(diagnoses=[diagnosis(FIRST, "DE119", "H"), diagnosis(SECOND, "DE119", "+")])) is None


def test_only_insulin_with_a_primary_type_1_diagnosis_is_type_1() -> None:
    events = {"purchases": [insulin(FIRST), insulin(SECOND)]}
    with_diagnosis = man(diagnoses=[diagnosis(FIRST, "DE109", specialty="other_medical")], **events)
    assert classify(with_diagnosis).diabetes_type == "type_1"
    assert classify(man(**events)).diabetes_type == "type_2"


def test_a_type_1_diagnosis_from_surgery_does_not_make_type_1() -> None:
    person = man(diagnoses=[diagnosis(FIRST, "DE109", specialty="other")], purchases=[insulin(FIRST), insulin(SECOND)])
    assert classify(person).diabetes_type == "type_2"


@pytest.mark.parametrize(
    ("insulin_doses", "insulin_on", "kind"),
    [(40.0, FIRST, "type_1"), (39.9, FIRST, "type_2"), (40.0, FIRST + timedelta(days=180), "type_1"),
     (40.0, FIRST + timedelta(days=181), "type_2")],
)  # fmt: skip
def test_mixed_treatment_is_type_1_with_two_thirds_insulin_begun_within_180_days(
    insulin_doses: float, insulin_on: date, kind: str
) -> None:
    purchases = [Purchase(FIRST, "A10BA02", 20.0, 1.0, ""), insulin(insulin_on, insulin_doses)]
    person = man(diagnoses=[diagnosis(SECOND, "DE109", specialty="endocrinology")], purchases=purchases)
    assert classify(person).diabetes_type == kind


def test_endocrinology_alone_decides_the_majority_where_it_has_typed_diagnoses() -> None:
    purchases = [Purchase(FIRST, "A10BA02", 10.0, 1.0, ""), insulin(FIRST, 90.0)]
    typed = [
        diagnosis(FIRST, "DE109", specialty="endocrinology"),
        diagnosis(SECOND, "DE119", specialty="other_medical"),
        diagnosis(SECOND + timedelta(days=1), "DE119", specialty="other_medical"),
    ]
    assert classify(man(diagnoses=typed, purchases=purchases)).diabetes_type == "type_1"


def test_insulin_combined_with_a_glp1_agonist_is_no_insulin() -> None:
    combined = [Purchase(FIRST, "A10AE56", 30.0, 1.0, ""), Purchase(SECOND, "A10AE56", 30.0, 1.0, "")]
    person = man(diagnoses=[diagnosis(FIRST, "DE109", specialty="endocrinology")], purchases=combined)
    assert classify(person).diabetes_type == "type_2"


def test_an_inclusion_before_1998_has_no_stable_date() -> None:
    early = classify(man(diagnoses=[diagnosis(date(1995, 1, 1), "DE119"), diagnosis(date(1997, 12, 31), "DE119")]))
    assert not early.is_stable
