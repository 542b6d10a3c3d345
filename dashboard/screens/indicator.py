"""One indicator: the definition beside the number, its course, and all units of a level beside each other."""

import streamlit as st

from dashboard import address, colours, frame, shown
from dashboard.access.entrance import require
from dashboard.chance.hiding import FEWEST_UNITS
from dashboard.charts import dots, trend
from dashboard.charts import funnel as funnel_chart
from dashboard.charts.run_chart import figure as run_chart_figure
from dashboard.parts import rows
from dashboard.parts.cards import cards
from dashboard.parts.markup import link
from dashboard.parts.prose import paragraphs, sentences
from dashboard.presenters import bands, drawn, funnel, measures, run_chart
from dashboard.presenters.breaks import marks
from dashboard.presenters.course import course
from dashboard.presenters.indicator import definition_in_words, units_beside_each_other
from dashboard.presenters.overview import Peer, present
from dashboard.sections import case_mix, groups, inequality, initiative_marks, standards, strata, times

SPLIT_LEVELS = ("all", "municipality")
COURSES = ("comparison", "run_chart")

visitor = require("indicator")
view = frame.open_page(visitor, "indicator", ("indicator", "unit", "with", "date")).as_told()
words, content, release, definition = view.words, view.content, view.content.release, view.definition
key, day = definition.indicator_id, view.reporting_date
title, at = words.text(definition.title), words.short_date(day)
everybody = content.units.everybody
scale = drawn.scale(definition, words)

frame.heading(title, words.text(definition.question), view.told_note)

own = content.histories(view.unit)
others = content.histories(view.peer) if view.peer else {}
peer = Peer(view.peer_spoken, others) if view.peer else None
story = present({key: definition}, own, peer, day, words)
days = [each for each in content.told_on(key) if each <= day]
mine = drawn.line(view.unit_name, own.get(key, {}), days, definition, words)
theirs = drawn.line(view.peer_name, others.get(key, {}), days, definition, words) if view.peer else None
subtitle = words("indicator.trend_subtitle", unit=view.unit_name, scale=scale.unit)

number, meaning = st.columns([3, 2], gap="large")
with number:
    st.html(cards([card for found in story.by_group.values() for card in found], None, words, 2))
    found = course(own.get(key, {}), day, definition)
    broken = marks(own.get(key, {}), days, definition, words)
    seen_as = address.choose_one(
        words("course.seen_as"), "course", COURSES, lambda each: words(f"course.as.{each}"), COURSES[0]
    )
    told = run_chart.told(found, definition, words) if seen_as == "run_chart" else []
    begun = initiative_marks.found(view)
    if told or broken or begun:
        st.html(sentences([*told, *(mark.text for mark in [*broken, *begun])]))
    if found is not None and seen_as == "run_chart":
        below = words("course.subtitle", unit=view.unit_name, scale=scale.unit)
        caption = shown.caption(view, title, below)
        picture = run_chart_figure(mine, run_chart.bounds(found, definition), scale, caption, words)
        spoken = words("course.text", title=title, unit=view.unit_name)
    else:
        picture = trend.figure(mine, theirs, scale, shown.caption(view, title, subtitle), words)
        spoken = words("indicator.trend_text", title=title, unit=view.unit_name)
    trend.mark_moments(picture, broken, days, colours.WORSE)
    trend.mark_moments(picture, begun, days, colours.BETTER)
    shown.chart(view, picture, f"trend-{key}", spoken)
    with st.expander(words("chart.as_table")):
        header = [words("table.reporting_date"), view.unit_name, *([view.peer_name] if view.peer else [])]
        shown.sheet_of(view, words.joined(title, subtitle), header, rows.of_lines(mine, theirs), f"trend-{key}")
    whose = view.unit if view.unit.level in SPLIT_LEVELS else everybody
    if definition.curve_days:
        times.draw(view, whose)
    else:
        groups.draw(view, whose, scale)
        inequality.draw(view, whose)
        strata.draw(view)
    is_everybody = view.unit.key == everybody.key
    own_bands, all_bands = (
        bands.bands(
            definition,
            content.definitions,
            content.measures(unit, day),
        )
        for unit in (view.unit, everybody)
    )
    if own_bands:
        frame.subheading(words("bands.title"), words("bands.note"))
        beside_it = [] if is_everybody else [words("unit.everybody")]
        header = [words("bands.band"), words("bands.people"), view.unit_name, *beside_it]
        below = words.joined(words("bands.title"), view.unit_name, at)
        banded = bands.rows(own_bands, None if is_everybody else all_bands, words)
        shown.sheet_of(view, below, header, rows.of_bands(banded), f"bands-{key}")
with meaning:
    st.html(paragraphs(words("indicator.definition"), definition_in_words(definition, words, content.definitions)))
    st.html(f"<p>{link('catalogue', words('indicator.in_catalogue'), **view.address, indicator=key)}</p>")

frame.subheading(words("indicator.units"), words("indicator.units_note"))
levels = content.units.levels()
level = address.choose_one(
    words("indicator.level"), "level", levels, lambda each: words(f"level.{each}.many"), levels[0]
)
reference = measures.by(
    release.of_indicator(key, everybody.level, day).filter(sex="all", age_band="all"), "unit_id"
).get(everybody.unit_id, measures.ABSENT)
at_level = measures.by(release.of_indicator(key, level, day).filter(sex="all", age_band="all"), "unit_id")
beside = units_beside_each_other(
    content.units.of_level(level), at_level, reference, definition, words, own_key=view.unit.key
)
if any(dot.value is not None for dot in beside):
    centre = drawn.dot(reference, words("unit.everybody"), definition, words)
    below = words("chart.subtitle", unit=words(f"level.{level}.many"), date=words.short_date(day))
    picture = dots.figure(beside, centre, scale, shown.caption(view, title, below), words)
    shown.chart(view, picture, f"{level}-{key}", words("indicator.units_text", title=title))
    with st.expander(words("chart.as_table")):
        header = [words("table.unit"), words("table.value"), words("table.verdict")]
        shown.sheet_of(view, words.joined(title, below), header, rows.of_dots(beside, words), f"{level}-{key}")
else:
    st.info(words("indicator.nothing_at_level"))

case_mix.draw(view, level)
standards.draw(view)

if definition.kind != "median":
    frame.subheading(words("funnel.title"), words("funnel.note"))
    centres, around = funnel.centres(definition), funnel.AROUND_EVERYBODY
    if len(centres) > 1:
        around = address.choose_one(
            words("funnel.around"), "around", centres, lambda each: words(f"funnel.around_which.{each}"), around
        )
    cells = release.of_indicator(key, funnel.LEVEL, day).filter(sex="all", age_band="all")
    drawing = funnel.present(
        content.units.of_level(funnel.LEVEL),
        measures.by(cells, "unit_id"),
        reference,
        definition,
        words,
        own_key=view.unit.key,
        around=around,
    )
    if drawing is None:
        st.info(words("funnel.too_few", fewest=words.whole(FEWEST_UNITS)))
    else:
        st.html(sentences(drawing.told))
        below = words("funnel.subtitle", date=words.short_date(day))
        picture = funnel_chart.figure(drawing, scale, shown.caption(view, title, below), words)
        spoken = words("funnel.text", title=title, told=drawing.spoken)
        shown.chart(view, picture, f"funnel-{key}", spoken)
        with st.expander(words("chart.as_table")):
            header = [words("table.unit"), words("table.value"), words("table.place")]
            shown.sheet_of(view, words.joined(title, below), header, rows.of_spots(drawing.spots), f"funnel-{key}")
frame.close_page(view)
