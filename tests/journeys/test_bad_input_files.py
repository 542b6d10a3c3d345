"""Delivered files that are wrong in every way that was met: each ends in a clear verdict, and the others are loaded."""

import gzip
import random
from types import SimpleNamespace

import pytest

from ingest.job import run
from tests.lib.deliveries import (
    LABKA,
    PRACTICE,
    answer,
    contents,
    deliver,
    identifiers,
    measurements,
    new_home,
    results,
    text,
)
from tvaers.cli import main
from tvaers.errors import ExtractError

PEOPLE = identifiers(240)
GOOD = PEOPLE[:40]
# Values that stand in the files and must not stand in anything that is told about them.
NAME = "Zacharine Marksdatter"
VALUE = "4711,25"
WRITTEN = text(PRACTICE, measurements(PEOPLE[40:60], value=VALUE))


def _without(column: str) -> str:
    place = PRACTICE.index(column)
    rows = [row[:place] + row[place + 1 :] for row in (PRACTICE, *measurements(PEOPLE[60:80], value=VALUE))]
    return text(rows[0], rows[1:])


def _broken_identifiers() -> str:
    return text(PRACTICE, [(row[0][1:], *row[1:]) for row in measurements(PEOPLE[80:100], value=VALUE)])


def _in_unit(unit: str, rows: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    return [(*row[:5], unit) for row in rows]


def _one_analysis_in_an_unknown_unit() -> str:
    other = measurements(PEOPLE, value="132", code="DNK05472") + measurements(PEOPLE, value="82", code="DNK05473")
    return text(PRACTICE, _in_unit("mmHg", other) + _in_unit("mmol/molHbA1c", measurements(PEOPLE[:24])))


def _zipped() -> bytes:
    whole = gzip.compress(text(PRACTICE, measurements(PEOPLE, value=VALUE)).encode(), mtime=0)
    return whole[: len(whole) * 3 // 5]


def _mixed_encoding() -> bytes:
    return "\N{BOM}".encode() + WRITTEN.replace("mmol/mol", "mål", 1).encode("cp1252")


# File name: (content, verdict, words that the message must hold, reason in the run log).
BAD = {
    "praksis_maalinger_0001.csv": (b"", "refused", ["is empty", "supplier"], "empty"),
    "praksis_maalinger_0002.csv": (b" \n\n", "refused", ["is empty", "supplier"], "empty"),
    "praksis_maalinger_0003.csv": (text(PRACTICE, []), "refused", ["header but no rows", "supplier"], "no_rows"),
    "vagtplan_2025.csv": (
        f"dag;navn;vagt\n1;{NAME};nat\n",
        "unrecognised",
        ["3 columns", "no known file type"],
        "unknown_type",
    ),
    "praksis_maalinger_0004.csv": (
        WRITTEN.replace(";", "^"),
        "unrecognised",
        ["Only one column", "separator", "praksis_maalinger"],
        "unknown_type",
    ),
    "praksis_maalinger_0005.csv": (random.Random(5).randbytes(3000), "refused", ["not text", "supplier"], "not_text"),
    "praksis_maalinger_0006.csv.gz": (_zipped(), "refused", ["cut short", "supplier"], "cut_short"),
    "praksis_maalinger_0007.csv": (_mixed_encoding(), "refused", ["encoding", "supplier"], "wrong_encoding"),
    "praksis_maalinger_0008.csv": (
        _without("Kode"),
        "refused",
        ["lacks a column", "kode", "1 of 6", "supplier"],
        "column_missing",
    ),
    "praksis_maalinger_0009.csv": (
        _broken_identifiers(),
        "refused",
        ["20 of 20", "100%", "supplier"],
        "too_many_broken",
    ),
    "praksis_maalinger_0010.csv": (
        text(PRACTICE, measurements(PEOPLE[40:60], value=VALUE)[1:]).split("\n", 1)[1],
        "unrecognised",
        ["no known file type"],
        "unknown_type",
    ),
    "praksis_maalinger_0011.csv": (
        text((*PRACTICE, "cpr"), [(*row, NAME) for row in measurements(PEOPLE[100:120], value=VALUE)]),
        "refused",
        ["more than once", "supplier"],
        "column_repeated",
    ),
    "praksis_maalinger_0012.csv": (
        text(PRACTICE, measurements(PEOPLE[120:140], value="4711 (H)")),
        "refused",
        ["20 of 20", "100%", "neither a number nor a known word", "5%", "supplier"],
        "too_many_unknown_words",
    ),
    "praksis_maalinger_0014.csv": (
        text(PRACTICE, _in_unit("mL/s", measurements(PEOPLE[140:160], value="1,2", code="DNK35302"))),
        "refused",
        ["20 of 20", "100%", "unknown unit: `mL/s` (20 rows)", "codelists/laboratory_unit.csv", "supplier"],
        "too_many_broken",
    ),
    "praksis_maalinger_0015.csv": (
        _one_analysis_in_an_unknown_unit(),
        "refused",
        ["100% of the results of NPU27300", "5%", "`mmol/molHbA1c` (24 rows)", "laboratory_unit.csv", "supplier"],
        "too_many_unknown_units",
    ),
    "praksis_maalinger_0013.csv": (
        WRITTEN.replace("\n", "\r"),
        "refused",
        ["carriage return alone", "supplier"],
        "line_ends",
    ),
    "bundt_2025.json": ('{"resourceType": "Bundle", "entry": [', "refused", ["JSON", "supplier"], "not_json"),
}


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    """One folder in which nearly everything is wrong, ingested once, and once more."""
    folder = tmp_path_factory.mktemp("bad_files")
    settings = new_home(folder)
    extracts = folder / "extracts"
    for name, (content, *_) in BAD.items():
        deliver(extracts, name, content)
    good = text(LABKA, results(GOOD))
    deliver(extracts, "laboratory/labka_2025.csv", good)
    deliver(extracts, "laboratory/sent_twice/labka_2025_igen.csv", good)
    extra = [(*row, NAME, PEOPLE[7]) for row in measurements(PEOPLE[120:160])]
    deliver(extracts, "praksis_maalinger_2021.csv", text((*PRACTICE, "Navn", PEOPLE[8]), extra))
    told = measurements(PEOPLE[160:200])
    told[3] = (*told[3][:5], f"mmol/mol ({PEOPLE[9][:6]}-{PEOPLE[9][6:]})")
    deliver(extracts, "praksis_maalinger_2022.csv", text(PRACTICE, told))
    deliver(
        extracts,
        "praksis_maalinger_2023.csv",
        text(
            PRACTICE, [*measurements(PEOPLE[200:238]), ("en", "linje", "for", "lidt"), *measurements(PEOPLE[200:201])]
        ),
    )
    deliver(
        extracts,
        "praksis_maalinger_2024.csv",
        text(PRACTICE, _in_unit("µmol/L", measurements(PEOPLE[:40], value="85", code="NPU18016"))).encode("cp1252"),
    )
    first = run(settings, extracts)
    before = settings.warehouse.read_bytes()
    return SimpleNamespace(
        settings=settings,
        extracts=extracts,
        first=first,
        verdicts={verdict.file_name: verdict for verdict in first.files},
        before=before,
        again={verdict.file_name: verdict for verdict in run(settings, extracts).files},
    )


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_not_loaded_and_the_steward_learns_why(done, name):
    _, state, words, reason = BAD[name]
    verdict = done.verdicts[name]
    assert (verdict.state, verdict.reason) == (state, reason)
    assert verdict.loaded == 0
    for word in words:
        assert word in verdict.message


def test_every_file_has_one_verdict(done):
    delivered = sorted(path.name for path in done.extracts.rglob("*") if path.is_file())
    assert sorted(verdict.file_name for verdict in done.first.files) == delivered


def test_no_message_report_or_log_holds_a_value_of_a_row(done):
    told = [verdict.message for verdict in done.first.files]
    told += [path.read_text("utf-8") for path in done.settings.home.rglob("*.html")]
    assert any("Rows held back" in each for each in told)
    secret = [NAME, VALUE, VALUE.replace(",", "."), *PEOPLE, *(f"{one[:6]}-{one[6:]}" for one in PEOPLE)]
    assert [each for each in secret if any(each in one for one in told)] == []


def test_the_good_files_of_the_folder_are_loaded(done):
    accepted = {name: verdict for name, verdict in done.verdicts.items() if verdict.state.startswith("accepted")}
    assert sorted(accepted) == [
        "labka_2025.csv",
        "praksis_maalinger_2021.csv",
        "praksis_maalinger_2022.csv",
        "praksis_maalinger_2023.csv",
        "praksis_maalinger_2024.csv",
    ]
    for verdict in accepted.values():
        assert verdict.rows_in == verdict.loaded + verdict.quarantined + verdict.duplicates
    loaded = sum(verdict.loaded for verdict in accepted.values())
    assert answer(done.settings, "SELECT count(*) FROM core.measurement") == [(loaded,)]
    assert done.first.is_loaded


def test_the_warehouse_says_what_each_of_its_columns_holds(done):
    untold = "SELECT column_name FROM duckdb_columns() WHERE schema_name = 'core' AND comment IS NULL"
    assert set(answer(done.settings, untold)) <= {("row_number",)}
    assert answer(done.settings, "SELECT count(comment) > 100 FROM duckdb_columns()") == [(True,)]


def test_an_extra_column_is_named_and_not_read(done):
    verdict = done.verdicts["praksis_maalinger_2021.csv"]
    assert verdict.state == "accepted"
    assert verdict.loaded == 40
    # The other extra column bears a person's number for a name, so it is told by its place.
    assert "navn, column 8" in verdict.message


def test_a_row_with_an_identifier_in_a_text_is_held_back_without_the_text(done):
    verdict = done.verdicts["praksis_maalinger_2022.csv"]
    assert (verdict.state, verdict.loaded, verdict.quarantined) == ("accepted_with_quarantine", 39, 1)
    assert verdict.by_rule == {"identifier_in_text": 1}
    held = "SELECT row_number, column_name FROM meta.quarantine WHERE rule = 'identifier_in_text'"
    assert answer(done.settings, held) == [(4, "enhed")]


def test_the_report_for_the_supplier_tells_lines_of_the_file_and_no_names_of_our_own(done):
    page = done.verdicts["praksis_maalinger_2022.csv"].report.read_text("utf-8")
    assert "the header is line 1" in page
    assert '<span class="rows">5</span>' in page
    assert [own for own in ("__state", "__typed", "row_number", "delivered_rows", "__none__") if own in page] == []
    assert "cpr" in page


def test_a_few_results_in_an_unknown_unit_are_held_back_and_the_steward_learns_the_spelling(done, tmp_path):
    rows = _in_unit("mmHg", measurements(PEOPLE, value="131", code="DNK05472"))
    odd = _in_unit("cmHg/1", measurements(PEOPLE[:2], value="13", code="DNK05473"))
    named = _in_unit(NAME, measurements(PEOPLE[2:3], value="83", code="DNK05473"))
    deliver(tmp_path, "praksis_maalinger_2020.csv", text(PRACTICE, rows + odd + named))
    settings = new_home(tmp_path / "new")
    killed = deliver(
        settings.reports / "20261122T170600Z-0a1f", "praksis_maalinger_2020.csv.html", "a killed run"
    ).parent
    (verdict,) = run(settings, tmp_path / "praksis_maalinger_2020.csv").files
    assert not killed.exists()
    assert (verdict.state, verdict.loaded, verdict.by_rule["unit_unknown"]) == ("accepted_with_quarantine", 240, 3)
    assert "in which unit they are: `cmHg/1` (2 rows), others (1 row)" in verdict.message
    assert "codelists/laboratory_unit.csv" in verdict.message
    page = verdict.report.read_text("utf-8")
    assert "cmHg/1" in page
    assert NAME not in page


def test_a_row_with_too_few_fields_and_a_repeated_one_are_counted(done):
    verdict = done.verdicts["praksis_maalinger_2023.csv"]
    assert (verdict.rows_in, verdict.loaded, verdict.quarantined, verdict.duplicates) == (40, 38, 1, 1)
    assert verdict.by_rule == {"row_malformed": 1}


def test_another_encoding_is_read_and_reported(done):
    verdict = done.verdicts["praksis_maalinger_2024.csv"]
    assert (verdict.encoding, verdict.loaded) == ("cp1252", 40)
    assert answer(done.settings, "SELECT DISTINCT raw_unit FROM core.measurement ORDER BY ALL") == [
        ("mmol/mol",),
        ("µmol/L",),
        (None,),
    ]


def test_the_same_bytes_under_another_name_are_loaded_once(done):
    verdict = done.verdicts["labka_2025_igen.csv"]
    assert verdict.state == "already_loaded"
    assert "labka_2025.csv" in verdict.message
    assert done.again["labka_2025_igen.csv"].state == "already_loaded"


def test_delivering_the_folder_again_changes_no_byte_and_refuses_the_same_files(done):
    assert done.settings.warehouse.read_bytes() == done.before
    for name, verdict in done.verdicts.items():
        expected = "already_loaded" if verdict.state.startswith("accepted") else verdict.state
        assert done.again[name].state == expected, name


def test_a_folder_of_bad_files_only_is_told_by_the_run_log_and_loads_nothing(tmp_path):
    settings = new_home(tmp_path)
    deliver(tmp_path / "extracts", "praksis_maalinger_0008.csv", _without("Kode"))
    deliver(tmp_path / "extracts", "praksis_maalinger_0009.csv", _broken_identifiers())
    result = run(settings, tmp_path / "extracts")
    assert [verdict.state for verdict in result.files] == ["refused", "refused"]
    assert result.report.is_file()
    assert not result.is_loaded
    left = sorted(path.name for path in settings.home.iterdir())
    assert left == ["reports", "settings.toml", "warehouse.duckdb", "warehouse.duckdb.lock"]
    assert answer(settings, "SELECT count(*) FROM meta.batch") == [(0,)]
    assert {found[0] for found in contents(settings, "core", "parked").values()} == {0}
    assert answer(
        settings,
        "SELECT file_name, file_type, state, reason, rows_in, rows_quarantined FROM meta.refusal ORDER BY file_name",
    ) == [
        ("praksis_maalinger_0008.csv", None, "refused", "column_missing", 0, 0),
        ("praksis_maalinger_0009.csv", "praksis_maalinger", "refused", "too_many_broken", 20, 20),
    ]
    assert answer(settings, "SELECT files_seen, files_loaded, files_refused FROM meta.run") == [(2, 0, 2)]


def test_a_bad_file_does_not_disturb_what_was_loaded_before(done, tmp_path):
    before = contents(done.settings, "core", "parked"), answer(done.settings, "FROM meta.batch")
    deliver(tmp_path, "praksis_maalinger_2025.csv", _broken_identifiers().replace("NPU27300", "NPU99999"))
    assert [verdict.state for verdict in run(done.settings, tmp_path).files] == ["refused"]
    assert (contents(done.settings, "core", "parked"), answer(done.settings, "FROM meta.batch")) == before
    told = "SELECT reason FROM meta.refusal WHERE file_name = 'praksis_maalinger_2025.csv'"
    assert answer(done.settings, told) == [("too_many_broken",)]
    # Refused once more for the same reason, it is no news.
    as_it_is = done.settings.warehouse.read_bytes()
    assert [verdict.state for verdict in run(done.settings, tmp_path).files] == ["refused"]
    assert done.settings.warehouse.read_bytes() == as_it_is


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_has_a_page_of_its_own_in_the_report_and_a_line_in_the_run_log(done, name):
    _, state, words, reason = BAD[name]
    page = done.verdicts[name].report.read_text(encoding="utf-8")
    index = done.first.report.read_text(encoding="utf-8")
    assert f'href="{done.verdicts[name].report.name}"' in index
    assert f">{name}<" in index
    for word in words:
        assert word in page
    told = f"SELECT state, reason, length(file_hash) FROM meta.refusal WHERE file_name = '{name}'"
    assert answer(done.settings, told) == [(state, reason, 64)]


def test_the_run_log_counts_what_was_refused_and_what_was_not_recognised(done):
    refused = [state for _, state, _, _ in BAD.values()]
    assert answer(done.settings, "SELECT files_refused, files_unrecognised FROM meta.run ORDER BY started_at")[0] == (
        refused.count("refused"),
        refused.count("unrecognised"),
    )


@pytest.mark.parametrize("kind", ["missing", "empty", "hidden"])
def test_a_folder_without_files_is_an_extract_error(tmp_path, kind):
    settings = new_home(tmp_path)
    folder = tmp_path / "extracts"
    if kind != "missing":
        folder.mkdir()
    if kind == "hidden":
        deliver(folder, ".labka_2025.csv", text(LABKA, results(GOOD)))
    with pytest.raises(ExtractError) as fault:
        run(settings, folder)
    assert str(folder) in fault.value.where
    assert fault.value.what_to_do
    assert not settings.warehouse.exists()


def test_the_command_tells_which_file_was_refused_and_ends_with_a_code_of_its_own(tmp_path, capsys):
    settings = new_home(tmp_path)
    deliver(tmp_path / "extracts", "praksis_maalinger_0008.csv", _without("Kode"))
    code = main(["ingest", str(tmp_path / "extracts"), "--home", str(settings.home)])
    said = capsys.readouterr()
    assert code != 0
    assert "praksis_maalinger_0008.csv" in said.out
    assert "kode" in said.out + said.err
    assert "Traceback" not in said.err
