"""The signed file that says which words of the login give which role: read, checked, and read again when it changes."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from dashboard.access.logins import LONGEST_HOURS, LONGEST_PAUSE_MINUTES, Limits
from dashboard.access.roles import Role
from tvaers.errors import SettingsError

FILE = "roles.yaml"
PLACE = "{unit}"
_OTHERS_MAY_CHANGE = 0o022
_UNIT_ID = r"(?P<unit>[0-9A-Za-z]{1,40})"
_UNIT_KEY = re.compile(r"(practice|cluster|municipality|hospital)-(\{unit\}|[0-9A-Za-z]{1,40})")


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Line(_Strict):
    """One word of the login, and the role it gives."""

    value: str = Field(min_length=1)
    role: Role
    unit: str = ""

    @model_validator(mode="after")
    def _is_whole(self) -> "Line":
        if (self.role is Role.UNIT) != bool(self.unit):
            raise ValueError("a line has a unit when its role is unit, and only then")
        if self.unit and not _UNIT_KEY.fullmatch(self.unit):
            raise ValueError("a unit is written as its level, a dash and its id, such as practice-012345")
        if self.value.count(PLACE) != self.unit.count(PLACE) or self.value.count(PLACE) > 1:
            raise ValueError("{unit} stands once in the value and once in the unit, or in neither")
        return self

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """What a word of the login must be, as a whole."""
        before, place, after = self.value.partition(PLACE)
        return re.compile(re.escape(before) + (_UNIT_ID if place else "") + re.escape(after))


class RolesFile(_Strict):
    """Who is let in as what.

    Attributes:
        version: Raised at each change by whoever is responsible.
        issuer: The only provider whose word counts.
        claim: Where in the token the words stand: a name, or the names on the way to it.
        without_login: What somebody who has not logged in sees.
        roles: The first line that fits a word of the login counts.
    """

    version: int = Field(ge=1)
    approved_by: str = ""
    approved_on: date | None = None
    issuer: str = Field(min_length=1)
    claim: str | tuple[str, ...]
    hours: float = Field(default=LONGEST_HOURS, gt=0, le=LONGEST_HOURS)
    idle_minutes: float = Field(default=LONGEST_PAUSE_MINUTES, gt=0, le=LONGEST_PAUSE_MINUTES)
    without_login: Literal["nothing", "public"] = "nothing"
    roles: tuple[Line, ...]

    @property
    def is_signed(self) -> bool:
        """Whether somebody stands by it; until then it lets nobody in."""
        return bool(self.approved_by.strip()) and self.approved_on is not None

    @cached_property
    def limits(self) -> Limits:
        """How long a login holds at most."""
        return Limits(self.hours * 3600, self.idle_minutes * 60)

    def role_of(self, claims: Mapping[str, Any]) -> tuple[Role, str] | None:
        """Return the role and the unit that a token gives, or None: whoever is not named has no role."""
        if claims.get("iss") != self.issuer:
            return None
        return self.role_of_words(self._words(claims))

    def role_of_words(self, words: Sequence[str]) -> tuple[Role, str] | None:
        """Return the role and the unit that the first fitting line gives, or None."""
        for line in self.roles:
            for word in words:
                if found := line.pattern.fullmatch(word):
                    return line.role, line.unit.replace(PLACE, found.groupdict().get("unit", ""))
        return None

    def _words(self, claims: Mapping[str, Any]) -> list[str]:
        stated: Any = claims
        for name in (self.claim,) if isinstance(self.claim, str) else self.claim:
            stated = stated.get(name) if isinstance(stated, Mapping) else None
        listed = stated if isinstance(stated, list | tuple) else [stated]
        return sorted(word for word in listed if isinstance(word, str))


@dataclass(frozen=True)
class _Read:
    identity: tuple[int, int, int]
    rules: RolesFile


_read: dict[Path, _Read] = {}


def read_roles(path: Path) -> RolesFile:
    """Return the rules of a file, read anew when it was replaced.

    Raises:
        SettingsError: The file is missing, cannot be read, or says something that it must not.
    """
    try:
        stat = path.stat()
        if stat.st_mode & _OTHERS_MAY_CHANGE:
            raise SettingsError(
                "Others can change the roles file.",
                where=str(path),
                what_to_do=f"chmod go-w {path}",
            )
        identity = (stat.st_ino, stat.st_mtime_ns, stat.st_size)
        known = _read.get(path)
        if known is None or known.identity != identity:
            known = _Read(identity, RolesFile.model_validate(yaml.safe_load(path.read_text(encoding="utf-8"))))
            _read[path] = known
        return known.rules
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as fault:
        raise SettingsError(
            "The roles file is missing or cannot be read.",
            where=f"{path} ({type(fault).__name__})",
            what_to_do="tvaers access init writes one to begin with.",
        ) from None
    except ValidationError as fault:
        first = fault.errors(include_input=False, include_url=False)[0]
        raise SettingsError(
            "The roles file is not valid.",
            where=f"{path}: {'.'.join(str(part) for part in first['loc'])}: {first['msg']}",
            what_to_do="Correct the file; it says what each line means. Until then nobody is let in.",
        ) from None
