"""`tvaers pack`: list, check and begin country packs."""

import typer

app = typer.Typer(help="List, check and begin country packs.", no_args_is_help=True)
