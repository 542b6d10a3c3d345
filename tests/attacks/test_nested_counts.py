"""The people between two counts of which one lies within the other: found in a real home, and not in its release."""

import duckdb
import numpy as np
import polars as pl
import pytest

from indicators.catalogue import load_catalogue
from indicators.definitions.definition_files import load_definitions
from indicators.disclosure.control import protect
from indicators.disclosure.nested import Count, Nested, between
from indicators.disclosure.nested_counts import find_nested
from indicators.disclosure.policy import load_policy
from indicators.release.content import parents
from packs.pack import load_pack
from tvaers.keys import load_master_key
from warehouse.connection import open_read_only

# What a reader of the definitions knows: whom the first counts, the second counts too.
KNOWN = (
    ("blood_pressure_lowering_when_indicated.denominator", "blood_pressure_controlled.complement"),
    ("lost_to_follow_up.denominator", "smoking_recorded.denominator"),
    ("lost_to_follow_up.numerator", "hba1c_measured.complement"),
    ("lost_to_follow_up_24_months.numerator", "lost_to_follow_up.numerator"),
    ("hypoglycaemia_admission.numerator", "hypoglycaemia_admissions_rate.numerator"),
    ("hba1c_75_and_above.numerator", "hba1c_below_59.complement"),
    ("started_within_30_days.denominator", "started_within_14_days.denominator"),
    ("contact_after_discharge_within_30_days.denominator", "contact_after_discharge_within_14_days.denominator"),
    ("stroke.numerator", "any_complication.numerator"),
)
KNOWN_OF_ONE_DENOMINATOR = (
    ("contact_after_discharge_within_7_days.numerator", "contact_after_discharge_within_14_days.numerator"),
    ("contact_after_discharge_within_14_days.numerator", "contact_after_discharge_within_30_days.numerator"),
)
FIELDS = ["numerator", "complement", "denominator", "eligible"]
SPOT = ["period_end", "level", "unit_id", "sex", "age_band"]


def count(text: str) -> Count:
    return Count(*text.split("."))


@pytest.fixture(scope="module")
def computed(tiny_home):
    """What was computed in a home: cells, clusters, policy, and the counts found to be nested."""
    pack, disease = load_pack(tiny_home.settings.pack), tiny_home.settings.disease
    definitions = load_definitions(disease, pack)
    kinds = pl.DataFrame([(each.id, each.kind) for each in definitions], schema=["indicator_id", "kind"], orient="row")
    key = load_master_key(tiny_home.settings).subkey("encryption")
    with open_read_only(tiny_home.settings.warehouse, key) as con:
        nested = find_nested(con, definitions, load_catalogue(disease, pack, definitions))
        results = con.execute("SELECT * FROM indicator.result ORDER BY ALL").pl()
        cells = results.with_columns(pl.col(pl.Categorical, pl.Enum).cast(pl.String)).join(kinds, on="indicator_id")
        clusters = parents(con)
    return cells, clusters, load_policy(pack.folder / "disclosure.yaml"), nested


@pytest.mark.parametrize(("inner", "outer"), KNOWN)
def test_counts_that_are_nested_by_their_definitions_are_found(computed, inner, outer):
    assert Nested(count(inner), count(outer)) in computed[-1]


@pytest.mark.parametrize(("inner", "outer"), KNOWN_OF_ONE_DENOMINATOR)
def test_events_are_nested_at_least_where_the_same_events_were_followed(computed, inner, outer):
    found = {(each.inner, each.outer) for each in computed[-1]}
    assert (count(inner), count(outer)) in found


def test_counts_that_somebody_contradicts_are_not_taken_to_be_nested(computed):
    found = {(each.inner, each.outer) for each in computed[-1]}
    assert (count("hba1c_below_59.numerator"), count("hba1c_below_53.numerator")) not in found
    assert (count("lost_to_follow_up.numerator"), count("hba1c_measured.numerator")) not in found
    # They look at nothing in common, so that no definition can place one within the other.
    assert (count("stroke.numerator"), count("smoking_recorded.denominator")) in found
    assert (count("stroke.numerator"), count("eye_examined.numerator")) not in found


def few_people_between(shown: pl.DataFrame, pairs: list[Nested]) -> int:
    """Return in how many places two shown cells differ by a group of 1 to 4."""
    shown = shown.filter(pl.col("state") == "shown").with_columns(
        complement=pl.col("denominator") - pl.col("numerator")
    )
    spots = shown.select(SPOT).unique().with_row_index("spot")
    rows = shown.join(spots, on=SPOT).select("spot", "indicator_id", *FIELDS).unpivot(index=["spot", "indicator_id"])
    told = {}
    for (indicator, field), part in rows.drop_nulls().partition_by("indicator_id", "variable", as_dict=True).items():
        told[Count(indicator, field)] = numbers = np.full(spots.height, np.nan)
        numbers[part["spot"].to_numpy()] = part["value"].to_numpy()
    found = 0
    for each in pairs:
        if each.inner in told and each.outer in told:
            between = told[each.outer] - told[each.inner]
            if each.of_one_denominator:
                one, other = (told[Count(count.indicator, "denominator")] for count in (each.inner, each.outer))
                between[one != other] = np.nan
            found += int(((between >= 1) & (between <= 4)).sum()) if np.nanmin(between, initial=0) >= 0 else 0
    return found


def test_a_release_tells_of_no_few_people_between_two_nested_counts(computed, tiny_home):
    with duckdb.connect(str(tiny_home.settings.release), read_only=True) as con:
        shown = con.execute("SELECT * FROM result").pl()
    assert few_people_between(shown, computed[-1]) == 0


def test_a_release_of_all_tables_tells_of_them_where_nobody_thinks_of_nesting(computed):
    cells, clusters, policy, nested = computed
    few = cells.filter(
        pl.col("period_end") == pl.col("period_end").max(),
        pl.col("indicator_id").is_in([name for pair in KNOWN for name in (each.split(".")[0] for each in pair)]),
    )
    all_tables = policy.model_copy(update={"smallest_average": 1})
    assert few_people_between(protect(few, all_tables, clusters, nested).cells, nested) == 0
    assert few_people_between(protect(few, all_tables, clusters).cells, nested) > 0


def test_a_difference_is_left_out_where_a_count_between_the_two_is_there():
    a, b, c = (Count(name, "numerator") for name in "abc")
    counts = {a: pl.Series([1, 1]).to_numpy(), b: pl.Series([3, -1]).to_numpy(), c: pl.Series([7, 7]).to_numpy()}
    nested = [Nested(a, b), Nested(b, c), Nested(a, c)]
    found = {tuple(each.tolist()) for each in between(counts, nested)}
    assert found == {(2, -1), (4, -1), (-1, 6)}
