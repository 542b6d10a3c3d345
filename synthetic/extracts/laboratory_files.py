"""Laboratory results in the three shapes they come in, each for its own laboratories and years, with some overlap."""

from collections.abc import Iterator

import numpy as np
import polars as pl

from synthetic.chance import Chance
from synthetic.extracts.delivery import FAULTS, WARNED, Delivery, Style, deliver
from synthetic.extracts.wording import as_date, first_of, identifier_on, spans, within, year_of
from synthetic.truth import Region

SECTOR = "laboratory"
UNKNOWN_WORD = "Hæmolyse"
"""A word that no list knows: the result is loaded without a number, and counted."""
OVERLAP_MONTHS = 6
"""The regional view repeats the last months of the national extract and goes on alone after it."""


def result_texts(region: Region, chance: Chance, *, messy: bool = False) -> pl.DataFrame:
    """Return every result with what all shapes share: code, unit, number, relation sign, word, minute, laboratory.

    Args:
        region: The invented truth.
        chance: Seed.
        messy: Also write HbA1c in percent, older and local codes, more words and signs, and estimated mean glucose.
    """
    draw = chance.about("result texts")
    results = region.care.results.with_row_index("fact").with_columns(pl.col("fact").cast(pl.Int64))
    if messy:
        results = pl.concat([results, _mean_glucose(results, draw)])
    shapes = region.country.laboratory["analytes"]
    results = results.filter(pl.col("analyte").cast(pl.String).is_in(list(shapes))).sort("day", maintain_order=True)
    count = results.height
    analyte, value = pl.col("analyte").cast(pl.String), pl.col("value")
    low, high = (analyte == "uacr") & (value < 5), (analyte == "egfr") & (value > 90)
    shared = results.with_columns(
        minute=pl.Series((7 * 60 + draw.integers(0, 66, count) * 5).astype(np.int32)),
        laboratory=pl.when("at_hospital").then(1).otherwise(pl.Series((draw.random(count) < 0.12).astype(np.int32))),
        code=analyte.replace_strict({name: row["code"] for name, row in shapes.items()}),
        unit=analyte.replace_strict({name: row["unit"] for name, row in shapes.items()}),
        decimals=analyte.replace_strict({name: row["decimals"] for name, row in shapes.items()}, return_dtype=pl.Int8),
        sign=pl.when(high).then(pl.lit(">")).when(low).then(pl.lit("<")).otherwise(pl.lit("=")),
        shown=pl.when(high).then(90.0).when(low).then(5.0).otherwise(value),
        word=pl.when(pl.Series(draw.random(count) < 0.002)).then(pl.lit("Aflyst")).otherwise(pl.lit("")),
    )
    if messy:
        shared = _messier(shared, region, draw)
    return shared.with_columns(
        number=pl.when(pl.col("decimals") == 0)
        .then(pl.col("shown").round(0).cast(pl.Int64).cast(pl.String))
        .otherwise(pl.col("shown").round(1).cast(pl.String)),
        cancelled=pl.col("word") != "",
    )


def _mean_glucose(results: pl.DataFrame, draw: np.random.Generator) -> pl.DataFrame:
    """Return estimated mean glucose, a number from the same group of codes that is no HbA1c, for a few samples."""
    hba1c = results.filter(pl.col("analyte") == "hba1c")
    some = hba1c.filter(pl.Series(draw.random(hba1c.height) < 0.01))
    return some.with_columns(
        fact=pl.lit(results.height, dtype=pl.Int64) + pl.int_range(some.height, dtype=pl.Int64),
        analyte=pl.lit("mean_glucose").cast(results.schema["analyte"]),
        value=pl.col("value") * 0.145 + 0.8,
    )


def _messier(results: pl.DataFrame, region: Region, draw: np.random.Generator) -> pl.DataFrame:
    """Vary codes, units, words and signs as laboratories did over the years."""
    count = results.height
    luck = pl.Series(draw.random(count))
    analyte = pl.col("analyte").cast(pl.String)
    hba1c = analyte == "hba1c"
    in_percent = hba1c & (pl.col("day") < region.window.first + 800) & (luck < 0.15)
    local = hba1c & (pl.col("day") > national_until(region)) & (luck < 0.10)
    old_creatinine = (analyte == "creatinine") & (luck < 0.05)
    percent = (pl.col("value") / 10.929 + 2.15).round(1)
    below = (analyte == "uacr") & (pl.col("sign") == "<")
    no_word = pl.when(below & (luck < 0.06)).then(pl.lit("negativ")).otherwise(pl.lit(""))
    word = pl.when(below & (luck < 0.04)).then(pl.lit("ikke påvist")).otherwise(no_word)
    above = hba1c & ~in_percent & (pl.col("value") > 130)
    most = (analyte == "triglyceride") & (pl.col("value") >= 12)
    writing = pl.Series(draw.random(count))
    plain = (pl.col("word") == "") & (word == "") & ~in_percent
    return results.with_columns(
        code=pl.when(in_percent).then(pl.lit("NPU03835")).when(local).then(pl.lit("AAB00093"))
        .when(old_creatinine).then(pl.lit("NPU04998")).otherwise(pl.col("code")),
        unit=pl.when(in_percent).then(pl.lit("%")).otherwise(pl.col("unit")),
        shown=pl.when(in_percent).then(percent).when(above).then(130.0).when(most).then(12.0).otherwise(pl.col("shown")),
        sign=pl.when(above).then(pl.lit(">")).when(most).then(pl.lit(">=")).otherwise(pl.col("sign")),
        decimals=pl.when(in_percent).then(1).otherwise(pl.col("decimals")),
        word=pl.when(plain & (writing < 0.003)).then(pl.lit(UNKNOWN_WORD))
        .when(pl.col("word") == "").then(word).otherwise(pl.col("word")),
        unit_behind=plain & writing.is_between(0.9, 1),
        in_millimoles=plain & (analyte == "creatinine") & writing.is_between(0.1, 0.13),
        odd_unit=plain & writing.is_between(0.2, 0.202),
        as_fraction=in_percent & (luck < 0.06),
        replaced_code=(analyte == "egfr") & (luck < 0.01),
    )  # fmt: skip


def national_until(region: Region) -> int:
    """Return the last day that the national shape covers; the regional view goes on alone after it."""
    return min(first_of(year_of(region.window.last), 1 + OVERLAP_MONTHS) - 1, region.window.last)


def write_laboratory(region: Region, results: pl.DataFrame) -> Iterator[Delivery]:
    """Yield the laboratory files of the results that `result_texts` gave.

    Laboratory 0 delivers the sign-and-number shape until the end of the fifth year, and the national shape from the
    fifth year on (that year comes twice); laboratory 1 always delivers the national shape. The regional view covers
    the last nine months of both; the national shape ends `OVERLAP_MONTHS` into them.
    """
    first, last = region.window.first, region.window.last
    changeover = first_of(max(year_of(last) - 5, year_of(first)))
    view_from = first_of(year_of(last))
    old = results.filter(pl.col("laboratory") == 0)
    for period, begin, end in spans(region, first, min(first_of(year_of(changeover) + 1) - 1, last), 2):
        yield _labka(region, within(old, "day", begin, end), period)
    national = results.filter((pl.col("laboratory") == 1) | (pl.col("day") >= changeover))
    for period, begin, end in spans(region, first, national_until(region), 1):
        rows = within(national, "day", begin, end)
        if rows.height:
            yield _national(region, rows, period)
    view = within(results, "day", view_from, last)
    if view.height:
        yield _regional_view(region, view, str(year_of(last)))


def _clock() -> pl.Expr:
    """Return the minute of the day as HH:MM."""
    hour, minute = pl.col("minute") // 60, pl.col("minute") % 60
    return pl.format("{}:{}", hour.cast(pl.String).str.zfill(2), minute.cast(pl.String).str.zfill(2))


def _labka(region: Region, rows: pl.DataFrame, period: str) -> Delivery:
    """Relation sign and number in columns of their own."""
    day = pl.col("day").cast(pl.Date).dt.to_string("%d/%m/%Y")
    practice = pl.lit("Y") + (pl.col("person") % 90).cast(pl.String).str.zfill(5)
    table = rows.filter(~pl.col("cancelled"))
    table = table.select(
        identifier_on(region, table["person"], table["day"]).alias("pnr"),
        (day + " " + _clock()).alias("realsamplecollectiontime"),
        pl.col("code").alias("ol_inver_iupac_cde"),
        pl.col("sign").alias("relationsign"),
        pl.col("number").alias("internal_reply_num"),
        pl.when("at_hospital").then(pl.lit("H66300")).otherwise(practice).alias("requisitioner"),
        "fact",
    )
    return deliver(SECTOR, "labka", period, table, Style(";", "cp1252", "upper"), fact="fact", fact_kind="result")


def _national(region: Region, rows: pl.DataFrame, period: str) -> Delivery:
    """Text value with the sign in it, and a decimal comma."""
    sign = pl.when(pl.col("sign") == "=").then(pl.lit("")).otherwise(pl.col("sign"))
    number, code, unit = pl.col("number"), pl.col("code"), pl.col("unit")
    behind, warned, faults = pl.lit(""), pl.lit(""), pl.lit("")
    if "as_fraction" in rows.columns:
        number = pl.when("in_millimoles").then((pl.col("shown") / 1000).round(3).cast(pl.String)).otherwise(number)
        unit = pl.when("in_millimoles").then(pl.lit("mmol/L")).when("odd_unit").then(pl.lit("enh.")).otherwise(unit)
        behind, warned = _behind(), _warned()
        faults = pl.when("odd_unit").then(pl.lit("unit_unknown")).otherwise(faults)
        fraction = (pl.col("shown") / 100).round(3).cast(pl.String)
        number = pl.when("as_fraction").then(fraction).otherwise(number)
        code = pl.when(code == "NPU04998").then(pl.lit("NPU4998")).otherwise(code)
        code = pl.when("replaced_code").then(pl.lit("DNK35131 (erstattet af DNK35302)")).otherwise(code)
    laboratories = region.country.laboratory["laboratories"]
    table = rows.select(
        identifier_on(region, rows["person"], rows["day"]).alias("patient_cpr"),
        as_date("day", "%Y-%m-%d").alias("samplingdate"),
        _clock().alias("samplingtime"),
        code.alias("analysiscode"),
        pl.when("cancelled")
        .then(pl.col("word"))
        .otherwise(sign + number.str.replace(".", ",", literal=True) + behind)
        .alias("value"),
        unit.alias("unit"),
        pl.when("cancelled").then(pl.lit("alphanumeric")).otherwise(pl.lit("numeric")).alias("resulttype"),
        pl.col("laboratory").replace_strict(dict(enumerate(laboratories))).alias("laboratorium_idcode"),
        pl.lit("").alias("referenceinterval_lowerlimit"),
        pl.lit("").alias("referenceinterval_upperlimit"),
        warned.alias(WARNED),
        faults.alias(FAULTS),
        "fact",
    )
    return deliver(
        SECTOR, "lab_dm_forsker", period, table, Style(";", "utf-8", "upper"), fact="fact", fact_kind="result"
    )


def _behind() -> pl.Expr:
    """Return the unit that some write behind the number as well."""
    return pl.when("unit_behind").then(pl.lit(" ") + pl.col("unit")).otherwise(pl.lit(""))


def _warned() -> pl.Expr:
    """Return the rule of the national shape that a row breaks and is loaded all the same."""
    unknown = pl.when(pl.col("word") == UNKNOWN_WORD).then(pl.lit("value_word_unknown"))
    return unknown.when("in_millimoles").then(pl.lit("unit_converted")).otherwise(pl.lit(""))


def _regional_view(region: Region, rows: pl.DataFrame, period: str) -> Delivery:
    """Text answer beside a number that is blank when the answer is a word or holds a sign."""
    plain = (pl.col("sign") == "=") & ~pl.col("cancelled")
    sign = pl.when(pl.col("sign") == "=").then(pl.lit("")).otherwise(pl.col("sign"))
    number = sign + pl.col("number").str.replace(".", ",", literal=True)
    warned = pl.lit("")
    if "unit_behind" in rows.columns:
        number = number + _behind()
        warned = pl.when(pl.col("word") == UNKNOWN_WORD).then(pl.lit("svar_word_unknown")).otherwise(pl.lit(""))
    answer = pl.when("cancelled").then(pl.col("word")).otherwise(number)
    taken = (pl.col("day").cast(pl.Int64) * 1440 + pl.col("minute")) * 60_000
    moment = "%Y-%m-%d %H:%M:%S"
    table = rows.select(
        identifier_on(region, rows["person"], rows["day"]).alias("cpr"),
        region_key(pl.col("person")).alias("dw_ek_borger"),
        pl.col("code").alias("npukode"),
        answer.alias("svar"),
        pl.when(plain).then(pl.col("number")).otherwise(pl.lit("")).alias("numerisksvar"),
        (taken + 7_200_000).cast(pl.Datetime("ms")).dt.to_string(moment).alias("datotid_sidstesvar"),
        taken.cast(pl.Datetime("ms")).dt.to_string(moment).alias("datotid_proevetagning"),
        warned.alias(WARNED),
        "fact",
    )
    return deliver(SECTOR, "for_labka", period, table, Style(",", "utf-8", "lower"), fact="fact", fact_kind="result")


def region_key(person: pl.Expr) -> pl.Expr:
    """Return the region's own key of a person."""
    return ((person.cast(pl.Int64) * 7919 + 104_729) % 99_999_989 + 100_000_000).cast(pl.String)
