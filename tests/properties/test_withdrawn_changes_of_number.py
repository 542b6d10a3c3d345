"""A change of number that was withdrawn leaves nothing behind: all is as if it had never been delivered."""

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from data_contracts.warehouse_tables import load_tables
from tests.lib.deliveries import identifiers
from tests.lib.loading import Loading

PEOPLE = ANNA, BO, CARL = identifiers(3)
HOME = {"koen": "2", "foed_dato": "1940-01-01", "kom": "791", "bop_vfra": "2010-01-01"}
KEY = "000000000000000001"


def result(person, value):
    return {"pnr": person, "realsamplecollectiontime": "2025-03-02 08:30:00", "ol_inver_iupac_cde": "NPU27300",
            "relationsign": "=", "internal_reply_num": value}  # fmt: skip


def homes(**changes):
    return [{**HOME, "pnr": each, **changes.get(name, {})} for each, name in zip(PEOPLE, ("a", "b", "c"), strict=True)]


def contact(person):
    return {"pnr": person, "dw_ek_kontakt": KEY, "dato_start": "2020-01-04", "kontakttype": "ALCA00",
            "sorenhed_ans": "6630010", "lprindberetningssystem": "LPR3"}  # fmt: skip


def regional(person):
    return {"cpr": person, "datotid_lpr3kontaktstart": "2020-01-04 08:30:00", "adiagnosekode": "DE119",
            "shakkode_lpr3kontaktansvarlig": "6630010", "kontakttype": "Fysisk fremmøde",
            "pt_type": "Ambulant"}  # fmt: skip


# The same facts of several people, in one file and in two, told equally and otherwise.
DELIVERIES = [
    ("bef", "2025", homes(a={"doed_dato": "2024-05-01"}, b={"koen": "1"})),
    ("bef", "2026", homes(b={"bop_vtil": "2026-01-31"}, c={"kom": "740", "bop_vfra": "2026-02-01"})),
    ("praksis_tilknytning", "2026", [{"pnr": each, "ydernr": f"01234{place}", "tilknyttet_fra": f"201{place}-01-01"}
                                     for place, each in enumerate(PEOPLE)]),
    ("kontakter", "2020", [contact(ANNA)]),
    ("diagnoser", "2020", [{"dw_ek_kontakt": KEY, "diagnosekode": "DE119", "diagnosetype": "A"}]),
    ("for_lpr3kontakter", "2020", [regional(BO), regional(CARL)]),
    ("labka", "a", [result(ANNA, "52"), result(BO, "52"), result(CARL, "60")]),
    ("labka", "b", [result(BO, "58"), result(CARL, "52")]),
    ("praksis_undersoegelser", "2025", [{"cpr": each, "dato": "2025-03-02"} for each in PEOPLE]),
]  # fmt: skip
pairs = st.lists(st.tuples(*[st.sampled_from(PEOPLE)] * 2).filter(lambda pair: pair[0] != pair[1]), max_size=3)
changes = pairs.map(lambda found: [
    {"pnr_gammel": old, "pnr_ny": new, "skift_dato": f"202{place}-01-01"} for place, (old, new) in enumerate(found)
])  # fmt: skip
some = settings(
    max_examples=3,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow],
)


def contents(warehouse):
    """Return every core and parked row with the name of its delivery, and what the run log says of each delivery."""
    named = "(SELECT file_type || '/' || delivery_key FROM meta.batch WHERE batch.batch_id = own.batch_id) AS batch_id"
    found = {}
    for table in (each.name for each in load_tables() if each.schema == "core"):
        for schema, left_out in (("core", "EXCLUDE (row_number) "), ("parked", "")):
            rows = warehouse.rows(f"SELECT * {left_out}REPLACE ({named}) FROM {schema}.{table} AS own")
            found[f"{schema}.{table}"] = sorted(map(str, rows))
    log = "file_type, delivery_key, rows_in, rows_loaded, rows_quarantined, rows_duplicate"
    return found | {"log": warehouse.rows(f"SELECT {log} FROM meta.batch WHERE state = 'loaded' ORDER BY ALL")}


@some
@given(changes, changes, st.permutations(range(len(DELIVERIES) + 2)))
def test_a_withdrawn_change_of_number_leaves_nothing_behind(wrong, right, order):
    with_mistake, without = Loading(), Loading()
    sent = with_mistake.deliver("cpr_skift", *wrong, name="2020") if order[0] > len(DELIVERIES) // 2 else None
    for place in order:
        if place < len(DELIVERIES):
            file_type, name, rows = DELIVERIES[place]
            with_mistake.deliver(file_type, *rows, name=name)
            without.deliver(file_type, *rows, name=name)
        elif place == len(DELIVERIES) and sent is None:
            sent = with_mistake.deliver("cpr_skift", *wrong, name="2020")
        elif place > len(DELIVERIES):
            without.deliver("cpr_skift", *right, name="2020")
    with_mistake.deliver("cpr_skift", *right, name="2020", replaces=sent.batch_id)
    assert contents(with_mistake) == contents(without)
