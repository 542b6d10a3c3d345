"""Options that several verbs share, declared once."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

HomeOption = Annotated[
    Path | None,
    typer.Option(
        "--home", help="Home folder with the databases and reports. Default: TVAERS_HOME, or your data folder."
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON document instead of tables.")]
FolderArgument = Annotated[
    Path | None,
    typer.Argument(help="Folder with the delivered files; subfolders are searched. Default: the home's extracts/."),
]
CoversUntilOption = Annotated[
    datetime | None,
    typer.Option(
        "--covers-until",
        formats=["%Y-%m-%d"],
        help="Last day that all these files cover completely. Default: told from their rows.",
    ),
]
SeedOption = Annotated[int, typer.Option("--seed", help="Seed: the same seed gives the same region.")]
InhabitantsOption = Annotated[
    int | None,
    typer.Option("--inhabitants", min=200, help="Inhabitants of the region. Default: as many as live there."),
]
YearsOption = Annotated[int, typer.Option("--years", min=2, max=20, help="Years of history.")]
MessyOption = Annotated[
    bool, typer.Option("--messy", help="Add every fault that real deliveries have, at known rates.")
]
NationalOption = Annotated[
    bool, typer.Option("--national", help="A whole country: about 300,000 people with diabetes. Takes minutes.")
]
