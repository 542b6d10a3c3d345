"""What a number comes from: quarters as people write them, hashes of definitions, tables that are read."""

from dataclasses import replace
from datetime import date

import pytest

from indicators.fingerprint import definitions_fingerprints, pages_fingerprint
from indicators.release.lineage import WHAT, WHO, entry_of, period_end_of, tables_read
from indicators.release.register import Entry, Issue
from packs.pack import load_pack
from tests.lib.evaluate import catalogue
from tvaers.errors import ReleaseError


@pytest.mark.parametrize(
    ("asked", "end"),
    [
        ("2026-Q3", date(2026, 9, 30)),
        ("2026Q4", date(2026, 12, 31)),
        ("2024-k1", date(2024, 3, 31)),
        ("2026-06-30", date(2026, 6, 30)),
    ],
)
def test_a_quarter_is_understood_as_people_write_it(asked, end):
    assert period_end_of(asked) == end


@pytest.mark.parametrize("asked", ["2026-Q5", "2026-Q0", "Q3", "", "30-09-2026"])
def test_what_is_no_quarter_is_refused(asked):
    with pytest.raises(ReleaseError):
        period_end_of(asked)


def test_a_changed_limit_changes_the_hash_of_those_who_use_it_and_of_nobody_else():
    known = catalogue()
    own = replace(known, indicators=(known.indicator("hba1c_below_53"), known.indicator("eye_examined")))
    used, others = (known.parameters_of([each]) for each in own.indicators)
    name = min(used - others)
    parameter = known.parameters[name]
    moved = parameter.model_copy(update={"unit": "another"})
    before, after = (
        definitions_fingerprints(each) for each in (own, replace(own, parameters={**known.parameters, name: moved}))
    )
    assert before["hba1c_below_53"] != after["hba1c_below_53"]
    assert before["eye_examined"] == after["eye_examined"]


def test_a_changed_code_changes_the_hash_of_a_definition_that_looks_for_it():
    known = catalogue()
    own = replace(known, indicators=tuple(each for each in known.indicators if known.variables_of(each)))
    fewer = replace(own, codelists=own.codelists.head(own.codelists.height // 2))
    before, after = definitions_fingerprints(own), definitions_fingerprints(fewer)
    changed = {name for name in before if before[name] != after[name]}
    assert changed
    assert "hba1c_below_53" not in changed


def test_a_changed_page_of_a_country_changes_its_hash(tmp_path):
    (tmp_path / "a.yaml").write_text("x: 1")
    before = pages_fingerprint(tmp_path)
    (tmp_path / "a.yaml").write_text("x: 2")
    changed = pages_fingerprint(tmp_path)
    (tmp_path / "a.yaml").rename(tmp_path / "b.yaml")
    assert len({before, changed, pages_fingerprint(tmp_path)}) == 3


def test_the_tables_that_diagnoses_lean_on_are_among_those_read():
    read = tables_read(catalogue(), load_pack("denmark"), "hba1c_below_53")
    assert read[WHAT] == ("measurement",)
    assert {"diagnosis", "hospital_contact", "dispensing", "residence", "person"} <= {*read[WHO]}


def test_the_newest_publication_of_a_quarter_is_the_one_that_counts():
    march, june = date(2026, 3, 31), date(2026, 6, 30)
    first = Entry(1, "a", "denmark", "d", "1", (Issue(march, 1, june), Issue(june, 1, june)))
    second = Entry(2, "b", "denmark", "d", "1", (Issue(march, 2, june, "late"),))
    assert entry_of((first, second), march) == (second, second.issues[0])
    assert entry_of((first, second), june) == (first, first.issues[1])
    assert entry_of((first, second), date(2026, 9, 30)) is None
