"""`tvaers check`: everything that ingest does, but nothing is loaded."""

import typer

from tvaers.commands.options import FolderArgument, HomeOption, JsonOption
from tvaers.errors import ContractError


def check(folder: FolderArgument = None, home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Check delivered files against their contracts and load nothing.

    Exit code 12 when a file would be refused.
    """
    from ingest import job
    from tvaers import progress, screen, verdicts
    from tvaers.settings import load_settings

    progress.be_quiet(quiet=as_json)
    settings = load_settings(home)
    result = job.run(settings, folder or settings.extracts, load=False)
    following = f"tvaers ingest {folder or settings.extracts} --home {settings.home}"
    if as_json:
        screen.write_json(verdicts.as_document(result) | {"loaded": False, "next_step": following})
    else:
        verdicts.show(result)
        screen.say("Checked only: nothing was loaded.")
        screen.next_step(following)
    if verdicts.is_any_refused(result):
        raise typer.Exit(ContractError.exit_code)
