"""`tvaers ingest`: from delivered files to pseudonymised, checked and linked rows."""

import typer

from tvaers.commands.options import FolderArgument, HomeOption, JsonOption
from tvaers.errors import ContractError


def ingest(folder: FolderArgument = None, home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Load delivered files into the warehouse: recognise, pseudonymise, conform, check, load.

    Running it again is safe: a file that is already loaded is recognised and left alone. A refused file does not stop
    the others; the exit code is then 12.
    """
    from ingest import job
    from tvaers import invented, progress, screen, verdicts
    from tvaers.settings import load_settings

    progress.be_quiet(quiet=as_json)
    settings = load_settings(home)
    settings = invented.keep_apart(settings, folder or settings.extracts)
    result = job.run(settings, folder or settings.extracts)
    following = f"tvaers compute --home {settings.home}"
    if as_json:
        screen.write_json(verdicts.as_document(result) | {"next_step": following})
    else:
        verdicts.show(result)
        screen.next_step(following)
    if verdicts.is_any_refused(result):
        raise typer.Exit(ContractError.exit_code)
