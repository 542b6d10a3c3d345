"""The disclosure policy: one commented YAML page of a country pack, read into a frozen object."""

import json
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from tvaers.errors import DisclosureError

Level = Literal["practice", "hospital", "cluster", "municipality", "all"]

UnitLevel = Literal["practice", "hospital", "cluster", "municipality"]

Step = Literal["breakdowns_of_the_indicators", "practices_of_the_indicators", "breakdowns", "practices", "period"]


class Policy(BaseModel):
    """What may be published about groups of people.

    Attributes:
        version: Version of the signed page.
        smallest_count: Smallest number of people in a shown group (0 may be shown); never below 3.
        smallest_denominator: Smallest denominator of a shown share or rate.
        smallest_group_behind_events: Smallest number of distinct people behind a shown count of events, and behind
            those of them that are not met.
        smallest_median_group: Smallest group whose median is shown.
        smallest_median_interval_group: Smallest group whose median is shown with its interval.
        protection_width: Smallest distance between the lowest and highest value an attacker can prove for a small
            count, in people or events.
        smallest_practice: Smallest practice, in patients of the period, that is shown by itself.
        smallest_average: Fewest patients of a period per unit or group, on average over a table, with which the table
            is published; 1 publishes every table.
        rounding: Only `none` is supported: shown counts are exact.
        patient_years_step: Patient-years are shown to the nearest multiple of this, and not below it.
        rate_completeness_step: The completeness of a rate is shown to the nearest multiple of this share.
        expected_step: Expected numbers of people or events are shown to the nearest multiple of this.
        delivered_rows_step: Rows per sector and month are shown to the nearest multiple of this, and not below it.
        hidden_first: Levels in the order in which cells are given up to protect others.
        insiders: Levels whose units know their own numbers; each is kept from working out small counts of others.
        insider_pairs: How many pairs of such units, which put their numbers together, are drawn and reckoned with too.
        insider_pairs_seed: What the draw begins with; the same seed draws the same pairs.
        closes_after_days: Days from the end of a quarter until it may be released, by the day of the newest delivery.
            Once released it is closed.
        overlapping_events: Whether counts of events are told on dates whose periods have days in common (`told`), or
            only on dates whose periods have none (`left_out`).
        withheld_first: What is withheld of a period whose cells cannot be protected one by one, step by step; the last
            step is the whole period.
        reasons: Why each setting has its value, by setting and language.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    version: str
    smallest_count: int = Field(ge=3)
    smallest_denominator: int = Field(ge=3)
    smallest_group_behind_events: int = Field(ge=3)
    smallest_median_group: int = Field(ge=3)
    smallest_median_interval_group: int = Field(ge=3)
    protection_width: int = Field(ge=1)
    smallest_practice: int = Field(ge=3)
    smallest_average: int = Field(ge=1)
    rounding: Literal["none"]
    patient_years_step: int = Field(ge=10)
    rate_completeness_step: float = Field(ge=0.01, le=0.5)
    expected_step: int = Field(ge=1)
    delivered_rows_step: int = Field(ge=10)
    hidden_first: tuple[Level, ...]
    insiders: tuple[UnitLevel, ...]
    insider_pairs: int = Field(ge=0)
    insider_pairs_seed: int = Field(ge=0)
    closes_after_days: int = Field(ge=0)
    overlapping_events: Literal["left_out", "told"]
    withheld_first: tuple[Step, ...]
    reasons: dict[str, dict[str, str]] = Field(default_factory=dict, repr=False)

    @model_validator(mode="after")
    def _settings_agree(self) -> "Policy":
        if self.smallest_denominator < self.smallest_count:
            raise ValueError("smallest_denominator must not be below smallest_count")
        if self.smallest_median_interval_group < self.smallest_median_group:
            raise ValueError("smallest_median_interval_group must not be below smallest_median_group")
        if sorted(self.hidden_first) != ["all", "cluster", "hospital", "municipality", "practice"]:
            raise ValueError("hidden_first must name each level once")
        if self.withheld_first[-1:] != ("period",) or len(set(self.withheld_first)) < len(self.withheld_first):
            raise ValueError("withheld_first must name each step at most once, and end with period")
        return self

    def rows(self) -> list[dict[str, str]]:
        """Return the policy as rows of the release: key, value, and the explanation as JSON by language."""
        values = self.model_dump(exclude={"reasons"})
        return [
            {
                "key": key,
                "value": (", ".join(value) or "none") if isinstance(value, tuple) else str(value),
                "explanation": json.dumps(self.reasons.get(key, {}), ensure_ascii=False, sort_keys=True),
            }
            for key, value in values.items()
        ]


def load_policy(path: Path) -> Policy:
    """Read a policy page.

    Args:
        path: The `disclosure.yaml` of a pack.

    Raises:
        DisclosureError: The page is missing, a setting is missing or unknown, or a value is below its floor.
    """
    what_to_do = "Correct the page; the disclosure.yaml of a pack that comes along shows every setting."
    try:
        page: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
        settings = page["settings"]
        values = {key: setting["value"] for key, setting in settings.items()}
        reasons = {key: setting["reason"] for key, setting in settings.items()}
        return Policy(version=page["version"], reasons=reasons, **values)
    except FileNotFoundError:
        raise DisclosureError("The pack has no disclosure policy.", where=str(path), what_to_do=what_to_do) from None
    except ValidationError as fault:
        first = fault.errors()[0]
        setting = ".".join(str(part) for part in first["loc"])
        raise DisclosureError(
            "The disclosure policy is not valid.",
            where=f"{path}: {setting} {first['msg']}",
            how_much=f"{fault.error_count()} settings are wrong.",
            what_to_do=what_to_do,
        ) from None
    except (yaml.YAMLError, KeyError, TypeError, AttributeError) as fault:
        raise DisclosureError(
            "The disclosure policy cannot be read.", where=f"{path}: {fault}", what_to_do=what_to_do
        ) from None
