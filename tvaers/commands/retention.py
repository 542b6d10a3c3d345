"""`tvaers retention`: what is kept no longer by the country's rules, shown first, and let go when it is asked for."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from tvaers.commands.options import HomeOption, JsonOption

if TYPE_CHECKING:
    from ingest.life.retention import Due
    from tvaers.settings import Settings

_COLUMNS = ("table", "kept", "goes before", "rows", "oldest", "ground")


def retention(
    home: HomeOption = None,
    apply: Annotated[bool, typer.Option("--apply", help="Let it go. Without it, only say what would go.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Show which rows are kept no longer by the country's rules, and which results need them; --apply lets them go.

    The warehouse is then written into a fresh file without them. What was published stays; backups from before hold
    these rows until they are destroyed.
    """
    from datetime import UTC, datetime

    from ingest.life.retention import let_go, what_is_due
    from tvaers import audit_log, progress, screen
    from tvaers.settings import load_settings
    from tvaers.whats_next import command

    progress.be_quiet(quiet=as_json)
    settings = load_settings(home)
    today = datetime.now(tz=UTC).date()
    due = what_is_due(settings, today)
    losing = _losing(settings, due)
    if apply and any(each.rows for each in due):
        with audit_log.recorded(settings, "retention", ", ".join(each.rule.table for each in due if each.rows)):
            due = let_go(settings, today)
    rows = sum(each.rows for each in due)
    words = ("compute",) if apply and rows else ("retention", "--apply") if rows else ("doctor",)
    following = command(*words, home=settings.home)
    if as_json:
        screen.write_json({"gone" if apply else "would_go": due, "losing": losing, "next_step": following})
        return
    screen.say(f"{rows:,} rows {'are gone: the warehouse was written into a fresh file' if apply else 'would go'}.")
    screen.show_table("", _COLUMNS, [_row(each) for each in due], numbers=("rows",))
    if not due:
        screen.say("The country's pack has no rule that holds today (retention.yaml): everything is kept.")
    for period_end, indicators in losing.items():
        screen.say(f"{period_end}: {len(indicators)} indicators look at days before that: {', '.join(indicators)}")
    if apply and rows:
        screen.say("Backups from before still hold these rows (tvaers backup prune FOLDER), and so do delivered files.")
    screen.next_step(following)


def _row(due: "Due") -> tuple[object, ...]:
    ground = due.rule.ground if due.rule.is_verified else f"(unverified) {due.rule.ground}"
    return due.rule.table, f"{due.rule.keep_years} years", due.keeps_from, due.rows, due.oldest, ground


def _losing(settings: "Settings", due: "Sequence[Due]") -> dict[str, tuple[str, ...]]:
    """Return by computed quarter the indicators whose period, look-back included, begins before what is kept."""
    from indicators.area import area_of
    from indicators.catalogue import load_catalogue
    from indicators.dialect import tables_beginning_with
    from packs.pack import load_pack
    from tvaers.keys import load_master_key
    from warehouse.connection import open_read_only

    pack = load_pack(settings.pack)
    catalogue = load_catalogue(settings.disease, pack, area=area_of(settings, pack))
    with open_read_only(settings.warehouse, load_master_key(settings).subkey("encryption")) as con:
        if "result" not in tables_beginning_with(con, "result"):
            return {}
        ends = con.execute("SELECT DISTINCT period_end FROM indicator.result ORDER BY 1").fetchall()
    keeps_from = {each.rule.table: each.keeps_from for each in due if each.rows}
    found = {
        str(end): tuple(
            each.id
            for each in catalogue.indicators
            if any(
                catalogue.needed_from(each, end) < keeps_from[source.table]
                for source in catalogue.sources_of(each)
                if source.table in keeps_from
            )
        )
        for (end,) in ends
    }
    return {end: indicators for end, indicators in found.items() if indicators}
