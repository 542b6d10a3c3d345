"""Expected numbers as they may be published: what a case mix lets expect says something of who the patients are.

Beside each other, the expected numbers of many indicators could tell how many of a unit's patients are on insulin,
young or newly ill. So an expected number is treated as if it told how many people are in each group of each factor: it
is published only where none of these is small. It adds up to what was seen in the whole area, so what is left when all
that is published is taken away is such a group of people too, and must not be small either. It is published in whole
steps, so that it does not tell the finer groups of several factors, which are small nearly everywhere.

Where the number itself is hidden there is no expected number. Of people whose number is hidden, one may be moved to
another unit within their stratum, and no expected number changes: what the table protects stays protected.
"""

from collections.abc import Collection
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from indicators.counting.statistics import PATIENT_YEARS
from indicators.disclosure.policy import Policy

UNIT = ("indicator_id", "definition_version", "period_start", "period_end", "level", "unit_id")
TABLE = ("indicator_id", "period_end")
NUMBERS = ("expected", "ratio", "ratio_low", "ratio_high", "adjusted", "adjusted_low", "adjusted_high")
Marks = NDArray[np.bool_]
People = NDArray[np.int64]


def protect_expected(
    expected: pl.DataFrame,
    cells: pl.DataFrame,
    parents: pl.DataFrame,
    policy: Policy,
    corrected: Collection[date] = (),
) -> pl.DataFrame:
    """Return the expected numbers of the units whose own number is shown; what they would tell is suppressed.

    Args:
        expected: `indicator.expected`.
        cells: The cells of the release after disclosure control, with their `kind`.
        parents: Which cluster a practice belongs to in a period: `period_end`, `unit_id`, `cluster_id`.
        policy: What may be published.
        corrected: Quarters that were published before. What was expected then and now would tell, by its difference,
            of those who came or left; so nothing is expected in them.
    """
    whole = cells.filter((pl.col("sex") == "all") & (pl.col("age_band") == "all") & (pl.col("state") == "shown"))
    area = whole.filter(pl.col("level") == "all").select("indicator_id", "period_end", area_value="value")
    clusters = parents.with_columns(level=pl.lit("practice"))
    rows = (
        expected.sort(UNIT)
        .join(whole.drop("sex", "age_band"), on=UNIT, how="left", maintain_order="left")
        .join(area, on=TABLE, how="left", maintain_order="left")
        .join(clusters, on=("period_end", "level", "unit_id"), how="left", maintain_order="left")
        .with_columns((pl.col("expected") / policy.expected_step).round() * policy.expected_step)
    )
    if rows.is_empty():
        return _published(rows.with_columns(told=pl.lit(value=False)))
    people = rows["people"].list.to_array(len(rows["people"][0])).to_numpy().astype(np.int64)
    enough = (rows["state"].eq("shown") & (rows["expected"] >= policy.smallest_count)).fill_null(value=False)
    enough &= ~rows["period_end"].is_in(list(corrected))
    told = _told(rows, people, enough.to_numpy().copy(), policy.smallest_count)
    return _published(rows.with_columns(told=pl.Series(told)).filter(pl.col("state").is_not_null()))


def _published(rows: pl.DataFrame) -> pl.DataFrame:
    """Return the rows with the ratio and the adjusted number, made of published numbers alone."""
    is_share = pl.col("patient_years").is_null()
    size = pl.when(is_share).then("denominator").otherwise(pl.col("patient_years") / PATIENT_YEARS)
    ratios = {"ratio": pl.col("numerator") / pl.col("expected")}
    ratios |= {f"ratio_{end}": pl.col(f"ci_{end}") * size / pl.col("expected") for end in ("low", "high")}
    adjusted = {name.replace("ratio", "adjusted"): pl.col(name) * pl.col("area_value") for name in ratios}
    # A unit that is better than its patients let expect could come out above 100 %.
    adjusted = {name: pl.when(is_share).then(of.clip(0, 1)).otherwise(of) for name, of in adjusted.items()}
    state = pl.when("told").then(pl.lit("shown")).otherwise(pl.lit("suppressed")).alias("state")
    return (
        rows.with_columns(**ratios)
        .with_columns(**adjusted)
        .select(*UNIT, state, *(pl.when("told").then(name).otherwise(None).alias(name) for name in NUMBERS))
    )


def _told(rows: pl.DataFrame, people: People, told: Marks, smallest: int) -> Marks:
    """Return which rows may be published: they and what they leave are no small group of any factor's value.

    Args:
        rows: The units with their indicator, period, level and cluster.
        people: Their people by factor and value.
        told: Which of them are large enough in themselves.
        smallest: Fewest people of a group that may be told, but for nobody.
    """
    told &= ~_is_small(people, smallest)
    level = rows["level"].to_numpy()
    tables, of_level = (_numbered(rows, keys) for keys in (TABLE, (*TABLE, "level")))
    of_cluster = _places_of_clusters(rows)
    size, everywhere = people.sum(axis=1), np.ones_like(told)
    is_cluster, is_practice = level == "cluster", (level == "practice") & (of_cluster >= 0)
    before = -1
    while before != told.sum():
        before = int(told.sum())
        told &= ~_gives_practices_away(people, told, of_cluster, smallest)
        told &= ~_smallest_of_those_that_give_away(people, told, of_level, everywhere, size, smallest)
        # The clusters that are told, and beside them the practices of the others.
        nested = told & (is_cluster | (is_practice & ~told[of_cluster]))
        told &= ~_smallest_of_those_that_give_away(people, nested, tables, is_cluster, size, smallest)
    return told


def _numbered(rows: pl.DataFrame, keys: tuple[str, ...]) -> People:
    """Return the same number for rows that are alike in some columns."""
    return rows.select(pl.struct(keys).rank("dense") - 1).to_series().to_numpy().astype(np.int64)


def _places_of_clusters(rows: pl.DataFrame) -> People:
    """Return the row of each practice's cluster, -1 for other units and where the cluster has none."""
    places = rows.with_row_index("place").filter(pl.col("level") == "cluster")
    own = places.select(*TABLE, pl.lit("practice").alias("level"), "place", cluster_id="unit_id")
    found = rows.join(own, on=(*TABLE, "level", "cluster_id"), how="left", maintain_order="left")["place"]
    return found.cast(pl.Int64).fill_null(-1).to_numpy().copy()


def _is_small(people: People, smallest: int) -> Marks:
    return np.asarray(((people > 0) & (people < smallest)).any(axis=1))


def _gives_practices_away(people: People, told: Marks, of_cluster: People, smallest: int) -> Marks:
    """Return which told clusters leave a small group when the told practices in them are taken away."""
    left = people.copy()
    is_part = told & (of_cluster >= 0)
    np.subtract.at(left, of_cluster[is_part], people[is_part])
    has_parts = np.zeros_like(told)
    has_parts[of_cluster[of_cluster >= 0]] = True
    return told & has_parts & _is_small(left, smallest)


def _smallest_of_those_that_give_away(
    people: People, told: Marks, tables: People, counted: Marks, size: People, smallest: int
) -> Marks:
    """Return the smallest told unit of each table that leaves a small group when all that is told is taken away.

    Args:
        people: People by unit, factor and value.
        told: The units that are told.
        tables: The table that each unit is in.
        counted: The units that make up the whole.
        size: What is smallest.
        smallest: Fewest people of a group that may be told.
    """
    left = np.zeros((int(tables.max()) + 1, people.shape[1]), dtype=np.int64)
    np.add.at(left, tables[counted], people[counted])
    np.subtract.at(left, tables[told], people[told])
    concerned = np.flatnonzero(_is_small(left, smallest)[tables] & told)
    order = concerned[np.argsort(size[concerned], kind="stable")]
    _, first = np.unique(tables[order], return_index=True)
    found = np.zeros_like(told)
    found[order[first]] = True
    return found
