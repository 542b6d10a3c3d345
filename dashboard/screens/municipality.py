"""The municipalities side by side: every indicator in a table, one of them by sex and age."""

from dataclasses import replace

import streamlit as st

from dashboard import address, frame, shown
from dashboard.access.entrance import require
from dashboard.charts import dots
from dashboard.parts import rows
from dashboard.presenters import case_mix, drawn
from dashboard.presenters.measures import by
from dashboard.presenters.municipality import by_sex_and_age, side_by_side
from dashboard.presenters.units import name
from dashboard.sections import before_after, next_steps

AT_ONCE = 4

visitor = require("municipality")
view = frame.open_page(visitor, "municipality", ("date",))
words, content, release = view.words, view.content, view.content.release
every = content.units.of_level("municipality")

frame.heading(words("municipality.title"), words("municipality.subtitle", date=words.date(view.reporting_date)))
if not every:
    st.info(words("municipality.none"))
    st.stop()
chosen = every
if len(every) > AT_ONCE:
    kept = address.choose_some(
        words("municipality.choose"),
        "municipalities",
        [unit.key for unit in every],
        lambda key: name(content.units.by_key[key], words),
        AT_ONCE,
        [f"municipality-{each}" for each in release.units_by_shown_numbers("municipality")],
    )
    chosen = [content.units.by_key[key] for key in kept]

everybody = content.units.everybody
found = by(release.of_level("municipality", view.reporting_date), "unit_id", "indicator_id")
columns = [(everybody, by(release.of_level(everybody.level, view.reporting_date), "indicator_id"))]
columns += [(unit, {key: cell for (owner, key), cell in found.items() if owner == unit.unit_id}) for unit in chosen]

with st.container(key="choices-unit"):
    whose = address.choose(
        words("municipality.whose_steps"),
        "unit",
        [unit.key for unit in every],
        lambda key: name(content.units.by_key[key], words),
        view.unit.key if view.unit in every else chosen[0].key,
    )
advised = content.units.by_key[whose]
next_steps.draw(view, advised, words("next_steps.title", unit=name(advised, words)))

frame.subheading(words("municipality.by_sex_and_age"), words("municipality.by_sex_and_age_note"))
with st.container(key="choices-indicator"):
    definition = frame.choose_indicator(content, words, view.definition)
key = definition.indicator_id
told_on = replace(view, definition=definition).as_told().reporting_date
cells = by(release.of_indicator(key, "municipality", told_on), "unit_id", "sex", "age_band")
panels = by_sex_and_age(chosen, cells, definition, words)
title = words.text(definition.title)
subtitle = words("chart.subtitle", unit=words("municipality.title"), date=words.short_date(told_on))
picture = dots.figure(
    dots.headed(panels), None, drawn.scale(definition, words), shown.caption(view, title, subtitle), words
)
shown.chart(view, picture, f"municipality-{key}", words("municipality.chart_text", title=title))
with st.expander(words("chart.as_table")):
    shown.sheet_of(
        view,
        words.joined(title, subtitle),
        [words("table.group"), words("table.value")],
        rows.of_panels(panels, words),
        f"municipality-{key}",
    )

before_after.draw(view, advised, definition)

expected = case_mix.by(release.case_mix_of_level("municipality", view.reporting_date), "unit_id", "indicator_id")
frame.subheading(words("municipality.all_indicators"), words("municipality.all_indicators_note"))
shown.sheet_of(
    view,
    words("municipality.table", date=words.date(view.reporting_date)),
    [words("table.indicator"), *[name(unit, words) for unit, _ in columns]],
    rows.side_by_side(side_by_side(content.definitions, columns, words, expected), view.address, words),
    "municipality",
)
frame.close_page(view)
