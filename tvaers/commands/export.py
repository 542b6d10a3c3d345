"""`tvaers export`: what may leave a research project."""

from pathlib import Path
from typing import Annotated

import typer

from tvaers.commands.options import HomeOption, JsonOption

app = typer.Typer(help="Say what may leave a research project.", no_args_is_help=True)

SHOWN_ROWS = 200


@app.command(short_help="Say which numbers of a table may leave")
def check(
    file: Annotated[Path, typer.Argument(help="A table of numbers, as CSV or Parquet.")],
    project: Annotated[str, typer.Option("--project", help="The project it was made in.")],
    out: Annotated[Path | None, typer.Option("--out", help="Write what may leave to this CSV or Parquet file.")] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Check a table as a release is checked: the same policy, the same rules, the same attacks.

    The column n counts the people of a row, n_… some of them, mean_… and median_… are their figures; all other columns
    make groups, and `all` stands where one is summed up. Exit code 15 when nothing may leave. The decision is recorded.
    """
    from research.door import open_project
    from research.exports.check import check_table
    from tvaers import screen
    from tvaers.whats_next import command

    outcome = check_table(open_project(project, home), file, out)
    table, decision = outcome.table, outcome.decision
    if as_json or table is None:
        verdicts = table.verdicts.to_list() if table else []
        screen.write_json({"decision": decision, "verdicts": verdicts, "recorded": outcome.recorded, "out": out})
        return
    rows = [(*row, verdict) for row, verdict in zip(table.frame.rows(), table.verdicts, strict=True)]
    screen.show_table("", (*table.frame.columns, "verdict"), rows[:SHOWN_ROWS])
    screen.say(f"{file.name} {decision.verdict}: {decision.why}.")
    screen.say(f"The decision is recorded in {outcome.recorded}")
    if out is None:
        again = command("export", "check", file, "--project", project, "--out", "FILE", home=home)
        screen.next_step(f"to get the file that may leave: {again}")
    else:
        screen.say(f"{out} may leave; {file.name} itself may not." if decision.hidden else f"{out} may leave.")
