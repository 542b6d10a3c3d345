"""What leaves a project, attacked: small groups, subtraction, two tables side by side, rows of single people."""

import hashlib
import itertools
import json
import random

import numpy as np
import polars as pl
import pytest
from scipy.optimize import linprog

import tvaers
from indicators.disclosure.policy import load_policy
from packs.pack import load_pack
from research.exports.aggregates import understand
from research.exports.protect import protect_table
from research.exports.rows import measure_rows
from tests.lib.project_home import approve, copy_of, create, run
from tvaers.errors import DisclosureError

POLICY = load_policy(load_pack("denmark").folder / "disclosure.yaml")


def checked(rows: dict, earlier=()):
    return protect_table(understand(pl.DataFrame(rows)), POLICY, list(earlier))


def cube(seed: int) -> pl.DataFrame:
    """A table by two columns with all totals, sizes as skewed as they are."""
    chance = random.Random(seed)
    inner = {
        (area, band): int(chance.paretovariate(0.8) * 3) for area in "abcdef" for band in ("young", "middle", "old")
    }
    met = {key: chance.randint(0, size) for key, size in inner.items()}
    rows = []
    for area, band in itertools.product([*"abcdef", "all"], ["young", "middle", "old", "all"]):
        inside = [key for key in inner if area in (key[0], "all") and band in (key[1], "all")]
        rows.append((area, band, sum(inner[key] for key in inside), sum(met[key] for key in inside)))
    return pl.DataFrame(rows, schema=["area", "band", "n", "n_met"], orient="row")


def bounds(frame: pl.DataFrame, truth: pl.DataFrame, column: str) -> list[tuple[int, float, float]]:
    """Truth, lowest and highest possible value of each hidden inner count, as a reader with a solver finds them."""
    inner = [(area, band) for area in "abcdef" for band in ("young", "middle", "old")]
    known = {(area, band): value for area, band, value in frame.select("area", "band", column).rows()}
    true = {(area, band): value for area, band, value in truth.select("area", "band", column).rows()}
    lines, sums = [], []
    for (area, band), value in known.items():
        if value is not None:
            lines.append([float(area in (key[0], "all") and band in (key[1], "all")) for key in inner])
            sums.append(value)
    found = []
    for place, key in enumerate(inner):
        if known[key] is None:
            aim = np.eye(len(inner))[place]
            low, high = (sign * linprog(sign * aim, A_eq=lines, b_eq=sums).fun for sign in (1, -1))
            found.append((true[key], low, high))
    return found


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("column", ["n", "n_met"])
def test_a_solver_finds_no_small_group_in_a_table_that_left(seed, column):
    truth = cube(seed)
    table = protect_table(understand(truth), POLICY, [])
    found = bounds(table.frame, truth, column)
    assert all(high - low >= 5 - 1e-6 for true, low, high in found if 1 <= true < 5)
    shown = table.frame.drop_nulls("n")
    for count in (shown["n"], shown["n_met"], shown["n"] - shown["n_met"]):
        assert not count.is_between(1, 4).any()


def test_the_same_solver_breaks_a_table_of_which_only_the_small_rows_are_hidden():
    truth = cube(1)
    small = pl.any_horizontal(
        pl.col("n").is_between(1, 4), pl.col("n_met").is_between(1, 4), (pl.col("n") - pl.col("n_met")).is_between(1, 4)
    )
    weak = truth.with_columns(pl.when(~small).then(name).alias(name) for name in ("n", "n_met"))
    assert any(high - low < 5 - 1e-6 for true, low, high in bounds(weak, truth, "n_met") if 1 <= true < 5)


def test_a_row_that_was_left_out_is_not_told_by_its_total():
    assert checked({"kind": ["a", "b", "all"], "n": [40, 60, 103]}).hidden > 0


def test_two_counts_that_lie_within_each_other_do_not_tell_of_the_few_between_them():
    outcome = checked(
        {"area": ["a", "b", "c"], "n": [90, 80, 70], "n_below_58": [62, 40, 30], "n_below_53": [60, 30, 20]}
    )
    assert outcome.verdicts[0] == "too small"


def test_a_table_beside_one_that_left_before_tells_of_no_group_between_the_two():
    before = checked({"area": ["a", "b"], "n": [90, 80]}).frame
    outcome = checked({"area": ["a", "b"], "n": [88, 60]}, [before])
    assert outcome.verdicts[0] == "differs by too few"
    assert outcome.frame["n"][0] is None


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        ({"area": ["a"], "share": [0.5]}, "no column n"),
        ({"area": ["a"], "n": [50], "share": [0.5]}, "share holds numbers"),
        ({"area": ["a"], "n": [50], "max_value": [120]}, "max_value holds numbers"),
        ({"area": ["a"], "n": [50], "events": [120]}, "events holds numbers"),
        ({"person": ["x"], "n": [50]}, "single people"),
        ({"area": ["a", "a"], "n": [50, 60]}, "same group"),
        ({"area": ["a"], "n": [50], "n_met": [51]}, "more people than n"),
        ({"area": ["a"], "n": [50.5]}, "whole numbers"),
        ({"area": ["a"], "n": [-1]}, "whole numbers"),
    ],
)
def test_what_cannot_be_checked_may_not_leave(rows, why):
    with pytest.raises(DisclosureError) as fault:
        checked(rows)
    assert why in fault.value.where


def test_a_mean_of_fewer_than_ten_people_is_hidden():
    outcome = checked({"area": ["a", "b", "c"], "n": [9, 30, 40], "mean_value": [50.0, 51.0, 52.0]})
    assert outcome.verdicts[0] == "too small"
    assert outcome.frame["mean_value"][0] is None


def people(number: int, **columns) -> pl.DataFrame:
    return pl.DataFrame({"person": [f"p{each}" for each in range(number)]} | columns)


def test_rows_leave_only_when_everybody_looks_like_nine_others_counted_anew():
    chance = random.Random(3)
    areas = [*(chance.choice("ab") for _ in range(394)), *["rare"] * 6]
    frame = people(400, area=areas, value=[chance.randint(1, 9) for _ in range(400)])
    measured = measure_rows(frame, ["value"])
    left = measured.frame
    assert left.group_by("area").len()["len"].min() == measured.smallest_class >= 10
    assert left.group_by("area").agg(pl.col("value").n_unique())["value"].min() == measured.fewest_values
    assert "rare" not in left["area"].to_list()
    assert measured.suppressed == pytest.approx(0.015)
    assert not set(left["person"].cast(pl.String)) & set(frame["person"])


def test_so_few_people_are_never_left_out_that_a_published_total_would_tell_of_them():
    frame = people(903, area=[*["a"] * 600, *["b"] * 280, *["c"] * 20, *["rare"] * 3])
    measured = measure_rows(frame, [])
    assert frame.height - measured.people == 23
    with pytest.raises(DisclosureError):
        measure_rows(people(603, area=[*["a"] * 500, *["b"] * 100, *["rare"] * 3]), [])


def test_rows_of_whom_more_than_one_in_twenty_stands_out_may_not_leave():
    with pytest.raises(DisclosureError, match="too many people stand out"):
        measure_rows(people(100, area=[*["a"] * 94, *"bcdefg"]), [])


def test_a_class_in_which_all_share_the_sensitive_value_does_not_leave():
    frame = people(400, area=[*["a"] * 390, *["b"] * 10], code=[*["x", "y"] * 195, *["x"] * 10])
    assert set(measure_rows(frame, ["code"]).frame["area"]) == {"a"}
    with pytest.raises(DisclosureError):
        measure_rows(people(40, area=["a"] * 40, code=["x"] * 40), ["code"])


def test_thirty_results_of_one_person_are_no_thirty_people():
    frame = pl.DataFrame({"person": ["p"] * 30, "area": ["a"] * 30, "value": list(range(30))})
    with pytest.raises(DisclosureError):
        measure_rows(frame, ["value"])
    with pytest.raises(DisclosureError, match="whose they are"):
        measure_rows(frame.drop("person"), ["value"])


def test_a_person_is_known_by_all_rows_together():
    moved = [(f"p{each}", area) for each in range(6) for area in "ab"]
    moved += [(f"p{each}", "a" if each % 2 else "b") for each in range(6, 206)]
    measured = measure_rows(pl.DataFrame(moved, schema=["person", "area"], orient="row"), [])
    assert measured.people == 200


@pytest.fixture(scope="module")
def home(tiny_home, tmp_path_factory):
    home = copy_of(tiny_home, tmp_path_factory.mktemp("exports"))
    assert create(home, "take-out", tables=("measurement", "diagnosis")) == 0
    assert approve(home, "take-out") == 0
    return home


def take_out(home, sql: str, *sensitive: str, out) -> int:
    words = [word for name in sensitive for word in ("--sensitive", name)]
    return run(home, "project", "export", "take-out", sql, *words, "--out", str(out))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("sql", "sensitive"),
    [
        ("SELECT person, sex, birth_band FROM person", ()),
        ("SELECT person, sex, birth_band FROM person", ("birth_band",)),
        ("SELECT person, sex FROM person", ("sex",)),
        ("SELECT person, birth_band AS value FROM person", ("value",)),
        ("SELECT p.person, p.value FROM (SELECT person, birth_band FROM person) AS p (person, value)", ("value",)),
        ("SELECT value AS person, sex FROM person JOIN measurement ON measurement.person = person.person", ()),
        ("SELECT sex, value FROM person JOIN measurement ON measurement.person = person.person", ("value",)),
        ("SELECT person, taken_on_shifted, value FROM measurement", ("value", "taken_on_shifted")),
    ],
)
def test_a_question_that_plays_with_names_takes_no_rows_out(sql, sensitive, home, tmp_path):
    assert take_out(home, sql, *sensitive, out=tmp_path / "rows.parquet") == 15
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_two_extracts_cannot_be_joined_by_their_values_to_know_people_better(home, tmp_path):
    values = "JOIN measurement ON measurement.person = person.person WHERE analyte = 'hba1c'"
    one = f"SELECT person.person, sex, value FROM person {values}"
    other = f"SELECT person.person, analyte, value FROM person {values}"
    assert take_out(home, one, "value", out=tmp_path / "one.parquet") == 0
    told = pl.read_parquet_metadata(tmp_path / "one.parquet")
    assert {"project", "key_id", "page", "rows", "expires_on"} <= told.keys()
    assert take_out(home, other, "value", out=tmp_path / "other.parquet") == 15


@pytest.mark.slow
def test_an_extract_that_turns_up_unchanged_is_known_by_its_record(home, tmp_path):
    sql = (
        "SELECT person.person, sex, value FROM person JOIN measurement ON measurement.person = person.person "
        "WHERE analyte = 'hba1c'"
    )
    exports = home.home / "projects" / "take-out" / "exports"
    found = []
    for name in ("one.csv", "other.csv"):
        before = set(exports.glob("*-rows.json"))
        assert take_out(home, sql, "value", out=tmp_path / name) == 0
        (record,) = set(exports.glob("*-rows.json")) - before
        told = json.loads(record.read_text(encoding="utf-8"))
        found.append(hashlib.sha256((tmp_path / name).read_bytes()).hexdigest())
        assert told["content"] == found[-1]
    # People are numbered anew, so that two recipients of the same rows have two files.
    assert found[0] != found[1]


@pytest.mark.slow
def test_an_extract_linked_with_the_published_numbers_tells_of_no_group_of_one_to_four(home, tmp_path):
    """A10: whoever has the release and an extract that left knows the people of no published group better."""
    import duckdb

    sql = "SELECT person.person, sex, value FROM person JOIN measurement ON measurement.person = person.person"
    assert take_out(home, f"{sql} WHERE analyte = 'hba1c'", "value", out=tmp_path / "rows.parquet") == 0
    rows = pl.read_parquet(tmp_path / "rows.parquet")
    by_sex = rows.group_by("sex").agg(pl.col("person").n_unique().alias("people"))
    con = duckdb.connect(str(home.settings.release), read_only=True)
    told = con.execute(
        "SELECT sex, denominator FROM result WHERE level = 'all' AND age_band = 'all' AND denominator IS NOT NULL"
    ).pl()
    assert not told.is_empty()
    # Sex is all that joins the two. Nobody may be the difference between a published number and the extract's people
    # because the extract left out so few, and nobody in the extract may be one of so few that look alike.
    assert by_sex["people"].min() >= 10
    (handed_in,) = tvaers.open_project("take-out", home.home).polars(
        "SELECT count(DISTINCT person) AS n FROM measurement WHERE analyte = 'hba1c'"
    )["n"]
    left_out = handed_in - by_sex["people"].sum()
    assert left_out == 0 or left_out >= 5
    hidden = con.execute("SELECT numerator, denominator FROM result WHERE state = 'suppressed'").pl()
    assert hidden.null_count().row(0) == (hidden.height, hidden.height)
    assert set(rows.columns) == {"person", "sex", "value"}


@pytest.mark.slow
def test_a_table_is_checked_on_the_command_line_and_the_decision_recorded(home, tmp_path, capfdbinary):
    made, left = tmp_path / "made.csv", tmp_path / "left.csv"
    query = home.home / "projects" / "take-out" / "queries" / "table_to_take_out.sql"
    assert run(home, "query", "--project", "take-out", str(query), "--format", "csv", "--out", str(made)) == 0
    assert run(home, "export", "check", str(made), "--project", "take-out", "--out", str(left)) == 0
    said = capfdbinary.readouterr().out.decode()
    assert "may leave as protected" in said
    assert "made.csv itself may not" in said
    counts = pl.read_csv(left)["n"].drop_nulls()
    assert not counts.is_between(1, 4).any()
    decisions = list((home.home / "projects" / "take-out" / "exports").glob("*-table.json"))
    assert decisions
    assert run(home, "export", "check", str(tmp_path / "missing.csv"), "--project", "take-out") == 11
