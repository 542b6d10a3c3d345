"""What `tvaers explain` says of one number of the release: what it is and where it comes from, for people to read."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from tvaers import screen
from tvaers.whats_next import command

if TYPE_CHECKING:
    from dashboard.content import Content
    from dashboard.wording import Wording
    from indicators.catalogue import Catalogue
    from indicators.release.lineage import Cell, FedBy, InWarehouse
    from indicators.release.register import Entry, Issue
    from packs.pack import Pack
    from tvaers.settings import Settings

_RESULTS = {
    "same": "The warehouse holds the same result today.",
    "other": "The warehouse counts it differently today: the quarter is closed and stays as it was released.",
    "none": "The warehouse holds no result of this quarter today.",
}
_MARK = 16


@dataclass(frozen=True)
class NumberOrigin:
    """A number of the release and all that is known of where it comes from.

    Attributes:
        what: Indicator, unit and period in words.
        verdict: The number in words, or that it is hidden.
        release: What the release says of itself.
        definition_now: Hash of the definition in use today.
        entry: What was noted when its quarter was released; None without the key, or when nothing was.
        issue: Which publication of the quarter it is.
        warehouse: What the warehouse says; None where there is none, or no key to open it.
        files_of_release: Where there is no warehouse: by sector and file type, how many deliveries the release names.
    """

    what: str
    verdict: str
    cell: "Cell"
    release: Mapping[str, str]
    definition_now: str
    entry: "Entry | None"
    issue: "Issue | None"
    warehouse: "InWarehouse | None"
    files_of_release: tuple[tuple[str, str, int, date], ...]

    def next_step(self, settings: "Settings") -> str:
        """Return the command that follows."""
        if self.warehouse and self.warehouse.result == "other":
            words = ("release", "--correct", str(self.cell.period_end), "--reason", "WHY")
            return command(*words, home=settings.home)
        return command("explain", self.cell.indicator_id, home=settings.home)


def find(
    settings: "Settings", indicator_id: str, unit: str | None, period: str | None, split: tuple[str, str]
) -> NumberOrigin:
    """Return where a number of the home's release comes from; the warehouse is asked where it lies beside its key.

    Raises:
        TvaersError: There is no such number, or what was noted of it was changed.
    """
    from dashboard.content import content
    from dashboard.release_reader import open_release
    from dashboard.report.folder import find_date, find_unit
    from dashboard.wording import wording
    from indicators.area import area_of
    from indicators.catalogue import load_catalogue
    from indicators.fingerprint import definitions_fingerprints
    from indicators.release.lineage import cell_of
    from packs.pack import load_pack

    found = content(open_release(settings.release.resolve()))
    words = wording("en", found.smallest_group)
    place = find_unit(found, unit, words) if unit else found.units.everybody
    asked = _period(period)
    pack = load_pack(settings.pack)
    catalogue = load_catalogue(settings.disease, pack, area=area_of(settings, pack))
    catalogue.indicator(indicator_id)
    cell = cell_of(settings.release, indicator_id, find_date(found, asked), place.level, place.unit_id, split)
    policy = dict(found.release.policy().select("key", "value").iter_rows())
    named = ("release_id", "created_on", "code_version", "pack", "disease", "is_synthetic")
    own = replace(catalogue, indicators=(catalogue.indicator(indicator_id),))
    definition = found.definitions[indicator_id]
    groups = "".join(f", {each}" for each in split if each != "all")
    whose = "everybody" if place == found.units.everybody else place.name
    without = NumberOrigin(
        what=f"{words.text(definition.title)}, {whose} ({place.key}){groups}, {cell.period_start} – {cell.period_end}",
        verdict=_verdict(cell, definition.kind, words),
        cell=cell,
        release={key: found.meta.get(key, "") for key in named} | {"policy_version": policy.get("version", "")},
        definition_now=definitions_fingerprints(own)[indicator_id],
        entry=None,
        issue=None,
        warehouse=None,
        files_of_release=_files_of_release(found, catalogue, pack, indicator_id),
    )
    return _with_what_was_noted(settings, catalogue, pack, without) if settings.key_file.is_file() else without


def show(found: NumberOrigin) -> None:
    """Print the verdict first, then what it was made from, the files last."""
    screen.say(found.what)
    screen.say(f"→ {found.verdict}")
    told = found.release
    screen.say(
        f"  Released: {told['release_id']}, with data of {told['created_on']}, protected by policy version "
        f"{told['policy_version']}" + ("; invented people" if told["is_synthetic"] == "true" else "")
    )
    if found.issue and found.issue.number > 1:
        screen.say(f"  Corrected: publication {found.issue.number} of this quarter. Reason: {found.issue.reason}")
    _show_origin(found)
    if found.warehouse is None:
        screen.say("  Files: what the release itself says; there is no warehouse with its key here.")
        headings = ("sector", "file type", "files", "newest")
        screen.show_table("", headings, found.files_of_release, numbers=("files",))
        return
    if found.warehouse.result:
        screen.say(f"  Warehouse: {_RESULTS[found.warehouse.result]}")
    if found.warehouse.is_the_one:
        screen.say("  Files: those in use when it was released, rows of everybody until the end of the period.")
    else:
        why = "the warehouse was built anew since" if found.warehouse.is_the_one is False else "nothing was noted then"
        screen.say(f"  Files: those in use today, since {why}; rows of everybody until the end of the period.")
    columns = ("no.", "file", "type", "sector", "delivered", "rows", "used for", "SHA-256")
    screen.show_table("", columns, [_row(each) for each in found.warehouse.files], numbers=("no.", "rows"))


def _with_what_was_noted(
    settings: "Settings", catalogue: "Catalogue", pack: "Pack", found: NumberOrigin
) -> NumberOrigin:
    from indicators.disclosure.policy import load_policy
    from indicators.release.lineage import entry_of, in_warehouse
    from indicators.release.register import Register
    from tvaers.keys import load_master_key
    from warehouse.connection import open_read_only

    key = load_master_key(settings)
    entries = Register(settings.register, key).of(pack.name, settings.disease)
    entry, issue = entry_of(entries, found.cell.period_end) or (None, None)
    noted = replace(found, entry=entry, issue=issue)
    if not settings.warehouse.is_file():
        return noted
    policy = load_policy(pack.folder / "disclosure.yaml")
    with open_read_only(settings.warehouse, key.subkey("encryption")) as con:
        return replace(noted, warehouse=in_warehouse(con, found.cell, entry, catalogue, pack, policy, key))


def _period(asked: str | None) -> date | None:
    from indicators.release.lineage import period_end_of

    return period_end_of(asked) if asked else None


def _verdict(cell: "Cell", kind: str, words: "Wording") -> str:
    if cell.state != "shown" or cell.value is None:
        return f"{words(f'state.{cell.state}.short')}. {words(f'state.{cell.state}.reason')}"
    value = words.share(cell.value) if kind == "proportion" else words.number(cell.value)
    if cell.numerator is None or cell.denominator is None:
        return f"{value}, as published"
    return f"{value} ({words.whole(cell.numerator)} of {words.whole(cell.denominator)}), as published"


def _show_origin(found: NumberOrigin) -> None:
    origin = found.entry.origin if found.entry else None
    then = origin.definitions.get(found.cell.indicator_id, "") if origin else ""
    line = f"  Definition: {found.cell.indicator_id}, version {found.cell.definition_version}"
    if not then:
        line += f"; its text of then was not noted, that of today has the hash {found.definition_now}"
    elif then == found.definition_now:
        line += f", hash {then}, word for word as today"
    else:
        line += f", hash {then}; it was changed since, today's hash is {found.definition_now}"
    screen.say(line)
    if origin is None:
        screen.say(f"  Computed: by tvaers {found.release['code_version']}, pack {found.release['pack']}")
        return
    made = origin.computed_with
    screen.say(
        f"  Computed: {made.get('computed_on', 'day not noted')} by tvaers {made.get('code_version', '?')}, "
        f"pack {made.get('pack', origin.pack)} (hash {made.get('pack_hash', 'not noted')}), "
        f"area {made.get('area', '?')}, who has the disease by {made.get('classifier', '?')}"
    )
    screen.say(f"  Protected: by tvaers {origin.code}, pack {origin.pack} (hash {origin.pack_hash})")


def _files_of_release(
    found: "Content", catalogue: "Catalogue", pack: "Pack", indicator_id: str
) -> tuple[tuple[str, str, int, date], ...]:
    import polars as pl

    from indicators.release.lineage import file_types_read

    told = found.release.deliveries()
    read = told.filter(pl.col("file_type").is_in(list(file_types_read(catalogue, pack, indicator_id))))
    counted = read.filter(pl.col("state") == "loaded").group_by("sector", "file_type", maintain_order=True)
    return tuple(counted.agg(pl.len(), pl.col("delivered_on").max()).rows())


def _row(file: "FedBy") -> tuple[object, ...]:
    rows = "replaced since" if file.state == "replaced" else "few" if file.rows is None else f"{file.rows:,}"
    used = ", ".join(file.used_for)
    return (
        file.batch_id,
        file.file_name,
        file.file_type,
        file.sector,
        file.delivered_on,
        rows,
        used,
        file.file_hash[:_MARK],
    )
