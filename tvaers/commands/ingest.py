"""`tvaers ingest`: from delivered files to pseudonymised, checked and linked rows."""

import typer

from tvaers.commands.options import CoversUntilOption, FolderArgument, HomeOption, JsonOption


def ingest(
    folder: FolderArgument = None,
    home: HomeOption = None,
    covers_until: CoversUntilOption = None,
    as_json: JsonOption = False,
) -> None:
    """Load delivered files into the warehouse: recognise, pseudonymise, conform, check, load.

    Running it again is safe: a file that is already loaded is recognised and left alone. A refused file does not stop
    the others. Exit code 12 when a file was refused, 11 when none was but one was not recognised.
    """
    from ingest import job
    from tvaers import audit_log, invented, progress, screen, verdicts
    from tvaers.settings import load_settings
    from tvaers.whats_next import command

    progress.be_quiet(quiet=as_json)
    settings = load_settings(home)
    source = folder or settings.extracts
    job.refuse_telling_path(settings, source)
    settings = invented.keep_apart(settings, source)
    with audit_log.recorded(settings, "ingest", source.name) as doing:
        result = job.run(settings, source, covers_until=covers_until.date() if covers_until else None)
        doing.rows = sum(each.rows_in for each in result.files)
    is_in_vain = verdicts.is_all_in_vain(result)
    following = command(*(("check", source) if is_in_vain else ("compute",)), home=settings.home)
    if as_json:
        screen.write_json(verdicts.as_document(result) | {"next_step": following})
    else:
        verdicts.show(result)
        if is_in_vain:
            screen.say(verdicts.IN_VAIN)
        screen.next_step(following)
    if code := verdicts.exit_code(result):
        raise typer.Exit(code)
