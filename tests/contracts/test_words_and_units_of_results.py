"""What is delivered beside a number, or instead of one, is read, converted, counted or held back: never passed over."""

import polars as pl
import pytest

from data_contracts.contract import load_contracts
from ingest.looked_up import compact
from packs.pack import load_pack
from tests.contracts.test_mappings import conformed
from tests.lib.deliveries import identifiers
from tests.lib.loading import Loading
from tests.lib.staged_rows import clean_row

PACK = load_pack("denmark")
NATIONAL = load_contracts()["lab_dm_forsker"]
(PERSON,) = identifiers(1)
ROW = {"patient_cpr": PERSON, "samplingdate": "2021-03-02", "analysiscode": "NPU27300", "value": "52"}


@pytest.fixture(scope="module")
def loading() -> Loading:
    return Loading()


def told(loading: Loading, code: str, text: str, unit: str):
    """Return what became of one result: the rules that hold it back, those that only warn, and number and state."""
    loading.con.begin()
    counted = loading.deliver("lab_dm_forsker", {**ROW, "analysiscode": code, "value": text, "unit": unit})
    found = loading.rows("SELECT value, comparator, result_state, raw_text, raw_unit FROM core.measurement")
    loading.con.rollback()
    assert all((raw_text, raw_unit or "") == (text, unit) for *_, raw_text, raw_unit in found)
    return set(counted.by_rule), set(counted.warnings), [row[:3] for row in found]


@pytest.mark.parametrize(
    "text",
    ["nan", "inf", "48*", "48 (H)", "4 8", "1.250,0", "90+", "48 mg", "5-6 mmol/mol", "?", "se svar"],
)
def test_a_text_that_is_neither_a_number_nor_a_listed_word_is_loaded_as_a_word_and_counted(loading, text):
    assert told(loading, "NPU27300", text, "mmol/mol") == (set(), {"value_word_unknown"}, [(None, None, "word")])


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("Aflyst", "cancelled"),
        ("ANNULLERET", "cancelled"),
        ("ikke påvist", "below_detection"),
        ("negativ", "below_detection"),
        ("ikke målt", "word"),
    ],
)
def test_a_word_of_the_list_stays_what_it_is_and_is_not_counted(loading, text, state):
    assert told(loading, "NPU19661", text, "mg/g") == (set(), set(), [(None, None, state)])


@pytest.mark.parametrize(
    ("code", "text", "value", "sign"),
    [
        ("NPU27300", "56 mmol/mol", 56, "="),
        ("NPU27300", "56,5mmol/mol", 56.5, "="),
        ("NPU27300", ">130 mmol/mol", 130, ">"),
        ("NPU27300", "≥ 130 MMOL/MOL", 130, ">="),
        ("NPU03835", "7,2 %", 55, "="),
        ("NPU03835", "7.2%", 55, "="),
        ("NPU18016", "85 µmol/L", 85, "="),
        ("DNK35302", ">90 ml/min/1,73 m²", 90, ">"),
        ("NPU03918", "3,4 mg/mmol", 30.056, "="),
        ("npu4998", "85 umol/l", 85, "="),
    ],
)
def test_the_unit_of_its_code_may_stand_behind_a_number(loading, code, text, value, sign):
    assert told(loading, code, text, "") == (set(), set(), [(value, sign, "number")])


@pytest.mark.parametrize(("code", "text"), [("NPU27300", "7,2 %"), ("NPU19661", "3,4 mg/mmol"), ("NPU18016", "85 kg")])
def test_another_unit_behind_a_number_leaves_a_word_that_is_counted(loading, code, text):
    assert told(loading, code, text, "") == (set(), {"value_word_unknown"}, [(None, None, "word")])


@pytest.mark.parametrize(
    ("code", "text", "unit", "value"),
    [
        ("NPU27300", "52", "", 52),
        ("NPU27300", "52", "MMOL / mol", 52),
        ("NPU27300", "52", "10*-3", 52),
        ("NPU03835", "7,2", "procent", 55),
        ("NPU03835", "0,072", "%", 55),
        ("NPU18016", "85", "μmol/L", 85),
        ("NPU18016", "85", "mikromol/l", 85),
        ("NPU09101", "0,085", "mmol/L", 85),
        ("DNK35302", "61", "mL/min/{1.73_m2}", 61),
        ("NPU19661", "30", "×10⁻³", 30),
        ("NPU03918", "3,4", "mg/mmol", 30.056),
        ("DNK05472", "132", "mm[Hg]", 132),
        ("NPU27281", "31,2", "kg/m²", 31.2),
    ],
)
def test_a_blank_unit_and_every_spelling_of_the_unit_of_the_code_are_fine(loading, code, text, unit, value):
    assert told(loading, code, text, unit) == (set(), set(), [(value, "=", "number")])


@pytest.mark.parametrize(
    ("code", "text", "unit", "value", "sign"),
    [
        ("NPU27300", "7,2", "%", 55, "="),
        ("NPU27300", "6,5", "%", 48, "="),
        ("NPU19661", "3,4", "mg/mmol", 30.056, "="),
        ("NPU19661", "<0,5", "g/mol", 4.42, "<"),
        ("NPU03918", "30", "mg/g", 30, "="),
        ("NPU18016", "0,085", "mmol/L", 85, "="),
        ("NPU09101", "85", "µmol/L", 85, "="),
        ("NPU01568", "100", "mg/dL", 2.59, "="),
        ("NPU03794", "1,78", "m", 178, "="),
        ("DNK05472", "18", "kPa", 135, "="),
    ],
)
def test_another_unit_of_the_same_analyte_is_converted_and_counted(loading, code, text, unit, value, sign):
    assert told(loading, code, text, unit) == (set(), {"unit_converted"}, [(value, sign, "number")])


@pytest.mark.parametrize(
    ("text", "value"), [("1.500", 1.5), ("1,500", 1.5), ("12,000", 12), ("999.999", 999.999), ("1.500 mg/g", 1.5)]
)
def test_a_sign_that_may_part_thousands_is_read_as_decimals_and_counted(loading, text, value):
    warned = {"value_thousands_sign"}
    assert told(loading, "NPU19661", text, "mg/g") == (set(), warned, [(value, "=", "number")])


@pytest.mark.parametrize(
    ("code", "text", "unit"),
    [
        ("NPU19661", "1.50", "mg/g"),
        ("NPU19661", "0,500", "mg/g"),
        ("NPU19661", "1500", "mg/g"),
        ("NPU01568", "2.500", ""),
    ],
)
def test_a_sign_that_can_only_be_that_of_the_decimals_is_not_counted(loading, code, text, unit):
    assert told(loading, code, text, unit)[:2] == (set(), set())


@pytest.mark.parametrize(
    ("code", "text", "unit"),
    [
        ("NPU27300", "52", "mmol/L"),
        ("NPU03835", "7,2", "mmol/mol"),
        ("NPU19661", "30", "mg/L"),
        ("NPU01568", "2,6", "%"),
    ],
)
def test_a_unit_that_the_analysis_cannot_have_holds_the_row_back(loading, code, text, unit):
    assert told(loading, code, text, unit) == ({"unit_contradicts_code"}, set(), [])


@pytest.mark.parametrize(
    ("code", "text", "unit"), [("NPU27300", "53", "%"), ("NPU18016", "85", "mmol/L"), ("NPU03794", "178", "m")]
)
def test_a_number_that_is_impossible_in_its_unit_is_held_back_although_it_is_possible_in_that_of_the_code(
    loading, code, text, unit
):
    assert told(loading, code, text, unit)[::2] == ({"value_implausible"}, [])


@pytest.mark.parametrize(
    ("code", "text", "unit"),
    [
        ("DNK35302", "1,2", "mL/s"),
        ("NPU01568", "20", "mg pr. dl"),
        ("NPU27300", "52", "enh."),
        ("NPU27300", "<52", "?"),
        ("NPU19661", "30", "-"),
    ],
)
def test_a_number_beside_an_unknown_spelling_of_a_unit_is_held_back_also_where_it_is_possible(
    loading, code, text, unit
):
    assert told(loading, code, text, unit) == ({"unit_unknown"}, set(), [])


@pytest.mark.parametrize(("text", "state"), [("Aflyst", "cancelled"), ("negativ", "below_detection")])
def test_a_word_means_the_same_beside_an_unknown_spelling_of_a_unit(loading, text, state):
    assert told(loading, "NPU19661", text, "enh.") == (set(), set(), [(None, None, state)])


def test_a_number_held_back_for_its_unit_does_not_take_the_place_of_the_same_one_told_elsewhere(loading):
    loading.con.begin()
    row = {"pnr": PERSON, "realsamplecollectiontime": "02/03/2021 08:30", "ol_inver_iupac_cde": "DNK35302"}
    loading.deliver("labka", {**row, "relationsign": "=", "internal_reply_num": "72"})
    odd = {**ROW, "samplingtime": "08:30", "analysiscode": "DNK35302", "value": "1,2", "unit": "mL/s"}
    counted = loading.deliver("lab_dm_forsker", odd)
    found = loading.rows("SELECT value, source_system FROM core.measurement")
    loading.con.rollback()
    assert (counted.quarantined, found) == (1, [(72.0, "labka")])


def test_rows_of_a_file_are_judged_each_by_its_own_code_and_unit(loading):
    loading.con.begin()
    mixed = [("NPU27300", "52", "mmol/mol"), ("NPU27300", "7,2", "%"), ("NPU19661", "30", ""), ("NPU27300", "53", "kg")]
    rows = [{**ROW, "analysiscode": code, "value": text, "unit": unit} for code, text, unit in mixed]
    counted = loading.deliver("lab_dm_forsker", *rows)
    values = loading.rows("SELECT value FROM core.measurement ORDER BY row_number")
    loading.con.rollback()
    assert (values, counted.by_rule, counted.warnings) == (
        [(52.0,), (55.0,), (30.0,)],
        {"unit_contradicts_code": 1},
        {"unit_converted": 1},
    )


@pytest.mark.parametrize("file_type", ["praksis_maalinger", "kommune_maalinger"])
def test_measurements_of_practices_and_municipalities_are_read_in_the_same_way(file_type):
    row = clean_row(load_contracts()[file_type], kode="NPU03794", vaerdi="1,78", enhed="m")
    (found,) = conformed(file_type, [row], "measurement")
    assert (found["value"], found["unit"], found["raw_unit"]) == (178.0, "cm", "m")


def test_every_unit_is_spelled_as_spellings_are_compared_and_is_known_itself():
    units = PACK.codelist("laboratory_unit")
    assert units.select(compact(pl.col("code"))).to_series().equals(units["code"])
    analyses, conversions = PACK.codelist("laboratory_analysis"), PACK.codelist("unit_conversion")
    named = {*analyses["delivered_unit"], *conversions["given"], *conversions["wanted"]}
    assert named <= set(units["unit"])
    spelled = units.filter(pl.col("unit").is_in(list(named))).select("unit", own=compact(pl.col("unit")), code="code")
    assert spelled.filter(pl.col("own") == pl.col("code"))["unit"].n_unique() == len(named)


def test_every_conversion_leads_to_the_unit_of_some_code_of_its_analyte_and_agrees_with_that_of_the_codes():
    analyses = PACK.codelist("laboratory_analysis")
    for row in PACK.codelist("unit_conversion").iter_rows(named=True):
        codes = analyses.filter(analyte=row["analyte"], delivered_unit=row["wanted"])
        assert codes.height, row["code"]
        other = analyses.filter(analyte=row["analyte"], delivered_unit=row["given"])
        for factor in other["factor"]:
            assert row["factor"] * codes["factor"][0] == pytest.approx(factor), row["code"]
