"""What holds for the engine whatever the data: parts of the whole, sums, independence and order."""

from datetime import date, timedelta

import polars as pl
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from tests.lib.computed import results
from tests.lib.drawn_tables import parse, warehouse_of

INDICATORS = ["hba1c_below_53", "hba1c_measured", "hba1c_median", "any_complication", "new_stroke", "all_or_none"]
DAYS = ("2025-09-30", "2025-12-31")
FIRST = date(2023, 10, 1)

days = st.integers(0, 900).map(lambda number: str(FIRST + timedelta(days=number)))
people = st.fixed_dictionaries(
    {
        "sex": st.sampled_from(["female", "male"]),
        "born_on": st.sampled_from(["1940-01-01", "1955-06-01", "1970-01-01", "2007-12-01"]),
        "died_on": st.one_of(st.just(""), days),
        "type": st.sampled_from(["type_1", "type_2", "type_2", "type_2", "none"]),
        "since": st.one_of(st.just("2010-01-01"), days),
        "municipality": st.sampled_from(["0791", "0740", "0779"]),
        "practice": st.sampled_from(["100001", "100002", "100003", ""]),
        "practice_from": st.one_of(st.just("1990-01-01"), days),
        "tests": st.lists(st.tuples(days, st.integers(30, 120)), max_size=4),
        "diagnoses": st.lists(st.tuples(days, st.sampled_from(["DI21", "DI63", "DE113", "DJ18"])), max_size=2),
    }
)
populations = st.lists(people, min_size=1, max_size=8)
SOMEBODY = {
    "sex": "female",
    "born_on": "1955-06-01",
    "died_on": "",
    "type": "type_2",
    "since": "2010-01-01",
    "municipality": "0791",
    "practice": "100001",
    "practice_from": "1990-01-01",
    "tests": [],
    "diagnoses": [],
}
few = settings(
    max_examples=6,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],  # a smaller example would cost minutes to find
    suppress_health_check=[HealthCheck.too_slow],
)


def drawing_of(population: list[dict], first: int = 1) -> str:
    """Return people as drawn tables; the first has the number `first`."""
    tables: dict[str, list[str]] = {
        "person": ["patient | sex | born_on | died_on"],
        "diabetes": ["patient | diabetes_type | diabetes_since_on"],
        "residence": ["patient | municipality_code | starts_on"],
        "registration": ["patient | practice_id | starts_on | ends_on"],
        "measurement": ["patient | taken_on | value"],
        "diagnosis": ["patient | diagnosed_on | code"],
    }
    for number, one in enumerate(population, first):
        tables["person"].append(f"{number} | {one['sex']} | {one['born_on']} | {one['died_on']}")
        tables["diabetes"].append(f"{number} | {one['type']} | {one['since']}")
        tables["residence"].append(f"{number} | {one['municipality']} | 1990-01-01")
        long_ago = "100001 | 1980-01-01 | 1980-12-31"
        registered = f"{one['practice']} | {one['practice_from']} |" if one["practice"] else long_ago
        tables["registration"].append(f"{number} | {registered}")
        tables["measurement"] += [f"{number} | {day} | {value}" for day, value in one["tests"]]
        tables["diagnosis"] += [f"{number} | {day} | {code}" for day, code in one["diagnoses"]]
    return "\n\n".join("\n".join([name, *lines]) for name, lines in tables.items()) + "\n"


def computed(drawing: str, **options) -> pl.DataFrame:
    """Return the results of drawn tables, numbers shown whether or not extracts cover the period."""
    return results(drawing + DELIVERED, INDICATORS, *DAYS, delivered="", **options)


DELIVERED = """
diabetes
patient | diabetes_type
999     | none

measurement
patient | analyte                  | taken_on   | value
999     | hba1c                    | 2012-01-01 | 40
999     | hba1c                    | 2030-01-01 | 40
999     | uacr                     | 2012-01-01 | 3
999     | uacr                     | 2030-01-01 | 3
999     | ldl                      | 2012-01-01 | 3
999     | ldl                      | 2030-01-01 | 3
999     | egfr                     | 2012-01-01 | 90
999     | egfr                     | 2030-01-01 | 90
999     | systolic_blood_pressure  | 2012-01-01 | 120
999     | systolic_blood_pressure  | 2030-01-01 | 120
999     | diastolic_blood_pressure | 2012-01-01 | 80
999     | diastolic_blood_pressure | 2030-01-01 | 80

diagnosis
patient | diagnosed_on | code
999     | 2012-01-01   | DJ18
999     | 2030-01-01   | DJ18

procedure
patient | performed_on | code
999     | 2012-01-01   | KNGE29
999     | 2030-01-01   | KNGE29

examination
patient | examined_on | examination
999     | 2012-01-01  | foot
999     | 2030-01-01  | foot
999     | 2012-01-01  | eye
999     | 2030-01-01  | eye
999     | 2012-01-01  | smoking
999     | 2030-01-01  | smoking

service
patient | service_on
999     | 2012-01-02
999     | 2030-01-07
"""


@few
@given(populations)
def test_the_numerator_is_part_of_the_denominator_and_that_of_the_population(population):
    con = warehouse_of(drawing_of(population) + DELIVERED)
    frame = results(con, INDICATORS, *DAYS)
    assert set(frame["state"]) == {"computed"}
    assert frame.filter(pl.col("denominator") > pl.col("eligible")).is_empty()
    for behind in ("numerator_patients", "complement_patients"):
        assert frame.filter(pl.col(behind) > pl.col("patients")).is_empty()
    shares = frame.filter(~pl.col("indicator_id").is_in(["new_stroke", "hba1c_median"]))
    assert shares.filter(pl.col("numerator") > pl.col("denominator")).is_empty()
    assert shares.filter((pl.col("ci_low") > pl.col("value")) | (pl.col("ci_high") < pl.col("value"))).is_empty()
    odd = con.execute(
        "SELECT count(*) FROM indicator.patient_result WHERE (numerator > 0 AND NOT in_denominator) "
        "OR (in_denominator AND NOT in_population) OR (excluded_by IS NOT NULL AND in_denominator)"
    ).fetchone()
    assert odd == (0,)


@few
@given(populations)
def test_units_add_up_to_what_they_are_part_of(population):
    frame = computed(drawing_of([*population, SOMEBODY])).filter(pl.col("indicator_id") != "hba1c_median")
    counts = ["numerator", "denominator", "patients", "eligible", "numerator_patients", "complement_patients"]
    keys = ["indicator_id", "period_end"]
    whole = frame.filter((pl.col("sex") == "all") & (pl.col("age_band") == "all"))
    sums = {
        level: whole.filter(pl.col("level") == level).group_by(keys).agg(pl.col(counts).sum()).sort(keys)
        for level in ("all", "municipality", "cluster", "practice", "hospital")
    }
    for level in ("municipality", "cluster", "practice", "hospital"):
        assert_frame_equal(sums[level], sums["all"])
    cells = frame.filter(pl.col("level") == "all")
    by_sex = cells.filter((pl.col("sex") != "all") & (pl.col("age_band") == "all"))
    by_both = cells.filter((pl.col("sex") != "all") & (pl.col("age_band") != "all"))
    assert_frame_equal(by_sex.group_by(keys).agg(pl.col(counts).sum()).sort(keys), sums["all"])
    assert_frame_equal(by_both.group_by(keys).agg(pl.col(counts).sum()).sort(keys), sums["all"])


@few
@given(populations, people)
def test_another_patient_changes_nobody_else(population, stranger):
    statement = "SELECT * FROM indicator.patient_result ORDER BY ALL"
    alone = warehouse_of(drawing_of(population) + DELIVERED)
    results(alone, INDICATORS, *DAYS)
    before = alone.execute(statement).pl()
    together = warehouse_of(drawing_of(population) + drawing_of([stranger], first=500) + DELIVERED)
    results(together, INDICATORS, *DAYS)
    after = together.execute(statement).pl()
    assert_frame_equal(after.join(before.select("patient_id").unique(), on="patient_id", how="semi"), before)


@few
@given(populations, st.randoms(use_true_random=False), st.integers(1, 3))
def test_the_order_of_rows_and_the_size_of_ranges_change_nothing(population, random, members_per_chunk):
    drawing = drawing_of(population)
    expected = computed(drawing)
    shuffled = []
    for name, rows in parse(drawing).items():
        random.shuffle(rows)
        columns = list(rows[0]) if rows else []
        lines = [" | ".join(row[column] or "" for column in columns) for row in rows]
        shuffled += [name, " | ".join(columns), *lines, ""] if rows else []
    other = "\n".join(shuffled)
    assert_frame_equal(computed(other, members_per_chunk=members_per_chunk), expected)
