"""Write the files of a region; two sectors are written at a time."""

import itertools
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from synthetic.chance import Chance
from synthetic.extracts.delivery import Delivery
from synthetic.extracts.laboratory_files import result_texts
from synthetic.extracts.primary_care_files import purchase_rows, service_rows
from synthetic.histories import Told
from synthetic.nation import Part
from synthetic.odd_files import SENT_AGAIN, OddFile, sent_again, spoil_all
from synthetic.shapes import shapes_of
from synthetic.truth import Region
from tvaers.progress import Advance

SECTORS = (
    "population",
    "hospital",
    "laboratory",
    "pharmacy",
    "insurance",
    "general_practice",
    "eye_screening",
    "municipality",
)
_AT_A_TIME = 2

# Reports of municipalities keep Python busy, tables do not: beside each other neither waits.
_BEGUN_FIRST = "municipality"

Written = tuple[list[Delivery], list[OddFile]]


def told_facts(region: Region, chance: Chance, *, messy: bool = False) -> Told:
    """Return the numbered facts that several files may tell."""
    with ThreadPoolExecutor(_AT_A_TIME) as pool:
        results = pool.submit(result_texts, region, chance, messy=messy)
        purchases = pool.submit(purchase_rows, region)
        services = pool.submit(service_rows, region, chance)
        return Told(results.result(), purchases.result(), services.result())


def deliveries(region: Region, chance: Chance, told: Told, *, only_views: bool = False) -> Iterator[Delivery]:
    """Yield all files of a region, one sector after the other."""
    return itertools.chain.from_iterable(
        shapes_of(region.country).sector_files(region, chance, told, only_views=only_views).values()
    )


def write_files(
    folder: Path,
    part: Part,
    chance: Chance,
    files: Mapping[str, Iterator[Delivery]],
    *,
    messy: bool,
    advance: Advance,
) -> Written:
    """Write all files of a part; return what is known about each.

    Args:
        folder: Where the sectors' folders are made.
        part: The part of the country.
        chance: Random numbers.
        files: Sector to its files.
        messy: Also write every known fault.
        advance: Called when a sector is done.
    """

    def write(clean: Iterator[Delivery]) -> Written:
        written: list[Delivery] = []
        odd: list[OddFile] = []
        labelled = (replace(delivery, part=part.label) for delivery in clean)
        for delivery in spoil_all(labelled, chance, odd) if messy else labelled:
            path = delivery.write(folder)
            if messy and not part.number and delivery.file_type == SENT_AGAIN and not any(one.is_copy for one in odd):
                odd.append(sent_again(path, delivery.sector))
            delivery.forget_texts()
            written.append(delivery)
        return written, odd

    begun: dict[str, Future[Written]] = {}
    with ThreadPoolExecutor(_AT_A_TIME) as pool:
        for sector in sorted(files, key=_BEGUN_FIRST.__ne__):
            begun[sector] = pool.submit(write, files[sector])
            begun[sector].add_done_callback(lambda _: advance(1))
    done = [begun[sector].result() for sector in files]
    odd = [one for _, found in done for one in found]
    for one in odd:
        one.write(folder)
    return [delivery for written, _ in done for delivery in written], odd
