"""Where people live and which practice they are registered with, from day to day."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl

from synthetic.chance import NEVER, YEAR, Chance, Days, Flags, Floats, Ints, Window, choose
from synthetic.population import Newcomers
from synthetic.practices import Practices


def _once(draw: np.random.Generator, yearly: float, first: Days, last: Days) -> tuple[Ints, Days]:
    """Return who has at least one event at a yearly rate between two days, and one such day."""
    span = np.maximum(last - first, 0)
    has = draw.random(len(first)) < -np.expm1(-yearly * span / YEAR)
    day = first + 1 + np.floor(draw.random(len(first)) * span).astype(np.int32)
    rows = np.flatnonzero(has & (day <= last))
    return rows, day[rows].astype(np.int32)


def _periods(frame: pl.DataFrame, last_day: Days, until: int) -> pl.DataFrame:
    """Turn (person, starts_on, value) into inclusive periods that end the day before the next or with the person.

    Nothing begins after `until`.
    """
    ends = pl.DataFrame({"person": np.arange(len(last_day), dtype=np.int32), "last_day": last_day})
    return (
        frame.sort("person", "starts_on", maintain_order=True)
        .unique(["person", "starts_on"], keep="last", maintain_order=True)
        .join(ends, on="person", how="left", maintain_order="left")
        .filter(pl.col("starts_on") <= pl.col("last_day"), pl.col("starts_on") <= until)
        .with_columns((pl.col("starts_on").shift(-1).over("person") - 1).fill_null(pl.col("last_day")).alias("ends_on"))
        .drop("last_day")
    )


def make_residences(
    chance: Chance,
    rates: Mapping[str, Any],
    people: Newcomers,
    leaves_on: Days,
    sizes: Floats,
    window: Window,
) -> pl.DataFrame:
    """Return address periods: person, municipality (index), starts_on, ends_on (NEVER while still living there).

    Args:
        chance: Seed.
        rates: Yearly rates.
        people: Everybody.
        leaves_on: Last day of residence, NEVER for those still there.
        sizes: Relative size of every municipality.
        window: Days covered.
    """
    draw = chance.about("residences")
    first = np.maximum(people.entered, window.first).astype(np.int32)
    last = np.minimum(leaves_on, window.last).astype(np.int32)
    movers, moved_on = _once(draw, rates["moves_between_municipalities"], first, last)
    local, local_on = _once(draw, rates["moves_within_municipality"], first, last)
    target = choose(draw, sizes, len(movers))
    target = np.where(target == people.municipality[movers], (target + 1) % len(sizes), target)
    later = np.full(len(people), NEVER, dtype=np.int32)
    later[movers] = moved_on
    new_place = people.municipality.copy()
    new_place[movers] = target
    frame = pl.DataFrame(
        {
            "person": np.concatenate([np.arange(len(people)), movers, local]).astype(np.int32),
            "starts_on": np.concatenate([people.entered, moved_on, local_on]).astype(np.int32),
            "municipality": np.concatenate(
                [
                    people.municipality,
                    target,
                    np.where(local_on > later[local], new_place[local], people.municipality[local]),
                ]
            ).astype(np.int32),
        }
    )
    periods = _periods(frame, leaves_on, window.last)
    return pl.concat([periods, _returns(draw, rates, periods, leaves_on, people, window)]).sort(
        "person", "starts_on", maintain_order=True
    )


def _returns(
    draw: np.random.Generator,
    rates: Mapping[str, Any],
    periods: pl.DataFrame,
    leaves_on: Days,
    people: Newcomers,
    window: Window,
) -> pl.DataFrame:
    """Let some of those who moved out come back for the rest of the window."""
    last_places = periods.group_by("person", maintain_order=True).agg(
        pl.col("municipality").last(), pl.col("ends_on").last()
    )
    back = draw.random(last_places.height) < rates["returns_share"]
    away = last_places.with_columns(
        starts_on=pl.col("ends_on") + pl.Series(draw.integers(120, 1500, last_places.height).astype(np.int32)),
    )
    gone = last_places["ends_on"].to_numpy() < window.last - 130
    alive = gone & (people.born[last_places["person"].to_numpy()] > window.first - 70 * YEAR)
    is_departure = np.isin(last_places["person"].to_numpy(), np.flatnonzero(leaves_on < NEVER))
    return (
        away.filter(pl.Series(back & alive & is_departure) & (pl.col("starts_on") < window.last))
        .with_columns(ends_on=pl.lit(NEVER, dtype=pl.Int32))
        .select(periods.columns)
    )


def make_registrations(
    chance: Chance,
    rates: Mapping[str, Any],
    residences: pl.DataFrame,
    people: Newcomers,
    practices: Practices,
    window: Window,
) -> pl.DataFrame:
    """Return registrations: person, practice (index), starts_on, ends_on (NEVER while still registered).

    People register where they live, mostly change practice when they move, sometimes change without moving, and are
    taken over by the successor when their practice closes.
    """
    draw = chance.about("registrations")
    place = residences["municipality"].to_numpy()
    person = residences["person"].to_numpy()
    starts = residences["starts_on"].to_numpy()
    same_person = np.r_[False, person[1:] == person[:-1]]
    same_place = same_person & np.r_[False, place[1:] == place[:-1]]
    fresh = ~same_place
    practice = _practice_in(draw, place[fresh], practices)
    delay = np.where(same_person[fresh], draw.integers(0, 40, fresh.sum()), 0)
    ends = residences.group_by("person", maintain_order=True).agg(pl.col("ends_on").last())
    last = np.full(len(people), window.first, dtype=np.int32)
    last[ends["person"].to_numpy()] = ends["ends_on"].to_numpy()
    first = np.maximum(people.entered, window.first).astype(np.int32)
    switchers, switched_on = _once(
        draw, rates["practice_changes"], first, np.minimum(last, window.last).astype(np.int32)
    )
    moves = pl.DataFrame(
        {"person": switchers.astype(np.int32), "starts_on": switched_on},
    ).sort("person", "starts_on")
    lived = residences.select("person", "starts_on", "municipality").sort("person", "starts_on")
    at_switch = moves.join_asof(lived, on="starts_on", by="person", strategy="backward", check_sortedness=False)[
        "municipality"
    ].fill_null(0)
    switch_practice = _practice_in(draw, at_switch.to_numpy(), practices)
    unregistered = draw.random(len(people)) < rates["not_registered"]
    frame = pl.DataFrame(
        {
            "person": np.concatenate([person[fresh], moves["person"].to_numpy()]).astype(np.int32),
            "starts_on": np.concatenate([starts[fresh] + delay, moves["starts_on"].to_numpy()]).astype(np.int32),
            "practice": np.concatenate([practice, switch_practice]).astype(np.int32),
        }
    )
    periods = _periods(frame.filter(pl.Series(~unregistered[frame["person"].to_numpy()])), last, window.last)
    return _taken_over(periods, practices)


def _practice_in(draw: np.random.Generator, place: Ints, practices: Practices) -> Ints:
    """Choose a practice in each municipality in proportion to size."""
    chosen = np.zeros(len(place), dtype=np.int64)
    for municipality in range(int(practices.municipality.max()) + 1):
        rows = np.flatnonzero(place == municipality)
        local = np.flatnonzero(practices.municipality == municipality)
        chosen[rows] = local[choose(draw, practices.size[local], len(rows))]
    return chosen


def _taken_over(periods: pl.DataFrame, practices: Practices) -> pl.DataFrame:
    """Split registrations at the day the practice closes; the rest goes to the successor."""
    practice = periods["practice"].to_numpy()
    closes = practices.ends_on[practice]
    successor = practices.successor[practice].astype(np.int32)
    starts, ends = periods["starts_on"].to_numpy(), periods["ends_on"].to_numpy()
    crossing: Flags = (starts <= closes) & (ends > closes)
    after = starts > closes
    kept = periods.with_columns(
        ends_on=pl.Series(np.where(crossing, closes, ends).astype(np.int32)),
        practice=pl.Series(np.where(after, successor, practice).astype(np.int32)),
    )
    moved = periods.with_columns(
        starts_on=pl.Series((closes + 1).astype(np.int32)), practice=pl.Series(successor)
    ).filter(pl.Series(crossing))
    return pl.concat([kept, moved.select(kept.columns)]).sort("person", "starts_on", maintain_order=True)


def value_on(events: pl.DataFrame, periods: pl.DataFrame, column: str, *, day: str = "day") -> pl.Series:
    """Return the value of the period that each event's day falls in, null outside all periods.

    Args:
        events: Columns `person` and the day.
        periods: Columns `person`, `starts_on`, `ends_on` and the value.
        column: Name of the value in `periods`.
        day: Name of the day column in `events`.
    """
    ordered = events.select("person", pl.col(day).alias("starts_on")).with_row_index("row").sort("person", "starts_on")
    found = ordered.join_asof(
        periods.select("person", "starts_on", "ends_on", column).sort("person", "starts_on"),
        on="starts_on",
        by="person",
        strategy="backward",
        coalesce=True,
        check_sortedness=False,
    )
    inside = pl.when(pl.col("starts_on") <= pl.col("ends_on")).then(pl.col(column))
    return found.select("row", inside.alias(column)).sort("row")[column]
