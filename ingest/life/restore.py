"""Put a backup back as a new home, and destroy backups that hold people or rows that are gone since."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from ingest.life.backup import LIST, backups_in, check_backup
from ingest.life.erase import erase
from ingest.life.objections import (
    newest_file,
    newest_stays_newest,
    objections_file,
    read_objections,
    told_apart,
)
from tvaers import audit_log
from tvaers.errors import WarehouseError
from tvaers.keys import load_master_key
from tvaers.settings import Settings, load_settings


@dataclass(frozen=True)
class Restored:
    """What a restore did.

    Attributes:
        made_at: When the backup was made.
        files: How many files were put back.
        is_rewritten: Whether the warehouse was written anew without those on the list of objections, so that its
            computed tables have to be made again; so whenever anybody is on it.
    """

    made_at: str
    files: int
    is_rewritten: bool


def restore_backup(backup: Path, home: Path, objections: Path | None = None, *, only_try: bool = False) -> Restored:
    """Put a backup back as a home that is not there yet, without anybody who is on the newest list of objections.

    Nothing stands at `home` before all is checked, copied and written anew without these people.

    Args:
        backup: The backup's folder.
        home: Where to; a folder that does not exist or is empty.
        objections: The newest list of objections, when it is not the backup's.
        only_try: Do all of it beside `home`, which may be in use, and remove it again.

    Raises:
        WarehouseError: `home` is not empty, the backup is not whole, or a list of objections is not the newest one.
        SettingsError: The backup has no settings.
        SecretKeyError: The key file that its settings (or TVAERS_KEY_FILE) name is missing or unsafe.
    """
    if not only_try and home.exists() and (not home.is_dir() or any(home.iterdir())):
        raise WarehouseError(
            "The home to restore into is not empty.",
            where=str(home),
            what_to_do="Name a new folder with --home, or move what lies there away; nothing is overwritten.",
        )
    source = load_settings(backup)
    checked = check_backup(source, backup)
    if checked.faults:
        raise WarehouseError(
            "The backup is not whole, so nothing was restored.",
            where=f"{backup}: {checked.faults[0]}",
            how_much=f"{len(checked.faults)} faults",
            what_to_do="Restore another one: tvaers backup list FOLDER",
        )
    staged = home.with_name(home.name + ".restoring")
    shutil.rmtree(staged, ignore_errors=True)
    try:
        shutil.copytree(backup, staged, ignore=shutil.ignore_patterns(LIST))
        settings = source.model_copy(update={"home": staged})
        if objections:
            shutil.copyfile(objections, objections_file(settings))
        _refuse_older_list(settings)
        is_rewritten = objections_file(settings).exists()
        if is_rewritten:
            # Of an older warehouse's contacts more may be found; a home in use beside this one keeps its own list.
            with newest_stays_newest(settings):
                erase(settings)
        if not only_try:
            staged.replace(home)
    except OSError as fault:
        raise WarehouseError(
            f"The home could not be written: {fault.strerror}.",
            where=str(home),
            what_to_do="Free some space or name another folder with --home.",
        ) from None
    finally:
        shutil.rmtree(staged, ignore_errors=True)
    done = Restored(checked.made_at, checked.files, is_rewritten)
    if only_try:
        return done
    restored = source.model_copy(update={"home": home})
    length = (audit_log.head(restored) or {}).get("seq", 0)
    audit_log.record(restored, "restore", f"backup {backup.name}; the log had {length} entries before")
    return done


def destroy_backups_with_what_is_gone(settings: Settings, place: Path, *, apply: bool) -> tuple[list[str], list[str]]:
    """Return names of backups that hold people or rows gone since, and of those that stay; `apply` destroys the first.

    Raises:
        WarehouseError: No whole backup would be left.
    """
    checked = [(each, check_backup(settings, each)) for each in backups_in(place)]
    gone = [path for path, found in checked if found.holds_gone]
    stay = [path for path, found in checked if not found.holds_gone]
    if apply and gone:
        if all(found.faults for path, found in checked if path in stay):
            raise WarehouseError(
                "No whole backup would be left, so none was destroyed.",
                where=str(place),
                how_much=f"{len(gone)} hold people who were erased since",
                what_to_do=f"tvaers backup create {place}",
            )
        for path in gone:
            # First the list: a folder that is half gone is no backup.
            (path / LIST).unlink()
            shutil.rmtree(path)
    return [each.name for each in gone], [each.name for each in stay]


def _refuse_older_list(settings: Settings) -> None:
    try:
        read_objections(settings, load_master_key(settings))
    except WarehouseError:
        kind = "holds no list" if not told_apart(objections_file(settings)) else "holds an older list"
        raise WarehouseError(
            f"What is to be restored {kind} of people who objected, and would bring people back.",
            where=f"the newest one is told by {newest_file(settings)}",
            what_to_do="Name the newest list with --objections: objections.json of the home as it was last.",
        ) from None
