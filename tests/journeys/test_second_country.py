"""A second country's demo: its own identifiers, file shapes, definitions, policy and language, on the same program."""

import polars as pl
import pytest

from dashboard.address import language
from dashboard.release_reader import open_release
from tests.lib.deliveries import answer
from tests.unit.ingest.test_identifier_of_two_check_digits import with_check_digits
from tvaers.cli import main
from tvaers.settings import load_settings

pytestmark = pytest.mark.slow

OPTIONS = ("--country", "norway", "--inhabitants", "6000", "--years", "4", "--no-serve")
REPORT = ["fodselsnummer", "analysekode", "provetakingstidspunkt"]


@pytest.fixture(scope="module")
def demo_home(tmp_path_factory):
    """A finished small demo of the second country; its key is named in the environment while the module's tests run."""
    folder = tmp_path_factory.mktemp("second_country")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TVAERS_KEY_FILE", str(folder / "some.key"))
        patch.setattr("tvaers.commands.compute.QUARTERS", 2)
        assert main(["demo", "--home", str(folder / "home"), *OPTIONS]) == 0
        yield folder / "home"


def asked(home, sql):
    return answer(load_settings(home), sql)


def delivered(home, file_type):
    (path,) = (home / "extracts").rglob(f"{file_type}_2*.csv")
    return pl.read_csv(path, separator=";", infer_schema=False).fill_null("")


def test_the_release_holds_the_countrys_own_indicators_and_speaks_its_language_first(demo_home):
    release = open_release(demo_home / "release.duckdb")
    shown = release.of_unit("all", "all").filter(pl.col("state") == "shown")
    assert {"hba1c_measured", "hba1c_at_goal"} <= set(shown["indicator_id"])
    assert language(release.meta()["country_languages"]) == "nb"
    assert {"Trondheim", "Levanger"} <= set(release.units().filter(level="municipality")["name"])


def test_every_delivered_row_is_loaded_but_reports_that_a_later_one_replaces(demo_home):
    batches = dict(asked(demo_home, "SELECT file_type, rows_in - rows_loaded FROM meta.batch"))
    reports = delivered(demo_home, "laboratoriesvar")
    assert batches.pop("laboratoriesvar") == reports.height - reports.select(REPORT).unique().height > 0
    assert set(batches.values()) == {0}


def test_of_each_sample_the_last_version_of_its_report_counts(demo_home):
    last = delivered(demo_home, "laboratoriesvar").sort("generert").unique(REPORT, keep="last")
    hba1c = last.filter(pl.col("analysekode") == "NPU27300")
    numbers = hba1c.filter(pl.col("servtype") != "C")["svar"].cast(pl.Float64, strict=False).drop_nulls()
    found = asked(demo_home, "SELECT value FROM core.measurement WHERE analyte = 'hba1c' AND value IS NOT NULL")
    assert sorted(value for (value,) in found) == sorted(numbers.to_list())
    taken_back = last.filter((pl.col("servtype") == "C") | (pl.col("svar") == "Avlyst")).height
    told = asked(demo_home, "SELECT count(*), count(value) FROM core.measurement WHERE result_state = 'cancelled'")
    assert told == [(taken_back, 0)]


def test_conditions_in_columns_become_diagnoses_of_their_episode(demo_home):
    episodes = delivered(demo_home, "npr_episode")
    columns = [name for name in episodes.columns if name.startswith("tilstand")]
    told = episodes.unpivot(columns, index="episode_lnr").filter(pl.col("value") != "")
    kinds = pl.col("variable").replace_strict({"tilstand_1_1": "A"}, default="B").alias("kind")
    expected = told.group_by("value", kinds).len().sort("value", "kind").rows()
    found = asked(
        demo_home,
        "SELECT code, diagnosis_type, count(*) FROM core.diagnosis GROUP BY ALL ORDER BY 1, 2",
    )
    assert found == expected
    assert {code[0] for code, _, _ in found} > {"E", "I"}


def test_somebody_who_had_a_d_number_first_is_one_person(demo_home):
    changes = delivered(demo_home, "folkeregister_endring")
    assert changes.height
    assert changes["tidligere_fodselsnummer"].str.slice(0, 2).cast(pl.Int64).is_between(41, 71).all()
    assert asked(demo_home, "SELECT count(*) FROM core.person_alias") == [(changes.height,)]
    people = delivered(demo_home, "folkeregister")["fodselsnummer"].n_unique()
    assert asked(demo_home, "SELECT count(*) FROM core.person") == [(people,)]


def number_of(individual, *, month_added=80):
    return next(filter(None, (with_check_digits(f"0{day}{1 + month_added}50{individual}") for day in range(1, 9))))


MESSY = [
    # identifier, analysis, result, unit, kind of version, hour written
    (number_of(101), "NPU27300", "52", "mmol/mol", "N", 10),
    (number_of(101), "npu27300", "58", "mmol/mol", "M", 12),  # corrects the first
    (number_of(101), "NPU27300", "52", "mmol/mol", "H", 13),  # tells the first again
    (number_of(103), "NPU03835", "7.2", "%", "N", 10),
    (number_of(105), "NPU01568", "2,4", "mmol/L", "N", 10),  # a comma, as in reference ranges
    (number_of(107), "NPU27300", "avlyst", "", "N", 10),
    (number_of(109), "NPU27300", "48", "", "C", 11),  # taken back
    (number_of(111), "NPU27300", "7.2", "mmol/mol", "N", 10),  # percent under the other code: impossible
    (number_of(113), "NPU27300", "", "mmol/mol", "N", 10),  # no result
    (number_of(115, month_added=40), "NPU27300", "50", "mmol/mol", "N", 10),  # number of an unknown patient
    (number_of(117)[:-1] + "x", "NPU27300", "50", "mmol/mol", "N", 10),
    (number_of(119), "NOR99999", "50", "mmol/mol", "N", 10),  # an analysis that is on no list
]
HELD_BACK = {
    "svar_implausible": 1,
    "result_missing": 1,
    "identifier_replacement": 1,
    "identifier_broken": 1,
    "analysekode_not_allowed": 1,
}


def test_messy_laboratory_reports_give_the_known_answers(tmp_path, monkeypatch):
    monkeypatch.setenv("TVAERS_KEY_FILE", str(tmp_path / "some.key"))
    head = "fodselsnummer;provetakingstidspunkt;analysekode;svar;enhet;referanseomrade;servtype;generert"
    taken = "2024-03-05 08:30:00"
    rows = [
        f"{who};{taken};{code};{result};{unit};3,5 - 11,0;{kind};2024-03-05 {hour}:00:00"
        for who, code, result, unit, kind, hour in MESSY
    ]
    # A clean history, so that the faults are no majority.
    days = [f"2023-{1 + number % 12:02}-{1 + number // 12:02} 09:00:00" for number in range(300)]
    rows += [f"{number_of(101)};{day};NPU27300;50;mmol/mol;;N;2024-01-01 09:00:00" for day in days]
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "laboratoriesvar_2024.csv").write_text("\n".join([head, *rows]) + "\n")
    home = tmp_path / "home"
    assert main(["init", "--home", str(home), "--pack", "norway"]) == 0
    main(["ingest", str(tmp_path / "in"), "--home", str(home)])
    ((loaded, quarantined, duplicates),) = asked(
        home, "SELECT rows_loaded, rows_quarantined, rows_duplicate FROM meta.batch"
    )
    assert (loaded, quarantined, duplicates) == (305, sum(HELD_BACK.values()), 2)
    assert dict(asked(home, "SELECT rule, count(*) FROM meta.quarantine GROUP BY 1")) == HELD_BACK
    found = asked(
        home,
        "SELECT analyte, value, result_state FROM core.measurement WHERE taken_on = DATE '2024-03-05' ORDER BY ALL",
    )
    assert found == [
        ("hba1c", 55.0, "number"),
        ("hba1c", 58.0, "number"),
        ("hba1c", None, "cancelled"),
        ("hba1c", None, "cancelled"),
        ("ldl", 2.4, "number"),
    ]
