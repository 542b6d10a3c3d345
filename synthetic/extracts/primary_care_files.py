"""Prescriptions, health-insurance services, the practices' own records, and eye screening."""

from collections.abc import Iterator

import numpy as np
import polars as pl

from synthetic.chance import Chance
from synthetic.drugs import product_table
from synthetic.extracts.delivery import Delivery, Style, deliver
from synthetic.extracts.wording import as_date, as_number, first_of, identifier_on, spans, within, year_of
from synthetic.moves import value_on
from synthetic.truth import Region

MEASURES = {"systolic": "mmHg", "diastolic": "mmHg", "weight": "kg", "height": "cm", "glucose": "mmol/L"}
GRADES = ("foto", "oct", "oftalmoskopi")


def purchase_rows(region: Region) -> pl.DataFrame:
    """Return purchases with what is known of the product, numbered (`fact`), in order of day."""
    products = pl.DataFrame(product_table(region.country.drugs)).with_row_index("product").cast({"product": pl.Int16})
    return (
        region.care.purchases.join(products, on="product", maintain_order="left")
        .unique(["person", "day", "vnr"], keep="first", maintain_order=True)
        .sort("day", maintain_order=True)
        .with_row_index("fact")
    )


def write_prescriptions(region: Region, purchases: pl.DataFrame) -> Iterator[Delivery]:
    """Yield purchases at pharmacies, two years to a file."""
    for period, begin, end in spans(region, region.window.first, region.window.last, 2):
        rows = within(purchases, "day", begin, end)
        yield deliver(
            "pharmacy", "lmdb", period,
            rows.select(
                identifier_on(region, rows["person"], rows["day"]).alias("pnr"),
                as_date("day", "%d-%m-%Y").alias("eksd"),
                "atc",
                as_number("doses", 1, comma=True).alias("volume"),
                pl.col("packages").cast(pl.String).alias("apk"),
                pl.col("indication").alias("indo"),
                "vnr",
                "fact",
            ),
            Style(";", "utf-8", "upper"), fact="fact", fact_kind="purchase",
        )  # fmt: skip


def service_rows(region: Region, chance: Chance) -> pl.DataFrame:
    """Return services summed by person, week and provider, numbered (`fact`), in order of week."""
    draw = chance.about("providers")
    services = region.care.services
    practice = value_on(services, region.registrations, "practice").fill_null(-1).to_numpy()
    own = np.where(practice >= 0, region.practices.code[np.maximum(practice, 0)], "")
    other = np.char.add("54", np.char.zfill((services["person"].to_numpy() % 37).astype(str), 4))
    provider = np.where(services["specialty"].to_numpy() == "80", own, other)
    child = (draw.random(services.height) < 0.002) & (services["specialty"].to_numpy() == "54")
    rows = services.with_columns(
        provider=pl.Series(provider),
        child=pl.Series(child.astype(np.int8)),
        monday=pl.col("day") - (pl.col("day") + 3) % 7,
    ).filter(pl.col("provider") != "")
    return (
        rows.group_by("person", "monday", "specialty", "service", "provider", maintain_order=True)
        .agg(pl.col("quantity").sum(), pl.col("child").max())
        .sort("monday", maintain_order=True)
        .with_row_index("fact")
    )


def write_services(region: Region, weekly: pl.DataFrame) -> Iterator[Delivery]:
    """Yield services by week of settlement: the older layout for the first years, then the newer one."""
    changeover = first_of(year_of(region.window.first) + 2)
    older = list(spans(region, region.window.first - 6, min(changeover - 1, region.window.last), 10))
    newer = list(spans(region, max(changeover, region.window.first - 6), region.window.last, 3))
    for file_type, periods in (("sysi", older), ("sssy", newer)):
        for period, begin, end in periods:
            part = within(weekly, "monday", begin, end)
            if part.height:
                yield _services(region, part, file_type, period)


def _services(region: Region, rows: pl.DataFrame, file_type: str, period: str) -> Delivery:
    monday = pl.col("monday").cast(pl.Date)
    table = rows.select(
        identifier_on(region, rows["person"], rows["monday"]).alias("pnr"),
        pl.col("child").cast(pl.String).alias("barnmak"),
        (pl.col("specialty") + pl.col("service")).alias("speciale"),
        ((monday.dt.iso_year() % 100) * 100 + monday.dt.week()).cast(pl.String).str.zfill(4).alias("honuge"),
        pl.col("provider").alias("ydernr"),
        pl.lit("1").alias("kontakt"),
        pl.col("quantity").cast(pl.String).alias("antal"),
        "fact",
    )
    if file_type == "sysi":
        table = table.with_columns(bruhon=pl.lit("141,32"), afrper=pl.col("honuge"))
    style = Style(";", "cp1252", "upper")
    return deliver("insurance", file_type, period, table, style, fact="fact", fact_kind="service")


def with_practice(region: Region, rows: pl.DataFrame) -> pl.DataFrame:
    """Add the practice the person was registered with on the day; without one there is no record."""
    practice = value_on(rows, region.registrations, "practice")
    kept = rows.filter(practice.is_not_null())
    code = region.practices.code[practice.drop_nulls().to_numpy()]
    return kept.with_columns(ydernr=pl.Series(code))


def write_practice_record(region: Region, chance: Chance) -> Iterator[Delivery]:
    """Yield what practices extract from their records: diagnoses, measurements, examinations."""
    draw = chance.about("remarks")
    style = Style(";", "utf-8-sig", "lower")
    last = str(year_of(region.window.last))
    record = {name: rows.with_row_index("fact") for name, rows in region.care.record.items()}
    diagnoses = with_practice(region, record["diagnoses"]).sort("ydernr", "day", maintain_order=True)
    diagnoses = diagnoses.unique(["person", "day", "icpc2", "sks"], keep="first", maintain_order=True)
    yield deliver(
        "general_practice", "praksis_diagnoser", last,
        diagnoses.select(
            identifier_on(region, diagnoses["person"], diagnoses["day"]).alias("cpr"),
            "ydernr", as_date("day").alias("dato"), "icpc2", "sks", pl.lit("aktiv").alias("status"),
            "fact",
        ),
        style, fact="fact", fact_kind="practice_diagnoses",
    )  # fmt: skip
    codes = region.country.laboratory["municipal_codes"]
    measured = with_practice(region, record["measurements"]).sort("ydernr", "day", maintain_order=True)
    examined = with_practice(region, record["examinations"]).sort("ydernr", "day", maintain_order=True)
    remarks = np.array(["", "", "", "", "", "", "", "", "Patienten ønsker ny tid", "Set af sygeplejerske"])
    for period, begin, end in spans(region, region.window.first, region.window.last, 4):
        rows = within(measured, "day", begin, end)
        if rows.height:
            yield deliver(
                "general_practice", "praksis_maalinger", period,
                rows.select(
                    identifier_on(region, rows["person"], rows["day"]).alias("cpr"),
                    "ydernr",
                    as_date("day").alias("dato"),
                    pl.col("measure").replace_strict(codes).alias("kode"),
                    as_number("value", (pl.col("measure") == "weight").cast(pl.Int8), comma=True).alias("vaerdi"),
                    pl.col("measure").replace_strict(MEASURES).alias("enhed"),
                    "fact",
                ),
                style, fact="fact", fact_kind="practice_measurements",
            )  # fmt: skip
        rows = within(examined, "day", begin, end)
        if rows.height:
            yield deliver(
                "general_practice", "praksis_undersoegelser", period,
                rows.select(
                    identifier_on(region, rows["person"], rows["day"]).alias("cpr"),
                    "ydernr",
                    as_date("day").alias("dato"),
                    pl.col("examination").alias("undersoegelse"),
                    pl.col("result").alias("resultat"),
                    pl.Series("bemaerkning", remarks[draw.integers(0, len(remarks), rows.height)]),
                    "fact",
                ),
                style, fact="fact", fact_kind="practice_examinations",
            )  # fmt: skip


def write_eye_screening(region: Region) -> Iterator[Delivery]:
    """Yield eye screenings, five years to a file."""
    clinics = dict(enumerate(region.country.region["clinics"]["eye"]))
    screenings = region.care.eyes.with_row_index("fact").sort("day", maintain_order=True)

    def grade(side: str) -> pl.Expr:
        return pl.when("ungradable").then(pl.lit("9")).otherwise(pl.col(side).cast(pl.String))

    for period, begin, end in spans(region, region.window.first, region.window.last, 5):
        rows = within(screenings, "day", begin, end)
        if rows.height:
            yield deliver(
                "eye_screening", "oejenscreening", period,
                rows.select(
                    identifier_on(region, rows["person"], rows["day"]).alias("cpr"),
                    as_date("day", "%d-%m-%Y").alias("undersoegelse_dato"),
                    grade("right").alias("retinopati_hoejre"),
                    grade("left").alias("retinopati_venstre"),
                    pl.when("ungradable").then(pl.lit("9")).otherwise(pl.col("maculopathy").cast(pl.Int8).cast(pl.String)).alias("makulopati"),
                    pl.col("method").replace_strict(dict(enumerate(GRADES))).alias("metode"),
                    pl.col("clinic").replace_strict(clinics).alias("klinik_id"),
                    as_date("next_day", "%d-%m-%Y").alias("naeste_dato"),
                    "fact",
                ),
                Style(",", "utf-8", "lower"), fact="fact", fact_kind="eye_screening",
            )  # fmt: skip
