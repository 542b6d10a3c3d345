"""Population register, changed identifiers, practice lists and the practice register."""

from collections.abc import Iterator

import numpy as np
import polars as pl

from synthetic.chance import Chance
from synthetic.extracts.delivery import Delivery, Style, deliver
from synthetic.extracts.wording import as_date, first_of, identifier_on, year_of
from synthetic.names import name_pools
from synthetic.truth import Region

SECTOR = "population"


def write_population(region: Region, chance: Chance) -> Iterator[Delivery]:
    """Yield the four population files, each as it stands on the last day."""
    period = str(year_of(region.window.last))
    yield _address_register(region, chance, period)
    changed = np.flatnonzero(region.earlier_identifier != "")
    if len(changed):
        changes = pl.DataFrame(
            {
                "pnr_gammel": region.earlier_identifier[changed],
                "pnr_ny": region.identifier[changed],
                "skift_dato": region.changed_on[changed],
            }
        ).sort("skift_dato")
        yield deliver(SECTOR, "cpr_skift", period, changes.with_columns(as_date("skift_dato")), Style(","))
    lists = region.registrations.with_row_index("fact").with_columns(pl.col("starts_on").clip(first_of(1973)))
    lists = lists.sort("practice", "starts_on", maintain_order=True)
    yield deliver(
        SECTOR,
        "praksis_tilknytning",
        period,
        lists.select(
            identifier_on(region, lists["person"], None).alias("pnr"),
            pl.Series("ydernr", region.practices.code[lists["practice"].to_numpy()]),
            as_date("starts_on", "%d-%m-%Y").alias("tilknyttet_fra"),
            as_date("ends_on", "%d-%m-%Y").alias("tilknyttet_til"),
            "fact",
        ),
        Style(";", "utf-8-sig", "upper"),
        fact="fact",
        fact_kind="registration",
    )
    yield _practice_register(region, period)


def _address_register(region: Region, chance: Chance, period: str) -> Delivery:
    draw = chance.about("names")
    names = name_pools(region.country.region["locale"])
    addresses = region.residences
    person = addresses["person"].to_numpy()
    codes = np.array([place.code for place in region.municipalities])
    full_names = names.people(draw, region.people.sex)
    rows = addresses.with_columns(
        pl.Series("foed", region.people.born[person]), pl.Series("doed", region.departures.died[person])
    ).select(
        identifier_on(region, addresses["person"], None).alias("pnr"),
        pl.Series("koen", region.people.sex[person]).cast(pl.String),
        as_date("foed", "%d-%m-%Y").alias("foed_dato"),
        pl.Series("navn", full_names[person]),
        pl.Series("adresse", names.addresses(draw, len(person))),
        pl.Series("kom", codes[addresses["municipality"].to_numpy()]),
        as_date("starts_on", "%d-%m-%Y").alias("bop_vfra"),
        as_date("ends_on", "%d-%m-%Y").alias("bop_vtil"),
        as_date("doed", "%d-%m-%Y").alias("doed_dato"),
    )
    return deliver(SECTOR, "bef", period, rows, Style(";", "cp1252", "upper"), fact_kind="residence")


def _practice_register(region: Region, period: str) -> Delivery:
    practices = region.practices
    codes = np.array([place.code for place in region.municipalities])
    rows = pl.DataFrame(
        {
            "ydernr": practices.code,
            "praksisnavn": practices.name,
            "klynge_id": practices.cluster,
            "klyngenavn": practices.cluster_name,
            "kommunekode": codes[practices.municipality],
            "gyldig_fra": practices.starts_on,
            "gyldig_til": practices.ends_on,
        }
    ).sort("ydernr")
    rows = rows.with_columns(as_date("gyldig_fra"), as_date("gyldig_til"))
    return deliver(SECTOR, "yderregister", period, rows, Style(";", "cp1252", "title"))
