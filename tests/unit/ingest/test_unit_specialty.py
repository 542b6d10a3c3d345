"""Contacts of the region's own views take their specialty from the list of departments, whenever it comes."""

import itertools

import pytest

from ingest.unit_specialty import say_what_is_missing
from tests.lib.deliveries import identifiers
from tests.lib.loading import Loading

(ANNA,) = identifiers(1)
OPEN = {"gyldig_fra": "1999-01-01"}
ENDOCRINOLOGY = {"shakkode": "6630010", "speciale": "08", **OPEN}


def view(section, day="2020-01-04"):
    return {"cpr": ANNA, "datotid_lpr3kontaktstart": f"{day} 08:30:00", "shakkode_lpr3kontaktansvarlig": section,
            "adiagnosekode": "DE109", "kontakttype": "Fysisk fremmøde", "pt_type": "Ambulant"}  # fmt: skip


def specialties(warehouse):
    return warehouse.rows(
        "SELECT department_id, contact.specialty_code, contact.specialty, diagnosis.specialty, retraction "
        "FROM core.hospital_contact AS contact JOIN core.diagnosis USING (contact_id) ORDER BY ALL"
    )


@pytest.mark.parametrize("list_comes_first", [True, False])
def test_a_contact_and_its_diagnoses_have_the_specialty_of_their_section(list_comes_first):
    warehouse = Loading()
    deliveries = [("shak_afsnit", [ENDOCRINOLOGY]), ("for_lpr3kontakter", [view("6630010"), view("6630999")])]
    for file_type, rows in deliveries if list_comes_first else reversed(deliveries):
        warehouse.deliver(file_type, *rows)
    assert specialties(warehouse) == [
        ("6630010", "08", "endocrinology", "endocrinology", "no"),
        ("6630999", None, None, None, "no"),
    ]


@pytest.mark.parametrize(
    ("listed", "section", "group"),
    [
        ([("663001", "08")], "6630010", "endocrinology"),
        ([("663001", "08"), ("6630012", "01")], "6630012", "other_medical"),
        ([("663001", "8")], "6630010", "endocrinology"),
        ([("6630010", "38")], "6630010", "other"),
        ([("663001", "08")], "6630020", None),
        ([("663001", "08")], "6631010", None),
        ([("663001", "08")], "Ukendt", None),
    ],
)
def test_the_longest_listed_code_that_the_section_begins_with_counts(listed, section, group):
    warehouse = Loading()
    warehouse.deliver("shak_afsnit", *({"shakkode": code, "speciale": number, **OPEN} for code, number in listed))
    warehouse.deliver("for_lpr3kontakter", view(section))
    ((_, _, contact, diagnosis, _),) = specialties(warehouse)
    assert (contact, diagnosis) == (group, group)


@pytest.mark.parametrize(
    ("day", "group"),
    [("2014-12-31", None), ("2015-01-01", "other_medical"), ("2019-12-31", "other_medical"),
     ("2020-01-01", "endocrinology"), ("2026-01-01", "endocrinology")],
)  # fmt: skip
def test_a_section_has_the_specialty_of_the_day(day, group):
    warehouse = Loading()
    warehouse.deliver(
        "shak_afsnit",
        {"shakkode": "6630010", "speciale": "01", "gyldig_fra": "2015-01-01", "gyldig_til": "2019-12-31"},
        {"shakkode": "6630010", "speciale": "08", "gyldig_fra": "2020-01-01"},
    )
    warehouse.deliver("for_lpr3kontakter", view("6630010", day))
    assert [row[2] for row in specialties(warehouse)] == [group]


def test_a_corrected_list_corrects_the_contacts_that_lie_there():
    warehouse = Loading()
    first = warehouse.deliver("shak_afsnit", ENDOCRINOLOGY)
    warehouse.deliver("for_lpr3kontakter", view("6630010"))
    second = warehouse.deliver("shak_afsnit", {**ENDOCRINOLOGY, "speciale": "01"}, replaces=first.batch_id)
    assert [row[2:4] for row in specialties(warehouse)] == [("other_medical", "other_medical")]
    warehouse.deliver("shak_afsnit", replaces=second.batch_id)
    assert [row[1:4] for row in specialties(warehouse)] == [(None, None, None)]


def test_the_list_leaves_the_specialty_that_the_national_register_tells():
    contact = {"pnr": ANNA, "dw_ek_kontakt": "1", "dato_start": "2020-01-04", "kontakttype": "ALCA00",
               "sorenhed_ans": "6630010", "hovedspeciale_ans": "intern medicin"}  # fmt: skip
    deliveries = [
        ("kontakter", [contact]), ("shak_afsnit", [ENDOCRINOLOGY]), ("for_lpr3kontakter", [view("6630010")]),
    ]  # fmt: skip
    for order in itertools.permutations(deliveries):
        warehouse = Loading()
        for file_type, rows in order:
            warehouse.deliver(file_type, *rows)
        assert warehouse.rows("SELECT specialty_code, specialty FROM core.hospital_contact") == [
            ("intern medicin", "other_medical")
        ]


def test_a_contact_that_comes_back_has_the_specialty_of_a_list_that_came_while_it_was_away():
    contact = {"pnr": ANNA, "dw_ek_kontakt": "1", "dato_start": "2020-01-04", "kontakttype": "ALCA00",
               "sorenhed_ans": "6630010"}  # fmt: skip
    warehouse = Loading()
    register = warehouse.deliver("kontakter", contact)
    warehouse.deliver("for_lpr3kontakter", view("6630010"))
    warehouse.deliver("shak_afsnit", ENDOCRINOLOGY)
    warehouse.deliver("kontakter", replaces=register.batch_id)
    assert [row[2:4] for row in specialties(warehouse)] == [("endocrinology", "endocrinology")]


def test_what_is_missing_is_said_and_counted():
    warehouse = Loading()
    warehouse.deliver("shak_afsnit", ENDOCRINOLOGY)
    whole = warehouse.deliver("for_lpr3kontakter", view("6630010"))
    part = warehouse.deliver(
        "for_lpr3kontakter",
        view("6630010", "2020-02-01"),
        view("6630020"),
        view("6630020", "2020-03-01"),
        view("Ukendt"),
    )
    assert say_what_is_missing(warehouse.con, warehouse.pack, whole.batch_id) == ""
    said = say_what_is_missing(warehouse.con, warehouse.pack, part.batch_id)
    assert said.startswith("3 of 4 contacts in use have no specialty: 1 units are in no delivered list (shak_afsnit).")
    assert "type 1" in said
