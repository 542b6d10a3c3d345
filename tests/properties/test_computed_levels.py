"""What the pipeline computes from the invented extracts lies where published Danish figures do.

`tests/unit/synthetic/test_levels.py` measures the generator's own truth on a large region. Here the same figures come
out at the other end, after extracts, ingest and indicators, on the small region that every journey uses: beside the
stated tolerance stands 2.6 standard errors of a share of so few people.
"""

from math import sqrt

import pytest

from tests.conftest import TinyHome
from tvaers.keys import load_master_key
from warehouse.connection import open_read_only

STANDARD_ERRORS = 2.6
# Share and stated tolerance. Sources: a register study of Central Denmark Region (2018), the national yearly figures;
# ranges are assumptions where nothing was found, here as their middle and half their width.
PUBLISHED = {
    "hba1c_measured": (0.932, 0.03),
    "hba1c_below_53": (0.628, 0.04),
    "hba1c_75_and_above": (0.055, 0.015),
    "ldl_measured": (0.869, 0.06),
    "ldl_below_2_6": (0.717, 0.04),
    "albuminuria_examined": (0.564, 0.05),
    "eye_examined": (0.568, 0.05),
    "glucose_lowering_when_indicated": (0.931, 0.03),
    "lipid_lowering_when_indicated": (0.651, 0.05),
    "smokers": (0.15, 0.05),
    "any_complication": (0.458, 0.05),
    "retinopathy": (0.16, 0.04),
    "egfr_decline": (0.18, 0.04),
    "neuropathy": (0.115, 0.035),
    "foot_ulcer": (0.05, 0.02),
    "amputation": (0.0125, 0.01),
    "readmission_within_30_days": (0.11, 0.02),
}


@pytest.fixture(scope="module")
def computed(tiny_home: TinyHome) -> dict[str, tuple[float, int]]:
    """Value and denominator of each indicator for everybody on the last reporting date."""
    key = load_master_key(tiny_home.settings).subkey("encryption")
    with open_read_only(tiny_home.settings.warehouse, key) as con:
        rows = con.execute(
            "SELECT indicator_id, value, denominator FROM indicator.result WHERE level = 'all' AND sex = 'all' "
            "AND age_band = 'all' AND period_end = (SELECT max(period_end) FROM indicator.result)"
        ).fetchall()
    return {name: (value, denominator) for name, value, denominator in rows}


@pytest.mark.slow
@pytest.mark.parametrize("indicator", PUBLISHED)
def test_the_computed_share_is_as_published(computed: dict[str, tuple[float, int]], indicator: str) -> None:
    published, tolerance = PUBLISHED[indicator]
    share, people = computed[indicator]
    assert people >= 10
    assert share == pytest.approx(
        published, abs=tolerance + STANDARD_ERRORS * sqrt(published * (1 - published) / people)
    )


@pytest.mark.slow
def test_the_computed_median_is_as_published(computed: dict[str, tuple[float, int]]) -> None:
    assert computed["hba1c_median"][0] == pytest.approx(50, abs=3)


@pytest.mark.slow
def test_people_are_known_in_one_two_or_three_sectors_and_nobody_in_more(
    computed: dict[str, tuple[float, int]],
) -> None:
    shares = [computed[f"known_in_{number}_sector{'s' * (number != 'one')}"][0] for number in ("one", "two", "three")]
    assert 0.9 < sum(shares) <= 1
