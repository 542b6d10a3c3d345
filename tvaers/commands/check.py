"""`tvaers check`: everything that ingest does, but nothing is loaded."""

import typer

from tvaers.commands.options import CoversUntilOption, FolderArgument, HomeOption, JsonOption


def check(
    folder: FolderArgument = None,
    home: HomeOption = None,
    covers_until: CoversUntilOption = None,
    as_json: JsonOption = False,
) -> None:
    """Check delivered files against their contracts and load nothing.

    Exit code 12 when a file would be refused, 11 when none would but one is not recognised.
    """
    from ingest import job
    from tvaers import audit_log, progress, screen, verdicts
    from tvaers.settings import load_settings
    from tvaers.whats_next import command

    progress.be_quiet(quiet=as_json)
    settings = load_settings(home)
    stated = covers_until.date() if covers_until else None
    source = folder or settings.extracts
    job.refuse_telling_path(settings, source)
    with audit_log.recorded(settings, "check", source.name) as doing:
        result = job.run(settings, source, load=False, covers_until=stated)
        doing.rows = sum(each.rows_in for each in result.files)
    verb = "check" if verdicts.is_all_in_vain(result) else "ingest"
    following = command(verb, source, home=settings.home)
    if as_json:
        screen.write_json(verdicts.as_document(result) | {"loaded": False, "next_step": following})
    else:
        verdicts.show(result)
        screen.say("Checked only: nothing was loaded.")
        if verb == "check":
            screen.say(verdicts.IN_VAIN)
        screen.next_step(following)
    if code := verdicts.exit_code(result):
        raise typer.Exit(code)
