"""Laboratory reports, some of them corrected or cancelled later, and what pharmacies handed out."""

from collections.abc import Iterator

import polars as pl

from synthetic.chance import Chance
from synthetic.extracts.delivery import Delivery, Style, deliver
from synthetic.extracts.wording import as_date, as_number, identifier_on, spans, within
from synthetic.truth import Region

CORRECTED = 0.004
"""Share of results that a later report changes; the first one told a tenth too much."""
CANCELLED = 0.001
"""Share of results that a later report takes back."""
RANGES = {"NPU27300": "20 - 42", "NPU01568": "1,9 - 4,8", "NPU03230": "3,6 - 4,6", "NPU01566": "3,9 - 7,8"}
A_DAY = 24 * 60
MOMENT = "%Y-%m-%d %H:%M:%S"


def write_reports(region: Region, results: pl.DataFrame, chance: Chance) -> Iterator[Delivery]:
    """Yield the reports, two years to a file: a decimal point in values, a comma in reference ranges."""
    draw = chance.about("report versions")
    luck = pl.Series(draw.random(results.height))
    versions = results.with_columns(
        luck=luck,
        taken=pl.col("day").cast(pl.Int64) * A_DAY + pl.col("minute"),
        answer=pl.when("cancelled").then(pl.lit("Avlyst")).otherwise(_sign() + pl.col("number")),
        servtype=pl.lit("N"),
    ).with_columns(written=pl.col("taken") + 300)
    is_plain = (pl.col("sign") == "=") & ~pl.col("cancelled")
    is_corrected = is_plain & (pl.col("luck") < CORRECTED)
    is_taken_back = is_plain & (pl.col("luck") > 1 - CANCELLED)
    wrong = (pl.col("number").cast(pl.Float64, strict=False) * 1.1).round(1).cast(pl.String)
    later = versions.filter(is_corrected | is_taken_back).with_columns(
        written=pl.col("written") + 2 * A_DAY,
        servtype=pl.when(is_corrected).then(pl.lit("M")).otherwise(pl.lit("C")),
        answer=pl.when(is_corrected).then(pl.col("answer")).otherwise(pl.lit("")),
    )
    first = versions.with_columns(answer=pl.when(is_corrected).then(wrong).otherwise(pl.col("answer")))
    reports = pl.concat([first, later]).sort("written", maintain_order=True)
    for period, begin, end in spans(region, region.window.first, region.window.last, 2):
        rows = within(reports, "day", begin, end)
        if rows.height:
            yield deliver(
                "laboratory", "laboratoriesvar", period,
                rows.select(
                    identifier_on(region, rows["person"], rows["day"]).alias("fodselsnummer"),
                    _moment("taken").alias("provetakingstidspunkt"),
                    pl.col("code").alias("analysekode"),
                    pl.col("answer").alias("svar"),
                    pl.col("unit").alias("enhet"),
                    pl.col("code").replace_strict(RANGES, default="", return_dtype=pl.String).alias("referanseomrade"),
                    "servtype",
                    pl.lit("3").alias("undersokelsesstatus"),
                    _moment("written").alias("generert"),
                    pl.lit("").alias("rekvirent"),
                    "fact",
                ),
                Style(";", "utf-8"), fact="fact", fact_kind="result",
            )  # fmt: skip


def _sign() -> pl.Expr:
    return pl.when(pl.col("sign") == "=").then(pl.lit("")).otherwise(pl.col("sign"))


def _moment(minutes: str) -> pl.Expr:
    return (pl.col(minutes) * 60_000).cast(pl.Datetime("ms")).dt.to_string(MOMENT)


def write_prescriptions(region: Region, purchases: pl.DataFrame) -> Iterator[Delivery]:
    """Yield what pharmacies handed out, two years to a file; the doses are those of all packages together."""
    for period, begin, end in spans(region, region.window.first, region.window.last, 2):
        rows = within(purchases, "day", begin, end).with_columns(together=pl.col("doses") * pl.col("packages"))
        yield deliver(
            "pharmacy", "legemiddelregister", period,
            rows.select(
                identifier_on(region, rows["person"], rows["day"]).alias("fodselsnummer"),
                as_date("day").alias("utleveringsdato"),
                pl.col("atc").alias("atckode"),
                pl.col("vnr").alias("varenummer"),
                as_number("together", 1, comma=False).alias("antall_ddd"),
                pl.col("packages").cast(pl.String).alias("antall_pakninger"),
                "fact",
            ),
            Style(";", "utf-8"), fact="fact", fact_kind="purchase",
        )  # fmt: skip
