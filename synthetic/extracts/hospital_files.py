"""Hospital contacts, diagnoses and procedures: the older register, the two forms of the newer, and the region's views."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import polars as pl

from synthetic.chance import Chance
from synthetic.extracts.delivery import CONTACT, Delivery, Style, deliver
from synthetic.extracts.wording import as_moment, first_of, identifier_on, spans, within, year_of
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


@dataclass(frozen=True)
class HospitalRows:
    """Contacts, diagnoses and procedures with all that the writers need, ordered by start."""

    contacts: pl.DataFrame
    diagnoses: pl.DataFrame
    procedures: pl.DataFrame


def hospital_rows(region: Region, chance: Chance) -> HospitalRows:
    """Return contacts with their day, identifier, codes of department and specialty, and the linked rows with a day."""
    draw = chance.about("contact texts")
    specialties = region.country.region["specialties"]
    hospitals = [row["code"] for row in region.country.region["hospitals"]]
    keys = list(specialties)

    def by_specialty(field: str) -> Mapping[int, str]:
        return {index: specialties[key][field] for index, key in enumerate(keys)}

    contacts = region.hospital.contacts.with_columns(
        day=(pl.col("start") // 1440).cast(pl.Int32), end_day=(pl.col("end") // 1440).cast(pl.Int32)
    )
    count = contacts.height
    offset = (chance.part + 1) * 20_000_000
    contacts = contacts.with_columns(
        pnr=identifier_on(region, contacts["person"], contacts["day"]),
        code=pl.col("hospital").replace_strict(dict(enumerate(hospitals)), return_dtype=pl.String),
        department=pl.col("specialty").replace_strict(by_specialty("department"), return_dtype=pl.String),
        spec_old=pl.col("specialty").replace_strict(by_specialty("old"), return_dtype=pl.String),
        spec_new=pl.col("specialty").replace_strict(by_specialty("new"), return_dtype=pl.String),
        recnum=(pl.col("contact") + offset + 100_000_000).cast(pl.String).str.zfill(18),
        key=(pl.col("contact") + offset + 500_000_000).cast(pl.String).str.zfill(18),
        is_virtual=(pl.col("kind") == "outpatient") & pl.Series(draw.random(count) < 0.06),
    ).with_columns(unit=pl.col("code") + pl.col("department"))
    contacts = contacts.sort("start", "contact")
    link = contacts.select("contact", "day", "start", "recnum", "key", "unit")
    primary = region.hospital.diagnoses.filter(pl.col("type") == "A").unique(
        "contact", keep="first", maintain_order=True
    )
    contacts = contacts.join(primary.select("contact", action="code"), on="contact", how="left", maintain_order="left")
    return HospitalRows(
        contacts,
        region.hospital.diagnoses.with_row_index("fact")
        .join(link, on="contact", maintain_order="left")
        .sort("start", "fact"),
        region.hospital.procedures.with_row_index("fact")
        .join(link, on="contact", maintain_order="left")
        .sort("start", "fact"),
    )


def write_hospital(region: Region, chance: Chance) -> Iterator[Delivery]:
    """Yield all hospital files."""
    rows = hospital_rows(region, chance)
    first, last = region.window.first, region.window.last
    for period, begin, end in spans(region, first, min(LAST_OLD, last), 2):
        yield from _older_register(_between(rows, begin, end), period)
    for period, begin, end in spans(region, max(first, LAST_OLD + 1), min(LAST_F, last), 2):
        yield from _newer_f(_between(rows, begin, end), period)
    a_until = min(first_of(year_of(last), 7) - 1, last)
    repeated = _between(rows, max(first, REPEATED_OLD), LAST_OLD)
    for period, begin, end in spans(region, max(first, FIRST_A), a_until, 2):
        yield from _newer_a(_between(rows, begin, end), repeated, period)
        repeated = _between(rows, 1, 0)
    view_from = max(first_of(year_of(last)), LAST_OLD + 1)
    if last >= view_from:
        yield _contact_view(_between(rows, view_from, last), str(year_of(last)))
    if first <= VIEWS_OLD and last > LAST_OLD:
        yield from _older_views(_between(rows, VIEWS_OLD, LAST_OLD))


def _between(rows: HospitalRows, first: int, last: int) -> HospitalRows:
    return HospitalRows(
        within(rows.contacts, "day", first, last),
        within(rows.diagnoses, "day", first, last),
        within(rows.procedures, "day", first, last),
    )


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
                as_moment("start", "%Y-%m-%d").alias("dato_start"), as_moment("start", "%H:%M:%S").alias("tidspunkt_start"),
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
            as_moment("start", moment).alias("kont_starttidspunkt"), as_moment("end", moment).alias("kont_sluttidspunkt"),
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


def _with_diagnosis_text(rows: HospitalRows) -> pl.DataFrame:
    """Join each contact's diagnoses into one text, primary diagnosis first; retracted ones are not in the views."""
    text = (
        rows.diagnoses.filter(pl.col("retraction") != "yes")
        .sort("contact", "type", "fact")
        .group_by("contact", maintain_order=True)
        .agg(groups=(pl.col("type") + ":" + pl.col("code")).str.join("#"))
    )
    return rows.contacts.join(text, on="contact", how="left", maintain_order="left").with_columns(
        pl.col("groups").fill_null(""), pl.col("action").fill_null("")
    )


def _person_key() -> pl.Expr:
    return ((pl.col("person").cast(pl.Int64) * 7919 + 104_729) % 99_999_989 + 100_000_000).cast(pl.String)


def _contact_view(rows: HospitalRows, period: str) -> Delivery:
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
            pl.when("is_virtual").then(pl.lit("Virtuel kontakt")).otherwise(pl.lit("Fysisk fremmøde")).alias("kontakttype"),
            pl.col("kind").cast(pl.String).replace_strict(kind).alias("pt_type"),
            pl.when("acute").then(pl.lit("Akut")).otherwise(pl.lit("Planlagt")).alias("prioritet"), "contact",
        ),
        Style(",", "utf-8", "title"), fact="contact", fact_kind="contact",
    )  # fmt: skip


def _older_views(rows: HospitalRows) -> Iterator[Delivery]:
    """Write the region's views of the older register's last months, one per kind of contact."""
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
                SECTOR, file_type, "2018_2019",
                some.select(
                    pl.col("pnr").alias("cpr"), _person_key().alias("dw_ek_borger"),
                    as_moment("start", moment).alias(starts), as_moment("end", moment).alias(ends),
                    pl.col("action").alias("adiagnosekode"), pl.col("groups").alias("diagnosegruppestreng"),
                    pl.col("unit").alias(unit), "contact",
                ),
                Style(",", "utf-8", "title"), fact="contact", fact_kind="contact",
            )  # fmt: skip
