"""What ingesting and computing an invented region's extracts must give, collected part by part."""

import gc
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import Any

import polars as pl

from synthetic.chance import Chance, Window
from synthetic.extracts.delivery import Delivery
from synthetic.histories import EPOCH, Told, known_diabetes
from synthetic.known_counts import FileAnswer, Ledger, in_loading_order
from synthetic.known_diabetes import Verdict
from synthetic.known_indicators.values import Loaded, known_values, partial_values, quarter_ends, said_of_values
from synthetic.odd_files import OddFile
from synthetic.truth import Region
from tvaers.progress import track

FOLDER = "known_answers"


class KnownAnswers:
    """The answers of a region, or of a country part by part.

    Args:
        window: Days that the extracts cover.
        with_values: Also work out the indicators, one person at a time.
    """

    def __init__(self, window: Window, *, with_values: bool) -> None:
        self._begin = EPOCH + timedelta(days=window.first)
        self._dates = quarter_ends(EPOCH + timedelta(days=window.last)) if with_values else []
        self._files: list[FileAnswer] = []
        self._diabetes: dict[str, dict[str, Any]] = {}
        self._parts: list[pl.DataFrame] = []

    def add(
        self,
        region: Region,
        chance: Chance,
        told: Told,
        written: Sequence[Delivery],
        odd: Sequence[OddFile],
        place: str = "",
    ) -> None:
        """Take the files of one part; `place` names it in the progress shown."""
        ledger = Ledger()
        with track(f"Working out what the files must give{place}"), _without_garbage_collection():
            order = region.country.region["loading_order"]
            self._files += [ledger.enter(one) for one in in_loading_order(written, order)]
            self._files += [one.answer for one in odd]
            verdicts = dict(known_diabetes(region, told, ledger))
            self._diabetes |= _by_identifier(region, verdicts)
        if self._dates:
            loaded = Loaded(region, chance, told, written, ledger, verdicts)
            with track(f"Working out the indicators one person at a time{place}"), _without_garbage_collection():
                self._parts += partial_values(loaded, self._dates)

    def write(self, folder: Path) -> None:
        """Write the answers below the folder of the extracts."""
        target = folder / FOLDER
        target.mkdir(parents=True, exist_ok=True)
        _write_json(target / "files.json", [asdict(answer) for answer in self._files])
        _write_json(target / "diabetes.json", self._diabetes)
        if self._dates:
            known_values(self._parts, self._begin).write_csv(target / "indicators.csv")
            _write_json(target / "indicators.json", said_of_values(self._dates))


def _by_identifier(region: Region, verdicts: Mapping[int, Verdict]) -> dict[str, dict[str, Any]]:
    """Return type and inclusion date by identifier of everybody whom the loaded facts show to have diabetes."""
    return {
        str(region.identifier[person]): {
            "type": verdict.diabetes_type,
            "since_on": verdict.since_on.isoformat(),
            "is_stable": verdict.is_stable,
        }
        for person, verdict in verdicts.items()
    }


@contextmanager
def _without_garbage_collection() -> Iterator[None]:
    """Spare millions of short-lived records the search for cycles; they hold none."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _write_json(path: Path, content: Any) -> None:
    path.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
