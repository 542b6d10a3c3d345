"""The course of care: each link is drawn as its own published share, and a hidden one tells nothing."""

from dataclasses import replace

import pytest

from dashboard.catalogue import Definition
from dashboard.charts.care import figure
from dashboard.charts.sheet import Caption
from dashboard.comparison import Measure
from dashboard.presenters import care
from dashboard.presenters.beside import Course, Link
from dashboard.presenters.care import DrawnLink
from dashboard.wording import Wording

KEYS = ("eye_examined", "foot_examined", "hba1c_measured")
COURSE = Course({"en": "Course"}, True, tuple(Link(key, {"en": "Begun"}, {"en": f"Ended {key}"}) for key in KEYS), ())
CAPTION = Caption("Title", "below", "source")


def share(value: float, denominator: int = 100) -> Measure:
    return Measure("shown", value, value - 0.05, value + 0.05, round(value * denominator), denominator, None, 0.9)


def links(
    definitions: dict[str, Definition], words: Wording, *measures: Measure, other: float = 0.5
) -> list[DrawnLink]:
    own = dict(zip(KEYS, measures, strict=False))
    theirs = dict.fromkeys(KEYS, share(other))
    return care.links(COURSE, own, theirs, ("Own", "Everybody"), definitions, words)


def test_a_bar_is_as_wide_as_its_published_share_whatever_stands_before_it(
    definitions: dict[str, Definition], english: Wording
) -> None:
    drawn = links(definitions, english, share(0.4, 1_000), share(0.75, 40), share(0.1, 20))
    bars = figure(drawn, "Everybody", CAPTION, english).data
    filled = next(bar for bar in bars if bar.error_x.array is not None and len(bar.error_x.array))
    assert list(filled.x) == pytest.approx([40, 75, 10])
    tracks = next(bar for bar in bars if bar.type == "bar" and bar is not filled)
    assert list(tracks.x) == [100, 100, 100]


def test_a_hidden_link_is_a_whole_hatched_track_and_never_an_empty_one(
    definitions: dict[str, Definition], english: Wording
) -> None:
    drawn = links(definitions, english, share(0.4), Measure("suppressed"), share(0.1))
    bars = [bar for bar in figure(drawn, "Everybody", CAPTION, english).data if bar.type == "bar"]
    (hatched,) = [bar for bar in bars if bar.marker.pattern.shape == "/"]
    assert (list(hatched.y), list(hatched.x)) == ([1], [100])
    assert all(1 not in bar.y for bar in bars if bar is not hatched)
    assert drawn[1].details == "Not shown"


def test_a_number_in_a_hidden_link_changes_nothing_of_the_picture(
    definitions: dict[str, Definition], english: Wording
) -> None:
    pictures = [
        figure(links(definitions, english, share(0.4), hidden, share(0.1)), "Everybody", CAPTION, english).to_json()
        for hidden in (Measure("suppressed"), replace(share(0.03), state="suppressed"))
    ]
    assert pictures[0] == pictures[1]


def test_no_data_and_what_is_left_out_look_otherwise_than_hidden(
    definitions: dict[str, Definition], english: Wording
) -> None:
    drawn = links(definitions, english, Measure("suppressed"), Measure("left_out"), Measure("no_data"))
    picture = figure(drawn, "Everybody", CAPTION, english)
    shapes = {bar.marker.pattern.shape for bar in picture.data if bar.type == "bar" and len(bar.y)}
    assert shapes == {"/", "x", "-"}
    assert all(word in picture.layout.title.subtitle.text for word in ("Not shown", "Left out", "No data"))


def test_each_link_tells_share_interval_count_and_completeness(
    definitions: dict[str, Definition], english: Wording
) -> None:
    plain = {key: replace(each, missing_values="exclude") for key, each in definitions.items()}
    first = links(plain, english, share(0.4), share(0.75), share(0.1))[0]
    assert first.details == "40.0% · 95% interval 35.0–45.0% · 40 of 100 patients · value known for 90%"
    assert first.name == "Begun → Ended eye_examined"


def test_a_link_that_the_release_does_not_hold_is_left_out(
    definitions: dict[str, Definition], english: Wording
) -> None:
    held = {key: each for key, each in definitions.items() if key != "foot_examined"}
    drawn = links(held, english, share(0.4), share(0.75), share(0.1))
    assert [link.is_next for link in drawn] == [False, True]
