"""Whatever is delivered and however it is split into files: an even extract covers what its rows span, and no more."""

from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from indicators.definitions.deliverers import Deliverers
from indicators.definitions.variables import Source
from indicators.delivered.coverage import coverage_of
from tests.lib.delivered import Delivered

START = date(2024, 1, 1)
HBA1C = Source("measurement", "analyte", "hba1c")
RULES = Deliverers()
days = st.integers(0, 900).map(lambda number: START + timedelta(days=number))


@settings(max_examples=25, deadline=None)
@given(
    first=days,
    length=st.integers(40, 700),
    cuts=st.lists(st.integers(1, 39), max_size=3, unique=True),
    received_after=st.integers(7, 2000),
    start=days,
    period=st.integers(1, 400),
)
def test_an_even_extract_covers_just_its_days_and_a_leeway(first, length, cuts, received_after, start, period):
    last = first + timedelta(days=length)
    world = Delivered()
    bounds = [first, *(first + timedelta(days=cut) for cut in sorted(cuts)), last + timedelta(days=1)]
    for begin, end in pairwise(bounds):
        batch = world.batch("laboratory", on=str(last + timedelta(days=received_after)))
        world.rows(batch, "measurement", str(begin), str(end - timedelta(days=1)))
    coverage = coverage_of(world.con, [HBA1C], RULES)
    leeway = timedelta(days=RULES.leeway_days)
    expected = first - leeway <= start and start + timedelta(days=period) <= last + leeway
    assert coverage.covers([HBA1C], start, start + timedelta(days=period)) is expected
