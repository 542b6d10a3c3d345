"""Municipal reports as FHIR bundles, each later report updating the earlier ones, and municipal measurements."""

import gzip
import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from synthetic.chance import Chance
from synthetic.extracts import fhir
from synthetic.extracts.delivery import FACT, FAULTS, Delivery, Style, deliver
from synthetic.extracts.primary_care_files import MEASURES
from synthetic.extracts.wording import as_date, as_number, identifier_on, year_of
from synthetic.moves import value_on
from synthetic.truth import Region

SECTOR = "municipality"
SESSIONS_A_REPORT = 3
COUNTED = ("Condition", "ServiceRequest", "CarePlan", "Encounter")


@dataclass
class BundleDelivery(Delivery):
    """A file of FHIR bundles: one per line, or all in one JSON list.

    Attributes:
        bundles: The reports in the order of the file.
        is_lines: One bundle per line (NDJSON) instead of one list.
        has_broken_line: The last line is cut short.
    """

    bundles: list[dict[str, Any]] = field(default_factory=list)
    is_lines: bool = True
    has_broken_line: bool = False

    @property
    def file_name(self) -> str:
        """File name by shape."""
        return self.stem + (".ndjson" if self.is_lines else ".json")

    def write(self, folder: Path) -> Path:
        """Write the file below its sector's folder and return its path."""
        target = folder / self.sector
        target.mkdir(parents=True, exist_ok=True)
        path = target / self.file_name
        texts = [json.dumps(one, ensure_ascii=False, separators=(",", ":")) for one in self.bundles]
        text = "\n".join(texts) + "\n" if self.is_lines else "[" + ",\n".join(texts) + "]\n"
        content = (text + (texts[0][:40] + "\n" if self.has_broken_line else "")).encode()
        path.write_bytes(gzip.compress(content, 1, mtime=0) if path.suffix == ".gz" else content)
        return path


def write_municipality(region: Region, chance: Chance) -> Iterator[Delivery]:
    """Yield one file of section-119 reports per municipality, one of section-140 reports, and measurements."""
    courses = region.care.municipal["courses"].with_columns(
        place=value_on(region.care.municipal["courses"], region.residences, "municipality", day="referred").fill_null(0)
    )
    meetings: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in region.care.municipal["encounters"].iter_rows(named=True):
        meetings[row["course"]].append(row)
    draw = chance.about("municipal reports")
    for index, place in enumerate(region.municipalities):
        some = courses.filter((pl.col("law") == "119") & (pl.col("place") == index))
        if some.height:
            yield _reports(region, chance, draw, some, meetings, place.code, is_lines=index % 3 != 2)
    some = courses.filter(pl.col("law") == "140")
    if some.height:
        yield _reports(region, chance, draw, some, meetings, str(year_of(region.window.last)), is_lines=False)
    yield from _measurements(region)


def _measurements(region: Region) -> Iterator[Delivery]:
    rows = region.care.municipal["measurements"].with_row_index("fact").sort("day", maintain_order=True)
    if not rows.height:
        return
    codes = np.array([place.code for place in region.municipalities])
    place = value_on(rows, region.residences, "municipality").fill_null(0).to_numpy()
    yield deliver(
        SECTOR, "kommune_maalinger", str(year_of(region.window.last)),
        rows.select(
            identifier_on(region, rows["person"], rows["day"]).alias("cpr"),
            pl.Series("kommunekode", codes[place]),
            as_date("day", "%d-%m-%Y").alias("dato"),
            pl.col("measure").replace_strict(region.country.laboratory["municipal_codes"]).alias("kode"),
            as_number("value", pl.when(pl.col("measure").is_in(["weight", "glucose"])).then(1).otherwise(0), comma=True)
            .alias("vaerdi"),
            pl.col("measure").replace_strict(MEASURES).alias("enhed"),
            "fact",
        ),
        Style(";", "utf-8", "lower"), fact="fact", fact_kind="municipal_measurement",
    )  # fmt: skip


def _reports(
    region: Region,
    chance: Chance,
    draw: np.random.Generator,
    courses: pl.DataFrame,
    meetings: dict[int, list[dict[str, Any]]],
    period: str,
    *,
    is_lines: bool,
) -> BundleDelivery:
    """Write every course as a sequence of reports, all courses of the file in order of time."""
    identifiers = identifier_on(region, courses["person"], courses["referred"]).to_list()
    law = courses["law"][0]
    dated: list[tuple[str, int, dict[str, Any]]] = []
    for identifier, course in zip(identifiers, courses.iter_rows(named=True), strict=True):
        held = [row for row in meetings[course["course"]] if row["day"] <= course["last"]]
        for number, (stamp, entries) in enumerate(_course_reports(draw, course, held, identifier, law, chance.part)):
            dated.append((stamp, course["course"] * 20 + number, fhir.bundle(
                f"{course['course']:08x}-0000-4000-8{chance.part:03x}-{number:012x}", stamp, entries, law
            )))  # fmt: skip
    dated.sort(key=lambda one: one[:2])
    bundles = [one for _, _, one in dated]
    resources = [entry["resource"] for one in bundles for entry in one["entry"]]
    numbers: dict[tuple[str, str], int] = {}
    facts = [
        numbers.setdefault((resource["resourceType"], resource["id"]), len(numbers))
        for resource in resources
        if resource["resourceType"] in COUNTED
    ]
    rows = pl.DataFrame({FACT: pl.Series(facts, dtype=pl.Int64), FAULTS: pl.repeat("", len(facts), eager=True)})
    file_type = f"kl_gateway_{law}"
    return BundleDelivery(
        SECTOR, file_type, period, rows, Style(), f"{file_type}_{period}", bundles=bundles, is_lines=is_lines
    )


def _course_reports(
    draw: np.random.Generator, course: dict[str, Any], held: list[dict[str, Any]], identifier: str, law: str, part: int
) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Yield (time stamp, entries) of a course's reports.

    The diagnosis stands in the first report only; a planned meeting is reported before it is held and then again under
    the same id; a few meetings are taken back as entered in error; a report now and then holds a later meeting.
    """
    names = fhir.Names(course["course"], part)
    citizen = fhir.patient(names, identifier, f"4510000{16000 + course['place']:05d}3", law)
    referred, granted = _date(course["referred"]), _date(course["granted"])
    discharged = _date(course["referred"] - 6) if law == "140" else None
    never = course["status"] == "revoked"
    yield (
        f"{referred}T22:15:00+01:00",
        [
            citizen,
            fhir.condition(names, law, course["focus"], referred),
            fhir.service_request(names, law, f"{referred}T10:05:00+01:00", "active", discharged),
        ],
    )
    if never:
        closed = _date(max(course["granted"], course["closed"]) if course["closed"] >= 0 else course["granted"])
        yield (
            f"{closed}T22:15:00+01:00",
            [citizen, fhir.service_request(names, law, f"{referred}T10:05:00+01:00", "revoked", discharged)],
        )
        return
    start = f"{granted}T09:00:00+01:00"
    open_plan = fhir.care_plan(
        names, law, granted=start, closed=None, status="active", activity="in-progress", reason=None
    )
    kinds = sorted({row["intervention"] for row in held})
    planned = [fhir.intervention(names, law, kind, kind, start) for kind in kinds]
    first = [_meeting(names, law, held[0], "planned")] if held else []
    yield f"{granted}T22:15:00+01:00", [citizen, open_plan, *planned, *first]
    for begin in range(0, len(held), SESSIONS_A_REPORT):
        batch = held[begin : begin + SESSIONS_A_REPORT]
        early = draw.random() < 0.03 and len(batch) > 1
        stamp = _date(batch[0]["day"] if early else batch[-1]["day"])
        yield f"{stamp}T22:15:00+01:00", [citizen, *(_meeting(names, law, row, row["status"]) for row in batch)]
    wrong = [row for row in held[1:] if draw.random() < 0.012]
    if wrong:
        stamp = _date(min(held[-1]["day"] + 2, course["last"]))
        yield f"{stamp}T22:20:00+01:00", [citizen, *(_meeting(names, law, row, "entered-in-error") for row in wrong)]
    if course["closed"] >= 0:
        done = course["status"] == "completed"
        closed_plan = fhir.care_plan(
            names, law, granted=start, closed=f"{_date(course['closed'])}T15:00:00+01:00", status="completed",
            activity="completed" if done else "stopped",
            reason=None if done else fhir.STOPPED_BECAUSE[course["reason"]],
        )  # fmt: skip
        yield f"{_date(course['closed'])}T22:30:00+01:00", [citizen, closed_plan]


def _meeting(names: fhir.Names, law: str, row: dict[str, Any], status: str) -> dict[str, Any]:
    day = _date(row["day"])
    mode = "AMB" if row["number"] % 5 else "VR"
    return fhir.encounter(names, law, row["number"], status, f"{day}T10:00:00+01:00", f"{day}T10:45:00+01:00", mode)


def _date(day: int) -> str:
    return str(np.datetime64(day, "D"))
