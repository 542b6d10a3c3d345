"""How much a site may have a day: without a limit, a site could ask to have every possible identifier blinded."""

import json
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock

QUOTA_FILE = "blinded_quota.jsonl"


class Quota:
    """The record of what each site was answered, and the limit of one site.

    Args:
        folder: The home; the record lies there, one line per answer, with day, site and number.
        site: The site that asks.
        per_day: How many it may have on one day (UTC): identifiers blinded, where nothing else is said.
        record: Name of the record.
    """

    def __init__(self, folder: Path, site: str, per_day: int, record: str = QUOTA_FILE) -> None:
        self._record = folder / record
        self._lock = FileLock(folder / f"{record}.lock", mode=0o600)
        self._site, self._per_day = site, per_day

    def left(self) -> int:
        """Return how many more the site may ask for today."""
        with self._lock:
            return self._left(_today())

    def take(self, number: int) -> bool:
        """Record that the site is answered so many, and return True; False, and nothing recorded, beyond its limit."""
        with self._lock:
            today = _today()
            if number > self._left(today):
                return False
            with self._record.open("a", encoding="utf-8") as file:
                file.write(json.dumps({"day": today, "site": self._site, "number": number}) + "\n")
            return True

    def _left(self, today: str) -> int:
        if not self._record.exists():
            return self._per_day
        lines = map(json.loads, self._record.read_text(encoding="utf-8").splitlines())
        taken = sum(line["number"] for line in lines if line["day"] == today and line["site"] == self._site)
        return max(0, self._per_day - int(taken))


def _today() -> str:
    return datetime.now(tz=UTC).date().isoformat()
