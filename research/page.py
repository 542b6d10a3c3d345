"""A project's page: who asks, what for, until when, and what they get; a data controller reads and signs it."""

import hashlib
import json
import re
from datetime import date
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from research.columns import all_columns, askable
from tvaers.errors import DefinitionError

ID = re.compile(r"[a-z][a-z0-9-]{2,39}")
LONGEST_YEARS = 5

HEAD = """\
# A research project. The data controller reads this page, corrects it, and approves it with
#     tvaers project approve {project} --by "Name, role"
# Only what is listed below is copied, changed as said, into a database of the project's own. After any change of this
# page the project is closed until it is approved again.
"""
WORDS = {
    "owner": "Who answers for the project: name and organisation.",
    "purpose": "What the data are used for, and nothing else.",
    "expires_on": "The last day on which the project can be opened.",
    "people": "classified: people in whom the definition in use finds the disease. everybody: all in the warehouse.",
    "dates": "shifted: all days of a person moved by the same secret 1 to 182 days: intervals are right, and seasons\n"
    "# are wrong. month: the true month. days_since_index: days since the disease began.",
    "smallest_group": "A code, or an area with sex and birth band, that fewer people have is made coarser.",
    "smallest_municipality": "Municipalities with fewer inhabitants in the warehouse count as their region.",
    "regions": "Which municipality codes form a region, by name; codes that are in none are `elsewhere`.",
    "tables": "Tables of the warehouse and the columns wanted. Person pseudonyms come by themselves.",
}


class ProjectPage(BaseModel):
    """What a project may see.

    Attributes:
        project: Its id: small letters, digits and hyphens.
        owner: Who answers for it.
        purpose: What the data are used for.
        expires_on: The last day on which it can be opened.
        people: Whose rows it has.
        dates: What days become, the same everywhere, since two forms of one day would tell the shift.
        smallest_group: Fewest people behind a code or an area.
        smallest_municipality: Fewest inhabitants of a municipality that is named.
        regions: Municipality codes by region.
        tables: Columns by table.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    project: str
    owner: str = Field(min_length=3)
    purpose: str = Field(min_length=10)
    expires_on: date
    people: Literal["classified", "everybody"] = "classified"
    dates: Literal["shifted", "month", "days_since_index"] = "shifted"
    smallest_group: int = Field(default=10, ge=5)
    smallest_municipality: int = Field(default=5_000, ge=0)
    regions: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    tables: dict[str, tuple[str, ...]] = Field(min_length=1)

    @field_validator("project")
    @classmethod
    def _is_id(cls, value: str) -> str:
        if not ID.fullmatch(value):
            raise ValueError("3 to 40 small letters, digits and hyphens, beginning with a letter")
        return value

    @model_validator(mode="after")
    def _columns_can_be_asked_for(self) -> "ProjectPage":
        for table, columns in self.tables.items():
            if table not in all_columns():
                raise ValueError(f"tables: there is no {table!r}; there are {', '.join(sorted(all_columns()))}")
            strange = [name for name in columns if name not in askable(table)]
            if strange:
                raise ValueError(f"tables.{table}: {strange[0]!r} is none of {', '.join(askable(table))}")
        if self.people == "everybody" and self.dates == "days_since_index":
            raise ValueError("dates: days_since_index needs people: classified, since others have no index date")
        return self

    @property
    def fingerprint(self) -> str:
        """What tells this page from every other: SHA-256 of its content."""
        content = json.dumps(self.model_dump(mode="json"), sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(content.encode()).hexdigest()

    def written(self) -> str:
        """Return the page as it is read and signed: every setting with its explanation."""
        lines = [HEAD.format(project=self.project)]
        for key, value in self.model_dump(mode="json").items():
            lines += [f"# {WORDS[key]}"] if key in WORDS else []
            lines.append(yaml.safe_dump({key: value}, sort_keys=False, allow_unicode=True, width=110))
        return "\n".join(lines)


def read_page(path: Path) -> ProjectPage:
    """Return a project's page.

    Raises:
        DefinitionError: The page is missing or written wrongly.
    """
    try:
        return ProjectPage.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        raise DefinitionError("There is no such project.", where=str(path), what_to_do="tvaers project list") from None
    except ValidationError as fault:
        first = fault.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise DefinitionError(
            "The project's page is written wrongly.",
            where=f"{path}: {f'{where}: ' if where else ''}{first['msg'].removeprefix('Value error, ')}",
            what_to_do="Correct the page, then approve the project again.",
        ) from None
    except (yaml.YAMLError, UnicodeDecodeError) as fault:
        raise DefinitionError(
            "The project's page is no YAML.", where=f"{path}: {str(fault).splitlines()[0]}", what_to_do="Correct it."
        ) from None
