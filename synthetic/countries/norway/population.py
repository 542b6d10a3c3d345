"""Population register, changed identity numbers, doctors' lists and practices."""

from collections.abc import Iterator

import numpy as np
import polars as pl

from synthetic.chance import Chance
from synthetic.extracts.delivery import Delivery, Style, deliver
from synthetic.extracts.wording import as_date, first_of, identifier_on, year_of
from synthetic.names import name_pools
from synthetic.truth import Region

SECTOR = "population"
SEXES = {1: "mann", 2: "kvinne"}


def write_population(region: Region, chance: Chance) -> Iterator[Delivery]:
    """Yield the four population files, each as it stands on the last day."""
    period = str(year_of(region.window.last))
    yield _addresses(region, chance, period)
    changed = np.flatnonzero(region.earlier_identifier != "")
    if len(changed):
        changes = pl.DataFrame(
            {
                "tidligere_fodselsnummer": region.earlier_identifier[changed],
                "fodselsnummer": region.identifier[changed],
                "endret_dato": region.changed_on[changed],
            }
        ).sort("endret_dato")
        yield deliver(SECTOR, "folkeregister_endring", period, changes.with_columns(as_date("endret_dato")), Style(";"))
    lists = region.registrations.with_row_index("fact").with_columns(pl.col("starts_on").clip(first_of(1973)))
    lists = lists.sort("practice", "starts_on", maintain_order=True)
    yield deliver(
        SECTOR, "fastlegeliste", period,
        lists.select(
            identifier_on(region, lists["person"], None).alias("fodselsnummer"),
            pl.Series("her_id", region.practices.code[lists["practice"].to_numpy()]).str.strip_chars_start("0"),
            as_date("starts_on").alias("liste_fra"),
            as_date("ends_on").alias("liste_til"),
            "fact",
        ),
        Style(";", "utf-8-sig"), fact="fact", fact_kind="registration",
    )  # fmt: skip
    yield _practices(region, period)


def _addresses(region: Region, chance: Chance, period: str) -> Delivery:
    draw = chance.about("names")
    names = name_pools(region.country.region["locale"])
    addresses = region.residences
    person = addresses["person"].to_numpy()
    codes = np.array([place.code for place in region.municipalities])
    full_names = names.people(draw, region.people.sex)
    rows = addresses.with_columns(
        pl.Series("foed", region.people.born[person]), pl.Series("doed", region.departures.died[person])
    ).select(
        identifier_on(region, addresses["person"], None).alias("fodselsnummer"),
        pl.Series("kjonn", region.people.sex[person]).replace_strict(SEXES, return_dtype=pl.String),
        as_date("foed").alias("fodselsdato"),
        pl.Series("navn", full_names[person]),
        pl.Series("adresse", names.addresses(draw, len(person))),
        pl.Series("kommunenummer", codes[addresses["municipality"].to_numpy()]),
        as_date("starts_on").alias("bosatt_fra"),
        as_date("ends_on").alias("bosatt_til"),
        as_date("doed").alias("dodsdato"),
    )
    return deliver(SECTOR, "folkeregister", period, rows, Style(";", "utf-8"), fact_kind="residence")


def _practices(region: Region, period: str) -> Delivery:
    practices = region.practices
    codes = np.array([place.code for place in region.municipalities])
    rows = pl.DataFrame(
        {
            "her_id": practices.code,
            "kontornavn": practices.name,
            "kommunenummer": codes[practices.municipality],
            "gyldig_fra": practices.starts_on,
            "gyldig_til": practices.ends_on,
        }
    ).sort("her_id")
    rows = rows.with_columns(pl.col("her_id").str.strip_chars_start("0"), as_date("gyldig_fra"), as_date("gyldig_til"))
    return deliver(SECTOR, "fastlegekontor", period, rows, Style(";", "utf-8"))
