"""`tvaers measure`: published quality measures on test patients whose results are known."""

from pathlib import Path
from typing import Annotated

import typer

from tvaers.commands.options import JsonOption

app = typer.Typer(help="Published quality measures on test patients.", no_args_is_help=True)

DISAGREES = 1
"""Exit code when a measure finds something else than expected, or a report of what is expected was compared with
nothing; bad files end with that of an ExtractError."""


@app.callback()
def _verbs() -> None:
    pass


@app.command("check", short_help="Compare measures with the results expected of test patients")
def check_measures(
    folder: Annotated[
        Path, typer.Argument(help="Folder with test patients: FHIR R4 bundles, or folders of loose resources.")
    ],
    value_sets: Annotated[
        Path | None,
        typer.Option(
            "--value-sets",
            help="File or folder with the FHIR ValueSet resources. Default: those that lie in FOLDER.",
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Compute measures on a folder of test patients, and compare with the results that their reports expect.

    Each bundle (or folder of loose resources) holds a Patient and an expected MeasureReport; files end in .json or
    .ndjson and may be gzipped. Prints the agreement for each measure and population, and every disagreement with the
    clause that decided. Value sets are licensed: none comes along. Reasons show what the clauses saw, so use test
    patients, not real ones. Exit code 1 when something disagrees or an expected report is left out,
    11 when a file cannot be read.
    """
    from tvaers import screen
    from tvaers.errors import ExtractError
    from tvaers.measure_check import check_folder, show

    checked = check_folder(folder, value_sets)
    if as_json:
        screen.write_json(
            {
                "agrees": checked.agrees,
                "agreements": checked.agreements,
                "disagreements": checked.disagreements,
                "bad_files": checked.bad_files,
                "left_out": checked.left_out,
            }
        )
    else:
        show(checked)
    if checked.bad_files:
        raise typer.Exit(ExtractError.exit_code)
    if not checked.agrees:
        raise typer.Exit(DISAGREES)
