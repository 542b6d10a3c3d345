import polars as pl

from synthetic.extracts.delivery import CONTACT, FACT, FAULTS, Delivery, Style
from synthetic.known_counts import Ledger, in_loading_order


def delivery(
    file_type: str,
    facts: list[int | None],
    faults: list[str] | None = None,
    *,
    kind: str = "result",
    period: str = "2020",
    contacts: list[int] | None = None,
) -> Delivery:
    columns = {FACT: pl.Series(facts, dtype=pl.Int64), FAULTS: faults or [""] * len(facts)}
    if contacts:
        columns[CONTACT] = pl.Series(contacts, dtype=pl.Int64)
    return Delivery("sector", file_type, period, pl.DataFrame(columns), Style(), kind)


def test_a_fact_told_again_by_another_file_is_a_duplicate_there() -> None:
    ledger = Ledger()
    first = ledger.enter(delivery("labka", [0, 1, 2]))
    second = ledger.enter(delivery("lab_dm_forsker", [1, 2, 3]))
    assert (first.loaded, first.duplicates) == (3, 0)
    assert (second.loaded, second.duplicates) == (1, 2)


def test_a_row_that_breaks_a_rule_leaves_its_fact_to_be_told_by_the_next_file() -> None:
    ledger = Ledger()
    spoiled = ledger.enter(delivery("labka", list(range(100)), ["value_missing", *[""] * 99]))
    later = ledger.enter(delivery("lab_dm_forsker", [0]))
    assert (spoiled.state, spoiled.quarantined) == ("accepted_with_quarantine", 1)
    assert later.loaded == 1


def test_a_row_that_breaks_two_rules_is_one_quarantined_row_under_both() -> None:
    answer = Ledger().enter(delivery("labka", list(range(100)), ["value_missing,identifier_broken", *[""] * 99]))
    assert answer.quarantined == 1
    assert answer.by_rule == {"identifier_broken": 1, "value_missing": 1}


def test_a_file_with_too_many_faults_is_refused_and_loads_nothing() -> None:
    ledger = Ledger()
    answer = ledger.enter(delivery("labka", [0, 1], ["value_missing", ""]))
    assert (answer.state, answer.loaded, answer.duplicates) == ("refused", 0, 0)
    assert ledger.enter(delivery("labka", [0, 1], period="2021")).loaded == 2


def test_a_row_without_a_fact_repeats_another_register_and_is_a_duplicate() -> None:
    answer = Ledger().enter(delivery("lpr_a_kontakt", [None, 4], kind="contact"))
    assert (answer.loaded, answer.duplicates) == (1, 1)


def test_a_diagnosis_whose_contact_was_not_loaded_is_quarantined() -> None:
    ledger = Ledger()
    ledger.enter(delivery("kontakter", list(range(60)), kind="contact"))
    rows = delivery("diagnoser", list(range(61)), kind="diagnosis", contacts=list(range(61)))
    answer = ledger.enter(rows)
    assert answer.by_rule == {"contact_unknown": 1}


def test_a_corrected_delivery_takes_the_place_of_the_first() -> None:
    ledger = Ledger()
    ledger.enter(delivery("oejenscreening", [0, 1], kind="eyes"))
    corrected = delivery("oejenscreening", [0, 1, 2], kind="eyes")
    corrected.replaces = "oejenscreening_2020.csv"
    answer = ledger.enter(corrected)
    assert (answer.loaded, answer.duplicates, answer.replaces) == (3, 0, "oejenscreening_2020.csv")


def test_files_are_counted_by_type_then_by_name() -> None:
    files = [delivery("b", [0], period="2021"), delivery("a", [0]), delivery("b", [0], period="2020")]
    assert [one.stem for one in in_loading_order(files, ["b", "a"])] == ["b_2020", "b_2021", "a_2020"]
