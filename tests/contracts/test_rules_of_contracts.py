"""Every contract's own example passes, and every rule holds back one row that breaks it."""

from functools import cache

import duckdb
import pytest

from data_contracts.contract import Column, Contract, Rule, load_contracts
from tests.lib.staged_rows import broken_rules, clean_row, stage_rows

CONTRACTS = load_contracts()
ALL_RULES = [pytest.param(name, rule, id=f"{name}-{rule.id}") for name, one in CONTRACTS.items() for rule in one.rules]

# Rows that break a named rule: file type and rule to what differs from the contract's example.
BREAKING = {
    ("bef", "ends_before_start"): {"bop_vfra": "2015-03-02", "bop_vtil": "2015-03-01"},
    ("bef", "died_before_birth"): {"foed_dato": "1947-09-25", "doed_dato": "1947-09-24"},
    ("cpr_skift", "identifier_unchanged"): {"pnr_gammel": "one person", "pnr_ny": "one person"},
    ("praksis_tilknytning", "ends_before_start"): {"tilknyttet_fra": "2016-01-02", "tilknyttet_til": "2016-01-01"},
    ("yderregister", "ends_before_start"): {"gyldig_fra": "2010-01-02", "gyldig_til": "2010-01-01"},
    ("shak_afsnit", "ends_before_start"): {"gyldig_fra": "1999-01-02", "gyldig_til": "1999-01-01"},
    ("sssy", "speciale_of_five_digits"): {"speciale": "54100"},
    ("sysi", "speciale_of_five_digits"): {"speciale": "54100"},
    ("lpr_adm", "ends_before_start"): {"d_inddto": "2017-05-04", "d_uddto": "2017-05-03"},
    ("kontakter", "ends_before_start"): {"dato_start": "2020-01-14", "dato_slut": "2020-01-13"},
    ("lpr_a_kontakt", "ends_before_start"): {
        "kont_starttidspunkt": "2020-01-14 10:30:00",
        "kont_sluttidspunkt": "2020-01-14 10:29:59",
    },
    ("for_lpr3kontakter", "ends_before_start"): {
        "datotid_lpr3kontaktstart": "2020-01-14 10:30:00",
        "datotid_lpr3kontaktslut": "2020-01-14 10:29:00",
    },
    ("for_indlaeggelser", "ends_before_start"): {
        "datotid_indlaeggelse": "2018-01-14 10:30:00",
        "datotid_udskrivning": "2018-01-13 10:30:00",
    },
    ("for_besoeg", "ends_before_start"): {
        "datotid_start": "2018-01-14 10:30:00",
        "datotid_slut": "2018-01-14 10:00:00",
    },
    ("for_akutambulantekontakter", "ends_before_start"): {
        "datotid_start": "2018-01-14 10:30:00",
        "datotid_slut": "2018-01-14 10:00:00",
    },
    ("lab_dm_forsker", "value_implausible"): {"analysiscode": "NPU27300", "value": "251"},
    ("labka", "internal_reply_num_implausible"): {"ol_inver_iupac_cde": "NPU27300", "internal_reply_num": "9"},
    ("for_labka", "svar_implausible"): {"npukode": "NPU03835", "svar": "0,26", "numerisksvar": ""},
    ("for_labka", "answered_before_sampling"): {
        "datotid_proevetagning": "2021-03-02 08:30:00",
        "datotid_sidstesvar": "2021-03-02 08:29:00",
    },
    ("praksis_diagnoser", "code_missing"): {"icpc2": "", "sks": ""},
    ("praksis_maalinger", "vaerdi_implausible"): {"kode": "DNK05472", "vaerdi": "351"},
    ("kommune_maalinger", "vaerdi_implausible"): {"kode": "NPU22089", "vaerdi": "0,1"},
    ("praksis_undersoegelser", "resultat_missing"): {"undersoegelse": "fodstatus", "resultat": ""},
    ("praksis_undersoegelser", "resultat_not_allowed"): {"undersoegelse": "fodstatus", "resultat": "ryger"},
    ("oejenscreening", "result_missing"): {"retinopati_hoejre": "", "retinopati_venstre": ""},
}
BREAKING |= {
    ("folkeregister", "ends_before_start"): {"bosatt_fra": "2015-03-02", "bosatt_til": "2015-03-01"},
    ("folkeregister", "died_before_birth"): {"fodselsdato": "1947-09-25", "dodsdato": "1947-09-24"},
    ("folkeregister_endring", "identifier_unchanged"): {
        "tidligere_fodselsnummer": "one person",
        "fodselsnummer": "one person",
    },
    ("fastlegekontor", "ends_before_start"): {"gyldig_fra": "2010-01-02", "gyldig_til": "2010-01-01"},
    ("fastlegeliste", "ends_before_start"): {"liste_fra": "2016-01-02", "liste_til": "2016-01-01"},
    ("npr_episode", "ends_before_start"): {"inndato": "2020-01-14", "utdato": "2020-01-13"},
    ("laboratoriesvar", "svar_implausible"): {"analysekode": "NPU27300", "svar": "251"},
    ("laboratoriesvar", "result_missing"): {"svar": "", "servtype": "N"},
}
for _results, _value, _unit in (
    ("lab_dm_forsker", "value", "unit"),
    ("laboratoriesvar", "svar", "enhet"),
    ("for_labka", "svar", ""),
    ("praksis_maalinger", "vaerdi", "enhed"),
    ("kommune_maalinger", "vaerdi", "enhed"),
):
    BREAKING[_results, f"{_value}_word_unknown"] = {_value: "48*"}
    if _unit:
        _code = {"lab_dm_forsker": "analysiscode", "laboratoriesvar": "analysekode"}.get(_results, "kode")
        BREAKING |= {
            (_results, "unit_contradicts_code"): {_code: "NPU27300", _value: "52", _unit: "mmol/L"},
            (_results, "unit_converted"): {_code: "NPU27300", _value: "7,2", _unit: "%"},
            (_results, "unit_unknown"): {_unit: "stk."},
        }
for _results, _value, _code in (
    ("lab_dm_forsker", "value", "analysiscode"),
    ("laboratoriesvar", "svar", "analysekode"),
    ("labka", "internal_reply_num", "ol_inver_iupac_cde"),
    ("for_labka", "svar", "npukode"),
    ("praksis_maalinger", "vaerdi", "kode"),
    ("kommune_maalinger", "vaerdi", "kode"),
):
    BREAKING[_results, f"{_value}_thousands_sign"] = {_code: "NPU19661", _value: "1.500"}
for _bundles in ("kl_gateway_119", "kl_gateway_140"):
    BREAKING |= {
        (_bundles, "status_missing"): {"resource_type": "CarePlan", "status": ""},
        (_bundles, "received_on_missing"): {"resource_type": "ServiceRequest", "received_on": ""},
        (_bundles, "starts_at_missing"): {"resource_type": "Encounter", "starts_at": ""},
        (_bundles, "held_in_future"): {
            "resource_type": "Encounter",
            "status": "finished",
            "starts_at": "2026-10-16 08:00:00",
        },
        (_bundles, "ends_before_start"): {"starts_at": "2022-06-10 14:10:00", "ends_at": "2022-06-10 14:09:00"},
    }


def breaking_change(contract: Contract, rule: Rule) -> dict[str, str]:
    """Return what to change in the example so that it breaks a rule that follows from a column."""
    if (contract.file_type, rule.id) in BREAKING:
        return BREAKING[contract.file_type, rule.id]
    identifier = next((each.name for each in contract.columns if each.type == "identifier"), "")
    of_identifiers = {
        "identifier_missing": "",
        "identifier_broken": "broken",
        "identifier_replacement": "replacement",
        "identifier_without_check_digit": "odd",
        "identifier_without_leading_zero": "zero_lost",
    }
    if rule.id in of_identifiers:
        return {identifier: of_identifiers[rule.id]}
    assert rule.column is not None, f"{contract.file_type}: no row breaks {rule.id}; add one to BREAKING"
    column = contract.column(rule.column)
    if rule.id == "contact_unknown":
        return {column.name: "unknown contact"}
    return {column.name: _breaking_text(column, rule.id.removeprefix(f"{column.name}_"))}


def _breaking_text(column: Column, way: str) -> str:
    match way:
        case "missing":
            return ""
        case "unreadable":
            return "?!"
        case "not_allowed":
            return "§"
        case "in_future":
            return "2652" if column.type == "iso_week" else "2026-10-16"
        case "implausible":
            if column.type in ("date", "datetime"):
                return "1700-01-01"
            return "-1"
    raise AssertionError(way)


def broken_by(contract: Contract, rows: list[dict[str, str]]) -> list[set[str]]:
    con = duckdb.connect()
    stage_rows(con, contract, rows)
    return broken_rules(con, contract)


@cache
def broken_by_rule(name: str) -> dict[str, set[str]]:
    """Return, for the row made to break each rule, the rules it does break."""
    contract = CONTRACTS[name]
    rows = [clean_row(contract, **breaking_change(contract, rule)) for rule in contract.rules]
    return dict(zip([rule.id for rule in contract.rules], broken_by(contract, rows), strict=True))


@pytest.mark.parametrize("name", CONTRACTS)
def test_the_example_of_a_contract_breaks_no_rule(name: str) -> None:
    assert broken_by(CONTRACTS[name], [clean_row(CONTRACTS[name])]) == [set()]


@pytest.mark.parametrize("name", CONTRACTS)
def test_every_single_example_of_a_column_breaks_no_rule_about_it(name: str) -> None:
    contract = CONTRACTS[name]
    cases = [(each.name, text) for each in contract.columns if not each.is_dropped for text in each.examples]
    found = broken_by(contract, [clean_row(contract) | {column: text} for column, text in cases])
    faults = {
        case: broken & {rule.id for rule in contract.rules if rule.column == case[0]}
        for case, broken in zip(cases, found, strict=True)
    }
    assert {case: broken for case, broken in faults.items() if broken} == {}


@pytest.mark.parametrize(("name", "rule"), ALL_RULES)
def test_a_row_that_breaks_a_rule_is_found_under_it(name: str, rule: Rule) -> None:
    assert rule.id in broken_by_rule(name)[rule.id]


def test_every_row_named_as_breaking_belongs_to_a_rule() -> None:
    assert {key for key in BREAKING if key[1] not in {rule.id for rule in CONTRACTS[key[0]].rules}} == set()
