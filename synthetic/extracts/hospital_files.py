"""Hospital contacts, diagnoses and procedures: the older register and the two forms of the newer one."""

from collections.abc import Iterator

import polars as pl

from synthetic.chance import Chance
from synthetic.extracts.delivery import CONTACT, Delivery, Style, deliver
from synthetic.extracts.hospital_rows import HospitalRows, between, hospital_rows
from synthetic.extracts.hospital_views import contact_view, older_views
from synthetic.extracts.message_log import write_message_log
from synthetic.extracts.wording import as_moment, first_of, spans, year_of
from synthetic.truth import Region

SECTOR = "hospital"
LAST_OLD = first_of(2019, 3) - 1
"""The older register ends on 28 February 2019."""
LAST_F = first_of(2023) - 1
FIRST_A = first_of(2022)
"""The A form begins a year before the F form ends: the contacts of that year come twice."""
REPEATED_OLD = first_of(2018, 12)
"""The A form also repeats the last months of the older register."""
VIEWS_OLD = first_of(2018, 10)


def write_hospital(region: Region, chance: Chance, *, only_views: bool = False) -> Iterator[Delivery]:
    """Yield all hospital files.

    Args:
        region: The invented region.
        chance: Its chance.
        only_views: The hospitals deliver the region's own views of all years, and neither register.
    """
    rows = hospital_rows(region, chance)
    first, last = region.window.first, region.window.last
    if not chance.part:
        yield _departments(region)
    yield from write_message_log(region, chance)
    if only_views:
        yield from older_views(between(rows, first, min(LAST_OLD, last)), "until_2019")
        yield contact_view(between(rows, max(first, LAST_OLD + 1), last), "from_2019")
        return
    for period, begin, end in spans(region, first, min(LAST_OLD, last), 2):
        yield from _older_register(between(rows, begin, end), period)
    for period, begin, end in spans(region, max(first, LAST_OLD + 1), min(LAST_F, last), 2):
        yield from _newer_f(between(rows, begin, end), period)
    repeated = between(rows, max(first, REPEATED_OLD), LAST_OLD)
    for period, begin, end in spans(region, max(first, FIRST_A), last, 2):
        yield from _newer_a(between(rows, begin, end), repeated, period)
        repeated = between(rows, 1, 0)
    view_from = max(first_of(year_of(last)), LAST_OLD + 1)
    if last >= view_from:
        yield contact_view(between(rows, view_from, last), str(year_of(last)))
    if first <= VIEWS_OLD and last > LAST_OLD:
        yield from older_views(between(rows, VIEWS_OLD, LAST_OLD), "2018_2019")


def _departments(region: Region) -> Delivery:
    """Write the list of departments and their specialties, which the views leave out."""
    data = region.country.region
    rows = pl.DataFrame(
        [
            {"shakkode": hospital["code"] + specialty["department"], "speciale": specialty["old"],
             "afsnitsnavn": f"{specialty['new'].capitalize()}, {hospital['name']}",
             "gyldig_fra": "1999-01-01", "gyldig_til": ""}
            for hospital in data["hospitals"]
            for specialty in data["specialties"].values()
        ]
    )  # fmt: skip
    return deliver(SECTOR, "shak_afsnit", str(year_of(region.window.last)), rows, Style(";", "utf-8", "lower"))


def _older_register(rows: HospitalRows, period: str) -> Iterator[Delivery]:
    style = Style(",", "utf-8", "upper")
    kinds = {"inpatient": "0", "outpatient": "1", "emergency": "2"}
    day = pl.col("day").cast(pl.Date).dt.to_string("%d/%m/%Y")
    yield deliver(
        SECTOR, "lpr_adm", period,
        rows.contacts.select(
            "pnr", "recnum",
            day.alias("d_inddto"),
            pl.col("end_day").cast(pl.Date).dt.to_string("%d/%m/%Y").alias("d_uddto"),
            pl.col("kind").cast(pl.String).replace_strict(kinds).alias("c_pattype"),
            pl.col("spec_old").alias("c_spec"),
            pl.col("action").fill_null("").alias("c_adiag"),
            pl.col("code").alias("c_sgh"),
            pl.col("department").alias("c_afd"),
            pl.when("acute").then(pl.lit("1")).otherwise(pl.lit("2")).alias("c_indm"),
            "contact",
        ),
        style, fact="contact", fact_kind="contact",
    )  # fmt: skip
    kept = rows.diagnoses.filter(pl.col("retraction") != "yes")
    yield deliver(
        SECTOR, "lpr_diag", period,
        kept.select(
            "recnum", pl.col("code").alias("c_diag"), pl.col("type").alias("c_diagtype"),
            pl.lit("").alias("c_tildiag"), pl.lit("").alias("c_diagmod"), "fact", pl.col("contact").alias(CONTACT),
        ),
        style, fact="fact", fact_kind="diagnosis",
    )  # fmt: skip
    if rows.procedures.height:
        yield deliver(
            SECTOR, "lpr_sksopr", period,
            rows.procedures.select(
                "recnum", pl.col("code").alias("c_opr"), day.alias("d_odto"), pl.lit("P").alias("c_oprart"),
                "fact", pl.col("contact").alias(CONTACT),
            ),
            style, fact="fact", fact_kind="procedure",
        )  # fmt: skip


def _marks() -> pl.Expr:
    return pl.col("retraction").replace_strict({"yes": "Ja", "no": "Nej", "not_stated": ""})


def _course_key() -> pl.Expr:
    return (pl.col("contact") + 900_000_000).cast(pl.String).str.zfill(18)


def _newer_f(rows: HospitalRows, period: str) -> Iterator[Delivery]:
    style = Style(";", "cp1252", "lower")
    urgency = pl.when("acute").then(pl.lit("ATA1")).otherwise(pl.lit("ATA3"))
    attendance = pl.when("is_virtual").then(pl.lit("ALCA03")).otherwise(pl.lit("ALCA00"))
    yield deliver(
        SECTOR, "kontakter", period,
        rows.contacts.select(
            "pnr", pl.col("key").alias("dw_ek_kontakt"), _course_key().alias("dw_ek_forloeb"),
            as_moment("start", "%Y-%m-%d").alias("dato_start"), as_moment("start", "%H:%M:%S").alias("tidspunkt_start"),
            as_moment("end", "%Y-%m-%d").alias("dato_slut"), as_moment("end", "%H:%M:%S").alias("tidspunkt_slut"),
            attendance.alias("kontakttype"), urgency.alias("prioritet"), pl.col("unit").alias("sorenhed_ans"),
            pl.col("spec_new").alias("hovedspeciale_ans"), pl.lit("LPR3").alias("lprindberetningssystem"), "contact",
        ),
        style, fact="contact", fact_kind="contact",
    )  # fmt: skip
    yield deliver(
        SECTOR, "diagnoser", period,
        rows.diagnoses.select(
            pl.col("key").alias("dw_ek_kontakt"), pl.col("code").alias("diagnosekode"),
            pl.col("type").alias("diagnosetype"), _marks().alias("senere_afkraeftet"), "fact",
            pl.col("contact").alias(CONTACT),
        ),
        style, fact="fact", fact_kind="diagnosis",
    )  # fmt: skip
    if rows.procedures.height:
        yield deliver(
            SECTOR, "procedurer_kirurgi", period,
            rows.procedures.select(
                _course_key().alias("dw_ek_forloeb"), pl.col("key").alias("dw_ek_kontakt"),
                pl.col("code").alias("procedurekode"), pl.lit("P").alias("proceduretype"),
                as_moment("start", "%Y-%m-%d").alias("dato_start"),
                as_moment("start", "%H:%M:%S").alias("tidspunkt_start"),
                pl.col("unit").alias("sorenhed_pro"), pl.lit("LPR3").alias("lprindberetningssystem"), "fact",
                pl.col("contact").alias(CONTACT),
            ),
            style, fact="fact", fact_kind="procedure",
        )  # fmt: skip


def _newer_a(rows: HospitalRows, repeated: HospitalRows, period: str) -> Iterator[Delivery]:
    """Write the A form; `repeated` contacts of the older register stand in it too, without time of day."""
    style = Style(";", "utf-8", "upper")
    moment = "%Y-%m-%d %H:%M:%S"
    urgency = pl.when("acute").then(pl.lit("ATA1")).otherwise(pl.lit("ATA3"))
    attendance = pl.when("is_virtual").then(pl.lit("ALCA03")).otherwise(pl.lit("ALCA00"))
    whole_day = [pl.col(name) // 1440 * 1440 for name in ("start", "end")]
    contacts = pl.concat(
        [
            repeated.contacts.with_columns(*whole_day, system=pl.lit("LPR2"), contact=pl.lit(None, dtype=pl.Int64)),
            rows.contacts.with_columns(system=pl.lit("LPR3")),
        ]
    )
    yield deliver(
        SECTOR, "lpr_a_kontakt", period,
        contacts.select(
            "pnr", pl.col("key").alias("dw_ek_kontakt"),
            as_moment("start", moment).alias("kont_starttidspunkt"),
            as_moment("end", moment).alias("kont_sluttidspunkt"),
            attendance.alias("kont_type"), pl.lit("").alias("kont_patient_type"),
            urgency.alias("prioritet"), pl.col("spec_new").alias("kont_ans_hovedspec"),
            pl.col("unit").alias("kont_ans_inst"), pl.col("system").alias("lprindberetningssystem"), "contact",
        ),
        style, fact="contact", fact_kind="contact",
    )  # fmt: skip
    told_before = pl.lit(None, dtype=pl.UInt32).alias("fact")
    kept = repeated.diagnoses.filter(pl.col("retraction") != "yes")
    diagnoses = pl.concat([kept.with_columns(told_before, retraction=pl.lit("not_stated")), rows.diagnoses])
    yield deliver(
        SECTOR, "lpr_a_diagnose", period,
        diagnoses.select(
            pl.col("key").alias("dw_ek_kontakt"), pl.col("code").alias("diag_kode"),
            pl.col("type").alias("diag_kode_type"), pl.lit("").alias("diag_parent_kode"),
            _marks().alias("senere_afkraeftet"), "fact",
            pl.col("contact").alias(CONTACT),
        ),
        style, fact="fact", fact_kind="diagnosis",
    )  # fmt: skip
    if rows.procedures.height:
        yield deliver(
            SECTOR, "lpr_a_procedure", period,
            rows.procedures.select(
                pl.col("key").alias("dw_ek_kontakt"), pl.col("code").alias("proc_kode"),
                pl.lit("P").alias("proc_kode_type"), as_moment("start", moment).alias("proc_starttidspunkt"),
                pl.lit("LPR3").alias("lprindberetningssystem"), "fact",
                pl.col("contact").alias(CONTACT),
            ),
            style, fact="fact", fact_kind="procedure",
        )  # fmt: skip
