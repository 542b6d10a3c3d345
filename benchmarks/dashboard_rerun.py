"""How long the server works on a rerun of a page, beside the bare queries that page needs, in the same run.

    python -m benchmarks.dashboard_rerun --reruns 40

The release is invented and of realistic size: 20 quarters, 70 indicators, about 110 units with all breakdowns. Each
rerun is what a click causes: another unit, indicator or reporting date, so that little is remembered from the one
before. The goal is a 95th percentile below 300 milliseconds. Exit code 1 when it is missed.
"""

import argparse
import json
import logging
import os
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date
from itertools import product
from pathlib import Path
from typing import NamedTuple

import duckdb
import numpy as np
import polars as pl
from streamlit.testing.v1 import AppTest

from benchmarks.indicators import quarter_ends
from dashboard.access.roles import ADMITTED
from indicators.release.file import write_release

APP = Path(__file__).parents[1] / "dashboard" / "app.py"
LIMIT_MS = 300
NEWEST = date(2026, 9, 30)
GROUPS = (
    "hba1c",
    "blood_pressure",
    "lipids",
    "kidneys",
    "eyes",
    "feet",
    "smoking",
    "treatment",
    "composite",
    "follow_up",
)
BANDS = ("18-49", "50-64", "65-79", "80+")
SPLITS = {
    "all": list(product(("all", "female", "male"), ("all", *BANDS))),
    "municipality": [("all", "all"), ("female", "all"), ("male", "all"), *(("all", band) for band in BANDS)],
}
SCREENS = tuple(ADMITTED)


class Took(NamedTuple):
    """Milliseconds of one rerun: by the clock, and of work by the processors."""

    clock: float
    work: float


def build(path: Path, *, indicators: int, practices: int, quarters: int, seed: int = 1) -> None:
    """Write an invented release: shares around a level of their own, one cell in six hidden."""
    units = [("all", "all"), *(("municipality", f"{place:04}") for place in range(3))]
    units += [("cluster", f"K{place}") for place in range(8)] + [("hospital", f"H{place}") for place in range(4)]
    units += [("practice", f"{place:06}") for place in range(practices)]
    slots = [(*unit, *split) for unit in units for split in SPLITS.get(unit[0], [("all", "all")])]
    ids = [f"indicator_{place}" for place in range(indicators)]
    ends = quarter_ends(NEWEST, quarters)
    cells = pl.DataFrame({"indicator_id": ids}).join(pl.DataFrame({"period_end": ends}), how="cross")
    cells = cells.join(pl.DataFrame(slots, schema=["level", "unit_id", "sex", "age_band"], orient="row"), how="cross")
    draw = np.random.default_rng(seed)
    size = cells.height
    value = np.clip(draw.normal(0.7, 0.12, size), 0.02, 0.98)
    shown = draw.random(size) > 1 / 6
    columns = {
        "value": value,
        "ci_low": value - 0.02,
        "ci_high": value + 0.02,
        "denominator": draw.integers(20, 9_000, size),
        "completeness": draw.uniform(0.6, 1, size),
    }
    results = cells.with_columns(
        [pl.when(pl.Series(shown)).then(pl.Series(name, column)).alias(name) for name, column in columns.items()]
    ).with_columns(
        definition_version=1,
        period_start=pl.col("period_end").dt.offset_by("-12mo"),
        state=pl.when(pl.Series(shown)).then(pl.lit("shown")).otherwise(pl.lit("suppressed")),
        numerator=(pl.col("denominator") * pl.col("value")).cast(pl.Int64),
        patient_years=pl.lit(None, pl.Float64),
        eligible=pl.col("denominator"),
    )
    named = [
        (level, unit, f"{level} {unit}", f"K{place % 8}", f"{place % 3:04}")
        for place, (level, unit) in enumerate(units)
    ]
    named_in_pages = {"title": {"en": "Invented"}, "is_sequence": True, "times": []}
    links = [{"indicator": key, "from": {"en": "Begun"}, "to": {"en": "Ended"}} for key in ids[:3]]
    parts = {"have": ids[3:6], "new_cases": ids[6:9], "found_by": ids[9:12]}
    pages = {"courses": [named_in_pages | {"links": links}] * 3, "complications": [named_in_pages | parts] * 6}
    meta = {"pages": json.dumps(pages)}
    meta |= {"is_synthetic": "true", "created_on": "2026-10-06", "country_languages": "da, nb, en", "pack": "invented"}
    definitions = [(key, 1, place, _definition(key, place)) for place, key in enumerate(ids)]
    deliveries = [
        ("hospital", f"type_{each}", f"type_{each}.csv", NEWEST, NEWEST, 9, 9, 0, 0, "loaded", 45) for each in range(35)
    ]
    write_release(
        path,
        {
            "result": results,
            "unit": pl.DataFrame(named, _columns("level unit_id name cluster_id municipality_id"), orient="row"),
            "place": pl.DataFrame(
                [(f"{place:04}", f"municipality {place}", f"M{place}", place / 2, place, None) for place in range(3)],
                {
                    **dict.fromkeys(("unit_id", "name", "short_name"), pl.String),
                    **dict.fromkeys(("across", "down"), pl.Float64),
                    "outline": pl.String,
                },
                orient="row",
            ),
            "indicator": pl.DataFrame(
                definitions, _columns("indicator_id definition_version position definition"), orient="row"
            ),
            "delivery": pl.DataFrame(
                deliveries,
                _columns(
                    "sector file_type file_name delivered_on covers_until rows_in rows_loaded rows_quarantined "
                    "rows_duplicate state fresh_within_days"
                ),
                orient="row",
            ),
            "quarantine": pl.DataFrame(
                [("hospital", "type_1", f"rule_{each}", "", 9, "shown") for each in range(60)],
                _columns("sector file_type rule description rows state"),
                orient="row",
            ),
            "completeness": pl.DataFrame(
                [(f"sector {each}", end, 900, "shown") for each in range(8) for end in ends],
                _columns("sector month rows state"),
                orient="row",
            ),
            "policy": pl.DataFrame([("smallest_count", "5", "{}")], _columns("key value explanation"), orient="row"),
            "meta": pl.DataFrame(list(meta.items()), _columns("key value"), orient="row"),
        },
    )


def clicks(seed: int, indicators: int, practices: int, quarters: int) -> Iterator[dict[str, str]]:
    """Yield one set of choices after another, as a reader makes them."""
    chance = random.Random(seed)
    days = quarter_ends(NEWEST, quarters)[quarters // 2 :]
    while True:
        yield {
            "lang": chance.choice(("da", "nb", "en")),
            "unit": f"practice-{chance.randrange(practices):06}",
            "with": "all-all",
            "date": chance.choice(days).isoformat(),
            "indicator": f"indicator_{chance.randrange(indicators)}",
            "level": chance.choice(("municipality", "cluster", "practice")),
        }


def reruns(screen: str, number: int, choices: Iterator[dict[str, str]]) -> list[Took]:
    """Return the times of so many reruns of a screen, each with other choices."""
    at = AppTest.from_file(str(APP), default_timeout=120).run()
    if screen != SCREENS[0]:
        at.switch_page(f"screens/{screen}.py").run()

    def click() -> None:
        for name, value in next(choices).items():
            at.query_params[name] = value
        at.run()
        if at.error or at.exception:
            raise SystemExit(f"The screen {screen} failed during the benchmark.")

    click()
    return [_took(click) for _ in range(number)]


def bare(path: Path, number: int, choices: Iterator[dict[str, str]]) -> list[Took]:
    """Return the times of the two queries an overview cannot do without, on a bare connection."""
    connection = duckdb.connect(str(path), read_only=True)

    def query() -> None:
        level, unit_id = next(choices)["unit"].split("-")
        for wanted in ((level, unit_id), ("all", "all")):
            connection.execute(
                "SELECT * FROM result WHERE level = ? AND unit_id = ? AND sex = 'all' AND age_band = 'all'", wanted
            ).fetchall()

    found = [_took(query) for _ in range(number)]
    connection.close()
    return found


def main() -> int:
    """Measure and print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name, default in {"reruns": 40, "indicators": 70, "practices": 95, "quarters": 20}.items():
        parser.add_argument(f"--{name}", type=int, default=default)
    chosen = parser.parse_args()
    logging.disable(logging.WARNING)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "release.duckdb"
        build(path, indicators=chosen.indicators, practices=chosen.practices, quarters=chosen.quarters)
        os.environ["TVAERS_RELEASE"] = str(path)
        choices = clicks(1, chosen.indicators, chosen.practices, chosen.quarters)
        baseline = _summary(bare(path, chosen.reruns, choices))
        by_screen = {screen: reruns(screen, chosen.reruns, choices) for screen in SCREENS}
        megabytes = path.stat().st_size / 1e6
    together = _summary([each for measured in by_screen.values() for each in measured])
    print(
        json.dumps(
            {
                "release_mb": round(megabytes, 1),
                "limit_p95_ms": LIMIT_MS,
                "bare_queries_of_an_overview": baseline,
                "all_screens": together,
                **{screen: _summary(measured) for screen, measured in by_screen.items()},
            },
            indent=2,
        )
    )
    return int(together["p95_ms"] >= LIMIT_MS)


def _took(work: Callable[[], None]) -> Took:
    clock, processor = time.perf_counter(), time.process_time()
    work()
    return Took((time.perf_counter() - clock) * 1000, (time.process_time() - processor) * 1000)


def _summary(measured: list[Took]) -> dict[str, float]:
    clock, work = ([getattr(each, name) for each in measured] for name in Took._fields)
    return {
        "p50_ms": round(statistics.median(clock), 1),
        "p95_ms": round(statistics.quantiles(clock, n=20)[18], 1),
        "p95_ms_of_processor": round(statistics.quantiles(work, n=20)[18], 1),
        "reruns": len(measured),
    }


def _columns(names: str) -> list[str]:
    return names.split()


def _definition(key: str, place: int) -> str:
    title = {
        "en": f"Invented indicator {place}",
        "da": f"Opfundet indikator {place}",
        "nb": f"Oppdiktet indikator {place}",
    }
    source = {"title": "An invented guideline", "href": "https://example.org", "read_on": "2026-01-05"}
    target = {"value": 0.8, "unit": "share", "from_on": "2020-01-01", "source": source}
    return json.dumps(
        {
            "id": key,
            **dict.fromkeys(("title", "question", "why_it_matters", "what_to_do"), title),
            "group": GROUPS[place % len(GROUPS)],
            "group_title": {"en": GROUPS[place % len(GROUPS)]},
            "kind": "proportion",
            "direction": "higher_is_better" if place % 3 else "lower_is_better",
            "period": "12 months",
            "denominator": {"who": title},
            "numerator": {"who": title},
            "target": target if place % 2 else None,
            "limits": [title],
            "source": [source],
            "verified": True,
        }
    )


if __name__ == "__main__":
    raise SystemExit(main())
