"""A diagnosis or procedure is in use only with its contact, whatever comes, is corrected or comes back, and when."""

import itertools

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.lib.deliveries import identifiers
from tests.lib.loading import Loading

ANNA, BO, CARL, NEW_NUMBER = identifiers(4)
DEPARTMENT = "6630010"
VISITS = range(4)
SURE_OF_THEIR_ROWS = ("kontakter", "lpr_a_kontakt", "for_lpr3kontakter", "for_besoeg", "cpr_skift")

some = settings(
    max_examples=5,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow],
)
visits = st.sets(st.sampled_from(VISITS))
# What a corrected delivery says of each visit: as before, not any more, on another day, or of another person.
corrections = st.fixed_dictionaries(
    dict.fromkeys(VISITS, st.sampled_from(["same", "same", "gone", "moved", "other person"]))
)


def number(visit):
    return f"{visit:018d}"


def contact(visit, change="same"):
    """Return a visit as the first register file tells it."""
    day = f"2020-0{visit + 1}-{'14' if change == 'moved' else '04'}"
    person = CARL if change == "other person" else (ANNA, BO)[visit % 2]
    return {"pnr": person, "dw_ek_kontakt": number(visit), "dato_start": day, "kontakttype": "ALCA00",
            "sorenhed_ans": DEPARTMENT, "lprindberetningssystem": "LPR3"}  # fmt: skip


def contact_again(visit, change="same"):
    """Return a visit as the other register file tells it."""
    told = contact(visit, change)
    return {"pnr": told["pnr"], "dw_ek_kontakt": number(visit), "kont_starttidspunkt": f"{told['dato_start']} 09:00:00",
            "kont_type": "ALCA00", "kont_ans_inst": DEPARTMENT, "lprindberetningssystem": "LPR3"}  # fmt: skip


def regional(visit):
    """Return a visit as the region's own view tells it, with a diagnosis of its own."""
    told = contact(visit)
    return {"cpr": told["pnr"], "datotid_lpr3kontaktstart": f"{told['dato_start']} 08:30:00",
            "shakkode_lpr3kontaktansvarlig": DEPARTMENT, "adiagnosekode": "DE119",
            "kontakttype": "Fysisk fremmøde", "pt_type": "Ambulant"}  # fmt: skip


def regional_again(visit):
    """Return a visit at another hour: for the register, which may tell no hour, that is the same visit."""
    told = regional(visit)
    later = told["datotid_lpr3kontaktstart"].replace("08:30", "14:00")
    return {**told, "datotid_lpr3kontaktstart": later, "adiagnosekode": "DI10"}


def leaning(visits_told):
    """Return the deliveries that lean on contacts: (file type, name, rows)."""
    return [
        ("diagnoser", "2020", [diagnosis(visit, "DE119") for visit in visits_told]),
        ("lpr_a_diagnose", "2020", [{"dw_ek_kontakt": number(v), "diag_kode": c, "diag_kode_type": "A"}
                                    for v in visits_told for c in ("DE119", "DI10")]),
        ("procedurer_kirurgi", "2020", [{"dw_ek_kontakt": number(visit), "procedurekode": "KNGQ19",
                                         "proceduretype": "P", "dato_start": "2020-09-01"} for visit in visits_told]),
        ("for_lpr3kontakter", "2020", [*map(regional, VISITS), *map(regional_again, VISITS)]),
        ("cpr_skift", "2020", [{"pnr_gammel": BO, "pnr_ny": NEW_NUMBER, "skift_dato": "2020-02-02"}]),
    ]  # fmt: skip


def diagnosis(visit, code):
    return {"dw_ek_kontakt": number(visit), "diagnosekode": code, "diagnosetype": "A"}


class Region:
    """A warehouse in which every delivery has a name, and after every delivery of which all must hold."""

    def __init__(self):
        self.warehouse = Loading()
        self.loaded = {}

    def send(self, file_type, name, rows):
        earlier = self.loaded.get((file_type, name))
        counted = self.warehouse.deliver(file_type, *rows, replaces=earlier, name=name)
        assert counted.quarantined == 0 or file_type not in SURE_OF_THEIR_ROWS
        self.loaded[file_type, name] = counted.batch_id
        self.all_must_hold()

    def all_must_hold(self):
        for table in ("diagnosis", "procedure"):
            assert self.ask(
                f"SELECT count(*) FROM core.{table} WHERE contact_id IS NOT NULL AND contact_id NOT IN "
                "(SELECT contact_id FROM core.hospital_contact)"
            ) == [(0,)]
            # It is its contact's, of the same person.
            assert self.ask(
                f"SELECT count(*) FROM core.{table} AS own JOIN core.hospital_contact AS contact USING (contact_id) "
                "WHERE own.patient_id <> contact.patient_id"
            ) == [(0,)]
        assert self.ask("SELECT count(*) FROM core.diagnosis JOIN core.hospital_contact USING (contact_id) "
                        "WHERE diagnosed_on <> started_on") == [(0,)]  # fmt: skip
        # No visit twice, and no diagnosis of a visit twice.
        assert self.ask("SELECT count(*) FROM (SELECT 1 FROM core.hospital_contact "
                        "GROUP BY patient_id, started_on, department_id "
                        "HAVING count(DISTINCT coalesce(starts_at, started_on)) < count(*) "
                        "OR count(DISTINCT left(contact_id, 2)) > 1)") == [(0,)]  # fmt: skip
        assert self.ask("SELECT count(*) FROM (SELECT 1 FROM core.diagnosis "
                        "GROUP BY patient_id, diagnosed_on, code HAVING count(*) > 1)") == [(0,)]  # fmt: skip
        self.numbers_must_be_true()

    def numbers_must_be_true(self):
        for batch, file_type, rows_in, loaded, quarantined, duplicate in self.ask(
            "SELECT batch_id, file_type, rows_in, rows_loaded, rows_quarantined, rows_duplicate FROM meta.batch "
            "WHERE state = 'loaded'"
        ):
            assert rows_in == loaded + quarantined + duplicate
            first = self.warehouse.pack.mapping(file_type).targets[0].table
            if first != "person_alias":
                assert self.ask(f"SELECT count(*) FROM core.{first} WHERE batch_id = {batch}") == [(loaded,)], file_type

    def ask(self, question):
        return self.warehouse.rows(question)

    def contents(self):
        """Return what is in use; the region's own keys hold the pseudonym of the day, so they are left out."""
        key = "CASE WHEN contact_id LIKE 'bi:%' THEN 'bi' ELSE contact_id END AS contact_id"
        return [
            sorted(self.ask(f"SELECT * EXCLUDE (batch_id, row_number) REPLACE ({key}) FROM core.{table}"), key=repr)
            for table in ("hospital_contact", "diagnosis", "procedure")
        ]


@some
@given(visits, visits, corrections, corrections, st.permutations(range(7)))
def test_the_order_of_delivery_does_not_matter(first, second, corrected, corrected_again, order):
    told = sorted(first | second)
    before = [
        ("kontakter", "2020", [contact(visit) for visit in sorted(first)]),
        ("lpr_a_kontakt", "2020", [contact_again(visit) for visit in sorted(second)]),
    ]
    coming = [
        *leaning(told),
        ("kontakter", "2020", [contact(v, corrected[v]) for v in sorted(first) if corrected[v] != "gone"]),
        ("lpr_a_kontakt", "2020", [contact_again(v, corrected_again[v]) for v in sorted(second)
                                   if corrected_again[v] != "gone"]),
    ]  # fmt: skip
    one, other = Region(), Region()
    for delivery in (*before, *coming):
        one.send(*delivery)
    for delivery in (*reversed(before), *(coming[place] for place in order)):
        other.send(*delivery)
    assert one.contents() == other.contents()


@some
@given(visits, visits, corrections, st.permutations(range(8)))
def test_rows_wait_for_contacts_that_come_later_whatever_comes_first(first, second, corrected, order):
    """Nothing is lost: diagnoses and procedures that came before their contacts are used as if they had come after."""
    coming = [
        ("kontakter", "2020", [contact(visit) for visit in sorted(first)]),
        ("lpr_a_kontakt", "2020", [contact_again(visit) for visit in sorted(second)]),
        ("kontakter", "2021", [contact(visit, corrected[visit]) for visit in VISITS if corrected[visit] == "same"]),
        *leaning(VISITS),
    ]
    one, other = Region(), Region()
    for delivery in coming:
        one.send(*delivery)
    for place in order:
        other.send(*coming[place])
    assert one.contents() == other.contents()
    counted = "SELECT file_type, rows_loaded, rows_quarantined, rows_duplicate FROM meta.batch ORDER BY ALL"
    assert one.ask(counted) == other.ask(counted)
    left = "SELECT count(*) FROM meta.quarantine"
    assert one.ask(left) == other.ask(left) == one.ask("SELECT sum(rows_quarantined) FROM meta.batch")


@some
@given(visits, corrections, st.booleans())
def test_what_leans_on_a_contact_comes_back_with_it(told, corrected, in_another_file):
    region = Region()
    contacts = [contact(visit) for visit in sorted(told)]
    region.send("kontakter", "2020", contacts)
    for delivery in leaning(sorted(told)):
        region.send(*delivery)
    before = region.contents()
    region.send("kontakter", "2020", [contact(v, corrected[v]) for v in sorted(told) if corrected[v] != "gone"])
    if in_another_file:
        region.send("kontakter", "2020", [])
        region.send("kontakter", "2021", contacts)
    else:
        region.send("kontakter", "2020", contacts)
    assert region.contents() == before


def test_a_visit_told_by_all_is_one_visit_with_its_diagnoses_in_every_order():
    """The drawn case of the property above, in eight of the orders of four deliveries: each comes first and last."""
    deliveries = [
        ("kontakter", "2020", [contact(0)]),
        ("lpr_a_kontakt", "2020", [contact_again(0), contact_again(1)]),
        ("for_lpr3kontakter", "2020", [*map(regional, range(3)), regional_again(2)]),
        ("for_besoeg", "2020", [{"cpr": ANNA, "datotid_start": "2020-01-04 08:30:00", "shakafskode": DEPARTMENT,
                                 "adiagnosekode": "DI10"}]),
    ]  # fmt: skip
    found = []
    for order in itertools.islice(itertools.permutations(deliveries), 0, None, 3):
        region = Region()
        for delivery in order:
            region.send(*delivery)
        region.send("diagnoser", "2020", [diagnosis(0, "DE119")])
        found.append(region.contents())
    assert all(each == found[0] for each in found)
    assert [len(rows) for rows in found[0]] == [4, 3, 0]
