"""The messages that hospitals sent about their patients: when, and of which kind."""

from collections.abc import Iterator

import numpy as np
import polars as pl

from synthetic.chance import Chance, choose
from synthetic.contact_book import MINUTES
from synthetic.extracts.delivery import Delivery, Style, deliver
from synthetic.extracts.wording import as_moment, identifier_on, spans, within
from synthetic.truth import Region

FILE_TYPE = "meddelelseslog"
FACT = "message"
KINDS = {"XDIS01": "discharge_summary", "XDIS02": "outpatient_summary", "XDIS17": "discharge_notice"}
DAYS_UNTIL_SENT = {0: 46, 1: 23, 2: 7, 4: 7, 7: 5, 8: 2, 15: 6}
"""Days from discharge to its summary, with weights: of all 69 % come within 1 day and 88 % within 7."""
NEVER_SENT = 0.04
REFUSED = 0.01
OF_OUTPATIENTS = 0.3
BESIDE_PARTS = 50_000_000
"""More messages than any part of a country has; each part numbers its own."""


def message_rows(region: Region, chance: Chance) -> pl.DataFrame:
    """Return every message that was sent in the window, numbered (`fact`), with person, minute, kind and hospital."""
    draw = chance.about("message log")
    contacts = region.care.hospital.contacts.sort("contact")
    stays = contacts.filter(pl.col("kind") == "inpatient")
    visits = contacts.filter(pl.col("kind") == "outpatient")
    summaries = _sent(stays, "XDIS01", _days_until_sent(draw, stays.height), draw)
    letters = _sent(visits, "XDIS02", _days_until_sent(draw, visits.height), draw)
    notices = _sent(stays, "XDIS17", np.zeros(stays.height, np.int64), draw)
    return (
        pl.concat(
            [
                summaries.filter(pl.Series(draw.random(stays.height) >= NEVER_SENT)),
                letters.filter(pl.Series(draw.random(visits.height) < OF_OUTPATIENTS)),
                notices,
            ]
        )
        .with_columns(day=(pl.col("minute") // MINUTES).cast(pl.Int32))
        .filter(pl.col("day") <= region.window.last)
        .sort("minute", "contact", "type")
        .with_row_index("fact")
    )


def _days_until_sent(draw: np.random.Generator, count: int) -> np.ndarray:
    days = np.array(list(DAYS_UNTIL_SENT))
    return days[choose(draw, list(DAYS_UNTIL_SENT.values()), count)]


def _sent(contacts: pl.DataFrame, kind: str, days: np.ndarray, draw: np.random.Generator) -> pl.DataFrame:
    """Return a message of each contact, so many days after its end and never before it."""
    ended = contacts["end"].to_numpy()
    at = (ended // MINUTES + days) * MINUTES + draw.integers(8 * 60, 20 * 60, contacts.height)
    return contacts.select(
        "contact",
        "person",
        "hospital",
        "specialty",
        pl.lit(kind).alias("type"),
        pl.Series("minute", np.maximum(at, ended)),
        pl.Series("is_refused", draw.random(contacts.height) < REFUSED),
    )


def write_message_log(region: Region, chance: Chance) -> Iterator[Delivery]:
    """Yield the log, five years to a file."""
    hospitals = dict(enumerate(row["code"] for row in region.country.region["hospitals"]))
    departments = dict(enumerate(row["department"] for row in region.country.region["specialties"].values()))
    messages = message_rows(region, chance)
    number = pl.col("fact") + chance.part * BESIDE_PARTS
    for period, begin, end in spans(region, region.window.first, region.window.last, 5):
        rows = within(messages, "day", begin, end)
        if rows.height:
            yield deliver(
                "hospital", FILE_TYPE, period,
                rows.select(
                    pl.concat_str(pl.lit("MB"), number.cast(pl.String).str.zfill(12)).alias("besked_id"),
                    identifier_on(region, rows["person"], rows["day"]).alias("cpr"),
                    pl.col("type").alias("meddelelsestype"),
                    as_moment("minute", "%Y-%m-%d %H:%M:%S").alias("afsendt"),
                    (
                        pl.col("hospital").replace_strict(hospitals, return_dtype=pl.String)
                        + pl.col("specialty").replace_strict(departments, return_dtype=pl.String)
                    ).alias("afsender"),
                    pl.when("is_refused").then(pl.lit("negativ")).otherwise(pl.lit("positiv")).alias("kvittering"),
                    "fact",
                ),
                Style(";", "utf-8", "lower"), fact="fact", fact_kind=FACT,
            )  # fmt: skip
