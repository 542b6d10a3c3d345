"""The region's own views of hospital contacts: one of the newer register, one per kind of contact of the older."""

from collections.abc import Iterator

import polars as pl

from synthetic.extracts.delivery import Delivery, Style, deliver
from synthetic.extracts.hospital_rows import HospitalRows
from synthetic.extracts.wording import as_moment

SECTOR = "hospital"


def _with_diagnosis_text(rows: HospitalRows) -> pl.DataFrame:
    """Join each contact's diagnoses into one text, primary diagnosis first; retracted ones are not in the views."""
    text = (
        rows.diagnoses.filter(pl.col("retraction") != "yes")
        .sort("contact", "type", "fact")
        .group_by("contact", maintain_order=True)
        .agg(
            groups=(pl.col("type") + ":" + pl.col("code")).str.join("#"),
            action=pl.col("code").filter(pl.col("type") == "A").first(),
        )
    )
    return (
        rows.contacts.drop("action")
        .join(text, on="contact", how="left", maintain_order="left")
        .with_columns(pl.col("groups").fill_null(""), pl.col("action").fill_null(""))
    )


def _person_key() -> pl.Expr:
    return ((pl.col("person").cast(pl.Int64) * 7919 + 104_729) % 99_999_989 + 100_000_000).cast(pl.String)


def contact_view(rows: HospitalRows, period: str) -> Delivery:
    """Write the region's own view of the newer register's contacts."""
    moment = "%Y-%m-%d %H:%M:%S"
    kind = {"inpatient": "Indlæggelse", "outpatient": "Ambulant", "emergency": "Akut ambulant"}
    return deliver(
        SECTOR, "for_lpr3kontakter", period,
        _with_diagnosis_text(rows).select(
            pl.col("pnr").alias("cpr"), _person_key().alias("dw_ek_borger"),
            as_moment("start", moment).alias("datotid_lpr3kontaktstart"),
            as_moment("end", moment).alias("datotid_lpr3kontaktslut"),
            pl.col("action").alias("adiagnosekode"), pl.col("groups").alias("diagnosegruppestreng"),
            pl.col("unit").alias("shakkode_lpr3kontaktansvarlig"),
            pl.when("is_virtual").then(pl.lit("Virtuel kontakt")).otherwise(pl.lit("Fysisk fremmøde"))
            .alias("kontakttype"),
            pl.col("kind").cast(pl.String).replace_strict(kind).alias("pt_type"),
            pl.when("acute").then(pl.lit("Akut")).otherwise(pl.lit("Planlagt")).alias("prioritet"), "contact",
        ),
        Style(",", "utf-8", "title"), fact="contact", fact_kind="contact",
    )  # fmt: skip


def older_views(rows: HospitalRows, period: str) -> Iterator[Delivery]:
    """Write the region's views of the older register's contacts, one per kind of contact."""
    names = {
        "inpatient": ("for_indlaeggelser", "datotid_indlaeggelse", "datotid_udskrivning", "shakkode_kontaktansvarlig"),
        "outpatient": ("for_besoeg", "datotid_start", "datotid_slut", "shakafskode"),
        "emergency": ("for_akutambulantekontakter", "datotid_start", "datotid_slut", "afsnit_stam"),
    }
    contacts = _with_diagnosis_text(rows)
    moment = "%Y-%m-%d %H:%M:%S"
    for kind, (file_type, starts, ends, unit) in names.items():
        some = contacts.filter(pl.col("kind") == kind)
        if some.height:
            yield deliver(
                SECTOR, file_type, period,
                some.select(
                    pl.col("pnr").alias("cpr"), _person_key().alias("dw_ek_borger"),
                    as_moment("start", moment).alias(starts), as_moment("end", moment).alias(ends),
                    pl.col("action").alias("adiagnosekode"), pl.col("groups").alias("diagnosegruppestreng"),
                    pl.col("unit").alias(unit), "contact",
                ),
                Style(",", "utf-8", "title"), fact="contact", fact_kind="contact",
            )  # fmt: skip
