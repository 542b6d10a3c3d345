"""A list for a treating unit: whose care is open there, said in tokens that only this unit can read."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, cast

import polars as pl

from tvaers.errors import ExtractError, WarehouseError
from tvaers.keys import load_master_key
from tvaers.settings import Settings

if TYPE_CHECKING:
    from indicators.definitions.definition import Level
    from ingest.unit_lists.letter import UnitKey

QUOTA_FILE = "unit_lists.jsonl"
# A list is as long as one of everybody who was asked about: its length would tell how many are open.
_TOKEN_BYTES, _FRAME_BYTES = 40, 200


@dataclass(frozen=True)
class Made:
    """A list that was made. How many people stand in it is for the unit alone.

    Attributes:
        unit: For which unit.
        list_id: What tells it from every other list.
        asked: About how many people the unit asked.
        ends_on: Last day on which it can be resolved.
    """

    unit: str
    list_id: str
    asked: int
    ends_on: date


def key_for(settings: Settings, unit: str) -> "UnitKey":
    """Return the key to be given to a unit.

    Raises:
        TvaersError: The home takes identifiers in clear, or the warehouse does not know the unit.
    """
    from ingest.unit_lists.at_warehouse import refuse_identifiers_in_clear, unit_key
    from warehouse.connection import open_read_only

    refuse_identifiers_in_clear(settings)
    key = load_master_key(settings)
    with open_read_only(settings.warehouse, key.subkey("encryption")) as con:
        return unit_key(con, key, unit)


def make_list(settings: Settings, request: Path, indicator: str, out: Path, *, days: int) -> Made:
    """Answer a unit's request: of the people it asked about, those who are its patients and open in an indicator.

    Args:
        settings: The home.
        request: The file that the unit wrote.
        indicator: The indicator.
        out: The file to write.
        days: For how many days the list can be resolved, today not counted.

    Raises:
        TvaersError: The request is not the unit's own or too old, the indicator asks for nothing, the indicators are
            not those of the files loaded, or the unit was made as many lists today as it may be.
    """
    from indicators.area import area_of
    from indicators.catalogue import load_catalogue
    from indicators.computed import why_outdated
    from indicators.open_cases import open_cases
    from ingest.blinded.quota import Quota
    from ingest.unit_lists.at_warehouse import LISTS_A_DAY, open_request, parts_of, refuse_identifiers_in_clear
    from ingest.unit_lists.letter import LIST, write_letter
    from packs.pack import load_pack
    from warehouse.connection import open_read_only

    refuse_identifiers_in_clear(settings)
    if out.exists():
        raise ExtractError("There is such a file already.", where=str(out), what_to_do="Name a new file.")
    today = datetime.now(tz=UTC).date()
    pack, key = load_pack(settings.pack), load_master_key(settings)
    catalogue = load_catalogue(settings.disease, pack, area=area_of(settings, pack))
    with open_read_only(settings.warehouse, key.subkey("encryption")) as con:
        unit, asked = open_request(con, settings, pack, key, request, today)
        if outdated := why_outdated(con, settings, pack):
            raise WarehouseError(outdated, where=str(settings.warehouse), what_to_do="tvaers compute")
        level, unit_id = parts_of(unit.unit)
        period_end, patients = open_cases(con, catalogue, indicator, cast("Level", level), unit_id)
    if not Quota(settings.home, unit.unit, LISTS_A_DAY, QUOTA_FILE).take(1):
        raise ExtractError(
            f"The unit was made {LISTS_A_DAY} lists today, which is as many as it may be.",
            where=unit.unit,
            what_to_do="Make the next one tomorrow (UTC).",
            reason="quota",
        )
    tokens = asked.people.filter(pl.col("patient_id").is_in(patients.implode()))["token"].sort().to_list()
    ends_on = today + timedelta(days=days)
    head = {
        "what": LIST,
        "list": asked.list_id,
        "made_on": today.isoformat(),
        "ends_on": ends_on.isoformat(),
        "indicator": indicator,
        "period_end": period_end.isoformat(),
    }
    write_letter(
        out, unit, head, {"tokens": tokens, "mark": asked.mark}, size=_FRAME_BYTES + asked.asked * _TOKEN_BYTES
    )
    return Made(unit.unit, asked.list_id, asked.asked, ends_on)
