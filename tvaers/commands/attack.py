"""`tvaers attack`: what somebody can work out who has release files and nothing else."""

import csv
from pathlib import Path
from typing import Annotated, Any

import typer

from tvaers.commands.options import HomeOption, JsonOption

OWN_COLUMNS = ("indicator_id", "level", "unit_id", "sex", "age_band", "numerator", "denominator", "eligible")


def attack(
    releases: Annotated[
        list[Path] | None,
        typer.Argument(help="Release files, oldest first. Default: the home's release.", exists=True, dir_okay=False),
    ] = None,
    home: HomeOption = None,
    quarters: Annotated[
        int, typer.Option("--quarters", min=1, help="How many of the newest quarters are attacked with equations.")
    ] = 1,
    most: Annotated[
        int | None,
        typer.Option("--most", min=1, help="How many hidden numbers linear programming asks for. Default: all."),
    ] = None,
    own: Annotated[
        list[Path] | None,
        typer.Option(
            "--own",
            help=f"What a unit knows of itself in the newest quarter, as CSV: {', '.join(OWN_COLUMNS)}. "
            "Given several times, the units put their numbers together.",
            exists=True,
            dir_okay=False,
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Attack releases as a stranger would, and say what was found.

    With several releases also what they tell together. Ends with exit code 15 when an attack finds something.
    """
    from attacks.suite import attack as attack_all
    from tvaers import screen
    from tvaers.errors import DisclosureError
    from tvaers.settings import load_settings

    releases = releases or [load_settings(home).release]
    verdicts = attack_all(
        releases, quarters=quarters, most=most, own=[row for path in own or () for row in _read(path)]
    )
    broken = [each for each in verdicts if each.is_broken]
    if as_json:
        rows = [{**screen.plain(each), "is_broken": each.is_broken} for each in verdicts]
        screen.write_json({"verdicts": rows, "is_broken": bool(broken)})
    else:
        columns = ["release", "attack", "tried", "not tried", "found", "verdict"]
        table = [
            [each.release, each.attack, each.tried, each.not_tried, each.found, "broken" if each.is_broken else "holds"]
            for each in verdicts
        ]
        screen.show_table("", columns, table, numbers=columns[2:5])
        for each in broken:
            screen.say(f"{each.attack}: {'; '.join(each.examples)}")
        for each in verdicts:
            if each.for_nothing:
                first = "; ".join(each.hidden_for_nothing)
                screen.say(
                    f"{each.attack}: {each.for_nothing:,} hidden numbers can be worked out and are no small group, so "
                    f"they were hidden for nothing, the first {first}."
                )
            if each.not_tried:
                first = "; ".join(each.left)
                screen.say(f"{each.attack}: no answer for {each.not_tried:,} numbers, the first {first}.")
        held = len(verdicts) - len(broken)
        screen.say(
            f"{held} of {len(verdicts)} attacks found nothing"
            + (f", {len(broken)} found something." if broken else ".")
        )
    if broken:
        raise typer.Exit(DisclosureError.exit_code)


def _read(path: Path) -> list[tuple[Any, ...]]:
    """Return the numbers of a unit.

    Raises:
        ReleaseError: A column is missing, or a number is none.
    """
    from tvaers.errors import ReleaseError

    try:
        with path.open(encoding="utf-8", newline="") as file:
            rows = [[row[name] for name in OWN_COLUMNS] for row in csv.DictReader(file)]
        return [(*row[:5], *(int(number) if number else None for number in row[5:])) for row in rows]
    except (KeyError, ValueError, TypeError):
        raise ReleaseError(
            "The unit's numbers cannot be read.",
            where=str(path),
            what_to_do=f"Give a CSV file with the columns {', '.join(OWN_COLUMNS)}.",
        ) from None
