"""Invariants of the invented region's parts."""

from datetime import date, timedelta

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from synthetic.chance import Chance, day_number, repeated_days, to_weekday
from synthetic.identifiers import has_check_digit, make_identifiers
from synthetic.known_diabetes import Diagnosis, HbA1c, History, Purchase, classify

DAYS = st.dates(date(2015, 1, 1), date(2026, 9, 30))


@given(
    born=st.lists(st.dates(date(1901, 1, 1), date(2036, 12, 31)), min_size=1, max_size=60),
    seed=st.integers(0, 1000),
)
def test_identifiers_are_distinct_and_tell_birth_and_sex(born: list[date], seed: int) -> None:
    days = np.array([day_number(day) for day in born], dtype=np.int32)
    sex = np.array([1 + index % 2 for index in range(len(born))], dtype=np.int8)
    made = make_identifiers(Chance(seed), days, sex)
    assert len(set(made.tolist())) == len(born)
    assert [text[:6] for text in made] == [f"{day:%d%m%y}" for day in born]
    assert [int(text[-1]) % 2 for text in made] == [int(one) % 2 for one in sex]
    ordinary = np.array([(day.month, day.day) != (1, 1) for day in born])
    assert has_check_digit(made[ordinary]).all() if ordinary.any() else True


@given(
    spans=st.lists(st.tuples(st.integers(0, 4000), st.integers(0, 2000)), min_size=1, max_size=30),
    interval=st.floats(12, 800),
    seed=st.integers(0, 1000),
)
def test_repeated_events_stay_in_their_span_and_never_fall_twice_on_a_day(
    spans: list[tuple[int, int]], interval: float, seed: int
) -> None:
    first = np.array([start for start, _ in spans], dtype=np.int64)
    last = first + np.array([length for _, length in spans], dtype=np.int64)
    rows, days = repeated_days(np.random.default_rng(seed), first, last, np.full(len(spans), interval))
    assert (days >= first[rows]).all()
    assert (days <= last[rows]).all()
    assert len(set(zip(rows.tolist(), days.tolist(), strict=True))) == len(days)
    moved = to_weekday(days, last[rows])
    assert (moved <= last[rows]).all()


EVENTS = st.lists(
    st.one_of(
        st.builds(HbA1c, DAYS, st.floats(30, 120)),
        st.builds(
            Purchase, DAYS, st.sampled_from(["A10BA02", "A10AE04", "A10BJ06", "A10BB12"]), st.just(30.0), st.just(1.0),
            st.sampled_from(["", "0000276"]),
        ),
        st.builds(
            Diagnosis, DAYS, st.sampled_from(["DE119", "DE109", "DO800", "DI10"]), st.sampled_from("ABH"),
            st.sampled_from(["old", "new"]), st.sampled_from(["endocrinology", "other_medical", ""]),
            st.sampled_from(["no", "yes", "not_stated"]),
        ),
    ),
    max_size=12,
)  # fmt: skip


def history(events: list, *, is_woman: bool = True) -> History:
    return History(
        is_woman=is_woman,
        born_on=date(1960, 1, 1),
        hba1c=[one for one in events if isinstance(one, HbA1c)],
        purchases=[one for one in events if isinstance(one, Purchase)],
        diagnoses=[one for one in events if isinstance(one, Diagnosis)],
    )


@given(events=EVENTS)
def test_the_order_of_rows_does_not_change_the_verdict(events: list) -> None:
    assert classify(history(events)) == classify(history(events[::-1]))


@given(events=EVENTS)
def test_a_further_raised_hba1c_never_makes_the_inclusion_later(events: list) -> None:
    before = classify(history(events, is_woman=False))
    after = classify(history([*events, HbA1c(date(2027, 1, 1), 60.0)], is_woman=False))
    if before is not None:
        assert after is not None
        assert after.since_on <= before.since_on


@given(events=EVENTS, days=st.integers(1, 2000))
def test_moving_all_events_moves_the_inclusion_date_with_them(events: list, days: int) -> None:
    shift = timedelta(days=days)
    before = classify(history(events, is_woman=False))
    after = classify(history([one._replace(on=one.on + shift) for one in events], is_woman=False))
    assert (before and before.since_on + shift) == (after and after.since_on)
