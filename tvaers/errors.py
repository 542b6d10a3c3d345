"""Expected faults, in families. Each has its own exit code and tells what, where, how much and what to do.

An error text never holds a value from a patient's row, and an expected fault never shows a traceback.
"""


class TvaersError(Exception):
    """A fault that a user can do something about.

    Args:
        what: One sentence saying what happened.
        where: The file, table, column or definition concerned.
        how_much: How many rows, files or cells are affected.
        what_to_do: The next step, preferably a command.
        reason: A short name of what happened, for the run log.
    """

    exit_code = 1
    family = "TvaersError"

    def __init__(
        self, what: str, *, where: str = "", how_much: str = "", what_to_do: str = "", reason: str = ""
    ) -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.how_much = how_much
        self.what_to_do = what_to_do
        self.reason = reason

    def __str__(self) -> str:
        lines = [f"{self.family}: {self.what}"]
        lines += [f"  {part}" for part in (self.where, self.how_much) if part]
        if self.what_to_do:
            lines.append(f"  What to do: {self.what_to_do}")
        return "\n".join(lines)

    def as_dict(self) -> dict[str, str | int]:
        """Return the fault for `--json` output."""
        return {
            "error": self.family,
            "exit_code": self.exit_code,
            "what": self.what,
            "where": self.where,
            "how_much": self.how_much,
            "what_to_do": self.what_to_do,
        }


class SettingsError(TvaersError):
    """The home folder or a setting is missing or wrong."""

    exit_code, family = 10, "SettingsError"


class ExtractError(TvaersError):
    """A delivered file is missing or cannot be read."""

    exit_code, family = 11, "ExtractError"


class ContractError(TvaersError):
    """Delivered data break their contract, or a contract is written wrongly."""

    exit_code, family = 12, "ContractError"


class DefinitionError(TvaersError):
    """An indicator, variable, parameter or pack is unknown or written wrongly."""

    exit_code, family = 13, "DefinitionError"


class WarehouseError(TvaersError):
    """The warehouse is missing, busy, corrupt, from another version, or not safely encrypted."""

    exit_code, family = 14, "WarehouseError"


class DisclosureError(TvaersError):
    """A release was refused because it could reveal something about a person."""

    exit_code, family = 15, "DisclosureError"


class SecretKeyError(TvaersError):
    """The secret key is missing, readable by others, too short, in the wrong place, or not the one in use."""

    exit_code, family = 16, "SecretKeyError"


class ReleaseError(TvaersError):
    """The release is missing or was written by another version."""

    exit_code, family = 17, "ReleaseError"
