"""`tvaers access`: who is let into the dashboard, begun, checked and tried before anybody relies on it."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tvaers.commands.options import HomeOption, JsonOption
from tvaers.errors import SettingsError

if TYPE_CHECKING:
    from dashboard.access.roles_file import RolesFile

app = typer.Typer(help="Say who is let into the dashboard, and as what.", no_args_is_help=True)

FolderOption = Annotated[
    Path | None,
    typer.Option("--access", help="Folder with roles.yaml and login.toml. Default: access/ in the home folder."),
]


def folder_of(home: Path | None, access: Path | None) -> Path:
    """Return the folder in which the roles and the login lie."""
    from tvaers.settings import load_settings

    return access.resolve() if access else load_settings(home).access


@app.command(short_help="Write a roles file and a login file to begin with")
def init(home: HomeOption = None, access: FolderOption = None, as_json: JsonOption = False) -> None:
    """Write the roles file to be signed, and the login file with a cookie secret made at random.

    A file that is there is left alone.
    """
    from dashboard.access.login_file import begin
    from tvaers import screen

    folder = folder_of(home, access)
    written = begin(folder)
    following = f"Fill in both files (docs/how-to/let_people_in.md), then: tvaers access check --access {folder}"
    if as_json:
        screen.write_json({"folder": folder, "written": written, "next_step": following})
        return
    for path in written:
        screen.say(f"Written  {path}")
    if not written:
        screen.say(f"Both files are in {folder}; nothing was changed.")
    screen.next_step(following)


@app.command(short_help="Check that both files are filled in, signed and safe")
def check(home: HomeOption = None, access: FolderOption = None, as_json: JsonOption = False) -> None:
    """Check the roles file and the login file as the dashboard does before it serves real people's numbers."""
    from tvaers import screen

    folder = folder_of(home, access)
    rules, address = signed(folder)
    told = {
        "address": address,
        "version": rules.version,
        "approved_by": rules.approved_by,
        "approved_on": rules.approved_on,
        "issuer": rules.issuer,
        "lines": len(rules.roles),
        "without_login": rules.without_login,
    }
    if as_json:
        screen.write_json(told)
        return
    screen.show_table("", ("point", "what was seen"), [(name, str(value)) for name, value in told.items()])
    screen.next_step(f"tvaers dashboard --access {folder}")


@app.command(name="try", short_help="Say which role some groups give")
def try_groups(
    groups: Annotated[list[str], typer.Argument(help="The groups of a person, as the login provider names them.")],
    home: HomeOption = None,
    access: FolderOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say which role and pages somebody with these groups is given; nobody needs to log in for it."""
    from dashboard.access.roles import Visitor
    from dashboard.access.roles_file import FILE, read_roles
    from tvaers import screen

    rules = read_roles(folder_of(home, access) / FILE)
    given = rules.role_of_words(groups)
    if given is None:
        raise SettingsError(
            "These groups give no role: whoever has them is turned away.",
            how_much=f"{len(rules.roles)} lines in the roles file, none of which fits",
            what_to_do="Add a line to the roles file, have it signed, and try again.",
        )
    visitor = Visitor(*given)
    pages = visitor.pages
    if as_json:
        screen.write_json({"role": visitor.role, "unit": visitor.unit, "pages": pages})
        return
    screen.say(f"Role   {visitor.role}" + (f" for {visitor.unit}" if visitor.unit else ""))
    screen.say(f"Pages  {', '.join(pages)}")


def signed(folder: Path) -> "tuple[RolesFile, str]":
    """Return the rules of a folder that is ready to let people in, and the address they come to.

    Raises:
        SettingsError: A file is missing, unsafe or not filled in, or nobody has signed the roles.
    """
    from dashboard.access.login_file import FILE as LOGIN
    from dashboard.access.login_file import check_login
    from dashboard.access.roles_file import FILE as ROLES
    from dashboard.access.roles_file import read_roles

    rules = read_roles(folder / ROLES)
    if not rules.is_signed:
        raise SettingsError(
            "Nobody has signed the roles file.",
            where=str(folder / ROLES),
            what_to_do="Whoever is responsible for the data fills in approved_by and approved_on.",
        )
    return rules, check_login(folder / LOGIN)
