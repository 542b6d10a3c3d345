"""Whole files that go wrong: sent again, corrected, cut short, empty, of another kind, or with every row invalid."""

import gzip
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import polars as pl

from synthetic.chance import Chance
from synthetic.extracts.delivery import CONTACT, FAULTS, Delivery, Style
from synthetic.known_counts import FileAnswer
from synthetic.messy import spoil

SENT_AGAIN = "lab_dm_forsker"
CORRECTED = "oejenscreening"
SUFFIX = "_v2"


@dataclass(frozen=True)
class OddFile:
    """A file that is no delivery: its bytes and what must become of it."""

    content: bytes
    answer: FileAnswer

    @property
    def is_copy(self) -> bool:
        """A file that was sent before."""
        return self.answer.state == "already_loaded"

    def write(self, folder: Path) -> Path:
        """Write the file below its sector's folder and return its path."""
        path = folder / self.answer.sector / self.answer.file_name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(self.content)
        return path


def with_correction(delivery: Delivery, chance: Chance) -> Sequence[Delivery]:
    """Return a first delivery that lacks its last rows and has faults, and the corrected one that replaces it."""
    draw = chance.about("corrected delivery")
    count = delivery.rows.height
    kept = delivery.rows.head(count - count // 8)
    wrong = pl.Series(draw.random(kept.height) < 0.02) & (kept[FAULTS] == "")
    first = replace(
        delivery,
        rows=kept.with_columns(
            pl.when(wrong).then(pl.lit("mikroskop")).otherwise(pl.col("metode")).alias("metode"),
            pl.when(wrong).then(pl.lit("metode_not_allowed")).otherwise(pl.col(FAULTS)).alias(FAULTS),
        ),
    )
    return first, replace(delivery, suffix=SUFFIX, replaces=first.file_name)


def sent_again(path: Path, sector: str) -> OddFile:
    """Return a copy of a delivered file under another name."""
    name = path.name.replace(".", "_genfremsendt.", 1)
    return OddFile(path.read_bytes(), FileAnswer(name, None, sector, "already_loaded"))


def odd_files(example: Delivery, chance: Chance) -> Iterator[OddFile]:
    """Yield files that must be refused or not recognised.

    Args:
        example: A clean delivery of general-practice measurements, for rows that look real.
        chance: Seed.
    """
    draw = chance.about("odd files")

    def refused(file_name: str, sector: str, content: bytes) -> OddFile:
        return OddFile(content, FileAnswer(file_name, None, sector, "refused"))

    rows = example.rows.head(400).select(example.columns)
    text = rows.write_csv(separator=";")
    lacking = rows.drop("kode").write_csv(separator=";")
    compressed = gzip.compress(text.encode(), mtime=0)
    yield refused("lab_dm_forsker_2015.csv.gz", "laboratory", compressed[: len(compressed) * 3 // 5])
    yield refused("praksis_maalinger_2014.csv", "general_practice", lacking.encode())
    yield refused("for_labka_2015.csv", "laboratory", b"")
    yield refused(
        "labka_2015.csv",
        "laboratory",
        b"PNR;REALSAMPLECOLLECTIONTIME;OL_INVER_IUPAC_CDE;RELATIONSIGN;INTERNAL_REPLY_NUM;REQUISITIONER\n",
    )
    yield refused("kommune_maalinger_2015.csv", "municipality", bytes(draw.integers(0, 256, 3000, dtype=np.uint8)))
    rota = "dato;navn;vagt\n" + "".join(f"{day:02d}-10-2026;Vagthold {day % 4};aften\n" for day in range(1, 29))
    yield OddFile(rota.encode(), FileAnswer("vagtplan_2026.csv", None, "municipality", "unrecognised"))


def all_invalid(example: Delivery) -> Delivery:
    """Return measurements of which every identifier lacks its first two digits: refused whole."""
    rows = example.rows.head(300).with_columns(
        pl.col("cpr").str.replace_all("-", "").str.slice(2), pl.lit("identifier_broken").alias(FAULTS)
    )
    return replace(example, rows=rows, period="2015", fact_kind="invalid", malformed=(), style=Style(";"))


def unlinkable(procedures: Delivery) -> Delivery:
    """Return procedures without any contact key, as research machines deliver them: refused whole."""
    rows = procedures.rows.head(200).with_columns(
        pl.lit("").alias("dw_ek_kontakt"), pl.lit("dw_ek_kontakt_missing").alias(FAULTS)
    )
    rows = rows.drop(CONTACT)
    return replace(procedures, rows=rows, period="2015", fact_kind="unlinkable")


def spoil_all(clean: Iterable[Delivery], chance: Chance, odd: list[OddFile]) -> Iterator[Delivery]:
    """Yield deliveries with every known fault, and whole files that must be refused; collect odd files in `odd`.

    Of a country written in parts, only the first has whole files that go wrong.
    """
    if chance.part:
        yield from (spoil(delivery, chance) for delivery in clean)
        return
    done: set[str] = set()
    for delivery in clean:
        spoiled = spoil(delivery, chance)
        is_first = delivery.file_type not in done
        done.add(delivery.file_type)
        if delivery.file_type == CORRECTED and is_first:
            yield from with_correction(spoiled, chance)
            continue
        yield spoiled
        if delivery.file_type == "praksis_maalinger" and is_first:
            odd.extend(odd_files(delivery, chance))
            yield all_invalid(delivery)
        if delivery.file_type == "procedurer_kirurgi" and is_first:
            yield unlinkable(delivery)
