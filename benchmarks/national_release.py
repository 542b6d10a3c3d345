"""How long the disclosure control of a national release takes, units that know their own patients reckoned with.

    python -m benchmarks.national_release --folder DIR

One quarter of 98 municipalities and 1,600 practices with the whole indicator set is protected and audited by the policy
of the pack, insiders and drawn pairs included. Building and computing the invented warehouse is not part of the
measured time; with `--folder` both are done there once and used again. The goal is 10 minutes on two cores, with 90 %
of the practices' numbers shown that are not small on their own.
"""

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import polars as pl

# Read when numpy is loaded, as `tvaers` sets it: several threads would only wait for each other.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from benchmarks.indicators import KEY, LAST_DAY, built_warehouse, peak_gigabytes
from benchmarks.invented_warehouse import Size
from indicators.catalogue import load_catalogue
from indicators.compute import compute_on
from indicators.computed import last_computed
from indicators.definitions.definition_files import load_definitions
from indicators.definitions.sets import shown_of
from indicators.disclosure.control import protect
from indicators.disclosure.nested import Nested
from indicators.disclosure.nested_counts import find_nested
from indicators.disclosure.policy import Policy, load_policy
from indicators.disclosure.related import Related, load_related
from indicators.release.content import parents
from indicators.release.times import curves_of, step_cells
from packs.pack import load_pack
from tvaers.settings import Settings
from warehouse.connection import open_for_build

DISEASE = "type_2_diabetes"
SECONDS = 600
SHARE = 0.9


@dataclass(frozen=True)
class Quarter:
    """All that disclosure control is given of one quarter."""

    cells: pl.DataFrame
    policy: Policy
    clusters: pl.DataFrame
    nested: tuple[Nested, ...]
    related: Related


def newest_quarter(path: Path, *, memory: str, pack_name: str) -> Quarter:
    """Return the last quarter of a warehouse as a release would protect it; it is computed when that was not done."""
    pack = load_pack(pack_name)
    definitions = load_definitions(DISEASE, pack)
    shown = shown_of(definitions, pack.folder, DISEASE)
    catalogue = load_catalogue(DISEASE, pack, definitions)
    with open_for_build(path, KEY, memory_limit=memory) as con:
        if not last_computed(con):
            compute_on(con, catalogue, [LAST_DAY])
        results = con.execute("SELECT * FROM indicator.result WHERE period_end = ? ORDER BY ALL", [LAST_DAY]).pl()
        of_kind = {each.id: each.told_as for each in shown}
        cells = (
            results.with_columns(pl.col(pl.Categorical, pl.Enum).cast(pl.String))
            .filter(pl.col("indicator_id").is_in(list(of_kind)))
            .with_columns(
                is_too_few=pl.col("state") == "too_few",
                kind=pl.col("indicator_id").replace_strict(of_kind),
                state=pl.col("state").replace({"too_few": "computed"}),
            )
        )
        steps = step_cells(curves_of(con, cells))
        return Quarter(
            cells=pl.concat([cells, steps], how="diagonal_relaxed"),
            policy=load_policy(pack.folder / "disclosure.yaml"),
            clusters=parents(con),
            nested=find_nested(con, shown, catalogue),
            related=load_related(DISEASE, [indicator.id for indicator in catalogue.indicators]),
        )


@dataclass(frozen=True)
class Measured:
    """How long protecting a quarter took, and what it left to be shown.

    Attributes:
        cells: How many cells went in.
        insiders: Levels whose units were reckoned with.
        insider_pairs: How many pairs of them.
        seconds: By the clock.
        processor_seconds: Of this process and those it started.
        shown_of_not_small: By level, the share shown of the cells that are not small on their own.
        narrowest: Smallest distance met between the bounds of a hidden small count.
        withheld: Whether a whole table had to be withheld.
        peak_gigabytes: The most memory this process had.
    """

    cells: int
    insiders: tuple[str, ...]
    insider_pairs: int
    seconds: float
    processor_seconds: float
    shown_of_not_small: dict[str, float]
    narrowest: float | None
    withheld: bool
    peak_gigabytes: float

    @property
    def reaches_the_goals(self) -> bool:
        """True when it was quick enough and enough is shown."""
        return self.seconds <= SECONDS and self.shown_of_not_small["practice"] >= SHARE


def measure(quarter: Quarter) -> Measured:
    """Protect a quarter."""
    started, worked = time.monotonic(), os.times()
    protection = protect(quarter.cells, quarter.policy, quarter.clusters, quarter.nested, quarter.related)
    seconds, done = time.monotonic() - started, os.times()
    shown = {level: round(share, 4) for level, share in protection.report.select("level", "shown_of_not_small").rows()}
    return Measured(
        cells=quarter.cells.height,
        insiders=quarter.policy.insiders,
        insider_pairs=quarter.policy.insider_pairs,
        seconds=round(seconds, 1),
        processor_seconds=round(sum(done[:4]) - sum(worked[:4]), 1),
        shown_of_not_small=shown,
        narrowest=protection.narrowest,
        withheld=bool(protection.withheld_periods),
        peak_gigabytes=peak_gigabytes(),
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmark and print one JSON document; 1 when a goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=300_000)
    parser.add_argument("--measurements-per-person", type=int, default=250)
    parser.add_argument("--municipalities", type=int, default=98)
    parser.add_argument("--practices", type=int, default=1_600)
    parser.add_argument("--memory", default="5GB")
    parser.add_argument("--pack", default=Settings.model_fields["pack"].default)
    parser.add_argument("--folder", type=Path, help="Where the warehouse is kept and found again.")
    chosen = parser.parse_args(arguments)
    size = Size(chosen.people, chosen.measurements_per_person, chosen.municipalities, chosen.practices)
    with tempfile.TemporaryDirectory() as temporary:
        path, _ = built_warehouse(chosen.folder or Path(temporary), size, chosen.memory)
        quarter = newest_quarter(path, memory=chosen.memory, pack_name=chosen.pack)
    found = measure(quarter)
    sys.stdout.write(json.dumps({"people": size.people, **asdict(found)}, indent=2) + "\n")
    return 0 if found.reaches_the_goals else 1


if __name__ == "__main__":
    sys.exit(main())
