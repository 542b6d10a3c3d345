"""Practices with similar patients: who they are, and what they reach together."""

from pathlib import Path

import polars as pl
import pytest

from dashboard.catalogue import Definition
from dashboard.presenters.alike import FEWEST_SHARED, FEWEST_SHOWN, MOST, alike, pooled
from dashboard.wording import wording
from tests.dashboard.conftest import LANGUAGES
from tests.dashboard.test_screens import opened, text

ASKED = [f"indicator_{number}" for number in range(FEWEST_SHARED)]
SIZE = 100


def practices(shares: dict[str, float], state: str = "shown", asked: list[str] = ASKED) -> pl.DataFrame:
    rows = [(key, unit, state, round(share * SIZE), SIZE) for key in asked for unit, share in shares.items()]
    columns = ["indicator_id", "unit_id", "state", "numerator", "denominator"]
    return pl.DataFrame(rows, columns, orient="row").with_columns(patient_years=pl.lit(None, pl.Float64))


def expected(shares: dict[str, float], state: str = "shown", asked: list[str] = ASKED) -> pl.DataFrame:
    rows = [(key, unit, state, share * SIZE) for key in asked for unit, share in shares.items()]
    return pl.DataFrame(rows, ["indicator_id", "unit_id", "state", "expected"], orient="row")


@pytest.mark.parametrize(
    ("others", "found"),
    [
        ({"near": 0.52, "far": 0.9, "nearest": 0.49}, ["nearest", "near", "far"]),
        ({"near_by_name": 0.6, "far": 0.2}, ["near_by_name", "far"]),
        ({"none": 0.5, "one": 0.9}, ["one"]),
        ({f"p{n:02}": 0.5 + n / 100 for n in range(1, 20)}, [f"p{n:02}" for n in range(1, MOST + 1)]),
    ],
    ids=["the likest first", "whatever their names", "people without a practice are none", "no more than eight"],
)
def test_the_likest_are_those_of_whom_much_the_same_is_expected(others: dict[str, float], found: list[str]) -> None:
    shares = {"own": 0.5, **others}
    assert alike("own", practices(dict.fromkeys(shares, 0.7)), expected(shares)) == found


def test_too_few_indicators_in_common_tell_nothing() -> None:
    shares = {"own": 0.5, "other": 0.6}
    for seen, asked in ((practices(shares), ASKED[1:]), (practices(shares, "suppressed"), ASKED)):
        assert alike("own", seen, expected(shares, asked=asked)) == []
    assert alike("own", practices(shares), expected(shares, "suppressed")) == []
    assert alike("unknown", practices(shares), expected(shares)) == []


def test_together_they_are_all_who_meet_it_of_all_who_are_counted(definitions: dict[str, Definition]) -> None:
    share, median = "hba1c_measured", "hba1c_median"
    units = {"a": 0.5, "b": 0.6, "c": 0.7, "d": 0.1}
    seen = practices(units, asked=[share, median])
    found = pooled(seen, ["a", "b", "c"], definitions)
    assert set(found) == {share}
    assert (found[share].value, found[share].numerator, found[share].denominator) == (pytest.approx(0.6), 180, 300)
    assert not pooled(seen, ["a", "b", "c"][: FEWEST_SHOWN - 1], definitions)
    assert not pooled(practices(units, "suppressed", [share]), ["a", "b", "c"], definitions)


def test_a_rate_is_that_of_all_patient_years_together(definitions: dict[str, Definition]) -> None:
    rate = "new_foot_ulcers"
    seen = practices({"a": 0.1, "b": 0.2, "c": 0.3}, asked=[rate]).with_columns(
        patient_years=pl.lit(200.0), denominator=pl.lit(None, pl.Int64)
    )
    assert pooled(seen, ["a", "b", "c"], definitions)[rate].value == pytest.approx(1000 * 60 / 600)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_of_a_practice_names_them_beside_its_own_numbers(
    release_path: Path, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    monkeypatch.setenv("TVAERS_RELEASE", str(release_path))
    # The small release has few indicators of which something is expected.
    monkeypatch.setattr("dashboard.presenters.alike.FEWEST_SHARED", 2)
    at, words = opened("practice", lang=language, unit="practice-057013"), wording(language)
    assert not at.error
    assert words("practice.alike_note", names="").split(":")[0] in text(at)
    assert words.count("practice.alike", MOST) in text(at)
    assert words.count("practice.alike", MOST) in str(at.get("plotly_chart")[0].proto)
