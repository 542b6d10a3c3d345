"""Episodes of the patient register, conditions and procedures in columns, and the log of sent messages."""

from collections.abc import Iterator

import polars as pl

from synthetic.chance import Chance
from synthetic.extracts.delivery import Delivery, Style, deliver
from synthetic.extracts.hospital_rows import between, hospital_rows
from synthetic.extracts.message_log import message_rows
from synthetic.extracts.wording import as_moment, identifier_on, spans, within
from synthetic.truth import Region

SECTOR = "hospital"
CONDITIONS = ("tilstand_1_1", "tilstand_1_2", "tilstand_2_1", "tilstand_3_1", "tilstand_4_1")
LEVEL_OF_CARE = {"inpatient": "1", "outpatient": "3", "emergency": "3"}
ACUTE, PLANNED = "1", "4"
MESSAGES = {"XDIS01": "epikrise", "XDIS02": "poliklinisk_epikrise", "XDIS17": "utskrevet_pasient"}


def write_hospital(region: Region, chance: Chance) -> Iterator[Delivery]:
    """Yield the episodes, two years to a file, and the message log."""
    yield from _message_log(region, chance)
    rows = hospital_rows(region, chance)
    conditions = _conditions(rows.diagnoses)
    operations = rows.procedures.filter(pl.col("code").str.contains("^K[A-Z]{3}[0-9]")).group_by("contact").agg(
        pl.col("code").str.slice(1, 5).unique(maintain_order=True).first().alias("ncsp_1")
    )  # fmt: skip
    for period, begin, end in spans(region, region.window.first, region.window.last, 2):
        contacts = between(rows, begin, end).contacts
        contacts = contacts.join(conditions, on="contact", how="left", maintain_order="left")
        contacts = contacts.join(operations, on="contact", how="left", maintain_order="left")
        acute = pl.col("acute") | (pl.col("kind") == "emergency")
        yield deliver(
            SECTOR, "npr_episode", period,
            contacts.select(
                pl.col("key").str.strip_chars_start("0").alias("episode_lnr"),
                pl.col("pnr").alias("fodselsnummer"),
                as_moment("start", "%Y-%m-%d").alias("inndato"),
                as_moment("start", "%H:%M").alias("inntid"),
                as_moment("end", "%Y-%m-%d").alias("utdato"),
                as_moment("end", "%H:%M").alias("uttid"),
                pl.col("kind").cast(pl.String).replace_strict(LEVEL_OF_CARE).alias("omsorgsniva"),
                pl.when(acute).then(pl.lit(ACUTE)).otherwise(pl.lit(PLANNED)).alias("innmatehast"),
                pl.col("department").alias("episodefag"),
                pl.lit("883974832").alias("institusjonid"),
                pl.col("code").alias("behandlingsstedkode"),
                *(pl.col(name).fill_null("") for name in CONDITIONS),
                pl.col("ncsp_1").fill_null(""),
                "contact",
            ),
            Style(";", "utf-8"), fact="contact", fact_kind="contact",
        )  # fmt: skip


def _conditions(diagnoses: pl.DataFrame) -> pl.DataFrame:
    """Return the conditions of each contact in columns, in ICD-10: no letter in front and no national extension."""
    known = diagnoses.filter(pl.col("retraction") != "yes", pl.col("type").is_in(["A", "B"])).with_columns(
        icd10=pl.col("code").cast(pl.String).str.extract("^D([A-Z][0-9]{2,3})"),
        is_main=pl.col("type").cast(pl.String) == "A",
    )
    known = known.drop_nulls("icd10").unique(["contact", "icd10"], keep="first", maintain_order=True)
    known = known.sort("contact", ~pl.col("is_main"), maintain_order=True)
    listed = known.group_by("contact", maintain_order=True).agg("icd10", has_main=pl.col("is_main").any())
    # What has no main condition begins with the second of the columns.
    at = [pl.when("has_main").then(n).otherwise(n - 1) for n in range(4)]
    first, *others = (
        pl.when(place >= 0).then(pl.col("icd10").list.get(place.clip(lower_bound=0), null_on_oob=True)) for place in at
    )
    return listed.select(
        "contact",
        first.alias("tilstand_1_1"),
        pl.lit("").alias("tilstand_1_2"),
        *(each.alias(name) for each, name in zip(others, CONDITIONS[2:], strict=True)),
    )


def _message_log(region: Region, chance: Chance) -> Iterator[Delivery]:
    """Yield the messages that hospitals sent, five years to a file."""
    hospitals = dict(enumerate(row["code"] for row in region.country.region["hospitals"]))
    messages = message_rows(region, chance)
    for period, begin, end in spans(region, region.window.first, region.window.last, 5):
        rows = within(messages, "day", begin, end)
        if rows.height:
            yield deliver(
                SECTOR, "meldingslogg", period,
                rows.select(
                    pl.concat_str(pl.lit("ML"), pl.col("fact").cast(pl.String).str.zfill(12)).alias("melding_id"),
                    identifier_on(region, rows["person"], rows["day"]).alias("fodselsnummer"),
                    pl.col("type").replace_strict(MESSAGES).alias("meldingstype"),
                    as_moment("minute", "%Y-%m-%d %H:%M:%S").alias("sendt"),
                    pl.col("hospital").replace_strict(hospitals, return_dtype=pl.String).alias("avsender"),
                    pl.when("is_refused").then(pl.lit("AVVIST")).otherwise(pl.lit("OK")).alias("kvittering"),
                    "fact",
                ),
                Style(";", "utf-8"), fact="fact", fact_kind="message",
            )  # fmt: skip
